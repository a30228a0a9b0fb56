"""Messages that were not taken in time."""

from harness.context import eventually, same


def wait_for_expiry(t, message):
    eventually(lambda: t.sql(
        f"""select clock_timestamp() > timestamptz
        '{message["expires_at"]}'""") == "t", what="the message's expiry")


def reap_until_expired(t, id):
    """The reaper looks some seconds after a short life has ended."""
    def expired():
        t.instance.reap()
        return t.admin.message(id)["status"] == "expired"

    eventually(expired, what="the message's mark")


def test_an_expired_message_is_not_delivered(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, ttl_seconds=1)
    wait_for_expiry(t, t.admin.message(id))
    same(t.admin.dequeue(topic, count=10), [])


def test_the_reaper_marks_what_is_expired(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, ttl_seconds=1)
    other = t.admin.enqueue(topic, ttl_seconds=3600)
    reap_until_expired(t, id)
    same(t.admin.message(other)["status"], "pending")
    t.admin.ack(id).expect(404, "ack: message is not in processing state")
    same(t.admin.post(f"/api/topics/{topic}/purge", {
        "statuses": ["expired"]}).expect(200), {"deleted": 1})
    same(t.admin.listed(topic)["total"], 1)


def test_a_delivery_that_outlives_its_message_ends_with_it(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, ttl_seconds=1)
    [message] = t.admin.dequeue(topic, visibility_timeout_seconds=1)
    wait_for_expiry(t, message)
    same(t.admin.dequeue(topic, wait_seconds=1), [])
    reap_until_expired(t, id)


def test_the_ttl_of_a_topic_is_its_own(t):
    topic = t.topic(message_ttl_seconds=60)

    def seconds_to_live(**more):
        message = t.admin.message(t.admin.enqueue(topic, **more))
        if message["expires_at"] is None:
            return None
        return int(t.sql(f"""select extract(epoch from
            timestamptz '{message["expires_at"]}' -
            timestamptz '{message["created_at"]}')::int"""))

    same(seconds_to_live(), 60)
    same(seconds_to_live(ttl_seconds=5), 5)
    same(seconds_to_live(ttl_seconds=0), None)
    topic = t.topic(message_ttl_seconds=0)
    same(seconds_to_live(), None)


def test_an_expired_message_gives_its_key_free(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, "old", key="k", ttl_seconds=1)
    reap_until_expired(t, old)
    new = t.admin.enqueue(topic, "new", key="k")
    same([m["id"] for m in t.admin.dequeue(topic, count=10)], [new])


def test_a_key_whose_message_ran_out_is_not_lost_with_it(t):
    topic = t.topic()
    old = t.admin.enqueue(topic, "old", key="k", ttl_seconds=1)
    wait_for_expiry(t, t.admin.message(old))
    # No reaper has been here: the row still says pending.
    t.admin.enqueue(topic, "new", key="k")
    same([m["payload"] for m in t.admin.dequeue(topic, count=10)], ["new"])
