"""What happens in one worker process wakes who waits in the other."""

from harness.context import Call, same, within


def wakes_in_the_other(t, topic, happen, seconds=2):
    """happen(client of worker 0) wakes one who waits in worker 1."""
    here = t.instance.worker_client(0, t.admin.token)
    there = t.instance.worker_client(1, t.admin.token)
    waiting = Call(there.dequeue, topic, wait_seconds=15)
    t.wait_for_parked(1)
    with within(seconds, "the wake-up"):
        id = happen(here)
        same([m["id"] for m in waiting.result()], [id])


def delivered(t, **config):
    """A topic with one message under processing."""
    topic = t.topic(**config)
    id = t.admin.enqueue(topic)
    same(len(t.admin.dequeue(topic)), 1)
    return topic, id


def test_an_enqueue(t):
    for _ in range(5):
        topic = t.topic()
        wakes_in_the_other(t, topic, lambda here: here.enqueue(topic))


def test_a_delay_that_ends(t):
    topic = t.topic()
    wakes_in_the_other(t, topic, lambda here: here.enqueue(
        topic, delay_seconds=1), 4)


def test_a_nack(t):
    topic, id = delivered(t)
    wakes_in_the_other(t, topic, lambda here: here.nack(id).expect(204) or id)


def test_a_nack_with_a_delay(t):
    topic, id = delivered(t)
    wakes_in_the_other(t, topic, lambda here: here.nack(
        id, delay_seconds=1).expect(204) or id, 4)


def test_a_visibility_timeout(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    here = t.instance.worker_client(0, t.admin.token)
    there = t.instance.worker_client(1, t.admin.token)
    same(len(here.dequeue(topic, visibility_timeout_seconds=1)), 1)
    with within(4, "the second delivery"):
        same([m["id"] for m in there.dequeue(topic, wait_seconds=15)], [id])


def test_an_extension_that_is_shorter(t):
    topic, id = delivered(t)
    wakes_in_the_other(t, topic, lambda here: here.post(
        f"/api/messages/{id}/extend", {"visibility_timeout_seconds": 1}
    ).expect(200)["id"], 4)


def test_a_move_to_the_dead_letters(t):
    topic, id = delivered(t, max_retries=1)
    wakes_in_the_other(t, topic + ".dlq",
                       lambda here: here.nack(id).expect(204) or id)


def test_a_requeue(t):
    topic, id = delivered(t, max_retries=1)
    t.admin.nack(id).expect(204)
    wakes_in_the_other(t, topic, lambda here: here.post(
        f"/api/messages/{id}/requeue").expect(204) or id)


def test_a_redrive(t):
    topic, id = delivered(t, max_retries=1)
    t.admin.nack(id).expect(204)
    wakes_in_the_other(t, topic, lambda here: here.post(
        f"/api/topics/{topic}/redrive").expect(200) and id)


def test_a_topic_that_is_resumed(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.post(f"/api/topics/{topic}/pause").expect(204)
    wakes_in_the_other(t, topic, lambda here: here.post(
        f"/api/topics/{topic}/resume").expect(204) or id)
