"""POST /api/messages/{id}/ack and POST /api/messages/ack."""

from harness.context import same

NOBODY = "00000000-0000-8000-8000-000000000000"


def test_an_acked_message_is_gone(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic)
    t.admin.ack(id, message["receipt"]).expect(204)
    t.admin.get(f"/api/messages/{id}").expect(404, "message not found")
    same(t.admin.listed(topic)["total"], 0)


def test_a_receipt_is_not_needed(t):
    topic = t.topic()
    for body in (None, {}, {"receipt": None}):
        id = t.admin.enqueue(topic)
        t.admin.dequeue(topic)
        t.admin.post(f"/api/messages/{id}/ack", body).expect(204)


def test_only_one_ack_succeeds(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic)
    t.admin.ack(id, message["receipt"]).expect(204)
    t.admin.ack(id, message["receipt"]).expect(404, "ack: message not found")
    t.admin.ack(id).expect(404, "ack: message not found")


def test_a_pending_message_cannot_be_acked(t):
    id = t.admin.enqueue(t.topic())
    t.admin.ack(id).expect(404, "ack: message is not in processing state")
    same(t.admin.message(id)["status"], "pending")


def test_a_late_ack_does_not_touch_the_next_delivery(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [late] = t.admin.dequeue(topic, visibility_timeout_seconds=1)
    [next] = t.admin.dequeue(topic, wait_seconds=10)
    stale = "the receipt is of an earlier delivery"
    t.admin.ack(id, late["receipt"]).expect(409, stale)
    t.admin.nack(id, receipt=late["receipt"]).expect(409, stale)
    t.admin.post(f"/api/messages/{id}/extend", {
        "receipt": late["receipt"]}).expect(409, stale)
    same(t.admin.message(id)["status"], "processing")
    t.admin.ack(id, next["receipt"]).expect(204)


def test_a_receipt_of_another_kind_is_refused(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic)
    for receipt in ("", "0", "-1", "x", "99999999999999999999999", " 1",
                    message["receipt"] + "0"):
        reply = t.admin.ack(id, receipt)
        same(reply.status in (400, 409), True, str(reply))
    same(t.admin.message(id)["status"], "processing")
    t.admin.ack(id, message["receipt"]).expect(204)


def test_an_id_may_be_written_in_capitals(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.ack(id.upper()).expect(204)


def test_a_batch_of_acks_has_a_result_each(t):
    topic, other = t.topic(), t.topic()
    done = t.admin.enqueue(topic)
    pending = t.admin.enqueue(other)
    stale = t.admin.enqueue(topic)
    messages = {m["id"]: m for m in t.admin.dequeue(topic, count=10)}
    results = t.admin.post("/api/messages/ack", {"messages": [
        {"id": done, "receipt": messages[done]["receipt"]},
        {"id": pending},
        {"id": stale, "receipt": "12345"},
        {"id": NOBODY},
        {"id": "17"},
        {"id": done},
    ]}).expect(200)["results"]
    not_found = {"ok": False, "code": "not_found"}
    same(results, [
        {"id": done, "ok": True},
        {"id": pending, **not_found,
         "error": "ack: message is not in processing state"},
        {"id": stale, "ok": False, "code": "stale_receipt",
         "error": "the receipt is of an earlier delivery"},
        {"id": NOBODY, **not_found, "error": "ack: message not found"},
        {"id": "17", **not_found, "error": "ack: message not found"},
        {"id": done, **not_found, "error": "ack: message not found"},
    ])
    same(t.admin.message(stale)["status"], "processing")


def test_a_batch_asks_for_the_grant_of_each_message(t):
    mine, theirs = t.topic(), t.topic()
    user = t.user(("consume", mine))
    ids = [t.admin.enqueue(topic) for topic in (mine, theirs)]
    for topic in (mine, theirs):
        t.admin.dequeue(topic)
    for verb in ("nack", "ack"):
        results = user.post(f"/api/messages/{verb}", {
            "messages": [{"id": ids[1]}]}).expect(200)["results"]
        same(results, [{"id": ids[1], "ok": False, "code": "forbidden",
                        "error": "insufficient permissions"}], verb)
    results = user.post("/api/messages/ack", {
        "messages": [{"id": id} for id in ids]}).expect(200)["results"]
    same([result["ok"] for result in results], [True, False])
    same(t.admin.message(ids[1])["status"], "processing")


def test_a_thousand_acks_are_one_request(t):
    topic = t.topic()
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 1000}).expect(201)
    deliveries = [{"id": m["id"], "receipt": m["receipt"]}
                  for m in t.admin.dequeue(topic, count=1000)]
    for bad in ([], deliveries + deliveries[:1]):
        t.admin.post("/api/messages/ack", {"messages": bad}).expect(400)
    results = t.admin.post("/api/messages/ack", {
        "messages": deliveries}).expect(200)["results"]
    same([r["id"] for r in results], [d["id"] for d in deliveries])
    same(all(r["ok"] for r in results), True)
    same(t.admin.listed(topic)["total"], 0)
