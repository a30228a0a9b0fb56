"""A consumer group has its own retries, visibility and dead letters."""

from groups_of_topics import Consumer, consumers, ids, nothing_left, path
from harness.context import Call, same


def test_a_timeout_is_the_group_s_own(t):
    topic, a, b = consumers(t, "a", "b")
    id = t.admin.enqueue(topic)
    [first] = a.dequeue(topic, visibility_timeout_seconds=1)
    [other] = b.dequeue(topic, visibility_timeout_seconds=60)
    [again] = a.take(topic)
    same((again["id"], again["retry_count"], again["last_error"]),
         (id, 1, "visibility timeout"))
    same(b.dequeue(topic), [])
    a.ack(first).expect(409, "the receipt is of an earlier delivery")
    a.nack(first).expect(409, "the receipt is of an earlier delivery")
    a.extend(first).expect(409, "the receipt is of an earlier delivery")
    a.ack(again).expect(204)
    b.ack(other).expect(204)
    nothing_left(t, topic)


def test_an_extension_keeps_it_from_others_of_the_group(t):
    topic, a = consumers(t, "a")
    t.admin.enqueue(topic)
    [message] = a.dequeue(topic, visibility_timeout_seconds=1)
    until = a.extend(message, visibility_timeout_seconds=60).expect(200)
    same(until["id"], message["id"])
    same(a.dequeue(topic, wait_seconds=2), [])
    a.ack(message).expect(204)


def test_retries_and_dead_letters_are_the_group_s_own(t):
    topic, a, b = consumers(t, "a", "b", max_retries=2)
    id = t.admin.enqueue(topic, "p", key="k", metadata={"m": "1"})
    for attempt in range(2):
        [message] = a.take(topic)
        same((message["id"], message["retry_count"]), (id, attempt))
        a.nack(message, error="broken").expect(204)
    same(a.dequeue(topic), [])
    [letter] = t.admin.listed(topic + ".dlq")["items"]
    same({name: letter[name] for name in (
        "topic", "original_topic", "payload", "key", "metadata", "status",
        "last_error", "retry_count", "consumer_group")},
        {"topic": topic + ".dlq", "original_topic": topic, "payload": "p",
         "key": "k", "metadata": {"m": "1"}, "status": "pending",
         "last_error": "broken", "retry_count": 0, "consumer_group": "a"})
    same(letter["id"] != id, True)
    [message] = b.dequeue(topic)
    same((message["id"], message["retry_count"]), (id, 0))
    b.ack(message).expect(204)
    same(t.admin.get(f"/api/messages/{id}").status, 404)
    same(t.admin.listed(topic + ".dlq")["total"], 1)


def test_timeouts_lead_to_the_group_s_dead_letters(t):
    topic, a, b = consumers(t, "a", "b", max_retries=2)
    t.admin.enqueue(topic)
    a.dequeue(topic, visibility_timeout_seconds=1)
    a.take(topic, visibility_timeout_seconds=1)
    waiting = Call(Consumer(t.fresh_admin(), "a").dequeue, topic + ".dlq",
                   wait_seconds=15)
    same(a.dequeue(topic, wait_seconds=3), [])
    [letter] = waiting.result()
    same((letter["consumer_group"], letter["last_error"]),
         ("a", "visibility timeout"))


def dead_letter(t, topic, consumer):
    """A message of that topic (max_retries 1) that the group has failed."""
    id = t.admin.enqueue(topic)
    [message] = consumer.dequeue(topic)
    same(message["id"], id)
    consumer.nack(message).expect(204)
    [letter] = [m for m in t.admin.listed(topic + ".dlq")["items"]
                if m.get("consumer_group") == consumer.group]
    return letter["id"]


def test_a_group_takes_its_own_dead_letters(t):
    topic, a, b = consumers(t, "a", "b", max_retries=1)
    of_a, of_b = dead_letter(t, topic, a), None
    [message] = b.dequeue(topic)
    receipt = message["receipt"]
    b.nack(message).expect(204)
    [of_b] = [m["id"] for m in t.admin.listed(topic + ".dlq")["items"]
              if m["consumer_group"] == "b"]
    [message] = a.dequeue(topic + ".dlq", count=9)
    same((message["id"], message["consumer_group"]), (of_a, "a"))
    b.ack(message).expect(404, "ack: message not found")
    a.extend(message).expect(200)
    # It has receipts of its own, which are no group's.
    for verb in ("ack", "nack", "extend"):
        a.settle(verb, {**message, "receipt": receipt}).expect(409)
    a.nack(message).expect(204)
    [message] = a.take(topic + ".dlq")
    same(message["retry_count"], 1)
    a.ack(message).expect(204)
    # Who names no group gets all there are.
    same(ids(t.admin.dequeue(topic + ".dlq", count=9)), [of_b])
    t.admin.ack(of_b).expect(204)
    nothing_left(t, topic)


