"""What each consumer group is delivered, and who waits for it."""

from groups_of_topics import Consumer, consumers, ids, nothing_left, path, register
from harness.context import Call, eventually, same, within


def test_each_group_gets_each_message(t):
    topic, a, b = consumers(t, "a", "b")
    sent = [t.admin.enqueue(topic, str(n), key=f"k{n}",
                            metadata={"n": str(n)}) for n in range(3)]
    for consumer in (a, b):
        got = consumer.dequeue(topic, count=10)
        same(ids(got), sent)
        same([m["consumer_group"] for m in got], [consumer.group] * 3)
        same([(m["payload"], m["metadata"], m["key"]) for m in got],
             [(str(n), {"n": str(n)}, f"k{n}") for n in range(3)])
        same([m["status"] for m in got], ["processing"] * 3)
        same(consumer.dequeue(topic, count=10), [])
        for message in got:
            consumer.ack(message).expect(204)
    nothing_left(t, topic)


def test_a_message_goes_with_the_last_ack(t):
    topic, a, b = consumers(t, "a", "b")
    id = t.admin.enqueue(topic)
    for consumer, status in ((b, 200), (a, 404)):
        [message] = consumer.dequeue(topic)
        consumer.ack(message).expect(204)
        consumer.ack(message).expect(404, "ack: message not found")
        same(t.admin.get(f"/api/messages/{id}").status, status)
    nothing_left(t, topic)


def test_what_is_pending_is_given_to_a_new_group(t):
    topic, a = consumers(t, "a")
    kept = [t.admin.enqueue(topic, str(n)) for n in range(5)]
    gone, *kept = kept
    [message] = a.dequeue(topic)
    same(message["id"], gone)
    a.ack(message).expect(204)
    delayed = t.admin.enqueue(topic, delay_seconds=1)
    register(t, topic, "late")
    late = Consumer(t.admin, "late")
    same(ids(late.dequeue(topic, count=10)), kept)
    same(ids(late.take(topic)), [delayed])


def test_what_a_plain_consumer_has_is_a_new_group_s_when_he_fails(t):
    topic = t.topic()
    held, acked = t.admin.enqueue(topic), t.admin.enqueue(topic)
    same(ids(t.admin.dequeue(topic, count=2, visibility_timeout_seconds=2)),
         [held, acked])
    register(t, topic, "a")
    a = Consumer(t.fresh_admin(), "a")
    same(a.dequeue(topic, count=10), [])
    t.admin.ack(acked).expect(204)
    same(ids(a.take(topic)), [held])


def test_a_group_that_comes_back_begins_anew(t):
    topic, a, b = consumers(t, "a", "b")
    first, second = t.admin.enqueue(topic), t.admin.enqueue(topic)
    [message] = a.dequeue(topic)
    t.admin.delete(path(topic) + "/a").expect(204)
    a.ack(message).expect(404, "ack: consumer group not found")
    register(t, topic, "a")
    a.ack(message).expect(404, "ack: message is not in processing state")
    again = a.dequeue(topic, count=10)
    same(ids(again), [first, second])
    for consumer, messages in ((a, again), (b, b.dequeue(topic, count=10))):
        for message in messages:
            consumer.ack(message).expect(204)
    nothing_left(t, topic)


def test_a_receipt_of_a_group_that_came_back_is_of_no_delivery(t):
    topic, a, b = consumers(t, "a", "b")
    t.admin.enqueue(topic)
    before = a.take(topic)[0]
    t.admin.delete(path(topic) + "/a").expect(204)
    register(t, topic, "a")
    now = a.take(topic)[0]
    same(now["id"], before["id"])
    for verb in ("ack", "nack", "extend"):
        a.settle(verb, before).expect(
            409, "the receipt is of an earlier delivery")
    # Nor is one of a group's delivery of the topic's own.
    plain = t.admin.take(topic)[0]
    for receipt in (now["receipt"], "1." + plain["receipt"]):
        t.admin.post(f"/api/messages/{plain['id']}/ack", {
            "receipt": receipt}).expect(409)
    for receipt in ("", ".", "1.", ".1", "0.1", "x.1", "1.1.1", "1",
                    "99999999999999999999.1"):
        a.ack({**now, "receipt": receipt}).expect(409)
    a.ack(now).expect(204)
    b.ack(b.take(topic)[0]).expect(204)


def test_an_unregistered_group_s_rest_goes_with_it(t):
    topic, a, b = consumers(t, "a", "b")
    for _ in range(3):
        t.admin.enqueue(topic)
    for message in b.dequeue(topic, count=2):
        b.ack(message).expect(204)
    t.admin.delete(path(topic) + "/a").expect(204)
    # What only it had not acked is gone, and the rest is there for b.
    same(t.admin.listed(topic)["total"], 1)
    t.admin.delete(path(topic) + "/b").expect(204)
    # With no groups left what was not acked is a plain consumer's.
    same(t.admin.listed(topic)["total"], 1)
    [message] = t.admin.dequeue(topic)
    same("consumer_group" in message, False)
    t.admin.ack(message["id"]).expect(204)
    nothing_left(t, topic)


