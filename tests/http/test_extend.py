"""POST /api/messages/{id}/extend."""

from harness.context import same


def seconds_left(t, until):
    return float(t.sql("select extract(epoch from "
                       f"timestamptz '{until}' - clock_timestamp())"))


def test_an_extended_delivery_is_hidden_for_longer(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic, visibility_timeout_seconds=1)
    reply = t.admin.post(f"/api/messages/{id}/extend", {
        "receipt": message["receipt"],
        "visibility_timeout_seconds": 600}).expect(200)
    same(reply["id"], id)
    same(595 < seconds_left(t, reply["visible_until"]) <= 600, True)
    # Longer than the first timeout; nothing may be due in it.
    same(t.admin.dequeue(topic, wait_seconds=2), [])
    t.admin.ack(id, message["receipt"]).expect(204)


def test_a_delivery_can_be_shortened(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic, visibility_timeout_seconds=600)
    t.admin.post(f"/api/messages/{id}/extend", {
        "visibility_timeout_seconds": 1}).expect(200)
    same([m["id"] for m in t.admin.dequeue(topic, wait_seconds=10)], [id])


def test_the_body_is_optional(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic, visibility_timeout_seconds=600)
    reply = t.admin.post(f"/api/messages/{id}/extend").expect(200)
    same(25 < seconds_left(t, reply["visible_until"]) <= 30, True)


def test_only_a_delivery_can_be_extended(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.post(f"/api/messages/{id}/extend").expect(
        404, "extend: message is not in processing state")
    t.admin.dequeue(topic)
    t.admin.ack(id).expect(204)
    t.admin.post(f"/api/messages/{id}/extend").expect(
        404, "extend: message not found")
