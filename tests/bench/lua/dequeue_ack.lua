-- Dequeue one message, ack it; what is counted is the acks. After each 100 of
-- them a batch of 100 is enqueued, so that the topic stays as full as it was;
-- with BENCH_KEYS these have keys, so many in turn.
--
-- wrk does not say on which connection a request goes. So the messages that
-- were delivered are a stack of the thread, and whoever sends next acks one.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local topic = os.getenv("BENCH_TOPIC")
local message = string.format('{"payload": "%s"}', os.getenv("BENCH_PAYLOAD"))
local keys, key = tonumber(os.getenv("BENCH_KEYS") or 0), 0
local delivered, n = {}, 0
local until_batch = 0 -- a first one for what the last slice left in flight
local dequeue, batch

completed = 0
refused = 0

function init()
	dequeue = wrk.format("POST", "/api/messages/dequeue", headers,
	    string.format('{"topic": "%s"}', topic))
	batch = wrk.format("POST", "/api/messages/batch", headers,
	    string.format('{"topic": "%s", "messages": [%s]}', topic,
	    message .. string.rep(", " .. message, 99)))
end

local function keyed_batch()
	local messages = {}

	for i = 1, 100 do
		key = (key + 1) % keys
		messages[i] = string.format('{"payload": "%s", "key": "%d"}',
		    os.getenv("BENCH_PAYLOAD"), key)
	end
	return wrk.format("POST", "/api/messages/batch", headers,
	    string.format('{"topic": "%s", "messages": [%s]}', topic,
	    table.concat(messages, ", ")))
end

function request()
	local m

	if until_batch <= 0 then
		until_batch = until_batch + 100
		return keys > 0 and keyed_batch() or batch
	end
	if n == 0 then
		return dequeue
	end
	m = delivered[n]
	n = n - 1
	return wrk.format("POST", "/api/messages/" .. m[1] .. "/ack", headers,
	    '{"receipt": "' .. m[2] .. '"}')
end

function response(status, _, body)
	local id, receipt

	if status == 204 then
		completed = completed + 1
		until_batch = until_batch - 1
	elseif status == 200 then
		id = body:match('"id": *"([^"]*)"')
		receipt = body:match('"receipt": *"([^"]*)"')
		if id then
			n = n + 1
			delivered[n] = { id, receipt }
		end
	elseif status ~= 201 then
		refused = refused + 1
	end
end
