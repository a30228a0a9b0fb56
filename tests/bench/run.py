#!/usr/bin/env python3
"""How fast it is, as ratios: make bench.

    BENCH_ONLY=a,c make bench	some of the goals
    BENCH_SECONDS=5 make bench	longer slices (3)

Each goal is measured side by side with what it is compared to, on a private
instance with the default settings, over plain HTTP through nginx, with
authentication. A bench is not a test: what misses its goal is said, and does
not fail.
"""

import os
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import goals_groups  # noqa: E402
import goals_peers  # noqa: E402
import goals_plates  # noqa: E402
import goals_queue  # noqa: E402
import goals_streams  # noqa: E402
import goals_streams_read  # noqa: E402
import goals_waiting  # noqa: E402
from harness.client import Failure  # noqa: E402
from harness.instance import ROOT, Instance  # noqa: E402
from loads import Bench  # noqa: E402
from measure import say  # noqa: E402

GOALS = {
    "a": goals_queue.enqueue,
    "b": goals_queue.enqueue_batch,
    "c": goals_queue.dequeue_ack,
    "d": goals_queue.open_transaction,
    "e": goals_waiting.wake_up,
    "f": goals_waiting.many_waiters,
    "g": goals_peers.peers,
    "schemas": goals_queue.schemas,
    "ordered_keys": goals_queue.ordered_keys,
    "groups": goals_groups.groups,
    "streams-a": goals_streams.one_stream,
    "streams-b": goals_streams.many_streams,
    "streams-c": goals_streams.beside_redis,
    "streams-c-peers": goals_streams.beside_servers,
    "streams-d": goals_streams.one_connection,
    "streams-e": goals_streams_read.catch_up,
    "streams-f": goals_streams_read.many_readers,
    "streams-g": goals_streams_read.idle_waiters,
    "plates-a": goals_plates.xadd,
    "plates-b": goals_plates.xreadgroup_xack,
    "plates-c": goals_plates.wake_up,
}


def setting(name):
    """Its default: tests run with other settings than users do."""
    table = (ROOT / "fcgi" / "settings.def").read_text()
    return re.search(rf'^SETTING\({name},[^"]*"([^"]*)"', table, re.M)[1]


def main():
    names = [name.strip() for name in
             os.environ.get("BENCH_ONLY", ",".join(GOALS)).split(",")]
    for name in names:
        if name not in GOALS:
            sys.exit(f"there is no goal {name!r}, only {', '.join(GOALS)}")
    summary = []
    for name in names:
        # Each on an instance of its own: none pays for another's tables.
        instance = Instance(processes=setting("PROCESSES")).start()
        started = time.monotonic()
        try:
            say(f"{name}.")
            for goal in GOALS[name](Bench(instance)):
                say(f"  {goal}")
                summary.append((name, goal))
        except Failure as fault:
            say(f"  failed: {fault}")
            summary.append((name, f"failed: {fault}"))
        finally:
            instance.stop()
        say(f"  ({time.monotonic() - started:.0f} s)")
    say("\nsummary")
    for name, goal in summary:
        say(f"{name}. {goal}")


main()
