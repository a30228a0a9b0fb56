"""Many callers at once, nobody dies."""

import random
import threading

from harness.context import Call, same


def test_concurrent_dequeuers_share_nothing(t):
    topic = t.topic()
    ids = []
    for _ in range(4):
        ids += t.admin.post("/api/messages/batch", {
            "topic": topic, "messages": [{"payload": "x"}] * 1000,
        }).expect(201)["ids"]

    def take_all():
        client, got = t.fresh_admin(), []
        while messages := client.dequeue(topic, count=random.randint(1, 20)):
            got += [m["id"] for m in messages]
        return got

    got = [id for call in [Call(take_all) for _ in range(32)]
           for id in call.result()]
    same(len(got), len(set(got)), "deliveries of different messages")
    same(sorted(got), sorted(ids))


def test_one_consumer_sees_the_order_of_its_producer(t):
    topic = t.topic()
    count = 300

    def produce():
        client = t.fresh_admin()
        for n in range(count):
            client.enqueue(topic, str(n))

    producing = Call(produce)
    client, got = t.fresh_admin(), []
    while len(got) < count:
        for message in client.dequeue(topic, count=7, wait_seconds=5):
            got.append(int(message["payload"]))
            client.ack(message["id"], message["receipt"]).expect(204)
    producing.result()
    same(got, list(range(count)))


def test_concurrent_enqueues_of_a_key_leave_one_message(t):
    topic = t.topic()

    def put(number):
        client = t.fresh_admin()
        return [client.enqueue(topic, f"{number}/{n}", key="k")
                for n in range(20)]

    ids = {id for call in [Call(put, number) for number in range(32)]
           for id in call.result()}
    same(len(ids), 1, "ids")
    same(t.admin.listed(topic)["total"], 1)
    same(t.admin.message(*ids)["payload"].endswith("/19"), True, "the last")


def test_enqueues_of_a_key_and_dequeues_lose_no_last_word(t):
    """Each producer's last payload is delivered, or was replaced by another
    one's while it was pending: the last of all is always delivered."""
    topic = t.topic(max_retries=1000)
    stop = threading.Event()
    seen = []

    def consume():
        client = t.fresh_admin()
        while True:
            messages = client.dequeue(topic, wait_seconds=1)
            if not messages and stop.is_set():
                return
            for message in messages:
                if random.random() < 0.2:
                    client.nack(message["id"]).expect(204)
                    continue
                client.ack(message["id"], message["receipt"]).expect(204)
                seen.append(message["payload"])

    def put(number):
        client = t.fresh_admin()
        for n in range(40):
            client.enqueue(topic, f"{number}/{n}", key="k")

    consumers = [Call(consume) for _ in range(8)]
    for call in [Call(put, number) for number in range(8)]:
        call.result()
    t.admin.enqueue(topic, "the last word", key="k")
    stop.set()
    for call in consumers:
        call.result()
    same(seen.count("the last word"), 1)
    same(len(seen), len(set(seen)), "payloads acked once")
    same(t.admin.listed(topic)["total"], 0)


def test_of_many_acks_of_a_delivery_one_succeeds(t):
    topic = t.topic()
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 100}).expect(201)
    deliveries = [(m["id"], m["receipt"])
                  for m in t.admin.dequeue(topic, count=100)]
    barrier = threading.Barrier(8)

    def ack_all():
        client = t.fresh_admin()
        barrier.wait()
        return [client.ack(id, receipt).status for id, receipt in deliveries]

    answers = zip(*[call.result()
                    for call in [Call(ack_all) for _ in range(8)]])
    for statuses in answers:
        same(sorted(statuses), [204] + [404] * 7)


def test_of_an_ack_and_a_nack_one_succeeds(t):
    topic = t.topic(max_retries=1000)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 100}).expect(201)
    deliveries = [(m["id"], m["receipt"])
                  for m in t.admin.dequeue(topic, count=100)]
    barrier = threading.Barrier(2)

    def settle(verb):
        client = t.fresh_admin()
        barrier.wait()
        return [client.post(f"/api/messages/{id}/{verb}", {
            "receipt": receipt}).status for id, receipt in deliveries]

    acking, nacking = Call(settle, "ack"), Call(settle, "nack")
    acks, nacks = acking.result(), nacking.result()
    for pair in zip(acks, nacks):
        same(sorted(pair), [204, 404], "ack and nack")
    same(t.admin.listed(topic)["total"], nacks.count(204))


def test_late_acks_never_end_another_delivery(t):
    topic = t.topic(max_retries=1000)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 50}).expect(201)
    late = t.admin.dequeue(topic, count=50, visibility_timeout_seconds=1)
    again = []
    while len(again) < 50:
        again += t.admin.dequeue(topic, count=50, wait_seconds=5,
                                 visibility_timeout_seconds=60)

    def ack(messages):
        client = t.fresh_admin()
        return [client.ack(m["id"], m["receipt"]).status for m in messages]

    same(ack(late), [409] * 50)
    same(t.admin.listed(topic)["total"], 50)
    same(ack(again), [204] * 50)


def test_concurrent_creations_of_a_user_make_one(t):
    for _ in range(5):
        name = t.fresh("user")
        barrier = threading.Barrier(8)

        def create():
            client = t.fresh_admin()
            barrier.wait()
            return client.post("/api/users", {
                "username": name, "password": "correct horse battery"}).status

        statuses = [call.result() for call in [Call(create)
                                               for _ in range(8)]]
        same(sorted(statuses), [201] + [409] * 7)
