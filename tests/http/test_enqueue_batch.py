"""POST /api/messages/batch."""

from harness.context import same


def test_a_batch_keeps_its_order(t):
    topic = t.topic()
    payloads = [f"message {n}" for n in range(1000)]
    ids = t.admin.post("/api/messages/batch", {
        "topic": topic,
        "messages": [{"payload": payload} for payload in payloads],
    }).expect(201)["ids"]
    same(len(set(ids)), 1000)
    messages = t.admin.dequeue(topic, count=1000)
    same([m["payload"] for m in messages], payloads)
    same([m["id"] for m in messages], ids)


def test_each_message_of_a_batch_has_its_own_members(t):
    topic = t.topic()
    ids = t.admin.post("/api/messages/batch", {"topic": topic, "messages": [
        {"payload": "a", "key": "k", "metadata": {"m": "1"}},
        {"payload": "b", "ttl_seconds": 0},
        {"payload": "c", "delay_seconds": 3600},
    ]}).expect(201)["ids"]
    a, b, c = (t.admin.message(id) for id in ids)
    same((a["key"], a["metadata"]), ("k", {"m": "1"}))
    same((b["key"], b["metadata"], b["expires_at"]), (None, {}, None))
    same([m["payload"] for m in t.admin.dequeue(topic, count=10)], ["a", "b"])
    same(c["status"], "pending")


def test_a_key_twice_in_a_batch_is_one_message(t):
    topic = t.topic()
    ids = t.admin.post("/api/messages/batch", {"topic": topic, "messages": [
        {"payload": "old", "key": "k"},
        {"payload": "between"},
        {"payload": "new", "key": "k"},
    ]}).expect(201)["ids"]
    same(ids[0], ids[2])
    same([m["payload"] for m in t.admin.dequeue(topic, count=10)],
         ["new", "between"])


def test_a_batch_is_all_or_nothing(t):
    topic = t.topic(max_depth=10)
    good = [{"payload": "x"}] * 5
    for bad in ({"payload": ""}, {"payload": 5}, {"payload": "x", "what": 1},
                {"payload": "x", "delay_seconds": -1}, {}, 17, None):
        t.admin.post("/api/messages/batch", {
            "topic": topic, "messages": good + [bad]}).expect(400)
    same(t.admin.listed(topic)["total"], 0)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": good}).expect(201)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": good + good[:1]}).expect(
        429, "enqueue: queue is at maximum depth for this topic")
    same(t.admin.listed(topic)["total"], 5)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": good}).expect(201)


def test_a_batch_has_1_to_1000_messages(t):
    topic = t.topic()
    for count in (0, 1001):
        t.admin.post("/api/messages/batch", {
            "topic": topic, "messages": [{"payload": "x"}] * count}).expect(400)
    same(t.admin.listed(topic)["total"], 0)


def test_no_batch_goes_to_dead_letters(t):
    t.admin.post("/api/messages/batch", {
        "topic": "x.dlq", "messages": [{"payload": "x"}]}).expect(
        400, "topic name is reserved: topics may not end with .dlq")
