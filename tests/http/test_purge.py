"""POST /api/topics/{topic}/purge."""

from harness.context import same


def one_of_each(t, topic):
    """One processing and two pending messages."""
    ids = [t.admin.enqueue(topic, str(n)) for n in range(3)]
    t.admin.dequeue(topic)
    return ids


def test_a_purge_takes_the_statuses_it_is_told(t):
    topic = t.topic()
    processing, *pending = one_of_each(t, topic)
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["expired"]}).expect(200), {"deleted": 0})
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["pending"]}).expect(200), {"deleted": 2})
    same([m["id"] for m in t.admin.listed(topic)["items"]], [processing])
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["processing"] * 3}).expect(200), {"deleted": 1})
    t.admin.ack(processing).expect(404, "ack: message not found")


def test_a_purge_without_statuses_takes_all_three(t):
    for body in (None, {}, {"statuses": None}, {"statuses": []}):
        topic = t.topic()
        one_of_each(t, topic)
        same(t.admin.post(f"/api/topics/{topic}/purge", body).expect(200),
             {"deleted": 3})


def test_pending_means_also_delayed_and_nacked(t):
    topic = t.topic()
    t.admin.enqueue(topic, delay_seconds=3600)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["pending"]}).expect(200), {"deleted": 2})


def test_failed_messages_go_only_when_they_are_named(t):
    topic = t.topic(max_retries=0)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    same(t.admin.message(id)["status"], "failed")
    for body, deleted in ((None, 0), ({"statuses": ["failed"]}, 1)):
        same(t.admin.post(f"/api/topics/{topic}/purge", body).expect(200),
             {"deleted": deleted})
    t.admin.get(f"/api/messages/{id}").expect(404)


def test_a_status_may_be_named_more_than_once(t):
    topic = t.topic()
    one_of_each(t, topic)
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["pending"] * 3}).expect(200), {"deleted": 2})
    same(t.admin.listed(topic)["total"], 1)


def test_a_purge_leaves_other_topics_and_dead_letters(t):
    topic, other = t.topic(max_retries=1), t.topic()
    dead = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(dead).expect(204)
    t.admin.enqueue(topic)
    t.admin.enqueue(other)
    same(t.admin.post(f"/api/topics/{topic}/purge").expect(200),
         {"deleted": 1})
    same(t.admin.listed(other)["total"], 1)
    same(t.admin.post(f"/api/topics/{topic}.dlq/purge").expect(200),
         {"deleted": 1})


def test_an_unknown_status_is_refused(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    for status in ("done", "Pending", "", "x"):
        t.admin.post(f"/api/topics/{topic}/purge", {
            "statuses": ["pending", status]}).expect(
            400, f"invalid status: {status}; "
                 "allowed values are pending, processing, expired, failed")
    same(t.admin.listed(topic)["total"], 1)


def test_a_purged_key_is_free(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, key="k")
    t.admin.post(f"/api/topics/{topic}/purge").expect(200)
    new = t.admin.enqueue(topic, key="k")
    same(new != old, True)
    same([m["id"] for m in t.admin.dequeue(topic, count=10)], [new])
