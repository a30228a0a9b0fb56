"""Consumer groups at the same moment, under load, and under blows."""

import random
import threading

from group_consumers import Consumers, GroupLoad, Producers, nothing_left
from harness.context import Call, eventually, same
from test_kill import kill_a_worker, kill_postgresql


def register(client, topic, group):
    client.post(f"/api/topics/{topic}/consumer-groups", {
        "consumer_group": group}).expect(201)


def enqueue(t, topic, count):
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * count}).expect(201)


def deliveries(t, topic, group, count, **more):
    return t.admin.take(topic, count, consumer_group=group, **more)


def ack_of(client, group, message):
    return client.post(f"/api/messages/{message['id']}/ack", {
        "receipt": message["receipt"], "consumer_group": group}).status


def ack_at_once(t, topic, count, size, groups=("a", "b")):
    """The groups ack each message at the same moment, in two processes and
    `size` at a time."""
    enqueue(t, topic, count)
    taken = {group: sorted(deliveries(t, topic, group, count),
                           key=lambda m: m["id"]) for group in groups}
    barrier = threading.Barrier(len(groups))

    def ack_all(number, group):
        client = t.instance.worker_client(number % 2, t.admin.token)
        for at in range(0, count, size):
            some = taken[group][at:at + size]
            barrier.wait(60)
            if size == 1:
                same(ack_of(client, group, some[0]), 204)
                continue
            random.shuffle(some)
            results = client.post("/api/messages/ack", {"messages": [
                {"id": m["id"], "receipt": m["receipt"],
                 "consumer_group": group} for m in some]}).json["results"]
            same([r["ok"] for r in results], [True] * len(some))

    for call in [Call(ack_all, number, group)
                 for number, group in enumerate(groups)]:
        call.result(120)
    nothing_left(t, topic)


def test_two_groups_that_ack_at_the_same_moment_leave_nothing(t):
    topic = t.topic()
    for group in ("a", "b"):
        register(t.admin, topic, group)
    for _ in range(4):
        ack_at_once(t, topic, 500, 1)
    for _ in range(10):
        ack_at_once(t, topic, 1000, 50)


def test_four_groups_that_ack_at_the_same_moment_leave_nothing(t):
    topic = t.topic()
    groups = ("a", "b", "c", "d")
    for group in groups:
        register(t.admin, topic, group)
    for _ in range(5):
        ack_at_once(t, topic, 400, 20, groups)


def test_an_ack_and_the_last_failure_at_the_same_moment_leave_nothing(t):
    topic = t.topic(max_retries=1)
    for group in ("a", "b"):
        register(t.admin, topic, group)
    for _ in range(3):
        enqueue(t, topic, 300)
        taken = {group: sorted(deliveries(t, topic, group, 300),
                               key=lambda m: m["id"]) for group in "ab"}
        barrier = threading.Barrier(2)

        def settle(number, verb, group):
            client = t.instance.worker_client(number, t.admin.token)
            for message in taken[group]:
                barrier.wait(60)
                client.post(f"/api/messages/{message['id']}/{verb}", {
                    "receipt": message["receipt"],
                    "consumer_group": group}).expect(204)

        for call in (Call(settle, 0, "ack", "a"), Call(settle, 1, "nack",
                                                       "b")):
            call.result(120)
        same(t.admin.listed(topic)["total"], 0)
        letters = deliveries(t, topic + ".dlq", "b", 300)
        for message in letters:
            same(ack_of(t.admin, "b", message), 204)
        nothing_left(t, topic)


