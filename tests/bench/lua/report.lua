-- What every script shares: the requests' headers, and the last line, which
-- tests/bench/loads.py reads. A script counts what it has got done in the
-- global `completed` of each thread; without it every reply counts, for as
-- many as the global `each` says.
local threads = {}

headers = {
	["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN"),
	["Content-Type"] = "application/json",
}

function setup(thread)
	thread:set("number", #threads)
	table.insert(threads, thread)
end

function done(summary, latency)
	local completed, refused = 0, 0
	local e = summary.errors

	for _, thread in ipairs(threads) do
		completed = completed + (thread:get("completed") or 0)
		refused = refused + (thread:get("refused") or 0)
	end
	if not threads[1]:get("completed") then
		completed = summary.requests * (threads[1]:get("each") or 1)
	end
	io.write(string.format('report {"done": %d, "seconds": %f, ' ..
	    '"errors": %d, "p50_ms": %f, "p99_ms": %f}\n', completed,
	    summary.duration / 1e6, e.connect + e.read + e.write + e.status +
	    e.timeout + refused, latency:percentile(50) / 1e3,
	    latency:percentile(99) / 1e3))
end
