-- POST /v1/stream/{name}: an entry for one of so many streams, in turn.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local streams = tonumber(os.getenv("BENCH_STREAMS"))
local at = 0

headers["Content-Type"] = "application/octet-stream"

function request()
	at = at % streams + 1
	return wrk.format("POST", string.format("/v1/stream/bench-%d",
	    (at * 7919 + number * 104729) % streams + 1), headers,
	    os.getenv("BENCH_PAYLOAD"))
end
