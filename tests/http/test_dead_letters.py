"""The topic x.dlq: dequeue, requeue, redrive."""

from harness.context import same


def dead_letter(t, topic, payload="x", **more):
    """A message of that topic (max_retries 1), nacked into its dead letters."""
    id = t.admin.enqueue(topic, payload, **more)
    t.admin.dequeue(topic)
    t.admin.nack(id, error="broken").expect(204)
    same(t.admin.message(id)["topic"], topic + ".dlq")
    return id


def test_dead_letters_are_dequeued_and_acked(t):
    topic = t.topic(max_retries=1)
    ids = [dead_letter(t, topic, str(n)) for n in range(3)]
    messages = t.admin.dequeue(topic + ".dlq", count=10)
    same([m["id"] for m in messages], ids)
    same(messages[0]["topic"], topic + ".dlq")
    same(messages[0]["original_topic"], topic)
    same(messages[0]["status"], "processing")
    for message in messages:
        t.admin.ack(message["id"], message["receipt"]).expect(204)
    same(t.admin.listed(topic + ".dlq")["total"], 0)


def test_a_dead_letter_never_fails_for_good(t):
    topic = t.topic(max_retries=1)
    id = dead_letter(t, topic)
    for attempt in range(5):
        [message] = t.admin.dequeue(topic + ".dlq")
        same((message["id"], message["retry_count"]), (id, attempt))
        t.admin.nack(id, error="again").expect(204)
        message = t.admin.message(id)
        same((message["topic"], message["status"]),
             (topic + ".dlq", "pending"))


def test_a_dead_letter_that_times_out_stays_one(t):
    topic = t.topic(max_retries=1)
    id = dead_letter(t, topic)
    t.admin.dequeue(topic + ".dlq", visibility_timeout_seconds=1)
    [message] = t.admin.dequeue(topic + ".dlq", wait_seconds=10)
    same((message["id"], message["topic"]), (id, topic + ".dlq"))


def test_a_requeued_message_is_as_new_but_for_its_error(t):
    topic = t.topic(max_retries=1)
    id = dead_letter(t, topic, key="k", metadata={"m": "1"})
    t.admin.post(f"/api/messages/{id}/requeue").expect(204)
    message = t.admin.message(id)
    same({name: message[name] for name in (
        "topic", "status", "retry_count", "max_retries", "last_error",
        "original_topic", "dlq_moved_at", "key", "metadata")},
        {"topic": topic, "status": "pending", "retry_count": 0,
         "max_retries": 1, "last_error": "broken", "original_topic": "",
         "dlq_moved_at": None, "key": "k", "metadata": {"m": "1"}})
    same([m["id"] for m in t.admin.take(topic)], [id])


def test_only_dead_letters_are_requeued(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    not_dead = "requeue: message is not a dead-letter message"
    t.admin.post(f"/api/messages/{id}/requeue").expect(404, not_dead)
    t.admin.dequeue(topic)
    t.admin.post(f"/api/messages/{id}/requeue").expect(404, not_dead)
    t.admin.ack(id).expect(204)
    t.admin.post(f"/api/messages/{id}/requeue").expect(
        404, "requeue: message not found")


def test_a_receipt_from_before_the_move_is_stale(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic)
    [first] = t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    t.admin.post(f"/api/messages/{id}/requeue").expect(204)
    [second] = t.admin.take(topic)
    t.admin.ack(id, first["receipt"]).expect(
        409, "the receipt is of an earlier delivery")
    t.admin.ack(id, second["receipt"]).expect(204)


def test_redrive_moves_the_oldest_up_to_its_limit(t):
    topic = t.topic(max_retries=1)
    ids = [dead_letter(t, topic, str(n)) for n in range(5)]
    path = f"/api/topics/{topic}/redrive"
    same(t.admin.post(path, {"limit": 2}).expect(200), {"requeued": 2})
    same({m["id"] for m in t.admin.take(topic, 2)}, set(ids[:2]))
    same(t.admin.dequeue(topic), [])
    path = f"/api/topics/{topic}.dlq/redrive"
    same(t.admin.post(path).expect(200), {"requeued": 3})
    same(t.admin.post(path, {}).expect(200), {"requeued": 0})
    same({m["id"] for m in t.admin.take(topic, 3)}, set(ids[2:]))


def test_redrive_of_nothing_moves_nothing(t):
    same(t.admin.post("/api/topics/nobody-knows-it/redrive").expect(200),
         {"requeued": 0})


def test_a_waiting_consumer_gets_what_is_requeued(t):
    from harness.context import Call, within
    topic = t.topic(max_retries=1)
    id = dead_letter(t, topic)
    with within(5, "the wake-up"):
        waiting = Call(t.fresh_admin().dequeue, topic, wait_seconds=15)
        t.wait_for_parked(1)
        t.admin.post(f"/api/messages/{id}/requeue").expect(204)
        same([m["id"] for m in waiting.result()], [id])


def test_write_on_the_dead_letters_is_what_requeue_asks(t):
    topic = t.topic(max_retries=1)
    ids = [dead_letter(t, topic) for _ in range(2)]
    for user in (t.user(("write", topic)), t.user(("read", topic + "*")),
                 t.user(("consume", topic + "*"))):
        user.post(f"/api/messages/{ids[0]}/requeue").expect(
            403, "insufficient permissions")
    t.user(("write", topic + ".dlq")).post(
        f"/api/messages/{ids[0]}/requeue").expect(204)
    t.user(("write", topic + "*")).post(
        f"/api/messages/{ids[1]}/requeue").expect(204)
