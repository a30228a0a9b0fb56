"""Settings that change what the door says: pools of workers that share the
instance's database and differ in one setting."""

import contextlib
import http.client
import json

from harness.context import Context, eventually, same
from harness.instance import Instance


@contextlib.contextmanager
def pool(t, **settings):
    other = Instance(database=t.instance.database,
                     jwt_secret=t.instance.jwt_secret, processes=1,
                     **settings).start()
    try:
        yield Context(other)
    finally:
        other.stop()


def test_without_auth_everybody_may_do_everything(t):
    with pool(t, auth="off") as open_pool:
        anyone = open_pool.anonymous()
        same(anyone.get("/api/auth/status").expect(200),
             {"auth_required": False})
        topic = t.fresh("topic")
        anyone.put(f"/api/topic-configs/{topic}", {}).expect(200)
        id = anyone.enqueue(topic)
        same([m["id"] for m in anyone.dequeue(topic)], [id])
        anyone.ack(id).expect(204)
        anyone.get("/api/users").expect(200)
        anyone.get("/api/stats", headers={
            "Authorization": "nonsense"}).expect(200)
        anyone.post("/api/auth/refresh").expect(401, "not authenticated")
        anyone.post("/api/auth/login", {
            "username": "admin", "password": t.instance.password}).expect(200)
        log = (open_pool.instance.var / "log" / "sluice.log").read_text()
        same("SLUICE_AUTH" in log, True, "a loud word in the log")


def test_registration_can_be_required(t):
    with pool(t, require_topic_registration="on") as strict:
        topic, known = t.fresh("topic"), t.topic(max_retries=3)
        refused = "topic is not registered; an admin must create it first"
        strict.admin.post("/api/messages", {
            "topic": topic, "payload": "x"}).expect(422, "enqueue: " + refused)
        strict.admin.post("/api/messages/batch", {
            "topic": topic, "messages": [{"payload": "x"}]}).expect(
            422, "enqueue: " + refused)
        strict.admin.post("/api/messages/dequeue", {"topic": topic}).expect(
            422, "dequeue: " + refused)
        same(t.sql("select count(*) from sluice.topics "
                   f"where name = '{topic}'"), "0", "topics")
        id = strict.admin.enqueue(known)
        same([m["id"] for m in strict.admin.dequeue(known)], [id])
        strict.admin.dequeue(known + ".dlq")
        strict.admin.put(f"/api/topic-configs/{topic}", {}).expect(200)
        strict.admin.enqueue(topic)
        strict.admin.delete(f"/api/topic-configs/{topic}").expect(204)
        strict.admin.post("/api/messages", {
            "topic": topic, "payload": "x"}).expect(422, "enqueue: " + refused)


def test_the_defaults_are_settings(t):
    with pool(t, dlq_threshold=0, max_retries=2, message_ttl="0",
              visibility_timeout="7s") as other:
        topic = t.fresh("topic")
        id = other.admin.enqueue(topic)
        message = other.admin.message(id)
        same((message["max_retries"], message["expires_at"]), (2, None))
        for status in ("pending", "failed"):
            [delivery] = other.admin.dequeue(topic)
            seconds = float(t.sql(f"""select extract(epoch from timestamptz
                '{delivery["visible_until"]}' - clock_timestamp())"""))
            same(5 < seconds <= 7, True, f"{seconds} s visible")
            other.admin.nack(id).expect(204)
            message = other.admin.message(id)
            same((message["status"], message["topic"]), (status, topic))


def login_from(address, port):
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, source_address=(address, 0), timeout=30)
    connection.request("POST", "/api/auth/login", json.dumps({
        "username": "admin", "password": "not the password"}),
        {"Content-Type": "application/json", "X-Real-IP": "10.0.0.1",
         "X-Forwarded-For": "10.0.0.2"})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply, body


def test_logins_are_limited_by_address(t):
    with pool(t, login_rate="3/2s") as limited:
        port = limited.instance.http_port
        for left in (2, 1, 0):
            reply, _ = login_from("127.0.0.7", port)
            same((reply.status, reply.headers["X-RateLimit-Limit"],
                  reply.headers["X-RateLimit-Remaining"]),
                 (401, "3", str(left)))
        reply, body = login_from("127.0.0.7", port)
        same((reply.status, json.loads(body)),
             (429, {"error": "too many requests"}))
        same(1 <= int(reply.headers["Retry-After"]) <= 2, True)
        same(login_from("127.0.0.8", port)[0].status, 401, "another address")
        eventually(lambda: login_from("127.0.0.7", port)[0].status == 401,
                   5, "the next window")