def test_plain_and_group_acks_at_the_same_moment_end_a_message_once(t):
    topic = t.topic()
    for group in ("a", "b"):
        register(t.admin, topic, group)
    enqueue(t, topic, 500)
    taken = {group: sorted(deliveries(t, topic, group, 500),
                           key=lambda m: m["id"]) for group in "ab"}
    plain = sorted(t.admin.dequeue(topic, count=500), key=lambda m: m["id"])
    barrier = threading.Barrier(3)

    def ack_all(number, messages, group):
        client = t.instance.worker_client(number % 2, t.admin.token)
        told = []
        for message in messages:
            barrier.wait(60)
            told.append(ack_of(client, group, message) if group else
                        client.ack(message["id"], message["receipt"]).status)
        return told

    calls = [Call(ack_all, 0, taken["a"], "a"), Call(ack_all, 1, taken["b"],
                                                     "b"),
             Call(ack_all, 1, plain, None)]
    for a, b, none in zip(*(call.result(120) for call in calls)):
        # The plain one ends it, or the two groups do.
        same((a, b, none) == (204, 204, 404) or none == 204, True,
             f"{(a, b, none)}: this")
    nothing_left(t, topic)


def test_groups_that_come_and_go_under_load_miss_nothing_and_repeat_nothing(t):
    """One group keeps every message pending, so a group that registers is to
    be delivered all that were accepted before, and all that come after, each
    exactly once; again and again."""
    topic = t.topic(max_retries=1000)
    register(t.admin, topic, "keeps")
    register(t.admin, topic, "steady")
    producers = Producers(t, topic, 3, batch=5)
    accepted = producers.account.accepted
    steady = Consumers(t, topic, "steady", accepted, visible_s=60)
    rounds = 8
    for number in range(rounds):
        eventually(lambda: len(accepted) >= 300 * (number + 1), 60, "load")
        register(t.fresh_admin(), topic, "guest")
        guests = Consumers(t, topic, "guest", accepted, count=2, batch=100,
                           visible_s=60)
        goal = len(accepted) + 200
        eventually(lambda: len(accepted) >= goal, 60, "load")
        told = list(accepted)
        if number == rounds - 1:
            producers.stop()
            told = list(accepted)
        eventually(lambda: set(told) <= set(guests.account.ids), 60,
                   "that the guests get all there is")
        guests.stop()
        same(guests.account.faults, [])
        payloads = guests.account.acked_payloads()
        same(len(payloads), len(set(payloads)), "payloads, each once")
        same(guests.account.delivered, len(payloads), "deliveries, each once")
        t.admin.delete(
            f"/api/topics/{topic}/consumer-groups/guest").expect(204)
    eventually(lambda: len(steady.account.acked) == len(accepted), 60,
               "that the steady group has acked all")
    steady.stop()
    steady.account.check()
    same(steady.account.delivered, len(accepted), "deliveries, each once")
    same(producers.account.faults, [])
    keeps = Consumers(t, topic, "keeps", accepted, batch=200, visible_s=60)
    eventually(lambda: len(keeps.account.acked) == len(accepted), 60,
               "that the one that keeps has acked all")
    keeps.stop()
    keeps.account.check()
    # What guests had left goes with them; the reaper does what is left.
    eventually(lambda: t.instance.reap("groups") is None and t.sql(f"""
        select count(*)
        from sluice.deliveries d
        join sluice.topics t
        on t.topic_id = d.topic_id
        where t.name = '{topic}'""") == "0", 20, "the end of all deliveries")
    nothing_left(t, topic)


def test_a_group_registers_in_both_processes_at_once_under_load(t):
    topic = t.topic(max_retries=1000)
    register(t.admin, topic, "keeps")
    producers = Producers(t, topic, 3, batch=5)
    accepted = producers.account.accepted
    for _ in range(6):
        goal = len(accepted) + 200
        eventually(lambda: len(accepted) >= goal, 60, "load")
        barrier = threading.Barrier(2)

        def create(number):
            client = t.instance.worker_client(number, t.admin.token)
            barrier.wait(60)
            return client.post(f"/api/topics/{topic}/consumer-groups", {
                "consumer_group": "guest"}).status

        statuses = sorted(call.result(60) for call in
                          [Call(create, number) for number in (0, 1)])
        same(statuses in ([201, 201], [201, 409]), True, f"{statuses}: this")
        told = list(accepted)
        guests = Consumers(t, topic, "guest", accepted, count=1, batch=500,
                           visible_s=60)
        eventually(lambda: set(told) <= set(guests.account.ids), 60,
                   "that the guests get all there is")
        guests.stop()
        same(guests.account.delivered, len(guests.account.ids),
             "deliveries, each once")
        t.admin.delete(
            f"/api/topics/{topic}/consumer-groups/guest").expect(204)
    producers.stop()
    same(producers.account.faults, [])


