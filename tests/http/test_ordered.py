"""Topics whose keys are ordered."""

from harness.context import Call, eventually, same


def ordered(t, **config):
    return t.topic(ordered=True, **config)


def put(t, topic, *messages):
    """Each "key payload"; their ids."""
    return [t.admin.enqueue(topic, payload, key=key)
            for key, payload in map(str.split, messages)]


def payloads(messages):
    return [m["payload"] for m in messages]


def test_messages_of_a_key_come_one_at_a_time_in_order(t):
    topic = ordered(t)
    ids = put(t, topic, "a 1", "a 2", "b 1", "a 3")
    same(len(set(ids)), 4)
    same(sorted(payloads(t.admin.dequeue(topic, count=10))), ["1", "1"])
    same(t.admin.dequeue(topic, count=10), [])
    for n, id in ((2, ids[0]), (3, ids[1])):
        t.admin.ack(id).expect(204)
        same(payloads(t.admin.take(topic)), [str(n)])


def test_messages_without_a_key_do_not_wait(t):
    topic = ordered(t)
    for n in range(3):
        t.admin.enqueue(topic, str(n))
    same(payloads(t.admin.dequeue(topic, count=10)), ["0", "1", "2"])


def test_a_batch_keeps_all_of_a_key(t):
    topic = ordered(t)
    ids = t.admin.post("/api/messages/batch", {"topic": topic, "messages": [
        {"payload": str(n), "key": "k"} for n in range(3)]}
    ).expect(201)["ids"]
    same(len(set(ids)), 3)
    for n in range(3):
        [message] = t.admin.take(topic)
        same((message["id"], message["payload"]), (ids[n], str(n)))
        t.admin.ack(message["id"]).expect(204)


def test_who_waits_is_woken_by_an_ack(t):
    topic = ordered(t)
    first, second = put(t, topic, "k 1", "k 2")
    t.admin.take(topic)
    waiting = [Call(t.fresh_admin().dequeue, topic, wait_seconds=15)
               for _ in range(4)]
    t.wait_for_parked(4)
    t.admin.ack(first).expect(204)
    eventually(lambda: any(call.value for call in waiting), 3,
               "the wake-up")
    put(t, topic, "a 1", "b 1", "c 1")
    same(sorted(m["payload"] for call in waiting for m in call.result()),
         ["1", "1", "1", "2"])


def test_who_waits_is_woken_by_a_purge(t):
    topic = ordered(t)
    put(t, topic, "k 1", "k 2")
    t.admin.take(topic)
    waiting = Call(t.fresh_admin().dequeue, topic, wait_seconds=15)
    t.wait_for_parked(1)
    t.admin.post(f"/api/topics/{topic}/purge",
                 {"statuses": ["processing"]}).expect(200)
    same(payloads(waiting.result(5)), ["2"])


def test_a_nack_with_a_delay_holds_the_key_up(t):
    topic = ordered(t)
    first, second = put(t, topic, "k 1", "k 2")
    t.admin.take(topic)
    t.admin.nack(first, delay_seconds=1).expect(204)
    same(t.admin.dequeue(topic, count=10), [])
    same(payloads(t.admin.take(topic)), ["1"])
    t.admin.ack(first).expect(204)
    same(payloads(t.admin.take(topic)), ["2"])


def test_a_dead_letter_lets_the_next_one_go(t):
    topic = ordered(t, max_retries=1)
    first, second = put(t, topic, "k 1", "k 2")
    t.admin.take(topic)
    t.admin.nack(first).expect(204)
    same(payloads(t.admin.take(topic)), ["2"])
    t.admin.post(f"/api/messages/{first}/requeue").expect(204)
    same(t.admin.dequeue(topic, count=10), [])
    t.admin.ack(second).expect(204)
    same(payloads(t.admin.take(topic)), ["1"])


def test_messages_behind_are_pending_and_count(t):
    topic = ordered(t, max_depth=3)
    put(t, topic, "k 1", "k 2", "k 3")
    same([m["status"] for m in t.admin.listed(topic)["items"]],
         ["pending"] * 3)
    t.admin.post("/api/messages", {
        "topic": topic, "payload": "4", "key": "k"}).expect(429)


def test_a_key_and_a_delay_exclude_each_other(t):
    topic, sentence = ordered(t), ("delay_seconds and key exclude each other "
                                   "where keys are ordered")
    item = {"payload": "x", "key": "k", "delay_seconds": 1}
    t.admin.post("/api/messages", {"topic": topic, **item}).expect(
        422, sentence)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}, item]}).expect(
        422, "messages[1]." + sentence)
    t.admin.enqueue(topic, delay_seconds=1)
    t.admin.enqueue(topic, key="k", delay_seconds=0)
    t.admin.enqueue(t.topic(), key="k", delay_seconds=1)


def test_it_changes_only_while_there_are_no_messages(t):
    sentence = "ordered cannot be changed while the topic holds messages"
    for before in (False, True):
        topic = t.topic(ordered=before)
        path = f"/api/topic-configs/{topic}"
        id = t.admin.enqueue(topic, key="k")
        t.admin.put(path, {"ordered": not before}).expect(409, sentence)
        t.admin.put(path, {"ordered": before, "max_retries": 5}).expect(200)
        if before:
            t.admin.delete(path).expect(409, sentence)
        t.admin.take(topic)
        t.admin.put(path, {"ordered": not before}).expect(409, sentence)
        t.admin.ack(id).expect(204)
        same(t.admin.put(path, {"ordered": not before}).expect(
            200)["ordered"], not before)


def test_a_replay_is_in_order_too(t):
    topic = ordered(t, replayable=True)
    put(t, topic, "k 1", "k 2", "k 3")
    for expected in (1, 2):
        for n in range(3):
            [message] = t.admin.take(topic)
            same(message["payload"], str(n + 1))
            same(t.admin.dequeue(topic, count=10), [])
            t.admin.ack(message["id"]).expect(204)
        same(t.admin.post(f"/api/topics/{topic}/replay").expect(
            200)["enqueued"], 3 * expected)
