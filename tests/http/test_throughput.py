"""throughput_limit: so many messages a second, whoever asks."""

import time

from harness.context import Call, same, within


def filled(t, limit, count):
    topic = t.topic(throughput_limit=limit)
    for n in range(0, count, 1000):
        t.admin.post("/api/messages/batch", {"topic": topic, "messages": [
            {"payload": str(i)} for i in range(n, min(n + 1000, count))]}
        ).expect(201)
    return topic


def test_a_call_gets_no_more_than_a_second_of_it(t):
    topic = filled(t, 10, 50)
    same(len(t.admin.dequeue(topic, count=50)), 10)
    same(len(t.admin.dequeue(topic, count=50)) <= 5, True)


def test_a_limit_of_0_is_none(t):
    topic = filled(t, 0, 50)
    same(len(t.admin.dequeue(topic, count=50)), 50)


def test_looks_in_vain_burn_nothing(t):
    topic = t.topic(throughput_limit=5)
    for _ in range(20):
        same(t.admin.dequeue(topic), [])
    for n in range(5):
        t.admin.enqueue(topic, str(n))
    same(len(t.admin.dequeue(topic, count=5)), 5)


def test_who_waits_is_served_when_there_is_a_token(t):
    topic = filled(t, 2, 3)
    same(len(t.admin.dequeue(topic, count=3)), 2)
    started = time.monotonic()
    same(len(t.admin.dequeue(topic, wait_seconds=10)), 1)
    took = time.monotonic() - started
    same(0.2 < took < 2, True, f"{took:.2f} s for half a second")


def test_all_processes_share_it(t):
    """Two workers with waiting consumers each, by their own sockets."""
    limit, seconds = 40, 2.0
    topic = filled(t, limit, 1000)
    got = []
    started = time.monotonic()

    def consume(number):
        client = t.instance.worker_client(number, t.admin.token)
        while (left := started + seconds - time.monotonic()) > 0:
            for message in client.dequeue(topic, count=3,
                                          wait_seconds=int(left + 1)):
                got.append((time.monotonic() - started, message["id"]))
        client.close()

    calls = [Call(consume, number) for number in (0, 1) for _ in range(4)]
    for call in calls:
        call.result()
    took = max(at for at, _ in got)
    same(len({id for _, id in got}), len(got))
    # What was in the bucket, and what came in the meantime.
    same(len(got) <= limit * (1 + took) + 1, True,
         f"{len(got)} messages in {took:.2f} s")
    same(len(got) >= limit * (1 + seconds) * 0.8, True,
         f"{len(got)} messages in {took:.2f} s")


def test_dead_letters_are_not_limited(t):
    topic = t.topic(throughput_limit=100, max_retries=1)
    ids = [t.admin.enqueue(topic) for _ in range(3)]
    t.admin.take(topic, 3)
    for id in ids:
        t.admin.nack(id).expect(204)
    t.admin.put(f"/api/topic-configs/{topic}",
                {"throughput_limit": 1}).expect(200)
    same(len(t.admin.take(topic + ".dlq", 3)), 3)


def test_a_new_limit_holds_within_a_second(t):
    topic = filled(t, 1, 200)
    t.admin.dequeue(topic)
    t.admin.put(f"/api/topic-configs/{topic}",
                {"throughput_limit": 0}).expect(200)
    with within(3, "the change"):
        t.admin.take(topic, 199)
