"""POST /api/messages/{id}/nack and POST /api/messages/nack."""

from harness.context import same


def test_a_nacked_message_comes_back_at_once(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [first] = t.admin.dequeue(topic)
    t.admin.nack(id, error="connection timeout",
                 receipt=first["receipt"]).expect(204)
    message = t.admin.message(id)
    same((message["status"], message["retry_count"], message["last_error"]),
         ("pending", 1, "connection timeout"))
    [again] = t.admin.take(topic)
    same((again["id"], again["retry_count"], again["last_error"]),
         (id, 1, "connection timeout"))


def test_a_nack_without_a_body_has_no_error(t):
    topic = t.topic()
    for body in (None, {}, {"error": None}, {"error": ""}):
        id = t.admin.enqueue(topic)
        t.admin.dequeue(topic)
        t.admin.post(f"/api/messages/{id}/nack", body).expect(204)
        same(t.admin.message(id)["last_error"], "")
        t.admin.take(topic)
        t.admin.ack(id).expect(204)


def test_a_message_that_is_not_processing_cannot_be_nacked(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.nack(id).expect(404, "nack: message is not in processing state")
    t.admin.dequeue(topic)
    t.admin.ack(id).expect(204)
    t.admin.nack(id).expect(404, "nack: message not found")


def test_a_nack_with_a_delay_comes_back_later(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id, delay_seconds=1).expect(204)
    same(t.admin.message(id)["status"], "pending")
    same(t.admin.dequeue(topic), [])
    [again] = t.admin.take(topic)
    same((again["id"], again["retry_count"]), (id, 1))


def test_an_error_may_have_4096_bytes(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id, error="x" * 4097).expect(400)
    same(t.admin.message(id)["status"], "processing")
    t.admin.nack(id, error="é" * 2048).expect(204)
    same(t.admin.message(id)["last_error"], "é" * 2048)


def test_a_batch_of_nacks_has_a_result_each(t):
    topic = t.topic()
    ids = [t.admin.enqueue(topic, str(n)) for n in range(3)]
    [m0, m1] = t.admin.dequeue(topic, count=2)
    results = t.admin.post("/api/messages/nack", {"messages": [
        {"id": ids[0], "receipt": m0["receipt"], "error": "why 0"},
        {"id": ids[1], "error": "why 1", "delay_seconds": 3600},
        {"id": ids[2]},
    ]}).expect(200)["results"]
    same(results, [
        {"id": ids[0], "ok": True}, {"id": ids[1], "ok": True},
        {"id": ids[2], "ok": False, "code": "not_found",
         "error": "nack: message is not in processing state"}])
    same([t.admin.message(id)["last_error"] for id in ids],
         ["why 0", "why 1", ""])
    same({m["id"] for m in t.admin.take(topic, 2)}, {ids[0], ids[2]})


def test_at_max_retries_a_message_moves_to_the_dead_letters(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, "p", key="k", metadata={"m": "1"})
    before = t.admin.message(id)
    for attempt in range(3):
        [message] = t.admin.take(topic)
        same((message["id"], message["retry_count"]), (id, attempt))
        t.admin.nack(id, error=f"attempt {attempt}").expect(204)
    dead = t.admin.message(id)
    same(isinstance(dead.pop("dlq_moved_at"), str), True)
    same(dead.pop("max_retries") >= 0, True)
    same(dead, {name: value for name, value in {
        **before, "topic": topic + ".dlq", "original_topic": topic,
        "last_error": "attempt 2"}.items()
        if name not in ("max_retries", "dlq_moved_at")})
    same(t.admin.dequeue(topic, count=10), [])
    same(t.admin.listed(topic)["total"], 0)
    same(t.admin.listed(topic + ".dlq")["total"], 1)


def test_the_threshold_of_a_topic_is_its_max_retries(t):
    for retries in (1, 2, 5):
        topic = t.topic(max_retries=retries)
        id = t.admin.enqueue(topic)
        same(t.admin.message(id)["max_retries"], retries)
        for attempt in range(retries):
            same(t.admin.message(id)["topic"], topic)
            t.admin.take(topic)
            t.admin.nack(id).expect(204)
        same(t.admin.message(id)["topic"], topic + ".dlq")


def test_without_a_threshold_a_message_fails(t):
    topic = t.topic(max_retries=0)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id, error="why").expect(204)
    message = t.admin.message(id)
    same((message["topic"], message["status"], message["last_error"]),
         (topic, "failed", "why"))
    same(t.admin.dequeue(topic, count=10), [])
    t.admin.nack(id).expect(404, "nack: message is not in processing state")
