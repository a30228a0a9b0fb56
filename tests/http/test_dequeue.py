"""POST /api/messages/dequeue, without waiting."""

from harness.context import same


def test_messages_come_first_in_first_out(t):
    topic = t.topic()
    ids = [t.admin.enqueue(topic, str(n)) for n in range(60)]
    got = [m["id"] for count in (1, 9, 50)
           for m in t.admin.dequeue(topic, count=count)]
    same(got, ids)


def test_count_defaults_to_one_and_goes_to_1000(t):
    topic = t.topic()
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 1000}).expect(201)
    same(len(t.admin.dequeue(topic)), 1)
    same(len(t.admin.dequeue(topic, count=1000)), 999)
    same(t.admin.dequeue(topic, count=1000), [])
    for count in (0, -1, 1001, 2 ** 31, 2 ** 63 - 1):
        t.admin.post("/api/messages/dequeue", {
            "topic": topic, "count": count}).expect(
            400, "count must be between 1 and 1000")


def test_a_topic_is_required(t):
    for body in ({}, {"topic": ""}, {"topic": None}):
        t.admin.post("/api/messages/dequeue", body).expect(
            400, "topic is required")


def test_an_unknown_topic_is_empty(t):
    same(t.admin.dequeue("nobody-ever-used-this"), [])
    same(t.admin.dequeue("nobody-ever-used-this.dlq"), [])


def test_a_dequeued_message_shows_its_delivery(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, "p", key="k", metadata={"a": "b"})
    listed = t.admin.message(id)
    [message] = t.admin.dequeue(topic)
    same(message.pop("visible_until") > listed["created_at"], True)
    same(isinstance(message.pop("receipt"), str), True, "receipt is a string")
    same(message, {**listed, "status": "processing"})
    same(t.admin.message(id)["status"], "processing")


def test_the_visibility_timeout_is_thirty_seconds_or_as_asked(t):
    for asked, seconds in (({}, 30), ({"visibility_timeout_seconds": 1}, 1),
                           ({"visibility_timeout_seconds": 43200}, 43200)):
        topic = t.topic()
        t.admin.enqueue(topic)
        [message] = t.admin.dequeue(topic, **asked)
        left = float(t.sql(f"""select extract(epoch from timestamptz
            '{message["visible_until"]}' - clock_timestamp())"""))
        same(seconds - 5 < left <= seconds, True, f"{left} of {seconds} s")
    for seconds in (0, -1, 43201):
        t.admin.post("/api/messages/dequeue", {
            "topic": t.topic(), "visibility_timeout_seconds": seconds,
        }).expect(400)


def test_a_hidden_message_is_given_to_nobody_else(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    same(len(t.admin.dequeue(topic)), 1)
    same(t.admin.dequeue(topic, count=10), [])


def test_a_delivery_that_times_out_is_made_again(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [first] = t.admin.dequeue(topic, visibility_timeout_seconds=1)
    [second] = t.admin.dequeue(topic, wait_seconds=10)
    same(second["id"], id)
    same(second["retry_count"], 1)
    same(second["last_error"], "visibility timeout")
    same(second["receipt"] != first["receipt"], True, "a new receipt")
    same(t.sql(f"""select clock_timestamp() >= timestamptz
        '{first["visible_until"]}'"""), "t", "not before its time")


def test_deliveries_that_time_out_end_in_the_dead_letters(t):
    topic = t.topic(max_retries=2)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic, visibility_timeout_seconds=1)
    [second] = t.admin.dequeue(topic, visibility_timeout_seconds=1,
                               wait_seconds=10)
    same(second["retry_count"], 1)
    # A dequeue is what notices the second failure; it must deliver nothing.
    same(t.admin.dequeue(topic, wait_seconds=2), [])
    dead = t.admin.message(id)
    same((dead["topic"], dead["status"], dead["last_error"],
          dead["original_topic"], dead["retry_count"]),
         (topic + ".dlq", "pending", "visibility timeout", topic, 0))


def test_messages_of_one_topic_do_not_show_in_another(t):
    one, other = t.topic(), t.topic()
    t.admin.enqueue(one)
    same(t.admin.dequeue(other, count=10), [])


def test_a_reply_has_its_limit_and_the_rest_stays(t):
    topic = t.topic()
    for n in range(6):
        t.admin.enqueue(topic, f"{n}" * (7 << 20))
    got = []
    while messages := t.admin.dequeue(topic, count=6):
        before_last = sum(len(m["payload"]) for m in messages[:-1])
        same(before_last < 32 << 20, True, "within DEQUEUE_BYTES_MAX")
        same(len(messages) < 6, True, "not all at once")
        got += [m["payload"][0] for m in messages]
        for message in messages:
            t.admin.ack(message["id"], message["receipt"]).expect(204)
    same("".join(got), "012345")
