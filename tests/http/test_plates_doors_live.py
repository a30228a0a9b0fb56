"""One stream, two doors: what is written at one wakes who waits at the other."""

import json

from doors import Both
from events import Events
from harness.context import Call, same, within
from streams import JSON, Door, next_offset, path_of, refused


def waits(t, function, *arguments):
    call = Call(function, *arguments)
    t.wait_for_parked(1)
    return call


def test_an_append_wakes_a_blocked_read(t):
    both = Both(t)
    both.fill(1)
    read = waits(t, both.plate.run, "XREAD", "BLOCK", "15000", "STREAMS",
                 both.key, "$")
    same(Door(t.fresh_admin()).post(both.name, "[7]", JSON).status, 204)
    with within(2, "the answer"):
        [[_, fields]] = read.result()[both.key]
    same(fields, ["data", "7"])


def test_an_append_from_sql_wakes_a_blocked_read(t):
    both = Both(t)
    both.fill(1)
    read = waits(t, both.plate.run, "XREAD", "BLOCK", "15000", "STREAMS",
                 both.key, "$")
    t.sql(f"select sluice.append('{both.name}', '7')")
    with within(2, "the answer"):
        same(read.result()[both.key][0][1], ["data", "7"])


def test_a_put_wakes_who_waits_for_the_key(t):
    both = Both(t)
    read = waits(t, both.plate.run, "XREAD", "BLOCK", "15000", "STREAMS",
                 both.key, "$")
    same(Door(t.fresh_admin()).put(both.name, "[7]", JSON).status, 201)
    with within(2, "the answer"):
        same(read.result()[both.key][0][1], ["data", "7"])


def test_an_add_wakes_long_polls(t):
    both = Both(t)
    both.fill(1)
    end = next_offset(both.get())
    polls = [Call(both.get, end, "&live=long-poll&timeout=15s",
                  t.fresh_admin()) for _ in range(3)]
    t.wait_for_parked(3)
    both.fill(2)
    for poll in polls:
        with within(2, "the answer"):
            reply = poll.result()
        same(both.numbers(reply), [2])
        same(reply.headers["Stream-Up-To-Date"], "true")


def test_in_other_processes_too(t):
    both = Both(t)
    both.fill(1)
    here, there = (both.plate.of_process(n) for n in (0, 1))
    read = waits(t, here.run, "XREAD", "BLOCK", "15000", "STREAMS", both.key,
                 "$")
    same(there.run("XADD", both.key, "5-0", "n", "5"), "5-0")
    with within(2, "the answer"):
        same(read.result(), {both.key: [["5-0", ["n", "5"]]]})
    end = next_offset(both.get())
    poll = waits(t, both.get, end, "&live=long-poll&timeout=15s",
                 t.instance.worker_client(1, t.admin.token))
    same(here.run("XADD", both.key, "6-0", "n", "6"), "6-0")
    with within(2, "the answer"):
        same(both.numbers(poll.result()), [6])


def test_waiting_behind_a_gap(t):
    both = Both(t)
    both.fill(1, 2, 3)
    both.delete(2, 3)
    reply = both.get()
    poll = waits(t, both.get, next_offset(reply),
                 "&live=long-poll&timeout=15s", t.fresh_admin())
    both.fill(4)
    both.delete(1)
    with within(2, "the answer"):
        same(both.numbers(poll.result()), [4])


def test_who_waits_at_an_end_that_is_trimmed_away_is_told(t):
    both = Both(t)
    both.fill(1)
    end = next_offset(both.get())
    poll = waits(t, both.get, end, "&live=long-poll&timeout=15s",
                 t.fresh_admin())
    same(both.run("XADD", "MAXLEN", "0", "2-0", "n", "2"), "2-0")
    with within(2, "the answer"):
        refused(poll.result(), 410, "gone")


def test_an_add_is_an_event_at_once(t):
    both = Both(t)
    both.fill(1, 2, 3)
    both.delete(2)
    with Events(t.admin, both.name) as events:
        same(json.loads(events.data()[0]), [{"n": "1"}, {"n": "3"}])
        t.wait_for_parked(1)
        both.fill(4)
        data, control = events.data()
        same(json.loads(data), [{"n": "4"}])
        same(control["upToDate"], True)
