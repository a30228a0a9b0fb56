"""The log of what was acked, and its replay."""

import base64
import time
import urllib.parse

from harness.context import Call, same

LOG = "/api/topics/{}/message-log"


def consumed(t, topic, payloads, **more):
    """Enqueue, deliver and ack them, one after the other; their ids."""
    ids = []
    for payload in payloads:
        ids.append(t.admin.enqueue(topic, payload, **more))
        [message] = t.admin.take(topic)
        t.admin.ack(message["id"]).expect(204)
    return ids


def log(t, topic, **query):
    path = LOG.format(topic)
    if query:
        path += "?" + urllib.parse.urlencode(query)
    return t.admin.get(path).expect(200)


def payloads(items):
    return [base64.b64decode(item["payload"]).decode() for item in items]


def replay(t, topic, body=None):
    return t.admin.post(f"/api/topics/{topic}/replay", body)


def test_the_log_shows_what_was_acked(t):
    topic = t.topic(replayable=True)
    id = t.admin.enqueue(topic, "data \u0000 \u00e4", key="k",
                         metadata={"a": "b"})
    t.admin.take(topic)
    t.admin.nack(id, error="not yet").expect(204)
    [message] = t.admin.take(topic)
    t.admin.ack(id).expect(204)
    page = log(t, topic)
    same({name: page[name] for name in ("total", "limit", "offset")},
         {"total": 1, "limit": 50, "offset": 0})
    [item] = page["items"]
    same(item.pop("acked_at") > item["created_at"], True)
    same(item, {
        "id": id, "topic": topic, "key": "k",
        "payload": base64.b64encode("data \u0000 \u00e4".encode()).decode(),
        "metadata": {"a": "b"}, "retry_count": 1, "max_retries": 3,
        "last_error": "not yet", "original_topic": "", "consumer_group": "",
        "created_at": message["created_at"]})


def test_only_replayable_topics_have_one(t):
    topic = t.topic()
    consumed(t, topic, ["x"])
    same(log(t, topic)["items"], [])
    same(log(t, t.fresh("unknown"))["total"], 0)


def test_what_was_acked_many_at_once_is_kept(t):
    topic = t.topic(replayable=True)
    for n in range(3):
        t.admin.enqueue(topic, str(n))
    messages = t.admin.take(topic, 3)
    t.admin.post("/api/messages/ack", {"messages": [
        {"id": m["id"], "receipt": m["receipt"]} for m in messages]}
    ).expect(200)
    same(sorted(payloads(log(t, topic)["items"])), ["0", "1", "2"])


def test_pages_by_offset_and_by_place_agree(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, map(str, range(7)))
    newest_first = [str(n) for n in reversed(range(7))]
    by_offset = [payloads(log(t, topic, limit=3, offset=n)["items"])
                 for n in (0, 3, 6, 9)]
    same(by_offset, [newest_first[:3], newest_first[3:6], newest_first[6:],
                     []])
    by_place, page = [], log(t, topic, limit=3, after="")
    while page["items"]:
        same("total" in page or "offset" in page, False)
        by_place.append(payloads(page["items"]))
        page = log(t, topic, limit=3, after=page["next"])
    same(by_place, by_offset[:3])
    same(page["next"], None)
    first = log(t, topic, limit=2)
    same(payloads(log(t, topic, after=first["next"])["items"]),
         newest_first[2:])


def test_bad_pages_are_refused(t):
    topic = t.topic(replayable=True)
    for after in ("x", "1", "1-", "-1-1", "1-2-3", "1.5-1", "1 -1",
                  "9" * 30 + "-1"):
        t.admin.get(LOG.format(topic) + "?after="
                    + urllib.parse.quote(after)).expect(
            400, "after must be the next of a reply")
    for numbers in ("0-0", f"{2 ** 63 - 1}-{2 ** 63 - 1}"):
        log(t, topic, after=numbers)
    t.admin.get(LOG.format(topic) + "?after=&offset=1").expect(
        400, "after and offset exclude each other")
    t.admin.get(LOG.format(topic) + "?limit=0").expect(400)


