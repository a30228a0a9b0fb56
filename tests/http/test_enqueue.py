"""POST /api/messages."""

from harness.context import same


def test_a_message_is_listed_as_it_was_sent(t):
    topic = t.topic()
    payload = "{\"order_id\": 12345} äöü \U0001f40c \u0000 \\ \" \n"
    metadata = {"user_id": "42", "naïve": "\u2028", "": ""}
    id = t.admin.enqueue(topic, payload, metadata=metadata, key="k\"1")
    message = t.admin.message(id)
    created = message.pop("created_at")
    expires = message.pop("expires_at")
    same(message, {
        "id": id, "topic": topic, "key": "k\"1", "payload": payload,
        "metadata": metadata, "status": "pending", "retry_count": 0,
        "max_retries": 3, "last_error": "", "original_topic": "",
        "dlq_moved_at": None})
    same(t.sql("select extract(epoch from timestamptz "
               f"'{expires}' - timestamptz '{created}')::int"), "86400",
         "seconds to live")


def test_what_was_not_sent_is_null_or_empty(t):
    message = t.admin.message(t.admin.enqueue(t.topic()))
    same(message["key"], None)
    same(message["metadata"], {})


def test_null_means_left_out(t):
    id = t.admin.enqueue(t.topic(), metadata=None, key=None,
                         delay_seconds=None, ttl_seconds=None)
    message = t.admin.message(id)
    same(message["key"], None)
    same(message["metadata"], {})


def test_an_id_is_a_uuid_of_version_8_with_the_hash_of_the_topic(t):
    import hashlib
    topic = t.topic()
    id = t.admin.enqueue(topic).replace("-", "")
    same(len(id), 32)
    same(id[12], "8", "version")
    same(int(id[16], 16) >> 2, 2, "variant")
    hashed = hashlib.sha256(topic.encode()).hexdigest()[:15]
    same(id[:12] + id[13:16], hashed, "topic in the id")


def test_a_topic_may_have_any_name(t):
    import urllib.parse
    for name in ("a b/c?d=e&f#g%", "ünïcode-\U0001f40c", "..", "*", "%2F",
                 "x" * 255, "DLQ", "dlq", ".dlqx"):
        name += "" if len(name) == 255 else t.fresh("")
        id = t.admin.enqueue(name)
        listed = t.admin.listed(urllib.parse.quote(name, safe=""))
        same([item["id"] for item in listed["items"]], [id], name)
        same(t.admin.dequeue(name)[0]["topic"], name)
        t.admin.ack(id).expect(204)


def test_the_dead_letters_of_a_topic_are_reserved(t):
    t.admin.post("/api/messages", {"topic": "x.dlq", "payload": "x"}).expect(
        400, "topic name is reserved: topics may not end with .dlq")
    for name in (".dlq", "x.dlq.dlq"):
        t.admin.post("/api/messages", {
            "topic": name, "payload": "x"}).expect(400)


def test_topic_and_payload_are_required(t):
    for body in ({}, {"topic": "x"}, {"payload": "x"},
                 {"topic": "", "payload": "x"}, {"topic": "x", "payload": ""},
                 {"topic": None, "payload": "x"},
                 {"topic": "x", "payload": None}):
        t.admin.post("/api/messages", body).expect(
            400, "topic and payload are required")


def test_the_largest_payload_survives(t):
    topic = t.topic()
    payload = "0123456789abcdef" * (1 << 19)
    id = t.admin.enqueue(topic, payload)
    same(t.admin.dequeue(topic)[0]["payload"] == payload, True, "equal")
    t.admin.ack(id).expect(204)
    t.admin.post("/api/messages", {
        "topic": topic, "payload": payload + "x"}).expect(400)


def test_metadata_has_its_limits(t):
    topic = t.topic()
    t.admin.enqueue(topic, metadata={f"m{n}": "x" for n in range(64)})
    t.admin.enqueue(topic, metadata={"m": "x" * ((64 << 10) - 8)})
    for metadata in ({f"m{n}": "x" for n in range(65)},
                     {"m": "x" * ((64 << 10) - 7)}):
        t.admin.post("/api/messages", {
            "topic": topic, "payload": "x", "metadata": metadata}).expect(400)
    same(t.admin.listed(topic)["total"], 2)


def test_a_delayed_message_comes_when_it_is_due(t):
    topic = t.topic()
    late = t.admin.enqueue(topic, "late", delay_seconds=1)
    same(t.admin.message(late)["status"], "pending")
    same(t.admin.dequeue(topic), [])
    messages = t.admin.dequeue(topic, wait_seconds=10)
    same([m["id"] for m in messages], [late])
    same(t.sql(f"""select clock_timestamp() >= timestamptz
        '{messages[0]["created_at"]}' + interval '1 second'"""), "t",
         "not before it was due")


def test_a_delayed_message_does_not_hold_up_others(t):
    topic = t.topic()
    t.admin.enqueue(topic, "late", delay_seconds=3600)
    soon = t.admin.enqueue(topic, "soon")
    same([m["id"] for m in t.admin.dequeue(topic, count=10)], [soon])
