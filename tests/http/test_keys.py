"""Messages with a key: the newest pending one is replaced, none gets stuck."""

from harness.context import same


def test_a_pending_message_is_replaced_in_its_place(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, "old", key="k", metadata={"v": "1"})
    other = t.admin.enqueue(topic, "other")
    before = t.admin.message(id)
    same(t.admin.enqueue(topic, "new", key="k", metadata={"v": "2"}), id)
    same(t.admin.message(id),
         {**before, "payload": "new", "metadata": {"v": "2"}})
    same([m["id"] for m in t.admin.dequeue(topic, count=10)], [id, other])


def test_the_empty_key_is_a_key(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, "old", key="")
    same(t.admin.enqueue(topic, "new", key=""), id)
    same(t.admin.message(id)["key"], "")


def test_keys_of_different_topics_are_different(t):
    one, other = t.topic(), t.topic()
    same(t.admin.enqueue(one, key="k") != t.admin.enqueue(other, key="k"),
         True)


def test_a_message_in_delivery_is_not_changed(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, "old", key="k")
    t.admin.dequeue(topic)
    new = t.admin.enqueue(topic, "new", key="k")
    same(new != old, True, "another message")
    same(t.admin.message(old)["payload"], "old")
    same(t.admin.enqueue(topic, "newer", key="k"), new)


def test_a_nacked_message_lives_beside_a_newer_one(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, "old", key="k")
    t.admin.dequeue(topic)
    new = t.admin.enqueue(topic, "new", key="k")
    t.admin.nack(old).expect(204)
    same({m["id"] for m in t.admin.take(topic, 2)}, {old, new})
    for id in (old, new):
        t.admin.ack(id).expect(204)


def test_a_timed_out_message_lives_beside_a_newer_one(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, "old", key="k")
    t.admin.dequeue(topic, visibility_timeout_seconds=1)
    new = t.admin.enqueue(topic, "new", key="k")
    [first] = t.admin.dequeue(topic)
    same(first["id"], new)
    [second] = t.admin.take(topic)
    same(second["id"], old)


def test_a_requeued_message_lives_beside_a_newer_one(t):
    topic = t.topic(max_retries=1)
    old = t.admin.enqueue(topic, "old", key="k")
    t.admin.dequeue(topic)
    t.admin.nack(old).expect(204)
    same(t.admin.message(old)["topic"], topic + ".dlq")
    new = t.admin.enqueue(topic, "new", key="k")
    same(new != old, True, "a dead letter is not replaced")
    t.admin.post(f"/api/messages/{old}/requeue").expect(204)
    same({m["id"] for m in t.admin.take(topic, 2)}, {old, new})


def test_two_dead_letters_may_have_one_key(t):
    topic = t.topic(max_retries=1)
    ids = []
    for payload in ("one", "two"):
        ids.append(t.admin.enqueue(topic, payload, key="k"))
        t.admin.dequeue(topic)
        t.admin.nack(ids[-1]).expect(204)
    listed = t.admin.listed(topic + ".dlq")
    same({m["id"] for m in listed["items"]}, set(ids))
    same(t.admin.post(f"/api/topics/{topic}/redrive").expect(200),
         {"requeued": 2})
    same({m["id"] for m in t.admin.take(topic, 2)}, set(ids))


def test_a_nacked_message_is_replaced_and_keeps_its_retries(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, "old", key="k")
    t.admin.dequeue(topic)
    t.admin.nack(id, error="why").expect(204)
    same(t.admin.enqueue(topic, "new", key="k"), id)
    message = t.admin.message(id)
    same((message["payload"], message["retry_count"], message["last_error"]),
         ("new", 1, "why"))


def test_a_key_is_free_again_after_the_ack(t):
    topic = t.topic()
    for _ in range(3):
        id = t.admin.enqueue(topic, key="k")
        t.admin.dequeue(topic)
        t.admin.ack(id).expect(204)
    same(t.admin.listed(topic)["total"], 0)


def test_delete_by_key_takes_every_status(t):
    topic = t.topic(max_retries=1)
    dead = t.admin.enqueue(topic, key="a/b c%")
    t.admin.dequeue(topic)
    t.admin.nack(dead).expect(204)
    processing = t.admin.enqueue(topic, key="a/b c%")
    t.admin.dequeue(topic)
    pending = t.admin.enqueue(topic, key="a/b c%")
    other = t.admin.enqueue(topic, key="a")
    path = f"/api/topics/{topic}/messages/by-key/a%2Fb%20c%25"
    same(t.admin.delete(path).expect(200), {"deleted": 2})
    same(t.admin.delete(path).expect(200), {"deleted": 0})
    for id in (processing, pending):
        t.admin.get(f"/api/messages/{id}").expect(404)
    same(t.admin.message(other)["status"], "pending")
    same(t.admin.message(dead)["status"], "pending")
    path = f"/api/topics/{topic}.dlq/messages/by-key/a%2Fb%20c%25"
    same(t.admin.delete(path).expect(200), {"deleted": 1})
    t.admin.ack(processing).expect(404, "ack: message not found")