def test_late_acks_never_end_another_delivery_of_a_group(t):
    topic = t.topic(max_retries=1000)
    for group in ("a", "b"):
        register(t.admin, topic, group)
    enqueue(t, topic, 50)
    late = deliveries(t, topic, "a", 50, visibility_timeout_seconds=1)
    other = deliveries(t, topic, "b", 50, visibility_timeout_seconds=60)
    again = deliveries(t, topic, "a", 50, visibility_timeout_seconds=60)
    same(len({m["id"] for m in again}), 50, "ids")

    def ack(group, messages):
        client = t.fresh_admin()
        return [ack_of(client, group, m) for m in messages]

    acking = Call(ack, "b", other)
    same(ack("a", late), [409] * 50)
    same(acking.result(), [204] * 50)
    same(t.admin.listed(topic)["total"], 50)
    same(ack("a", again), [204] * 50)
    nothing_left(t, topic)


def test_acks_that_race_with_timeouts_lose_and_repeat_nothing(t):
    """Each ack that is told 204 is the last word on its delivery."""
    topic = t.topic(max_retries=1000)
    for group in ("a", "b"):
        register(t.admin, topic, group)
    enqueue(t, topic, 400)
    acked = {"a": [], "b": []}

    def consume(group):
        client = t.fresh_admin()
        while len(acked[group]) < 400:
            for message in client.dequeue(
                    topic, consumer_group=group, count=40, wait_seconds=1,
                    visibility_timeout_seconds=1):
                if random.random() < 0.02:
                    # Just about when it times out.
                    threading.Event().wait(0.95 + random.random() / 10)
                if ack_of(client, group, message) == 204:
                    acked[group].append(message["id"])

    for call in [Call(consume, group) for group in "ab" for _ in range(3)]:
        call.result(120)
    for ids in acked.values():
        same((len(ids), len(set(ids))), (400, 400), "acks, different ones")
    nothing_left(t, topic)


def test_a_killed_worker_loses_nothing_of_any_group(t):
    load = GroupLoad(t)
    load.disturb(6, lambda: kill_a_worker(t))
    load.finish()


def test_a_killed_database_loses_nothing_of_any_group(t):
    load = GroupLoad(t)
    load.disturb(2, lambda: kill_postgresql(t))
    load.finish()


def test_a_worker_that_is_killed_while_a_group_joins_leaves_it_whole(t):
    """Whoever asks again goes on with what was begun, and gets all."""
    topic = t.topic(max_retries=1000)
    register(t.admin, topic, "keeps")
    producers = Producers(t, topic, 2, batch=100)
    accepted = producers.account.accepted
    eventually(lambda: len(accepted) >= 10000, 60, "a long topic")
    producers.stop()

    def create():
        try:
            return t.fresh_admin().post(
                f"/api/topics/{topic}/consumer-groups",
                {"consumer_group": "guest"}).status
        except OSError:
            return None

    for _ in range(3):
        creating = Call(create)
        eventually(lambda: t.sql("select count(*) from sluice.consumer_groups "
                                 "where state = 0 or name = 'guest'") != "0",
                   10, "its beginning")
        kill_a_worker(t)
        creating.result(60)
        eventually(lambda: create() in (201, 409), 30, "a registered group")
        guests = Consumers(t, topic, "guest", accepted, count=2, batch=500,
                           visible_s=60)
        eventually(lambda: set(accepted) <= set(guests.account.ids), 60,
                   "that the guests get all there is")
        guests.stop()
        same(guests.account.delivered, len(accepted), "deliveries, each once")
        t.admin.delete(
            f"/api/topics/{topic}/consumer-groups/guest").expect(204)