def test_dead_letters_outlive_their_group(t):
    topic, a = consumers(t, "a", max_retries=1)
    id = dead_letter(t, topic, a)
    t.admin.delete(path(topic) + "/a").expect(204)
    [message] = a.dequeue(topic + ".dlq")
    same(message["id"], id)
    a.ack(message).expect(204)
    t.admin.post("/api/messages/dequeue", {
        "topic": topic + ".dlq", "consumer_group": "a"}).expect(404)


def test_a_requeued_dead_letter_is_its_group_s_alone(t):
    topic, a, b = consumers(t, "a", "b", max_retries=1)
    id = dead_letter(t, topic, a)
    for message in b.dequeue(topic):
        b.ack(message).expect(204)
    t.admin.post(f"/api/messages/{id}/requeue").expect(204)
    same("consumer_group" in t.admin.message(id), False)
    same(b.dequeue(topic), [])
    [message] = a.take(topic)
    same((message["id"], message["retry_count"]), (id, 0))
    a.ack(message).expect(204)
    nothing_left(t, topic)


def test_a_redrive_may_be_of_one_group(t):
    topic, a, b = consumers(t, "a", "b", max_retries=1)
    of_a = dead_letter(t, topic, a)
    for message in b.dequeue(topic):
        b.nack(message).expect(204)
    same(t.admin.post(f"/api/topics/{topic}/redrive", {
        "consumer_group": "a"}).expect(200), {"requeued": 1})
    same(ids(a.take(topic)), [of_a])
    same(b.dequeue(topic), [])
    same(t.admin.post(f"/api/topics/{topic}/redrive").expect(200),
         {"requeued": 1})
    same(len(b.take(topic)), 1)


def test_a_plain_dead_letter_that_comes_back_is_for_every_group(t):
    topic, a, b = consumers(t, "a", "b", max_retries=1)
    id = t.admin.enqueue(topic)
    [message] = b.dequeue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    # It has left the topic, for the groups as well.
    same(a.dequeue(topic), [])
    b.ack(message).expect(404, "ack: message not found")
    t.admin.post(f"/api/messages/{id}/requeue").expect(204)
    for consumer in (a, b):
        [message] = consumer.take(topic)
        same(message["id"], id)
        consumer.ack(message).expect(204)
    nothing_left(t, topic)


def test_a_receipt_from_before_a_message_came_back_is_of_no_delivery(t):
    topic, a, b = consumers(t, "a", "b", max_retries=1)
    id, earlier = t.admin.enqueue(topic), []
    for back in ("requeue", "redrive", "requeue"):
        [message] = a.take(topic)
        for old in earlier:
            for verb in ("ack", "nack", "extend"):
                a.settle(verb, old).expect(
                    409, "the receipt is of an earlier delivery")
        earlier.append(message)
        t.admin.take(topic)
        t.admin.nack(id).expect(204)
        t.admin.post(f"/api/messages/{id}/requeue" if back == "requeue" else
                     f"/api/topics/{topic}/redrive")
    [message] = a.take(topic)
    for old in earlier:
        a.ack(old).expect(409)
    a.ack(message).expect(204)
    b.ack(b.take(topic)[0]).expect(204)
    nothing_left(t, topic)


def test_without_dead_letters_a_delivery_fails_for_its_group(t):
    topic, a, b = consumers(t, "a", "b", max_retries=0)
    id = t.admin.enqueue(topic)
    [message] = a.dequeue(topic)
    a.nack(message, error="broken").expect(204)
    same(a.dequeue(topic), [])
    same(t.admin.listed(topic + ".dlq")["total"], 0)
    [message] = b.dequeue(topic)
    b.ack(message).expect(204)
    row = t.sql(f"""select lag, processing, failed
        from sluice.queue_group_lag where topic = '{topic}'
        order by consumer_group""")
    same(row, "0|0|1\n0|0|0")
    [message] = t.admin.listed(topic)["items"]
    same([message[name] for name in
          ("id", "status", "retry_count", "last_error")],
         [id, "failed", 1, "broken"])
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["failed"]}).expect(200), {"deleted": 1})
    nothing_left(t, topic)
