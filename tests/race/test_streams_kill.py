"""kill -9 under writers and readers of one stream."""

import os
import signal

from harness.context import eventually, same
from stream_load import StreamLoad
from test_kill import kill_a_worker, kill_postgresql


def test_killed_workers_cost_readers_of_a_stream_nothing(t):
    load = StreamLoad(t)
    load.disturb(6, lambda: kill_a_worker(t))
    load.finish()


def test_a_killed_database_costs_readers_of_a_stream_nothing(t):
    load = StreamLoad(t)
    load.disturb(2, lambda: kill_postgresql(t))
    load.finish()


def test_all_killed_in_turn_cost_readers_of_a_stream_nothing(t):
    load = StreamLoad(t)

    def kill_all():
        for pid in t.instance.workers().values():
            os.kill(pid, signal.SIGKILL)
        kill_postgresql(t)
        eventually(t.instance.is_ready, 30, "readiness")

    load.disturb(2, kill_all)
    load.finish()


def test_killed_connections_cost_readers_of_a_stream_nothing(t):
    load = StreamLoad(t)
    load.disturb(10, lambda: t.sql("""
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'sluice' and pid <> pg_backend_pid()
        order by random() limit 3"""))
    load.finish()


def test_a_restart_of_the_workers_fails_no_append(t):
    load = StreamLoad(t)
    for _ in range(2):
        load.disturb(1, t.instance.restart_workers)
    load.finish()
    same(load.told, [], "failed appends")
