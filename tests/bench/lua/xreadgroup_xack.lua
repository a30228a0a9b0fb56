-- XREADGROUP of one new entry, then XACK, here or (BENCH_WEBDIS) at webdis;
-- what is counted is the acks that say 1.
--
-- webdis 0.1.9 writes null for an entry, so nobody can see what came. But the
-- entries are 1-1, 1-2 and so on, and each thread has a group of its own: when
-- n reads have been answered, the first n entries have been delivered. So what
-- is acknowledged after the n-th reply is 1-n, at both sides alike.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local webdis = os.getenv("BENCH_WEBDIS")
local entries = tonumber(os.getenv("BENCH_ENTRIES"))
local asked, delivered, acked = 0, 0, 0
local group, read

completed = 0
refused = 0

local function command(...)
	if webdis then
		return wrk.format("POST", "/", {}, table.concat({...}, "/"))
	end
	local words = {...}
	local name = table.remove(words, 1)
	return wrk.format("POST", "/bench/streams/command", headers,
	    '{"command": "' .. name .. '", "args": ["' ..
	    table.concat(words, '", "') .. '"]}')
end

function init()
	group = os.getenv("BENCH_GROUP") .. "-" .. number
	read = command("XREADGROUP", "GROUP", group, "consumer", "COUNT", "1",
	    "STREAMS", "full", ">")
end

function request()
	if acked < delivered or asked == entries then
		acked = acked + 1
		return command("XACK", "full", group, "1-" .. acked)
	end
	asked = asked + 1
	return read
end

-- A status says nothing at webdis: an error is a member of the answer.
function response(status, _, body)
	if status ~= 200 or body:find("ERR", 1, true) or
	    body:find("NOGROUP", 1, true) then
		refused = refused + 1
	elseif body:find(webdis and '"XACK"' or '"result": *%d') then
		completed = completed + tonumber(body:match(": *([01])[^0-9]"))
	else
		delivered = delivered + 1
	end
end
