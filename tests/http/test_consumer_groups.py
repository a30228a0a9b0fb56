"""/api/topics/{}/consumer-groups, and who may be of which group."""

import threading

from groups_of_topics import Consumer, consumers, ids, nothing_left, path, register
from harness.context import Call, eventually, same, within
from harness.transaction import Transaction


def test_groups_are_listed_as_they_were_registered(t):
    topic = t.topic()
    same(t.admin.get(path(topic)).expect(200),
         {"items": [], "total": 0, "limit": 50, "offset": 0})
    for name in ("b", "a", "grüße / ☃"):
        reply = t.admin.post(path(topic), {"consumer_group": name})
        reply.expect(201)
        same(reply.body, b"")
    same(t.admin.get(path(topic)).expect(200)["items"],
         ["b", "a", "grüße / ☃"])
    same(t.admin.get(path(topic) + "?limit=1&offset=1").expect(200),
         {"items": ["a"], "total": 3, "limit": 1, "offset": 1})
    t.admin.delete(path(topic) + "/gr%C3%BC%C3%9Fe%20%2F%20%E2%98%83").expect(
        204)
    same(t.admin.get(path(topic)).expect(200)["items"], ["b", "a"])


def test_a_name_is_registered_once(t):
    topic = t.topic()
    register(t, topic, "a")
    t.admin.post(path(topic), {"consumer_group": "a"}).expect(
        409, "consumer group already registered")
    register(t, t.topic(), "a")
    t.admin.delete(path(topic) + "/a").expect(204)
    t.admin.delete(path(topic) + "/a").expect(404, "consumer group not found")
    t.admin.delete(path(topic) + "/b").expect(404, "consumer group not found")
    register(t, topic, "a")


def test_a_group_needs_a_name_of_one_line(t):
    topic = t.topic()
    for body in ({}, {"consumer_group": ""}, {"consumer_group": None}):
        t.admin.post(path(topic), body).expect(
            400, "consumer_group is required")
    for name in ("x" * 129, "a\nb", 7):
        t.admin.post(path(topic), {"consumer_group": name}).expect(400)
    register(t, topic, "x" * 128)


def test_dead_letters_have_no_groups_of_their_own(t):
    topic = t.topic() + ".dlq"
    for reply in (t.admin.get(path(topic)),
                  t.admin.post(path(topic), {"consumer_group": "a"}),
                  t.admin.delete(path(topic) + "/a")):
        reply.expect(400, "topic name may not end in .dlq")


def test_a_topic_has_a_hundred_groups_at_most(t):
    topic = t.topic()
    register(t, topic, *map(str, range(100)))
    t.admin.post(path(topic), {"consumer_group": "more"}).expect(
        409, "a topic has at most 100 consumer groups (GROUPS_PER_TOPIC_MAX)")
    t.admin.delete(path(topic) + "/7").expect(204)
    register(t, topic, "more")


def test_registering_waits_for_those_who_write_and_says_when_it_is_too_long(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    with Transaction(t, "select from sluice.messages limit 1 for key share"):
        t.admin.post(path(topic), {"consumer_group": "a"}).expect(503)
        same(t.admin.get(path(topic)).expect(200)["items"], [])
        t.admin.post("/api/messages/dequeue", {
            "topic": topic, "consumer_group": "a"}).expect(
            404, "consumer group not found")
    # What was begun is brought to its end.
    register(t, topic, "a")
    same(len(t.admin.dequeue(topic, consumer_group="a")), 1)


def test_of_two_who_register_at_once_neither_fails(t):
    for _ in range(5):
        topic = t.topic()
        barrier = threading.Barrier(2)

        def create():
            client = t.fresh_admin()
            barrier.wait()
            return client.post(path(topic), {"consumer_group": "a"}).status

        statuses = sorted(call.result() for call in
                          [Call(create) for _ in range(2)])
        same(statuses in ([201, 201], [201, 409]), True, f"{statuses}: this")

# --- grants

def test_a_consume_grant_says_which_groups_one_may_be(t):
    topic, a, b = consumers(t, "a", "b")
    user = t.new_user(("write", topic))
    client = t.client_for(user)
    mine, other = Consumer(client, "a"), Consumer(client, "b")
    t.admin.enqueue(topic)
    for consumer in (mine, other):
        same(len(consumer.dequeue(topic)), 1)
    t.admin.post(f"/api/users/{user['id']}/consumer-group-grants", {
        "topic_pattern": "topic-*", "consumer_group": "a"}).expect(201)
    id = t.admin.enqueue(topic)

    def refused():
        return client.post("/api/messages/dequeue", {
            "topic": topic, "consumer_group": "b"}).status == 403

    eventually(refused, 3, "the grant")
    [message] = mine.dequeue(topic)
    same(message["id"], id)
    [stolen] = b.dequeue(topic)
    for verb in ("ack", "nack", "extend"):
        other.settle(verb, stolen).expect(403, "insufficient permissions")
    results = client.post("/api/messages/ack", {"messages": [
        {"id": id, "consumer_group": "b"}]}).expect(200)["results"]
    same(results[0]["code"], "forbidden")
    mine.ack(message).expect(204)
    # Who names no group is not restricted, nor is an admin.
    same(len(client.dequeue(topic)), 1)
    b.ack(stolen).expect(204)


def test_who_may_be_one_group_redrives_for_no_other(t):
    topic, _, b = consumers(t, "a", "b", max_retries=1)
    t.admin.enqueue(topic)
    [message] = b.dequeue(topic)
    b.nack(message).expect(204)
    for pattern in (topic, f"{topic}.dlq"):
        user = t.new_user(("write", f"{topic}*"))
        t.admin.post(f"/api/users/{user['id']}/consumer-group-grants", {
            "topic_pattern": pattern, "consumer_group": "a"}).expect(201)
        client = t.client_for(user)
        for group, status in (("b", 403), ("a", 200)):
            client.post(f"/api/topics/{topic}/redrive", {
                "consumer_group": group}).expect(status)
    same(t.admin.post(f"/api/topics/{topic}/redrive", {
        "consumer_group": "b"}).expect(200), {"requeued": 1})


def test_a_consume_grant_for_a_group_is_enough_to_be_of_it(t):
    topic, _ = consumers(t, "a")
    user = t.new_user()
    t.admin.post(f"/api/users/{user['id']}/consumer-group-grants", {
        "topic_pattern": topic, "consumer_group": "a"}).expect(201)
    mine = Consumer(t.client_for(user), "a")
    t.admin.enqueue(topic)
    [message] = mine.dequeue(topic)
    mine.ack(message).expect(204)
    mine.client.post("/api/messages", {
        "topic": topic, "payload": "x"}).expect(403)


def test_one_who_waits_loses_a_right_that_is_taken(t):
    topic, _ = consumers(t, "a")
    user = t.new_user(("write", topic))
    waiting = Call(t.client_for(user).post, "/api/messages/dequeue", {
        "topic": topic, "consumer_group": "a", "wait_seconds": 20})
    t.wait_for_parked(1)
    with within(5, "the end"):
        t.admin.post(f"/api/users/{user['id']}/consumer-group-grants", {
            "topic_pattern": topic, "consumer_group": "b"}).expect(201)
        waiting.result().expect(403, "insufficient permissions")
