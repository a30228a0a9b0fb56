-- POST /api/messages: the same message again and again.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

wrk.method = "POST"
wrk.path = "/api/messages"
wrk.headers = headers
wrk.body = string.format('{"topic": "%s", "payload": "%s"}',
    os.getenv("BENCH_TOPIC"), os.getenv("BENCH_PAYLOAD"))
