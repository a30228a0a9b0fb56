-- POST /api/messages/batch: 100 messages a request; each of them counts.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

each = 100

local message = string.format('{"payload": "%s"}', os.getenv("BENCH_PAYLOAD"))

wrk.method = "POST"
wrk.path = "/api/messages/batch"
wrk.headers = headers
wrk.body = string.format('{"topic": "%s", "messages": [%s]}',
    os.getenv("BENCH_TOPIC"), message .. string.rep(", " .. message, 99))