def test_dead_letters_have_a_log_of_their_own(t):
    topic = t.topic(replayable=True, max_retries=1)
    id = t.admin.enqueue(topic)
    t.admin.take(topic)
    t.admin.nack(id, error="bad").expect(204)
    t.admin.take(topic + ".dlq")
    t.admin.ack(id).expect(204)
    same(log(t, topic)["total"], 0)
    [item] = log(t, topic + ".dlq")["items"]
    same((item["id"], item["topic"], item["original_topic"]),
         (id, topic + ".dlq", topic))
    same(replay(t, topic).expect(200)["enqueued"], 0)
    same(t.admin.delete(LOG.format(topic + ".dlq") + "?before="
                        "2999-01-01T00:00:00Z").expect(200), {"deleted": 1})


def test_a_log_is_trimmed_before_a_time(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["a", "b", "c"])
    middle = log(t, topic)["items"][1]["acked_at"]
    path = LOG.format(topic) + "?before="
    same(t.admin.delete(path + middle).expect(200), {"deleted": 1})
    same(payloads(log(t, topic)["items"]), ["c", "b"])
    same(t.admin.delete(path + urllib.parse.quote(
        "2999-01-01T00:00:00+01:00")).expect(200), {"deleted": 2})
    same(log(t, topic)["total"], 0)


def test_a_trim_needs_a_time(t):
    path = LOG.format(t.topic(replayable=True))
    for query in ("", "?before="):
        t.admin.delete(path + query).expect(
            400, "before query parameter is required")
    for before in ("yesterday", "2025-01-01", "1735689600"):
        t.admin.delete(f"{path}?before={before}").expect(
            400, "before must be RFC 3339")


def test_a_trim_takes_as_many_batches_as_it_needs(t):
    topic = t.topic(replayable=True)
    make_log(t, topic, 12000)
    same(log(t, topic)["total"], 12000)
    same(t.admin.delete(LOG.format(topic) + "?before="
                        "2999-01-01T00:00:00Z").expect(200),
         {"deleted": 12000})


def make_log(t, topic, count, age=60, size=10):
    """So many entries, acked a microsecond apart."""
    consumed(t, topic, ["first"])
    t.sql(f"""
        insert into sluice.message_log (topic_id, dlq, acked_at, seq,
            created_at, retries, max_retries, payload)
        select l.topic_id, false, l.acked_at - interval '{age} s'
                + n * interval '1 us',
            n, l.created_at, 0, 3,
            convert_to(rpad(n::text, {size}), 'UTF8')
        from sluice.message_log l
        join sluice.topics t on t.topic_id = l.topic_id
        cross join generate_series(1, {count - 1}) n
        where t.name = '{topic}'""")


def test_a_replay_enqueues_all_of_it_again_as_new_messages(t):
    topic = t.topic(replayable=True, max_retries=5)
    old = consumed(t, topic, ["a", "b", "c"], key="k", metadata={"x": "y"})
    same(replay(t, topic).expect(200), {
        "topic": topic, "enqueued": 3, "from_time": "", "complete": True,
        "next": None})
    messages = t.admin.take(topic, 3)
    same([(m["payload"], m["key"], m["metadata"], m["retry_count"],
           m["max_retries"]) for m in messages],
         [(p, "k", {"x": "y"}, 0, 5) for p in "abc"])
    same(set(old) & {m["id"] for m in messages}, set())
    for message in messages:
        t.admin.ack(message["id"]).expect(204)
    same(log(t, topic)["total"], 6)


def test_a_body_may_be_left_out(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["a"])
    for body in (None, {}, {"from_time": None}):
        same(replay(t, topic, body).expect(200)["enqueued"], 1)


def test_a_replay_begins_at_the_time_of_an_ack(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["a", "b", "c"])
    second = log(t, topic)["items"][1]["acked_at"]
    same(replay(t, topic, {"from_time": second}).expect(200), {
        "topic": topic, "enqueued": 2, "from_time": second,
        "complete": True, "next": None})
    same([m["payload"] for m in t.admin.take(topic, 2)], ["b", "c"])


def test_a_replayed_message_replaces_none_that_is_pending(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["old"], key="k")
    pending = t.admin.enqueue(topic, "new", key="k")
    replay(t, topic).expect(200)
    same(t.admin.message(pending)["payload"], "new")
    same([m["payload"] for m in t.admin.take(topic, 2)], ["new", "old"])


