"""Each endpoint of the plates door that names its arguments, and the two that
take any command. What becomes of a request's members has unit tests
(tests/unit/endpoint_test.c); here they meet their commands."""

from harness.context import same
from plates import Plate, error_of


def result(reply):
    value = reply.expect(200)
    same(list(value), ["ok", "data"])
    same((value["ok"], list(value["data"])), (True, ["result"]))
    return value["data"]["result"]


def test_entries_are_added_as_they_are_sent(t):
    plate = Plate(t)
    body = (b'{"key": "events", "id": "1-1", "values": {"z": "<\\u0000&>",'
            b'"n": 12345678901234567890, "x": 1.50, "t": true,'
            b'"j": {"b": [1, null], "a": "\\u00e9"}}}')
    same(result(plate.client.post(f"/{plate.id}/streams/add", body)), "1-1")
    [[id, fields]] = result(plate.get("/streams/range/events"))
    same((id, fields), ("1-1", [
        "z", "<\0&>", "n", "12345678901234567890", "x", "1.50", "t", "true",
        "j", '{"b":[1,null],"a":"é"}']))


def test_add_trims_and_need_not_begin_a_key(t):
    plate = Plate(t)

    def add(**more):
        return result(plate.post("/streams/add", {
            "key": "events", "values": {"a": "b"}, **more}))

    same(add(nomkstream=True), None)
    for n in range(1, 6):
        add(id=f"{n}-0")
    same(add(id="6-0", strategy="maxlen", threshold=2), "6-0")
    same(result(plate.get("/streams/length/events")), 2)
    same(add(id="7-0", strategy="minid", threshold="7", nomkstream=True),
         "7-0")
    same(result(plate.get("/streams/length/events")), 1)
    same(result(plate.post("/streams/trim", {
        "key": "events", "strategy": "MAXLEN", "threshold": 0})), 1)
    same(result(plate.post("/streams/trim", {
        "key": "events", "strategy": "maxlen", "threshold": 0,
        "approximate": True, "limit": 10})), 0)


def test_ranges_go_both_ways(t):
    plate = Plate(t)
    for n in range(1, 4):
        plate.add("events", f"{n}-0", "n", n)
    one, two, three = ([f"{n}-0", ["n", str(n)]] for n in range(1, 4))
    path = "/streams/range/events"
    same(result(plate.get(path)), [one, two, three])
    same(result(plate.get(path + "?start=-&end=+&count=2")), [one, two])
    same(result(plate.get(path + "?start=(1-0&end=2")), [two])
    path = "/streams/reverse/events"
    same(result(plate.get(path)), [three, two, one])
    same(result(plate.get(path + "?start=2&end=1&count=1")), [two])
    same(result(plate.get("/streams/range/none")), [])
    same(error_of(plate.get(path + "?count=x"), 400),
         ("command_error", "ERR value is not an integer or out of range"))
    same(error_of(plate.get(path + "?start=x"), 400)[1],
         "ERR Invalid stream ID specified as stream command argument")
    same(result(plate.post("/streams/delete", {
        "key": "events", "ids": ["2-0", "9-9"]})), 1)
    same(result(plate.get("/streams/length/events")), 2)


def test_streams_are_read(t):
    plate = Plate(t)
    plate.add("a", "1-1")
    plate.add("b", "2-1")

    def read(*streams, **more):
        return result(plate.post("/streams/read", {
            "streams": list(streams), **more}))

    at_start = [{"key": key, "id": "0"} for key in ("a", "b")]
    same(read(*at_start, count=1),
         {"a": [["1-1", ["a", "1"]]], "b": [["2-1", ["a", "1"]]]})
    same(read({"key": "a"}, {"key": "b", "id": "+"}),
         {"b": [["2-1", ["a", "1"]]]})
    same(read({"key": "a"}, block_ms=10), None)


