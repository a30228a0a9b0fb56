"""Ordered keys under 64 consumers that nack, time out and are cut off."""

from ordered_load import OrderedLoad
from test_kill import kill_a_worker, kill_postgresql


def test_killed_workers_change_no_order(t):
    load = OrderedLoad(t)
    load.disturb(5, lambda: kill_a_worker(t))
    load.finish()


def test_killed_workers_change_no_order_of_a_group(t):
    load = OrderedLoad(t, group="g")
    load.disturb(3, lambda: kill_a_worker(t))
    load.finish()


def test_a_killed_database_changes_no_order(t):
    load = OrderedLoad(t)
    load.disturb(1, lambda: kill_postgresql(t))
    load.finish()
