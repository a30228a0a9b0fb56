"""Nothing that one plate says or waits for shows that there is another."""

from harness.context import Call, same, within
from harness.transaction import Transaction
from plates import Plate


def test_plates_share_no_keys(t):
    one, other = Plate(t), Plate(t)
    one.add("events", "5-5", "secret", "of one")
    other.add("events", "1-1", "secret", "of the other")
    same(one.run("XRANGE", "events", "-", "+"),
         [["5-5", ["secret", "of one"]]])
    same(other.run("XRANGE", "events", "-", "+"),
         [["1-1", ["secret", "of the other"]]])
    for plate in (one, other):
        plate.run("XGROUP", "CREATE", "events", "g", "0")
    same(one.run("DEL", "events"), 1)
    same(other.run("XLEN", "events"), 1)
    same(other.run("XINFO", "GROUPS", "events")[0]["name"], "g")


def test_keys_that_look_like_another_plates(t):
    one, other = Plate(t), Plate(t)
    other.add("events", "1-1")
    for key in (f"../{other.id}/events", f"/{other.id}/events",
                f"{other.id}/events", f"{one.id}/../{other.id}/events"):
        same(one.run("XLEN", key), 0)
        one.add(key, "9-9")
    same(other.run("XRANGE", "events", "-", "+"), [["1-1", ["a", "1"]]])


def test_no_reply_or_error_says_the_plates_id(t):
    plate = Plate(t)
    plate.add("events", "1-1")
    plate.run("XGROUP", "CREATE", "events", "g", "0")
    plate.of_another_type("text")
    seen = []
    for words in (
            ["XADD", "events", "1-1", "a", "b"], ["XADD", "text", "*", "a", 1],
            ["XLEN", "text"], ["XLEN"], ["XRANGE", "events", "-", "+"],
            ["XREVRANGE", "text", "-", "+"], ["XINFO", "STREAM", "none"],
            ["XINFO", "STREAM", "events", "FULL"],
            ["XINFO", "GROUPS", "events"], ["XINFO", "GROUPS", "none"],
            ["XINFO", "CONSUMERS", "events", "none"],
            ["XREAD", "STREAMS", "events", "0"], ["XREAD", "STREAMS", "a"],
            ["XREADGROUP", "GROUP", "none", "c", "STREAMS", "events", ">"],
            ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "events", ">"],
            ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "none", ">"],
            ["XGROUP", "CREATE", "none", "g", "$"],
            ["XGROUP", "CREATE", "events", "g", "$"],
            ["XGROUP", "SETID", "events", "none", "$"],
            ["XPENDING", "events", "none"], ["XPENDING", "events", "g"],
            ["XCLAIM", "events", "none", "c", 0, "1-1"],
            ["XAUTOCLAIM", "none", "g", "c", 0, "0"],
            ["XACK", "none", "g", "1-1"], ["XSETID", "none", "1-1"],
            ["XTRIM", "text", "MAXLEN", 1], ["XDEL", "events", "x"],
            ["DEL", "text"], ["XADD", "x" * 1024, "*", "a", "b"],
            ["XFOO"], ["XINFO", "FOO", "events"]):
        reply = plate.ask(words[0], *words[1:])
        seen.append(reply.status)
        same(plate.id in reply.body.decode(), False, str(reply))
    same({200, 400, 404, 409} <= set(seen), True, "statuses")


def test_no_key_tells_of_another_plate(t):
    one, other = Plate(t), Plate(t)
    other.add("events", "1-1")
    answers = set()
    for id in (other.id, "no-such-plate"):
        reply = one.client.get(f"/{id}/streams/length/events")
        reply.expect(401)
        answers.add(reply.body)
    same(len(answers), 1, "answers")
    one.client.get("/api/plates").expect(401)
    one.client.get(f"/v1/stream/{other.id}/events").expect(401)
    one.client.get(f"/v1/stream/{one.id}/events").expect(401)


def test_one_plates_waiting_and_locks_are_its_own(t):
    one, other = Plate(t), Plate(t)
    for plate in (one, other):
        plate.add("events", "1-1")
    waiting = Call(one.again().run, "XREAD", "BLOCK", 30000, "STREAMS",
                   "events", "$")
    t.wait_for_parked(1)
    other.add("events", "2-1")
    with Transaction(t, "select 1 from sluice.streams where name = "
                     f"'{one.id}/events' for update"):
        with within(1, "the other plate's writes"):
            for n in range(3, 20):
                other.add("events", f"{n}-1")
    same(waiting.is_alive(), True)
    one.add("events", "2-2")
    same(waiting.result(5), {"events": [["2-2", ["a", "1"]]]})
