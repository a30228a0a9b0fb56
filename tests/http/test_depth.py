"""max_depth of a topic's configuration."""

from harness.context import Call, same

FULL = "enqueue: queue is at maximum depth for this topic"


def put(client, topic, **more):
    return client.post("/api/messages", {"topic": topic, "payload": "x",
                                         **more})


def test_a_full_topic_takes_no_more(t):
    topic = t.topic(max_depth=5)
    for _ in range(5):
        put(t.admin, topic).expect(201)
    reply = put(t.admin, topic)
    reply.expect(429, FULL)
    same(int(reply.headers["Retry-After"]) > 0, True, "Retry-After")
    same(t.admin.listed(topic)["total"], 5)


def test_an_ack_makes_room(t):
    topic = t.topic(max_depth=2)
    for _ in range(2):
        put(t.admin, topic).expect(201)
    [message] = t.admin.dequeue(topic)
    put(t.admin, topic).expect(429, FULL)
    t.admin.ack(message["id"]).expect(204)
    put(t.admin, topic).expect(201)
    put(t.admin, topic).expect(429, FULL)


def test_dead_letters_take_no_room(t):
    topic = t.topic(max_depth=1, max_retries=1)
    for _ in range(3):
        id = put(t.admin, topic).expect(201)["id"]
        put(t.admin, topic).expect(429, FULL)
        t.admin.dequeue(topic)
        t.admin.nack(id).expect(204)
    same(t.admin.listed(topic + ".dlq")["total"], 3)


def test_a_purge_makes_room(t):
    topic = t.topic(max_depth=3)
    for _ in range(3):
        put(t.admin, topic).expect(201)
    t.admin.post(f"/api/topics/{topic}/purge").expect(200)
    for _ in range(3):
        put(t.admin, topic).expect(201)
    put(t.admin, topic).expect(429, FULL)


def test_delayed_messages_count(t):
    topic = t.topic(max_depth=1)
    put(t.admin, topic, delay_seconds=3600).expect(201)
    put(t.admin, topic).expect(429, FULL)


def test_no_limit_is_no_limit(t):
    for config in ({"max_depth": 0}, {"max_depth": None}, {"max_retries": 1}):
        topic = t.topic(**config)
        for _ in range(3):
            put(t.admin, topic).expect(201)


def test_the_limit_holds_among_many_at_once(t):
    topic = t.topic(max_depth=50)

    def ten():
        client = t.fresh_admin()
        return [put(client, topic).status for _ in range(10)]

    statuses = [status for call in [Call(ten) for _ in range(16)]
                for status in call.result()]
    same((statuses.count(201), statuses.count(429)), (50, 110))
    same(t.admin.listed(topic)["total"], 50)
