"""Consumers of one group, while what they work with is killed."""

from group_load import GroupLoad
from harness.context import same
from test_kill import kill_a_worker, kill_postgresql


def test_killed_workers_lose_no_entry_of_a_group(t):
    load = GroupLoad(t)
    load.disturb(6, lambda: kill_a_worker(t))
    load.finish()


def test_a_killed_database_loses_no_entry_of_a_group(t):
    load = GroupLoad(t)
    load.disturb(2, lambda: kill_postgresql(t))
    load.finish()


def test_killed_connections_lose_no_entry_of_a_group(t):
    load = GroupLoad(t)
    load.disturb(8, lambda: t.sql("""
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'sluice' and pid <> pg_backend_pid()
        order by random() limit 3"""))
    load.finish()


def test_a_restart_of_the_workers_fails_no_command(t):
    load = GroupLoad(t, writers=1)
    for _ in range(2):
        load.disturb(1, t.instance.restart_workers)
    load.finish()
    same(load.told, [], "failed commands")
