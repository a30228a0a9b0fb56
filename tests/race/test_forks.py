"""Streams and forks of them are created and deleted by many at once."""

import random
import time

from harness.client import Failure
from harness.context import Call, same

NAMES = 6
CALLERS = 12
SECONDS = 8

# What each call may be answered, by whatever the others are doing.
PUT = {200, 201, 404, 409}
DELETE = {204, 404, 410}
POST = {204, 404, 410}
HEAD = {200, 404, 410}
TEXT = {"Content-Type": "text/plain"}


def path(prefix, number):
    return f"/v1/stream/{prefix}/{number}"


def one_call(random_, client, prefix):
    """Something with one of the names; forks of any of them by any."""
    mine, other = (path(prefix, random_.randrange(NAMES)) for _ in range(2))
    kind = random_.random()
    if kind < 0.35:
        return client.put(mine, b"x", headers={
            **TEXT, "Stream-Forked-From": other}), PUT
    if kind < 0.5:
        return client.put(mine, b"x", headers=TEXT), PUT
    if kind < 0.75:
        return client.delete(mine), DELETE
    if kind < 0.9:
        return client.post(mine, b"y", headers=TEXT), POST
    return client.request("HEAD", mine), HEAD


def caller(t, prefix, seed, ends):
    client, random_ = t.fresh_admin(), random.Random(seed)
    seen = {}
    while time.monotonic() < ends:
        reply, fine = one_call(random_, client, prefix)
        if reply.status not in fine:
            raise Failure(f"{reply}")
        key = reply.asked.split()[0], reply.status
        seen[key] = seen.get(key, 0) + 1
    return seen


def test_nobody_waits_for_ever_and_every_fork_is_counted(t):
    prefix = t.fresh("forks")
    deadlocks = ("select deadlocks from pg_stat_database "
                 "where datname = current_database()")
    before = t.sql(deadlocks)
    ends = time.monotonic() + SECONDS
    calls = [Call(caller, t, prefix, seed, ends) for seed in range(CALLERS)]
    seen = {}
    for call in calls:
        for key, n in call.result().items():
            seen[key] = seen.get(key, 0) + n
    for key in (("PUT", 201), ("PUT", 409), ("DELETE", 204),
                ("DELETE", 410), ("POST", 204)):
        same(seen.get(key, 0) > 10, True, f"{key} in {seen}")
    same(t.sql(deadlocks), before, "deadlocks")

    mine = f"name like '{prefix}/%'"
    same(t.sql(
        "select count(*) from sluice.streams s where s.forks <> ("
        "select count(*) from sluice.streams f "
        "where f.fork_source = s.stream_id and f.state < 2) "
        f"and s.{mine}"), "0", "streams whose forks are miscounted")
    same(t.sql(
        "select count(*) from sluice.segments g "
        "join sluice.streams f on f.stream_id = g.stream_id "
        "and f.incarnation = g.incarnation and f.state < 2 "
        f"where f.{mine} and not exists (select from sluice.streams s "
        "where s.stream_id = g.source_id and s.state < 2 "
        "and s.incarnation = g.source_incarnation)"),
        "0", "segments of lives that have ended")
    same(t.sql(
        f"select count(*) from sluice.streams s where s.{mine} "
        "and s.state < 2 and s.next_seq - s.fork_seq <> ("
        "select count(*) from sluice.entries e "
        "where e.stream_id = s.stream_id "
        "and e.incarnation = s.incarnation)"), "0", "miscounted entries")

    for _ in range(NAMES):
        for number in range(NAMES):
            t.admin.delete(path(prefix, number))
    t.instance.reap()
    for table in ("entries", "segments", "ended_streams"):
        same(t.sql(f"select count(*) from sluice.{table} where stream_id in "
                   f"(select stream_id from sluice.streams where {mine})"),
             "0", f"{table} that are left")
    same(t.sql(f"select count(*) from sluice.streams where {mine} "
               "and state <> 2"), "0", "streams that are left")