def test_what_cannot_be_replayed_is_refused(t):
    plain, topic = t.topic(), t.topic(replayable=True,
                                      replay_window_seconds=60)
    for name in (plain, t.fresh("unknown"), topic + ".dlq"):
        replay(t, name).expect(
            422, "replay: topic is not configured as replayable")
    for value in ("", "now", "2025-01-01", "1735689600"):
        replay(t, topic, {"from_time": value}).expect(
            422, "from_time must be RFC 3339")
    replay(t, topic, {"from_time": "2025-01-01T00:00:00Z"}).expect(
        422, "replay: from_time is before the start of the replay window")
    replay(t, topic, {"from_time": 7}).expect(400)
    for after in ("x", "1-2", "1-2-3-4", "-1-2-3"):
        replay(t, topic, {"after": after}).expect(
            400, "after must be the next of a reply")


def test_only_the_window_is_replayed(t):
    topic = t.topic(replayable=True, replay_window_seconds=30)
    make_log(t, topic, 3)
    same(log(t, topic)["total"], 3)
    same(replay(t, topic).expect(200)["enqueued"], 1)
    same([m["payload"] for m in t.admin.take(topic)], ["first"])
    from_time = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                              time.gmtime(time.time() - 10))
    same(replay(t, topic, {"from_time": from_time}).expect(200)["enqueued"],
         1)
    # Nor does a place that was reached long ago, or made up, lead out of it.
    after = f"0-0-{int(time.time() * 1000000)}"
    same(replay(t, topic, {"after": after}).expect(200)["enqueued"], 1)


def test_the_reaper_leaves_what_the_window_has(t):
    topic = t.topic(replayable=True, replay_window_seconds=30)
    make_log(t, topic, 3)
    t.instance.reap()
    same(payloads(log(t, topic)["items"]), ["first"])


def test_a_replay_wakes_who_waits(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["a"])
    waiting = Call(t.fresh_admin().dequeue, topic, wait_seconds=20)
    t.wait_for_parked(1)
    replay(t, topic).expect(200)
    same([m["payload"] for m in waiting.result()], ["a"])


def test_a_replay_goes_on_where_another_one_ended(t):
    topic = t.topic(replayable=True)
    consumed(t, topic, ["a", "b", "c"])
    [last, middle, first] = log(t, topic)["items"]

    def place(item):
        at = t.sql("select (extract(epoch from acked_at) * 1000000)::bigint "
                   "|| '-' || seq from sluice.message_log where acked_at = "
                   f"'{item['acked_at']}'").strip()
        return at

    until = place(middle).split("-")[0]
    same(replay(t, topic, {"after": f"{place(first)}-{until}"}
                ).expect(200)["enqueued"], 1)
    same([m["payload"] for m in t.admin.take(topic)], ["b"])


def test_a_replay_goes_in_batches_of_so_many_messages_and_bytes(t):
    for size, batch in ((10, 1000), (100000, 167)):
        topic = t.topic(replayable=True)
        make_log(t, topic, 2001 if size == 10 else 400, size=size)
        count = replay(t, topic).expect(200)["enqueued"]
        batches = t.sql(f"""
            select count(*) from sluice.messages m
            join sluice.topics t on t.topic_id = m.topic_id
            where t.name = '{topic}'
            group by m.created_at order by m.created_at""").split()
        same(list(map(int, batches)),
             [batch] * (count // batch) + [count % batch])


def test_a_replay_does_not_meet_itself(t):
    """Consumers ack what is replayed while it still goes on."""
    topic = t.topic(replayable=True)
    make_log(t, topic, 5000)
    done = []

    def consume():
        client = t.fresh_admin()
        while len(done) < 5000:
            messages = client.dequeue(topic, count=500, wait_seconds=1)
            if messages:
                client.post("/api/messages/ack", {"messages": [
                    {"id": m["id"]} for m in messages]}).expect(200)
                done.extend(m["id"] for m in messages)

    consumer = Call(consume)
    same(replay(t, topic).expect(200)["enqueued"], 5000)
    consumer.result()
    same(len(set(done)), 5000)
    same(log(t, topic, limit=1)["total"], 10000)
    same(t.admin.listed(topic)["total"], 0)
