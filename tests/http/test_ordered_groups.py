"""Ordered keys and consumer groups."""

from groups_of_topics import consumers, ids
from harness.context import Call, same
from test_ordered import ordered, payloads, put


def join(t, topic, *names):
    for name in names:
        t.admin.post(f"/api/topics/{topic}/consumer-groups",
                     {"consumer_group": name}).expect(201)


def take(t, topic, group, count=1):
    return t.admin.take(topic, count, consumer_group=group)


def done(t, message, group):
    t.admin.post(f"/api/messages/{message['id']}/ack",
                 {"consumer_group": group}).expect(204)


def test_each_group_has_lines_of_its_own(t):
    topic = ordered(t)
    join(t, topic, "g", "h")
    put(t, topic, "k 1", "k 2", "a 1")
    same(sorted(payloads(take(t, topic, "g", 2))), ["1", "1"])
    same(t.admin.dequeue(topic, count=10, consumer_group="g"), [])
    [first] = [m for m in take(t, topic, "h", 2) if m["key"] == "k"]
    done(t, first, "h")
    same(payloads(take(t, topic, "h")), ["2"])
    same(t.admin.dequeue(topic, count=10, consumer_group="g"), [])
    same(len(t.admin.dequeue(topic, count=10)), 2)


def test_groups_drain_a_key_in_order_and_leave_nothing(t):
    topic = ordered(t)
    join(t, topic, "g", "h")
    put(t, topic, *[f"k {n}" for n in range(5)])
    for group in ("g", "h"):
        for n in range(5):
            [message] = take(t, topic, group)
            same(message["payload"], str(n))
            same(t.admin.dequeue(topic, count=10, consumer_group=group), [])
            done(t, message, group)
    same(t.admin.listed(topic)["total"], 0)
    same(t.sql("select count(*) from sluice.key_heads h join sluice.topics "
               f"t on t.topic_id = h.topic_id where name = '{topic}'"
               ).strip(), "0")


def test_a_groups_dead_letter_lets_its_next_one_go(t):
    topic = ordered(t, max_retries=1)
    join(t, topic, "g")
    put(t, topic, "k 1", "k 2")
    [message] = take(t, topic, "g")
    t.admin.nack(message["id"], consumer_group="g").expect(204)
    same(payloads(take(t, topic, "g")), ["2"])


def test_a_groups_dead_letter_that_comes_back_is_before_later_ones(t):
    for how in ("requeue", "redrive"):
        topic = ordered(t, max_retries=1)
        join(t, topic, "g")
        put(t, topic, *[f"k {n}" for n in range(4)])
        [message] = take(t, topic, "g")
        t.admin.nack(message["id"], consumer_group="g").expect(204)
        [message] = take(t, topic, "g")
        if how == "requeue":
            [letter] = t.admin.listed(topic + ".dlq")["items"]
            t.admin.post(f"/api/messages/{letter['id']}/requeue").expect(204)
        else:
            same(t.admin.post(f"/api/topics/{topic}/redrive", {
                "consumer_group": "g"}).expect(200), {"requeued": 1})
        got = []
        for n in range(3):
            done(t, message, "g")
            [message] = take(t, topic, "g")
            got.append(message["payload"])
        same(got, ["0", "2", "3"])


def test_a_plain_ack_lets_the_groups_go_on(t):
    topic = ordered(t)
    join(t, topic, "g")
    put(t, topic, "k 1", "k 2")
    take(t, topic, "g")
    [message] = t.admin.take(topic)
    t.admin.ack(message["id"]).expect(204)
    same(payloads(take(t, topic, "g")), ["2"])
    same(payloads(t.admin.take(topic)), ["2"])


def test_a_group_that_joins_gets_them_in_order(t):
    topic = ordered(t)
    put(t, topic, "k 1", "a 1", "k 2", "k 3")
    join(t, topic, "g")
    put(t, topic, "k 4", "a 2")
    got = []
    while messages := t.admin.dequeue(topic, count=10, consumer_group="g"):
        same(len({m["key"] for m in messages}), len(messages))
        got += [m["key"] + m["payload"] for m in messages]
        for message in messages:
            done(t, message, "g")
    same([m for m in got if m[0] == "k"], ["k1", "k2", "k3", "k4"])
    same([m for m in got if m[0] == "a"], ["a1", "a2"])


def test_a_group_that_leaves_holds_nobody_up(t):
    topic = ordered(t)
    join(t, topic, "g", "h")
    put(t, topic, "k 1", "k 2")
    [message] = take(t, topic, "g")
    take(t, topic, "h")
    done(t, message, "g")
    t.admin.delete(f"/api/topics/{topic}/consumer-groups/h").expect(204)
    same(payloads(take(t, topic, "g")), ["2"])
    same(payloads(t.admin.take(topic)), ["2"])


def test_a_waiting_group_is_woken_when_its_turn_comes(t):
    topic = ordered(t)
    join(t, topic, "g")
    put(t, topic, "k 1", "k 2")
    [message] = take(t, topic, "g")
    waiting = Call(t.fresh_admin().dequeue, topic, wait_seconds=15,
                   consumer_group="g")
    t.wait_for_parked(1)
    done(t, message, "g")
    same(payloads(waiting.result(5)), ["2"])


def test_what_all_groups_have_failed_holds_up_no_plain_consumer(t):
    topic, a = consumers(t, "a", ordered=True, max_retries=0)
    sent = [t.admin.enqueue(topic, str(n), key="k") for n in range(3)]
    a.nack(a.take(topic)[0]).expect(204)
    same(ids(t.admin.take(topic)), [sent[1]])
    # What a plain consumer has already is left to him, and ends with him.
    topic, a = consumers(t, "a", ordered=True, max_retries=0)
    sent = [t.admin.enqueue(topic, str(n), key="k") for n in range(3)]
    t.admin.take(topic)
    a.nack(a.take(topic)[0]).expect(204)
    same(t.admin.dequeue(topic), [])
    t.admin.ack(sent[0]).expect(204)
    same(ids(t.admin.take(topic)), [sent[1]])
