-- POST /{plate}/streams/command: XADD of one field to one stream.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

wrk.method = "POST"
wrk.path = "/bench/streams/command"
wrk.headers = headers
wrk.body = string.format(
    '{"command": "XADD", "args": ["bench", "*", "data", "%s"]}',
    os.getenv("BENCH_PAYLOAD"))
