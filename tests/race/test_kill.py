"""kill -9, under load, with an account of every message."""

import os
import random
import signal

from harness.client import Failure
from harness.context import Call, eventually, same, within
from load import Load


def kill_a_worker(t):
    workers = t.instance.workers()
    if workers:
        number = random.choice(list(workers))
        os.kill(workers[number], signal.SIGKILL)
        eventually(lambda: t.instance.workers().get(number) not in
                   (None, workers[number]), 20, "a new worker")
    eventually(t.instance.is_ready, 20, "readiness")


def test_a_killed_worker_loses_nothing(t):
    load = Load(t)
    load.disturb(8, lambda: kill_a_worker(t))
    load.finish()


def test_all_workers_killed_at_once_lose_nothing(t):
    load = Load(t)

    def kill_all():
        for pid in t.instance.workers().values():
            os.kill(pid, signal.SIGKILL)
        eventually(t.instance.is_ready, 20, "readiness")

    load.disturb(3, kill_all)
    load.finish()


def kill_postgresql(t):
    old = t.instance.postmaster()
    os.kill(old, signal.SIGKILL)

    def is_another():
        try:
            # Each thread of a worker finds its own way back.
            return t.instance.postmaster() != old and all(
                t.instance.is_ready() for _ in range(20))
        except (OSError, ValueError, IndexError):
            return False

    eventually(is_another, 60, "the database's return")


def test_a_killed_database_loses_nothing(t):
    load = Load(t)
    workers = t.instance.workers()
    load.disturb(2, lambda: kill_postgresql(t))
    load.finish()
    same(t.instance.workers(), workers, "the workers have lived on")


def test_a_killed_connection_loses_nothing(t):
    load = Load(t)
    load.disturb(10, lambda: t.sql("""
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'sluice' and pid <> pg_backend_pid()
        order by random() limit 3"""))
    load.finish()


def test_connections_that_ended_while_idle_cost_no_request(t):
    topic = t.topic()
    for _ in range(5):
        t.sql("""select pg_terminate_backend(pid, 5000) from pg_stat_activity
            where application_name = 'sluice worker'""")
        # Enough for every thread of every process.
        for call in [Call(t.fresh_admin().enqueue, topic) for _ in range(40)]:
            call.result()


def test_a_lost_listen_connection_loses_no_wake_up(t):
    workers = t.instance.workers()
    for _ in range(5):
        topic = t.topic()
        waiting = [Call(t.fresh_admin().dequeue, topic, wait_seconds=20)
                   for _ in range(8)]
        t.wait_for_parked(8)
        t.sql("""select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'sluice wake'""")
        with within(10, "the wake-ups"):
            for n in range(8):
                t.admin.enqueue(topic, str(n))
            same([len(call.result()) for call in waiting], [1] * 8)
    same(t.instance.workers(), workers, "the workers have lived on")


def test_without_its_database_the_door_says_so_and_heals(t):
    workers = t.instance.workers()
    topic = t.topic()
    supervisor = int((t.instance.var / "run" / "supervisor.pid").read_text())
    os.kill(supervisor, signal.SIGSTOP)	# so that it stays away
    try:
        postmaster = t.instance.postmaster()
        os.kill(postmaster, signal.SIGKILL)
        eventually(lambda: not any(map(t.instance.worker_is_ready, (0, 1))),
                   10, "the database's end")
        for _ in range(3):
            for method, path, body in (
                    ("POST", "/api/messages",
                     {"topic": topic, "payload": "x"}),
                    ("POST", "/api/messages/dequeue", {"topic": topic}),
                    ("GET", f"/api/messages?topic={topic}", None),
                    ("GET", "/api/users", None),
                    ("GET", "/readyz", None)):
                with within(2, f"{method} {path}"):
                    reply = t.admin.request(method, path, body)
                reply.expect(503)
                if int(reply.headers.get("Retry-After", 0)) < 1:
                    raise Failure(f"{reply} has no Retry-After")
        with within(2, "/healthz"):
            t.admin.get("/healthz").expect(200)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    # Each thread of each worker finds its own way back.
    eventually(lambda: all(t.admin.post("/api/messages", {
        "topic": topic, "payload": "x"}).status == 201 for _ in range(30)),
        60, "healing")
    same(t.instance.workers(), workers, "the workers have lived on")


def test_a_restart_of_the_workers_fails_no_request(t):
    load = Load(t)
    seen = set(t.instance.workers().values())
    for _ in range(2):
        t.instance.restart_workers()
        now = set(t.instance.workers().values())
        same(now & seen, set(), "old workers")
        seen |= now
    load.finish()
    # The old ones go when nginx has closed the last connection to them.
    eventually(lambda: not any(os.path.exists(f"/proc/{pid}")
                               for pid in seen - now), 30, "their end")
    same(load.account.unsure, [], "failed requests")
