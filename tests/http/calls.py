"""How to call each route, by method and pattern.

The access matrix and the bad-input generator walk the route table that the
binary prints (`sluice help routes`) and look up here how to call each row; a
row that is missing here fails both.
"""

import dataclasses
import json
import subprocess

import plate_calls
from call_kinds import (
    Boolean, Call, Integer, Made, Names, Objects, Text, Texts, Words)
from harness.instance import BINARY

KEY = Text(512)
ID = Text(required=True)
RECEIPT = Text(64)
GROUP = Text(128)
ERROR = Text(4096)
DELAY = Integer(0, 604800)
VISIBILITY = Integer(1, 43200)
ITEM = {"payload": Text(8 << 20, required=True, empty=False, nul=True),
        "key": KEY,
        "metadata": Texts(), "delay_seconds": DELAY,
        "ttl_seconds": Integer(0, 31536000)}
TOPIC = Text(255, required=True, empty=False)
PATTERN = Text(255, empty=False)
CONFIG = {name: Integer(0, high) for name, high in (
    ("max_retries", 1000), ("message_ttl_seconds", 31536000),
    ("max_depth", 2 ** 31 - 1), ("throughput_limit", 2 ** 31 - 1),
    ("replay_window_seconds", 31536000))} | {
    "replayable": Boolean(), "ordered": Boolean()}

READ = ("read", "admin")
WRITE = ("write", "admin")
CONSUME = ("write", "consume", "admin")
MANAGE = ("admin",)