def test_groups_read_and_acknowledge(t):
    plate = Plate(t)
    group = {"key": "events", "group": "workers"}
    same(result(plate.post("/streams/groups/create", {
        **group, "id": "0", "mkstream": True})), "OK")
    same(error_of(plate.post("/streams/groups/create", group), 409),
         ("busy_group", "BUSYGROUP Consumer Group name already exists"))
    for n in (1, 2, 3):
        plate.add("events", f"{n}-0", "n", n)

    def read(consumer, id=None, **more):
        stream = {"key": "events", **({"id": id} if id else {})}
        return result(plate.post("/streams/groups/read", {
            "group": "workers", "consumer": consumer, "streams": [stream],
            **more}))

    same(read("one", count=1), {"events": [["1-0", ["n", "1"]]]})
    same(read("two"), {"events": [["2-0", ["n", "2"]],
                                  ["3-0", ["n", "3"]]]})
    same(read("two"), None)
    same(read("one", id="0"), {"events": [["1-0", ["n", "1"]]]})
    same(result(plate.post("/streams/groups/ack", {
        **group, "ids": ["1-0", "2-0"]})), 2)
    pending = "/streams/groups/pending/events/workers"
    same(result(plate.get(pending)), [1, "3-0", "3-0", [["two", "1"]]])
    [[id, owner, idle, deliveries]] = result(plate.get(
        pending + "?start=-&consumer=two&min_idle_ms=0"))
    same((id, owner, deliveries), ("3-0", "two", 1))
    same(result(plate.get(pending + "?start=-&min_idle_ms=100000")), [])
    same(result(plate.post("/streams/groups/claim", {
        **group, "consumer": "one", "ids": ["3-0"], "justid": True})),
        ["3-0"])
    same(result(plate.post("/streams/groups/claim", {
        **group, "consumer": "one", "ids": ["3-0"], "retry_count": 7,
        "idle_ms": 5000})), [["3-0", ["n", "3"]]])
    [[_, _, idle, deliveries]] = result(plate.get(pending + "?start=-"))
    same((idle >= 5000, deliveries), (True, 7))
    same(result(plate.post("/streams/groups/autoclaim", {
        **group, "consumer": "two", "start": "0", "count": 5,
        "justid": True})), ["0-0", ["3-0"], []])
    same(error_of(plate.get("/streams/groups/pending/events/none"), 404),
         ("no_group", "NOGROUP No such key 'events' or consumer group "
          "'none'"))


def test_groups_are_managed(t):
    plate = Plate(t)
    group = {"key": "events", "group": "workers"}
    plate.add("events", "1-0")
    result(plate.post("/streams/groups/create", {
        **group, "id": "$", "entries_read": 1}))
    one = {**group, "consumer": "one"}
    create, delete = ("/streams/groups/consumers/" + verb
                      for verb in ("create", "delete"))
    same(result(plate.post(create, one)), 1)
    same(result(plate.post(create, one)), 0)
    [entry] = result(plate.get("/streams/info/events?section=groups"))
    same((entry["name"], entry["consumers"], entry["last-delivered-id"],
          entry["entries-read"]), ("workers", 1, "1-0", 1))
    [entry] = result(plate.get(
        "/streams/info/events?section=consumers&group=workers"))
    same(entry["name"], "one")
    same(result(plate.post("/streams/groups/set-id", {
        **group, "id": "0", "entries_read": 0})), "OK")
    [entry] = result(plate.get("/streams/info/events?section=groups"))
    same((entry["last-delivered-id"], entry["lag"]), ("0-0", 1))
    same(result(plate.post(delete, one)), 0)
    same(result(plate.post("/streams/groups/destroy", group)), 1)
    same(result(plate.post("/streams/groups/destroy", group)), 0)
    same(error_of(plate.post("/streams/groups/set-id", {
        **group, "id": "0"}), 404)[0], "no_group")


