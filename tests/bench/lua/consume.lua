-- Dequeue BENCH_COUNT messages, ack them; what is counted is the deliveries
-- that were acked. With BENCH_GROUPS ("a,b") the dequeues are those groups' in
-- turn. With BENCH_REFILL a batch of 100 is enqueued after as many acks as it
-- takes to end 100 messages, so that the topic stays as full as it was.
--
-- wrk does not say on which connection a request goes. So the batches that
-- were delivered are a stack of the thread, and whoever sends next acks one.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local topic = os.getenv("BENCH_TOPIC")
local count = tonumber(os.getenv("BENCH_COUNT") or "1")
local refill = os.getenv("BENCH_REFILL")
local message = string.format('{"payload": "%s"}', os.getenv("BENCH_PAYLOAD"))
local groups, turn = {}, 0
local delivered, n = {}, 0
local dequeues, batch, batch_acks = {}, nil, 100
local until_batch = 0 -- a first one for what the last slice left in flight

completed = 0
refused = 0

function init()
	local group

	for name in (os.getenv("BENCH_GROUPS") or ""):gmatch("[^,]+") do
		groups[#groups + 1] = string.format(
		    ', "consumer_group": "%s"', name)
	end
	if #groups == 0 then
		groups[1] = ""
	end
	for i = 1, #groups do
		dequeues[i] = wrk.format("POST", "/api/messages/dequeue",
		    headers, string.format('{"topic": "%s", "count": %d%s}',
		    topic, count, groups[i]))
	end
	batch_acks = 100 * #groups
	batch = wrk.format("POST", "/api/messages/batch", headers,
	    string.format('{"topic": "%s", "messages": [%s]}', topic,
	    message .. string.rep(", " .. message, 99)))
end

-- What acks all messages of a dequeue's reply; nil when it had none.
local function ack_of(body)
	local group = body:match('"consumer_group": *"[^"]*"')
	local ids, items = {}, {}

	for id in body:gmatch('"id": *"([^"]*)"') do
		ids[#ids + 1] = id
	end
	if #ids == 0 then
		return nil
	end
	group = group and ", " .. group or ""
	for receipt in body:gmatch('"receipt": *"([^"]*)"') do
		items[#items + 1] = string.format(
		    '{"id": "%s", "receipt": "%s"%s}', ids[#items + 1],
		    receipt, group)
	end
	if count == 1 then
		return wrk.format("POST", "/api/messages/" .. ids[1] ..
		    "/ack", headers, (items[1]:gsub('"id": "[^"]*", ', "")))
	end
	return wrk.format("POST", "/api/messages/ack", headers,
	    '{"messages": [' .. table.concat(items, ", ") .. "]}")
end

function request()
	if refill and until_batch <= 0 then
		until_batch = until_batch + batch_acks
		return batch
	end
	if n > 0 then
		n = n - 1
		return delivered[n + 1]
	end
	turn = turn % #groups + 1
	return dequeues[turn]
end

local function acked(some)
	completed = completed + some
	until_batch = until_batch - some
end

function response(status, _, body)
	local ack, ok

	if status == 204 then
		acked(1)
	elseif status == 200 and body:find('"results"', 1, true) then
		_, ok = body:gsub('"ok": *true', "")
		acked(ok)
	elseif status == 200 then
		ack = ack_of(body)
		if ack then
			n = n + 1
			delivered[n] = ack
		end
	elseif status ~= 201 then
		refused = refused + 1
	end
end
