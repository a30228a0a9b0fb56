-- XADD by webdis: the command in the path, the value in the body.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

wrk.method = "POST"
wrk.path = "/"
wrk.headers = {}
wrk.body = "XADD/bench/*/data/" .. os.getenv("BENCH_PAYLOAD")
