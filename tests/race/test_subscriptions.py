"""Webhooks are called whoever dies."""

import os
import re
import signal
import threading

from harness.context import eventually, same, within
from harness.receiver import Receiver
from harness.subscriptions import (
    Subscription, about, append, tails, wakes_in)

DONE = (200, b'{"done": true}')


def dispatcher(t):
    """The process that has the lease, as the log says."""
    def look():
        log = (t.instance.var / "log" / "sluice.log").read_text()
        said = re.findall(r"pid=(\d+) msg=\"dispatcher of subscriptions: "
                          r"(this|another) process", log)
        leading = {int(pid): word == "this" for pid, word in said}
        return [pid for pid in t.instance.workers().values()
                if leading.get(pid)]
    [pid] = eventually(look, what="a dispatcher")
    return pid


def test_another_process_goes_on_when_the_dispatcher_is_killed(t):
    with Receiver(lambda call: DONE) as receiver:
        s = Subscription(t, webhook={"url": receiver.url}).create()
        for turn in range(3):
            ends = {s.stream("a"): append(t, s.stream("a"))}
            eventually(lambda: ends.items() <= s.acked().items(), 15)
            os.kill(dispatcher(t), signal.SIGKILL)
            # Nobody hears of these.
            t.instance.wait_until_ready()
            name = s.stream(f"b-{turn}")
            for stream in (s.stream("a"), name):
                ends[stream] = eventually(lambda: try_append(t, stream))
            with within(15, "the next dispatcher"):
                eventually(lambda: ends.items() <= s.acked().items(), 20)
        eventually(t.instance.is_ready, 20)
        s.delete()


def try_append(t, name):
    """A request that meets a dying worker is tried again."""
    try:
        return append(t, name)
    except (OSError, AssertionError):
        return None


def test_a_call_whose_caller_was_killed_is_made_again(t):
    hold = threading.Event()

    def answer(call):
        hold.wait(20)
        return DONE

    with Receiver(answer) as receiver:
        s = Subscription(t, webhook={"url": receiver.url}).create()
        end = append(t, s.stream())
        first = receiver.next()
        os.kill(dispatcher(t), signal.SIGKILL)
        second = receiver.next(20)
        same((second.body["wake_id"], second.body["generation"]),
             (first.body["wake_id"], 1))
        same(tails(second.body), {s.stream(): end})
        hold.set()
        eventually(lambda: try_acked(s) == {s.stream(): end}, 15)
        eventually(t.instance.is_ready, 20)
        s.delete()


def try_acked(s):
    try:
        return s.acked()
    except (OSError, AssertionError):
        return None


def test_a_lease_ends_though_nobody_of_its_time_lives(t):
    s = Subscription(t, type="pull-wake", lease_ttl_ms=1000)
    name = s.wish["wake_stream"]
    same(t.admin.put(f"/v1/stream/{name}", b"[]").status, 201)
    s.create()
    append(t, s.stream())
    eventually(lambda: wakes_in(t, name))
    wake = s.claimed()
    for pid in t.instance.workers().values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(wakes_in(t, name)) == 2, 20, "the next wake")
    eventually(t.instance.is_ready, 20)
    same(s.say("ack", wake["token"], about(wake)).json["error"]["code"],
         "FENCED")
    s.delete()