def test_information(t):
    plate = Plate(t)
    for n in (1, 2):
        plate.add("events", f"{n}-0", "n", n)
    info = result(plate.get("/streams/info/events"))
    same((info["length"], info["first-entry"]), (2, ["1-0", ["n", "1"]]))
    info = result(plate.get("/streams/info/events?section=full&count=1"))
    same((info["entries"], info["groups"]), ([["1-0", ["n", "1"]]], []))
    same(error_of(plate.get("/streams/info/none"), 404),
         ("no_such_key", "ERR no such key"))
    for query in ("section=x", "section=consumers", "what=1"):
        same(error_of(plate.get(f"/streams/info/events?{query}"), 400)[0],
             "invalid_query")


def test_any_command_at_two_endpoints(t):
    plate = Plate(t)

    def at_key(key, command, *args):
        return plate.post(f"/streams/{key}/command", {
            "command": command, "args": list(args)})

    # Keys that other paths begin with, and keys with slashes.
    for key, path in (("add", "add"), ("groups", "groups"), ("a/b", "a%2Fb"),
                      ("%", "%25"), ("%2F", "%252F"), (" ", "%20")):
        same(result(at_key(path, "XADD", "1-1", "f", 1)), "1-1")
        same(plate.run("XLEN", key), 1, key)
        same(result(at_key(path, " xlen ")), 1)
    same(result(at_key("add", "XINFO", "STREAM"))["length"], 1)
    same(result(at_key("add", "XGROUP", "CREATE", "streams", "0")), "OK")
    same(result(at_key("add", "XREADGROUP", "GROUP", "streams", "streams",
                       "COUNT", 1, "STREAMS", ">")),
         {"add": [["1-1", ["f", "1"]]]})
    same(result(at_key("add", "XREAD", "STREAMS", "0")),
         {"add": [["1-1", ["f", "1"]]]})
    same(error_of(at_key("add", "XREAD", "COUNT", "1"), 400),
         ("invalid_command", "XREAD requires STREAMS"))
    same(error_of(at_key("add", "XINFO"), 400),
         ("invalid_command", "XINFO requires a subcommand"))
    same(error_of(at_key("add", "SET", "x"), 400),
         ("unsupported_command", "command SET is not allowed on this "
          "endpoint"))
    same(error_of(plate.ask("flushall"), 400)[1],
         "command FLUSHALL is not allowed on this endpoint")
    same(error_of(plate.ask("XADD", "k", "*", "f", None), 400),
         ("invalid_argument", "args[3] must be a string or a number"))
    same(plate.run("DEL", "add"), 1)
    same(error_of(plate.ask("XINFO", "STREAM", "add"), 404),
         ("no_such_key", "ERR no such key"))


def test_errors_have_the_codes_of_this_door(t):
    plate = Plate(t)
    post = plate.client.post
    add = f"/{plate.id}/streams/add"
    for body in (b"", b"{", b"[]", b'{"key": 7}',
                 b'{"key": "k", "values": {"a": 1}, "x": 1}'):
        same(error_of(post(add, body), 400)[0], "invalid_json", str(body))
    same(error_of(post(add, {"values": {"a": 1}}), 400),
         ("invalid_request", "key is required"))
    same(error_of(post(add + "?x=1", {
        "key": "a", "values": {"a": 1}}), 400)[0], "invalid_query")
    same(error_of(plate.get("/streams/length/%ff"), 400)[0],
         "invalid_path_value")
    same(error_of(plate.get("/streams/nothing"), 404)[0], "not_found")
    same(error_of(plate.get("/streams/add"), 405)[0], "method_not_allowed")
    plate.of_another_type("text")
    same(error_of(plate.get("/streams/range/text"), 409),
         ("wrong_type", "WRONGTYPE Operation against a key holding the wrong "
          "kind of value"))
    # Whatever Content-Type says, a body is JSON.
    reply = plate.client.request("POST", add, {
        "key": "a", "values": {"a": 1}}, {"Content-Type": "text/plain"})
    reply.expect(200)
    same(reply.headers["Content-Type"], "application/json")
