"""GET /api/stats."""

from harness.context import same


def stats_of(t, *topics):
    rows = t.admin.get("/api/stats").expect(200)["topics"]
    order = [(row["topic"].encode(), row["status"]) for row in rows]
    same(order, sorted(order), "order")
    for row in rows:
        same(list(row), ["topic", "status", "count", "oldest_age_seconds"])
    return {(row["topic"], row["status"]): row for row in rows
            if row["topic"] in topics}


def test_messages_are_counted_by_topic_and_status(t):
    topic = t.topic(max_retries=1)
    dead = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(dead).expect(204)
    for _ in range(5):
        t.admin.enqueue(topic)
    t.admin.dequeue(topic, count=2)
    t.admin.enqueue(topic, delay_seconds=3600)
    rows = stats_of(t, topic, topic + ".dlq")
    same({key: row["count"] for key, row in rows.items()},
         {(topic, "pending"): 4, (topic, "processing"): 2,
          (topic + ".dlq", "pending"): 1})


def test_failed_messages_are_counted(t):
    topic = t.topic(max_retries=0)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    same({key: row["count"] for key, row in stats_of(t, topic).items()},
         {(topic, "failed"): 1})


def test_an_empty_topic_has_no_row(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.ack(id).expect(204)
    same(stats_of(t, topic), {})


def test_the_age_is_that_of_the_oldest(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.enqueue(topic)
    seq = int(id.replace("-", "")[16:], 16) & (1 << 62) - 1
    t.sql("update sluice.messages set created_at = created_at - "
          f"interval '100 seconds' where seq = {seq}")
    age = stats_of(t, topic)[topic, "pending"]["oldest_age_seconds"]
    same(100 <= age < 110, True, f"{age} of 100 s")