def test_an_unknown_group_is_told_so(t):
    topic, a = consumers(t, "a")
    t.admin.enqueue(topic)
    [message] = a.dequeue(topic)
    other = Consumer(t.admin, "other")
    for where in (topic, t.topic(), topic + ".dlq"):
        t.admin.post("/api/messages/dequeue", {
            "topic": where, "consumer_group": "other"}).expect(
            404, "consumer group not found")
    for verb in ("ack", "nack", "extend"):
        other.settle(verb, message).expect(
            404, f"{verb}: consumer group not found")
    a.ack(message).expect(204)


def test_an_empty_name_is_no_group(t):
    topic, _ = consumers(t, "a")
    id = t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic, consumer_group="")
    same("consumer_group" in message, False)
    t.admin.post(f"/api/messages/{id}/ack", {"consumer_group": None}).expect(
        204)
    nothing_left(t, topic)


def test_plain_consumers_stand_beside_the_groups(t):
    topic, a, b = consumers(t, "a", "b")
    id = t.admin.enqueue(topic)
    same(ids(a.dequeue(topic)), [id])
    same(t.admin.message(id)["status"], "pending")
    same(ids(t.admin.dequeue(topic)), [id])
    [message] = b.dequeue(topic)
    # A plain ack ends the message for all.
    t.admin.ack(id).expect(204)
    b.ack(message).expect(404, "ack: message not found")
    nothing_left(t, topic)


def test_no_group_settles_for_another_one(t):
    topic, a, b = consumers(t, "a", "b")
    id = t.admin.enqueue(topic)
    [message] = a.dequeue(topic)
    for verb in ("ack", "nack", "extend"):
        b.settle(verb, message).expect(
            404, f"{verb}: message is not in processing state")
        t.admin.post(f"/api/messages/{id}/{verb}", {
            "receipt": message["receipt"]}).expect(
            404, f"{verb}: message is not in processing state")
    a.ack(message).expect(204)


def test_a_batch_may_speak_for_several_groups(t):
    topic, a, b = consumers(t, "a", "b")
    other, c = consumers(t, "c")
    t.admin.enqueue(topic)
    t.admin.enqueue(other)
    [for_a], [for_b], [for_c] = (a.dequeue(topic), b.dequeue(topic),
                                 c.dequeue(other))
    items = [{"id": m["id"], "receipt": m["receipt"], "consumer_group": g}
             for m, g in ((for_a, "a"), (for_c, "c"), (for_b, "b"),
                          (for_b, "nobody"))]
    items.append({"id": for_a["id"], "receipt": for_a["receipt"]})
    for verb in ("nack", "ack"):
        results = t.admin.post(f"/api/messages/{verb}", {
            "messages": items}).expect(200)["results"]
        same([r["ok"] for r in results], [True, True, True, False, False])
        for n, consumer, where in ((0, a, topic), (1, c, other),
                                   (2, b, topic)):
            if verb == "nack":
                [message] = consumer.take(where)
                same(message["retry_count"], 1)
                items[n]["receipt"] = message["receipt"]
    nothing_left(t, topic)
    nothing_left(t, other)


def test_a_key_s_newest_message_reaches_every_group(t):
    topic, a, b = consumers(t, "a", "b")
    id = t.admin.enqueue(topic, "1", key="k")
    # While it is pending for all of them it is replaced.
    same(t.admin.enqueue(topic, "2", key="k"), id)
    [message] = a.dequeue(topic)
    same(message["payload"], "2")
    # The one has been given it, so it is not.
    newer = t.admin.enqueue(topic, "3", key="k")
    same(newer != id, True)
    a.ack(message).expect(204)
    same(t.admin.enqueue(topic, "4", key="k"), newer)
    same([m["payload"] for m in a.dequeue(topic, count=9)], ["4"])
    same([m["payload"] for m in b.dequeue(topic, count=9)], ["2", "4"])


def test_a_throttled_depth_counts_what_groups_have_not_acked(t):
    topic, a, b = consumers(t, "a", "b", max_depth=2)
    for _ in range(2):
        t.admin.enqueue(topic)
    full = {"topic": topic, "payload": "x"}
    t.admin.post("/api/messages", full).expect(429)
    [message] = a.dequeue(topic)
    a.ack(message).expect(204)
    t.admin.post("/api/messages", full).expect(429)
    [message] = b.dequeue(topic)
    b.ack(message).expect(204)
    t.admin.post("/api/messages", full).expect(201)


