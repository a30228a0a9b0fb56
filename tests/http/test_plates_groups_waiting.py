"""Consumers of a group that wait: who is woken, and by what."""

import json
import socket

from groups import Group, given
from harness.context import Call, same, within
from harness.transaction import Transaction
from plates import Plate, error_of


def test_an_entry_wakes_who_waits(t):
    g = Group(t)
    for _ in range(5):
        waiting = g.waits("m")
        t.wait_for_parked(1)
        with within(2, "the wake-up"):
            id = g.add()
            same(given(waiting), [id])


def test_waiting_in_vain_ends_with_null(t):
    g = Group(t)
    with within(2, "a wait of 100 ms"):
        same(g.read("m", "BLOCK", "100"), None)
    same(g.read("m", "BLOCK", "1", keys=("k", "k"), ids=(">", ">")), None)


def test_a_history_is_not_waited_for(t):
    g = Group(t)
    with within(2, "the reads"):
        same(g.read("m", "BLOCK", "0", ids=["0"]), [])
        same(g.read("m", "BLOCK", "0", keys=("k", "k"), ids=("0", ">")), [])


def test_each_entry_wakes_one(t):
    """The waiters are spread over the processes."""
    g = Group(t)
    waiting = [g.waits(f"m{n}", "COUNT", "1") for n in range(12)]
    t.wait_for_parked(12)
    with within(5, "the wake-ups"):
        ids = [g.add() for _ in range(12)]
        got = [given(call) for call in waiting]
    same(sorted(id for [id] in got), sorted(ids))
    same(len(g.pending()), 12)


def test_who_is_served_wakes_the_next_while_there_is_more(t):
    g = Group(t)
    waiting = [g.waits(f"m{n}", "COUNT", "1") for n in range(6)]
    t.wait_for_parked(6)
    with within(5, "the wake-ups"):
        # One commit, and so one wake-up.
        ids = g.plate.post("/transaction", [
            ["XADD", "k", "*", "a", "1"]] * 6).expect(200)["data"]
        same(sorted(id for call in waiting for id in given(call)),
             sorted(ids))


def test_first_come_is_first_served(t):
    g = Group(t)
    waiting = []
    for n in range(4):
        waiting.append(g.waits(f"m{n}", process=0))
        t.wait_for_parked(n + 1)
    for call in waiting:
        id = g.add()
        same(given(call), [id])


def test_who_waits_in_the_other_process_is_woken(t):
    g = Group(t)
    for happen in (
            lambda: g.plate.of_process(0).add("k", "*"),
            lambda: t.sql("select sluice.append("
                          f"'{g.plate.id}/k', '{{\"a\":\"1\"}}')")):
        waiting = g.waits("m", process=1)
        t.wait_for_parked(1)
        with within(2, "the wake-up"):
            happen()
            same(len(given(waiting)), 1)


def test_one_who_waits_at_several_streams(t):
    g = Group(t)
    for key in ("other", "k", "other"):
        g.plate.ask("XGROUP", "CREATE", "other", "g", "0", "MKSTREAM")
        waiting = g.waits("m", keys=("k", "other"), ids=(">", ">"))
        t.wait_for_parked(1)
        with within(2, "the wake-up"):
            id = g.plate.add(key, "*")
            same(waiting.result(10).expect(200)["data"]["result"],
                 {key: [[id, ["a", "1"]]]})


def test_two_groups_of_a_stream_are_both_woken(t):
    g = Group(t)
    other = Group(t)
    other.plate, other.name = g.plate, "other"
    g.plate.run("XGROUP", "CREATE", "k", "other", "0")
    waiting = [g.waits("m"), other.waits("m")]
    t.wait_for_parked(2)
    with within(2, "the wake-ups"):
        id = g.add()
        same([given(call) for call in waiting], [[id], [id]])


def test_who_hangs_up_takes_nothing_along(t):
    g = Group(t)
    body = json.dumps({"command": "XREADGROUP", "args": g.words(
        "gone", "BLOCK", "20000")[1:]}).encode()
    gone = []
    for _ in range(4):
        s = socket.create_connection(("127.0.0.1", t.instance.http_port))
        s.sendall(f"POST /{g.plate.id}/streams/command HTTP/1.1\r\n"
                  f"Host: x\r\nAuthorization: {g.plate.key}\r\n"
                  f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        gone.append(s)
    t.wait_for_parked(4)
    waiting = g.waits("m")
    t.wait_for_parked(5)
    for s in gone:
        s.close()
    id = g.add()
    with within(5, "the wake-up"):
        same(given(waiting), [id])
    same(g.pending(), [(id, "m", 1)])


def ends_the_wait(t, end, keys=("k",)):
    """end(group) lets all who wait hear that there is no such group."""
    g = Group(t)
    g.plate.run("XGROUP", "CREATE", "other", "g", "0", "MKSTREAM")
    waiting = [g.waits(f"m{n}", process=n % 2, keys=keys,
                       ids=(">",) * len(keys)) for n in range(6)]
    t.wait_for_parked(6)
    with within(5, "the end of all waits"):
        end(g)
        for call in waiting:
            same(error_of(call.result(10), 404), (
                "no_group", "NOGROUP No such key 'k' or consumer group 'g' "
                "in XREADGROUP with GROUP option"))


def test_the_end_of_a_group_ends_the_wait(t):
    for keys in (("k",), ("other", "k")):
        ends_the_wait(t, lambda g: g.plate.run("XGROUP", "DESTROY", "k",
                                               "g"), keys)


def test_the_end_of_a_key_ends_the_wait(t):
    for keys in (("k",), ("other", "k")):
        ends_the_wait(t, lambda g: g.plate.run("DEL", "k"), keys)


def test_a_group_set_back_serves_who_waits(t):
    g = Group(t, 1)
    g.read("m")
    waiting = g.waits("n")
    t.wait_for_parked(1)
    with within(2, "the wake-up"):
        g.plate.run("XGROUP", "SETID", "k", "g", "0")
        same(given(waiting), g.ids)
    same(g.pending(), [(g.ids[0], "n", 1)])


def test_a_revoked_right_ends_the_wait(t):
    g = Group(t)
    user = t.new_user(("consume", f"plate:{g.plate.id}/k"))
    plate = Plate(t, t.token_for(user), g.plate.id)
    waiting = Call(plate.ask, *g.words("m", "BLOCK", "20000"))
    t.wait_for_parked(1)
    with within(5, "the end of the wait"):
        t.forget_users()
        same(waiting.result().status in (401, 403), True)


def test_waiting_holds_no_thread(t):
    g = Group(t)
    waiting = [g.waits(f"m{n}", "COUNT", "1") for n in range(60)]
    t.wait_for_parked(60)
    other = Group(t, 3)
    with within(5, "requests beside 60 waiting ones"):
        for n in range(3):
            same(other.read("m", "COUNT", "1"), [other.ids[n]])
    for _ in range(60):
        g.add()
    same(len({id for call in waiting for id in given(call)}), 60)


def test_a_group_that_somebody_holds_is_waited_for(t):
    g = Group(t, 1)
    with Transaction(t, "select from sluice.consumers where stream_id = "
                     f"sluice.stream_id('{g.plate.id}/k') for update"):
        reading = Call(Plate(t, g.plate.key, g.plate.id).ask, *g.words("m"))
        with within(2, "an acknowledgement beside it"):
            same(g.plate.run("XACK", "k", "g", "1-1"), 0)
        t.wait_for_parked(1)
    same(given(reading), g.ids)
