"""Two worker pools, as on two hosts, on one database."""

import contextlib

from harness.context import Call, Context, eventually, same, within
from harness.instance import Instance
from load import Load


@contextlib.contextmanager
def another_host(t):
    other = Instance(database=t.instance.database,
                     jwt_secret=t.instance.jwt_secret).start()
    try:
        yield Context(other)
    finally:
        other.stop()


def test_two_hosts_are_one_queue(t):
    with another_host(t) as other:
        wakes_cross(t, other)
        wakes_cross(other, t)
        delays_cross(t, other)
        changes_cross(t, other)
        load_is_shared(t, other)


def wakes_cross(here, there):
    topic = here.topic()
    waiting = [Call(there.fresh_admin().dequeue, topic, wait_seconds=20)
               for _ in range(10)]
    there.wait_for_parked(10)
    with within(5, "the wake-ups"):
        ids = [here.admin.enqueue(topic) for _ in range(10)]
        got = [call.result() for call in waiting]
    same([len(messages) for messages in got], [1] * 10)
    same(sorted(m["id"] for [m] in got), sorted(ids))


def delays_cross(here, there):
    topic = here.topic()
    waiting = Call(there.fresh_admin().dequeue, topic, wait_seconds=20)
    there.wait_for_parked(1)
    with within(5, "the delay of a second"):
        id = here.admin.enqueue(topic, delay_seconds=1)
        same([m["id"] for m in waiting.result()], [id])


def changes_cross(here, there):
    topic = here.topic()
    user = here.new_user(("write", topic))
    client = there.client_for(user)
    client.enqueue(topic)
    here.admin.put(f"/api/topic-configs/{topic}", {"max_depth": 1}).expect(200)
    with within(2, "the new limit"):
        eventually(lambda: client.post("/api/messages", {
            "topic": topic, "payload": "x"}).status == 429, 3)
    here.admin.delete(f"/api/users/{user['id']}").expect(204)
    with within(2, "the end of the user"):
        eventually(lambda: client.post("/api/messages", {
            "topic": topic, "payload": "x"}).status == 401, 3)


def load_is_shared(here, there):
    turns = iter(range(1000))
    load = Load(here, client=lambda: (
        here if next(turns) % 2 else there).fresh_admin())
    eventually(lambda: load.account.delivered > 1000, 30, "some load")
    load.finish()
    same(load.account.unsure, [], "failed requests")