def test_what_is_purged_or_deleted_by_key_is_gone_for_groups(t):
    topic, a = consumers(t, "a")
    for remove in (
            lambda: t.admin.post(f"/api/topics/{topic}/purge"),
            lambda: t.admin.delete(f"/api/topics/{topic}/messages/by-key/k")):
        t.admin.enqueue(topic, key="k")
        [message] = a.dequeue(topic)
        remove().expect(200)
        a.ack(message).expect(404, "ack: message not found")
        nothing_left(t, topic)


def test_what_has_expired_is_not_delivered_to_groups(t):
    topic, a = consumers(t, "a")
    id = t.admin.enqueue(topic, ttl_seconds=1)
    eventually(lambda: not a.dequeue(topic, visibility_timeout_seconds=1)
               and t.sql("select now() > expires_at from sluice.messages "
                         "where payload = 'x' and expires_at is not null "
                         "order by seq desc limit 1") == "t", 10, "its end")
    same(a.dequeue(topic), [])
    same(t.admin.message(id)["topic"], topic)


def test_a_paused_topic_gives_groups_nothing(t):
    topic = t.topic()
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    _, a = consumers(t, "a", topic=topic)
    id = t.admin.enqueue(topic)
    waiting = Call(a.dequeue, topic, wait_seconds=15)
    t.wait_for_parked(1)
    same(Consumer(t.fresh_admin(), "a").dequeue(topic), [])
    with within(5, "the wake-up"):
        t.admin.post(f"/api/topics/{topic}/resume").expect(204)
        same(ids(waiting.result()), [id])


# --- waiting -------------------------------------------------------------

def test_one_message_wakes_one_of_each_group(t):
    topic, a, b = consumers(t, "a", "b")
    waiting = [Call(Consumer(t.fresh_admin(), group).dequeue, topic,
                    wait_seconds=15) for group in "ab" * 3]
    t.wait_for_parked(6)
    sent = []
    with within(5, "the wake-ups"):
        for _ in range(3):
            sent.append(t.admin.enqueue(topic))
        got = [call.result() for call in waiting]
    same([len(messages) for messages in got], [1] * 6)
    for first in (0, 1):
        same(sorted(ids(m for [m] in got[first::2])), sorted(sent))


def test_waiters_of_a_group_that_ends_are_told(t):
    topic, a = consumers(t, "a")
    waiting = [Call(t.fresh_admin().post, "/api/messages/dequeue", {
        "topic": topic, "consumer_group": "a", "wait_seconds": 15})
        for _ in range(4)]
    t.wait_for_parked(4)
    with within(5, "the wake-ups"):
        t.admin.delete(path(topic) + "/a").expect(204)
        for call in waiting:
            call.result().expect(404, "consumer group not found")


def wakes_in_the_other(t, topic, group, happen, seconds=2):
    """happen(client of worker 0) wakes one who waits in worker 1."""
    here = t.instance.worker_client(0, t.admin.token)
    there = Consumer(t.instance.worker_client(1, t.admin.token), group)
    waiting = Call(there.dequeue, topic, wait_seconds=15)
    t.wait_for_parked(1)
    with within(seconds, "the wake-up"):
        happen(here)
        same(len(waiting.result()), 1)


def test_what_happens_in_one_process_wakes_a_group_in_the_other(t):
    topic, _ = consumers(t, "a", max_retries=2)
    wakes_in_the_other(t, topic, "a", lambda here: here.enqueue(topic))
    [message] = t.admin.listed(topic)["items"]
    told = {"consumer_group": "a"}
    verb = f"/api/messages/{message['id']}/"
    wakes_in_the_other(t, topic, "a", lambda here: here.post(
        verb + "extend", {**told, "visibility_timeout_seconds": 1}
    ).expect(200), 4)
    # That one timed out, so that this is the second failure.
    wakes_in_the_other(t, topic + ".dlq", "a", lambda here: here.post(
        verb + "nack", told).expect(204))
    [letter] = t.admin.listed(topic + ".dlq")["items"]
    wakes_in_the_other(t, topic, "a", lambda here: here.post(
        f"/api/messages/{letter['id']}/requeue").expect(204))
    wakes_in_the_other(t, topic, "a", lambda here: here.post(
        f"/api/messages/{letter['id']}/nack", {
            **told, "delay_seconds": 1}).expect(204), 4)


def test_a_delay_wakes_a_group_when_it_ends(t):
    topic, a = consumers(t, "a")
    id = t.admin.enqueue(topic, delay_seconds=1)
    with within(4, "the delivery"):
        same(ids(a.dequeue(topic, wait_seconds=15)), [id])
