"""POST /api/topics/{topic}/pause and /resume."""

from harness.context import Call, eventually, same, within


def test_a_paused_topic_takes_and_does_not_give(t):
    topic = t.topic()
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    id = t.admin.enqueue(topic)
    same(t.admin.dequeue(topic), [])
    same(t.admin.dequeue(topic, wait_seconds=1), [])
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)
    same([m["id"] for m in eventually(lambda: t.admin.dequeue(topic))], [id])


def pause_everywhere(t, topic):
    """Pause a topic that is in use, and wait until all processes know."""
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    clients = [t.fresh_admin() for _ in range(8)]

    def a_message_is_withheld():
        t.admin.enqueue(topic)
        return not any(client.dequeue(topic) for client in clients)

    with within(2, "the pause"):
        eventually(a_message_is_withheld, 3)


def test_a_pause_is_seen_by_every_process_within_a_second(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    same(len(t.admin.dequeue(topic)), 1)
    pause_everywhere(t, topic)


def test_resume_wakes_who_waits(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    waiting = Call(t.fresh_admin().dequeue, topic, wait_seconds=15)
    t.wait_for_parked(1)
    with within(5, "the wake-up"):
        t.admin.post(f"/api/topics/{topic}/resume").expect(204)
        same(len(waiting.result()), 1)


def test_dead_letters_pause_with_their_topic(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    for verb in ("pause", "resume"):
        t.user(("admin", topic + ".dlq")).post(
            f"/api/topics/{topic}.dlq/{verb}").expect(
            400, "topic name may not end in .dlq")
    pause_everywhere(t, topic)
    same(t.admin.dequeue(topic + ".dlq", wait_seconds=1), [])
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)
    same([m["id"] for m in eventually(
        lambda: t.admin.dequeue(topic + ".dlq"))], [id])


def test_pausing_twice_is_pausing(t):
    topic = t.topic()
    for _ in range(2):
        t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)


def test_what_is_in_delivery_goes_on(t):
    topic = t.topic()
    ids = [t.admin.enqueue(topic) for _ in range(2)]
    t.admin.dequeue(topic, count=2)
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    t.admin.ack(ids[0]).expect(204)
    t.admin.nack(ids[1]).expect(204)
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)
