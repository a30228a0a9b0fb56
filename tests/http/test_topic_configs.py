"""/api/topic-configs."""

from harness.context import eventually, same, within

EMPTY = {"max_retries": None, "message_ttl_seconds": None, "max_depth": None,
         "throughput_limit": None, "replayable": False,
         "replay_window_seconds": None, "paused": False, "ordered": False}
FULL = {"max_retries": 5, "message_ttl_seconds": 3600, "max_depth": 1000,
        "throughput_limit": 100, "replayable": True,
        "replay_window_seconds": 86400, "ordered": True}


def all_configs(t):
    items = []
    while True:
        page = t.admin.get("/api/topic-configs?limit=200&offset="
                           f"{len(items)}").expect(200)
        items += page["items"]
        if not page["items"]:
            same(len(items), page["total"], "total")
            return items


def test_a_configuration_is_stored_as_it_was_sent(t):
    topic = t.fresh("topic")
    stored = {"topic": topic, **FULL, "paused": False}
    path = f"/api/topic-configs/{topic}"
    same(t.admin.put(path, FULL).expect(200), stored)
    same(t.admin.get(path).expect(200), stored)
    same([item for item in all_configs(t) if item["topic"] == topic],
         [stored])


def test_what_is_left_out_or_null_goes_back_to_the_default(t):
    topic = t.fresh("topic")
    path = f"/api/topic-configs/{topic}"
    for body in ({}, {name: None for name in FULL}):
        t.admin.put(path, FULL).expect(200)
        same(t.admin.put(path, body).expect(200), {"topic": topic, **EMPTY})
        same(t.admin.get(path).expect(200), {"topic": topic, **EMPTY})


def test_the_list_is_sorted_by_topic(t):
    for name in ("b", "a", "C"):
        t.admin.put(f"/api/topic-configs/{t.fresh(name)}", {}).expect(200)
    names = [item["topic"].encode() for item in all_configs(t)]
    same(names, sorted(names))


def test_a_deleted_configuration_is_gone(t):
    topic = t.topic(max_retries=1)
    path = f"/api/topic-configs/{topic}"
    t.admin.delete(path).expect(204)
    for method in ("GET", "DELETE"):
        t.admin.request(method, path).expect(404, "topic config not found")


def test_dead_letters_have_no_configuration_of_their_own(t):
    t.admin.put("/api/topic-configs/x.dlq", {}).expect(
        400, "topic name may not end in .dlq")


def test_numbers_have_their_ranges(t):
    topic = t.fresh("topic")
    path = f"/api/topic-configs/{topic}"
    for value in (-1, -2 ** 63):
        t.admin.put(path, {"throughput_limit": value}).expect(
            400, "throughput_limit must be a non-negative integer")
        for name in ("max_retries", "message_ttl_seconds", "max_depth",
                     "replay_window_seconds"):
            t.admin.put(path, {name: value}).expect(400)
    for name in FULL:
        if name not in ("replayable", "ordered"):
            t.admin.put(path, {name: 2 ** 63 - 1}).expect(400)
            t.admin.put(path, {name: 0}).expect(200)
    t.admin.put(path, {"max_retries": 1001}).expect(400)
    t.admin.put(path, {"throughput_limit": 9999999999}).expect(
        400, "throughput_limit must be between 0 and 2147483647")


def test_a_change_counts_in_every_process_within_a_second(t):
    topic = t.topic()
    clients = [t.fresh_admin() for _ in range(8)]

    def retries_seen():
        return {t.admin.message(client.enqueue(topic))["max_retries"]
                for client in clients}

    same(retries_seen(), {3})
    t.admin.put(f"/api/topic-configs/{topic}", {"max_retries": 7}).expect(200)
    with within(2, "the change"):
        eventually(lambda: retries_seen() == {7}, 3)
    t.admin.delete(f"/api/topic-configs/{topic}").expect(204)
    with within(2, "the change back"):
        eventually(lambda: retries_seen() == {3}, 3)


def test_messages_keep_what_they_were_enqueued_with(t):
    topic = t.topic(max_retries=5, message_ttl_seconds=60)
    id = t.admin.enqueue(topic)
    before = t.admin.message(id)
    t.admin.put(f"/api/topic-configs/{topic}", {"max_retries": 2}).expect(200)
    same(t.admin.message(id), before)


def test_an_admin_grant_manages_its_topics_only(t):
    mine, other = t.topic(max_retries=1), t.topic(max_retries=1)
    user = t.user(("admin", mine + "*"))
    user.put(f"/api/topic-configs/{mine}", FULL).expect(200)
    user.get(f"/api/topic-configs/{mine}").expect(200)
    user.delete(f"/api/topic-configs/{mine}").expect(204)
    for method in ("GET", "PUT", "DELETE"):
        user.request(method, f"/api/topic-configs/{other}", {}).expect(
            403, "insufficient permissions")
    user.get("/api/topic-configs").expect(403, "admin access required")
