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


def test_groups_come_and_go_beside_ordered_keys(t):
    """Who joins takes lines that others have or are about to begin."""
    load = OrderedLoad(t, group="g")
    groups = f"/api/topics/{load.topic}/consumer-groups"

    def register_a_guest():
        for _ in range(3):
            t.admin.post(groups, {"consumer_group": "guest"}).expect(201)
            t.admin.delete(f"{groups}/guest").expect(204)

    load.disturb(2, register_a_guest)
    load.finish()