def delivered(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    [message] = t.admin.dequeue(topic)
    return topic, message


def on_delivery(verb, **body):
    def make(t):
        topic, message = delivered(t)
        return Made(f"/api/messages/{message['id']}/{verb}",
                    {"receipt": message["receipt"], **body}, topic)
    return make


def on_deliveries(verb):
    def make(t):
        topic, message = delivered(t)
        return Made(f"/api/messages/{verb}", {"messages": [
            {"id": message["id"], "receipt": message["receipt"]}]}, topic)
    return make


def enqueued(t):
    topic = t.topic()
    return topic, t.admin.enqueue(topic, key="k")


def message_get(t):
    topic, id = enqueued(t)
    return Made(f"/api/messages/{id}", topic=topic)


def requeue(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    return Made(f"/api/messages/{id}/requeue", topic=topic + ".dlq")


def redrive(t):
    topic = requeue(t).topic
    return Made(f"/api/topics/{topic}/redrive", {"limit": 10}, topic)


def replay(t):
    topic = t.topic(replayable=True)
    return Made(f"/api/topics/{topic}/replay", {}, topic)


def on_topic(suffix, body=None):
    def make(t):
        topic, _ = enqueued(t)
        return Made(f"/api/topics/{topic}/{suffix}", body, topic)
    return make


def grouped(t):
    topic = t.topic()
    path = f"/api/topics/{topic}/consumer-groups"
    t.admin.post(path, {"consumer_group": "g"}).expect(201)
    return Made(path + "/g", topic=topic)


def on_config(body=None):
    def make(t):
        topic = t.topic(max_retries=5)
        return Made(f"/api/topic-configs/{topic}", body, topic)
    return make


SCHEMA = json.dumps({"type": "record", "name": "Order", "fields": [
    {"name": "id", "type": "long"}]})


def on_schema(body=None):
    def make(t):
        topic = t.topic()
        path = f"/api/topic-schemas/{topic}"
        t.admin.put(path, {"schema_json": SCHEMA}).expect(200)
        return Made(path, body, topic)
    return make


def new_user(t):
    return Made("/api/users", {"username": t.fresh("user"),
                               "password": "correct horse battery",
                               "is_admin": False})


def on_user(suffix="", body=None):
    def make(t):
        return Made(f"/api/users/{t.new_user()['id']}{suffix}", body)
    return make


def grant_delete(t):
    user = t.new_user(("read", "*"))
    path = f"/api/users/{user['id']}/grants"
    [grant] = t.admin.get(path).expect(200)["items"]
    return Made(f"{path}/{grant['id']}")


def api_key_delete(t):
    path = f"/api/users/{t.new_user()['id']}/api-keys"
    key = t.admin.post(path, {"name": "n"}).expect(201)
    return Made(f"{path}/{key['id']}")


def topical(path, **body):
    def make(t):
        topic, _ = enqueued(t)
        return Made(path, {"topic": topic, **body}, topic)
    return make


def listing(t):
    topic, _ = enqueued(t)
    return Made(f"/api/messages?topic={topic}", topic=topic)


def streamed(t):
    """A stream of JSON; grants match streams as they do topics."""
    name = t.fresh("topic")
    t.admin.put(f"/v1/stream/{name}", {"n": 1}).expect(201)
    return Made(f"/v1/stream/{name}", topic=name)


def appending(t):
    return dataclasses.replace(streamed(t), body=[1])


def by_key(t):
    made = streamed(t)
    return dataclasses.replace(made, path=made.path + "/pk/k")


def new_stream(t):
    name = t.fresh("topic")
    return Made(f"/v1/stream/{name}", topic=name)


SUBSCRIPTIONS = "/v1/stream/__ds/subscriptions"


def subscribed(suffix="", body=None, named=False):
    """A subscription with pending work, on streams below topic-..."""
    def make(t):
        name = t.fresh("topic")
        path = f"{SUBSCRIPTIONS}/{t.fresh('subscription')}"
        t.admin.put(f"/v1/stream/{name}/a", {"n": 1}).expect(201)
        t.admin.put(path, {
            "type": "pull-wake", "pattern": f"{name}/*",
            "wake_stream": f"{name}-wakes", "streams": [name]}).expect(201)
        t.admin.post(f"/v1/stream/{name}/a", {"n": 2}).expect(204)
        return Made(path + suffix.format(name),
                    {"streams": [name]} if named else body, name)
    return make


def subscription_put(t):
    name = t.fresh("topic")
    return Made(f"{SUBSCRIPTIONS}/{name}", {
        "type": "webhook", "pattern": f"{name}/*", "streams": [name],
        "webhook": {"url": "http://localhost:9/"}}, name)


def fixed(path, body=None):
    return lambda t: Made(path, body)


SCHEDULE = "/api/admin/delete-reaper/schedule"

NAME = Text(128, required=True, empty=False)
PASSWORD = Text(1024, required=True, empty=False)
USER = {"username": Text(128, empty=False),
        "password": Text(1024, empty=False), "is_admin": Boolean()}

CALLS = {
    ("GET", "/healthz"): Call(
        200, fixed("/healthz"), any_query=True),
    ("GET", "/readyz"): Call(
        200, fixed("/readyz"), any_query=True),
    ("GET", "/metrics"): Call(200, fixed("/metrics")),
    ("GET", "/api/version"): Call(200, fixed("/api/version")),
    ("GET", "/api/openapi.json"): Call(200, fixed("/api/openapi.json")),

    ("GET", "/api/auth/status"): Call(200, fixed("/api/auth/status")),
    ("POST", "/api/auth/login"): Call(
        200, lambda t: Made("/api/auth/login", {
            "username": "admin", "password": t.instance.password}),
        members={"username": NAME, "password": PASSWORD}),
    ("POST", "/api/auth/refresh"): Call(200, fixed("/api/auth/refresh")),

    ("GET", "/api/messages"): Call(
        200, listing, READ),
    ("POST", "/api/messages"): Call(
        201, topical("/api/messages", payload="x"), WRITE,
        {"topic": TOPIC, **ITEM}),
    ("POST", "/api/messages/batch"): Call(
        201, topical("/api/messages/batch", messages=[{"payload": "x"}]),
        WRITE, {"topic": TOPIC, "messages": Objects(ITEM)}),
    ("POST", "/api/messages/dequeue"): Call(
        200, topical("/api/messages/dequeue"), CONSUME,
        {"topic": TOPIC, "count": Integer(1, 1000),
         "visibility_timeout_seconds": VISIBILITY,
         "wait_seconds": Integer(0, 20), "consumer_group": GROUP}),
    ("POST", "/api/messages/ack"): Call(
        200, on_deliveries("ack"), CONSUME,
        {"messages": Objects({"id": ID, "receipt": RECEIPT,
                              "consumer_group": GROUP})}),
    ("POST", "/api/messages/nack"): Call(
        200, on_deliveries("nack"), CONSUME, {"messages": Objects({
            "id": ID, "receipt": RECEIPT, "error": ERROR,
            "delay_seconds": DELAY, "consumer_group": GROUP})}),
    ("GET", "/api/messages/{}"): Call(200, message_get, READ),
    ("POST", "/api/messages/{}/ack"): Call(
        204, on_delivery("ack"), CONSUME,
        {"receipt": RECEIPT, "consumer_group": GROUP}, True),
    ("POST", "/api/messages/{}/nack"): Call(
        204, on_delivery("nack", error="why"), CONSUME,
        {"receipt": RECEIPT, "error": ERROR, "delay_seconds": DELAY,
         "consumer_group": GROUP}, True),
    ("POST", "/api/messages/{}/extend"): Call(
        200, on_delivery("extend", visibility_timeout_seconds=60), CONSUME,
        {"receipt": RECEIPT, "visibility_timeout_seconds": VISIBILITY,
         "consumer_group": GROUP}, True),
    ("POST", "/api/messages/{}/requeue"): Call(204, requeue, WRITE),

    ("GET", "/api/topic-configs"): Call(
        200, fixed("/api/topic-configs")),
    ("GET", "/api/topic-configs/{}"): Call(200, on_config(), MANAGE),
    ("PUT", "/api/topic-configs/{}"): Call(
        200, on_config({"max_retries": 7}), MANAGE, CONFIG),
    ("DELETE", "/api/topic-configs/{}"): Call(204, on_config(), MANAGE),
    ("GET", "/api/topic-schemas"): Call(200, fixed("/api/topic-schemas")),
    ("GET", "/api/topic-schemas/{}"): Call(200, on_schema(), MANAGE),
    ("PUT", "/api/topic-schemas/{}"): Call(
        200, on_schema({"schema_json": SCHEMA}), MANAGE,
        {"schema_json": Text(128 << 10, required=True, empty=False)}),
    ("DELETE", "/api/topic-schemas/{}"): Call(204, on_schema(), MANAGE),
    ("POST", "/api/topics/{}/purge"): Call(
        200, on_topic("purge", {"statuses": ["pending"]}), MANAGE,
        {"statuses": Words()}, True),
    ("POST", "/api/topics/{}/redrive"): Call(
        200, redrive, WRITE,
        {"limit": Integer(1, 1000), "consumer_group": GROUP}, True),
    ("POST", "/api/topics/{}/pause"): Call(204, on_topic("pause"), MANAGE),
    ("POST", "/api/topics/{}/resume"): Call(204, on_topic("resume"), MANAGE),
    ("GET", "/api/topics/{}/message-log"): Call(
        200, on_topic("message-log"), MANAGE),
    ("DELETE", "/api/topics/{}/message-log"): Call(
        200, on_topic("message-log?before=2025-01-01T00:00:00Z"), MANAGE),
    ("POST", "/api/topics/{}/replay"): Call(
        200, replay, MANAGE, {"from_time": Text(64), "after": Text(64)},
        body_optional=True),
    ("DELETE", "/api/topics/{}/messages/by-key/{}"): Call(
        200, on_topic("messages/by-key/k"), MANAGE),
    ("GET", "/api/topics/{}/consumer-groups"): Call(
        200, on_topic("consumer-groups"), MANAGE),
    ("POST", "/api/topics/{}/consumer-groups"): Call(
        201, on_topic("consumer-groups", {"consumer_group": "g"}), MANAGE,
        {"consumer_group": Text(128, required=True, empty=False)}),
    ("DELETE", "/api/topics/{}/consumer-groups/{}"): Call(
        204, grouped, MANAGE),
    ("GET", "/api/stats"): Call(200, fixed("/api/stats")),

    ("POST", "/api/admin/expiry-reaper/run"): Call(
        200, fixed("/api/admin/expiry-reaper/run")),
    ("POST", "/api/admin/delete-reaper/run"): Call(
        200, fixed("/api/admin/delete-reaper/run")),
    ("POST", "/api/admin/archive-reaper/run"): Call(
        200, fixed("/api/admin/archive-reaper/run")),
    ("GET", SCHEDULE): Call(200, fixed(SCHEDULE)),
    ("PUT", SCHEDULE): Call(
        200, fixed(SCHEDULE, {"schedule": ""}), members={
            "schedule": Text(255, required=True)}),

    ("GET", "/api/users"): Call(200, fixed("/api/users")),
    ("POST", "/api/users"): Call(201, new_user, members={
        "username": NAME, "password": PASSWORD, "is_admin": Boolean()}),
    ("GET", "/api/users/{}"): Call(200, on_user()),
    ("PUT", "/api/users/{}"): Call(
        200, on_user(body={"is_admin": False}), members=USER),
    ("DELETE", "/api/users/{}"): Call(204, on_user()),
    ("GET", "/api/users/{}/grants"): Call(200, on_user("/grants")),
    ("POST", "/api/users/{}/grants"): Call(
        201, on_user("/grants", {"action": "read"}), members={
            "action": Text(255, required=True, empty=False),
            "topic_pattern": PATTERN}),
    ("DELETE", "/api/users/{}/grants/{}"): Call(204, grant_delete),
    ("GET", "/api/users/{}/api-keys"): Call(200, on_user("/api-keys")),
    ("POST", "/api/users/{}/api-keys"): Call(
        201, on_user("/api-keys", {"name": "n"}), members={
            "name": NAME, "expires_at": Text(128)}),
    ("DELETE", "/api/users/{}/api-keys/{}"): Call(204, api_key_delete),
    ("POST", "/api/users/{}/consumer-group-grants"): Call(
        201, on_user("/consumer-group-grants", {"consumer_group": "g"}),
        members={"consumer_group": NAME, "topic_pattern": PATTERN}),

    ("GET", "/v1/streams"): Call(200, fixed("/v1/streams"), any_query=True),
    ("GET", "/v1/server/_details"): Call(
        200, fixed("/v1/server/_details"), any_query=True),
    ("GET", "/v1/server/_mem"): Call(
        200, fixed("/v1/server/_mem"), any_query=True),
    ("PUT", "/v1/stream/{*}"): Call(201, new_stream, WRITE, any_query=True),
    ("DELETE", "/v1/stream/{*}"): Call(204, streamed, MANAGE, any_query=True),
    ("POST", "/v1/stream/{*}"): Call(
        204, appending, WRITE, any_query=True, any_body=True),
    ("GET", "/v1/stream/{*}"): Call(200, streamed, READ, any_query=True),
    ("HEAD", "/v1/stream/{*}"): Call(200, streamed, READ, any_query=True),
    ("GET", "/v1/stream/{*}/pk/{}"): Call(
        200, by_key, READ, any_query=True),

    ("GET", "/v1/stream/__ds/jwks.json"): Call(
        200, fixed("/v1/stream/__ds/jwks.json"), any_query=True),
    ("GET", SUBSCRIPTIONS): Call(200, fixed(SUBSCRIPTIONS)),
    ("PUT", SUBSCRIPTIONS + "/{}"): Call(
        201, subscription_put, CONSUME, {
            "type": Text(32, required=True, empty=False),
            "pattern": Text(512, empty=False), "streams": Names(),
            "webhook": Texts(), "lease_ttl_ms": Integer(1000, 600000),
            "description": Text(1024)}, any_query=True),
    ("GET", SUBSCRIPTIONS + "/{}"): Call(
        200, subscribed(), CONSUME, any_query=True),
    ("DELETE", SUBSCRIPTIONS + "/{}"): Call(
        204, subscribed(), CONSUME, any_query=True),
    ("POST", SUBSCRIPTIONS + "/{}/streams"): Call(
        204, subscribed("/streams", named=True), CONSUME,
        {"streams": Names()}, any_query=True),
    ("DELETE", SUBSCRIPTIONS + "/{}/streams/{*}"): Call(
        204, subscribed("/streams/{}"), CONSUME, any_query=True),
    ("POST", SUBSCRIPTIONS + "/{}/claim"): Call(
        200, subscribed("/claim", {"worker": "w"}), CONSUME,
        {"worker": Text(255, required=True, empty=False)}, any_query=True),
    **{("POST", f"{SUBSCRIPTIONS}/{{}}/{verb}"): Call(
        200, subscribed(f"/{verb}", {}), any_query=True)
       for verb in ("ack", "release", "callback")},

    **plate_calls.CALLS,
}


def routes():
    """The binary's own table: (method, pattern, name, access) of each."""
    printed = subprocess.run([BINARY, "help", "routes"], check=True,
                             capture_output=True, text=True).stdout
    return [tuple(line.split()[:4]) for line in printed.splitlines()]


def call_of(method, pattern):
    call = CALLS.get((method, pattern))
    if call is None:
        raise AssertionError(f"tests/http/calls.py does not know how to call "
                             f"{method} {pattern}")
    return call


