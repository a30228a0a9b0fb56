"""What the soak does to an instance: each function is one worker's round.

A round leaves about as much behind as it found, so whatever grows while rounds
go on grows for good. Each call is timed under a name.
"""

import contextlib
import itertools
import random
import time

BATCH = 100
BACKLOG = 1000
KEYS = 500
NAMES = 50  # of streams, each of which is deleted and made again
PAYLOAD = "x" * 200


class Caller:
    """A client whose calls are timed: times is [(name, seconds)]."""

    def __init__(self, client, number):
        self.client, self.number = client, number
        self.times = []
        self.rounds = itertools.count()
        self.random = random.Random(number)

    @contextlib.contextmanager
    def timed(self, name):
        began = time.monotonic()
        yield
        self.times.append((name, time.monotonic() - began))

    def call(self, name, status, method, path, body=None, headers=None):
        with self.timed(name):
            reply = self.client.request(method, path, body, headers=headers)
        return reply.expect(status)

    def enqueue(self, topic, messages, name="enqueue 100"):
        self.call(name, 201, "POST", "/api/messages/batch",
                  {"topic": topic, "messages": messages})

    def dequeue(self, topic, name="dequeue 100", count=BATCH, **more):
        return self.call(name, 200, "POST", "/api/messages/dequeue", {
            "topic": topic, "count": count, **more})["messages"]

    def settle(self, what, messages, **more):
        if messages:
            self.call(f"{what} 100", 200, "POST", f"/api/messages/{what}", {
                "messages": [{"id": m["id"], **more} for m in messages]})


def prepare(admin):
    """The topics as the rounds want them, with their backlogs."""
    def configure(topic, **config):
        admin.put(f"/api/topic-configs/{topic}", config).expect(200)

    configure("soak-plain")
    configure("soak-nacks", max_retries=3)
    configure("soak-expiring", message_ttl_seconds=5)
    configure("soak-log", replayable=True, replay_window_seconds=60)
    configure("soak-groups")
    for group in ("a", "b"):
        admin.post("/api/topics/soak-groups/consumer-groups",
                   {"consumer_group": group}).expect(201)
    for topic in ("soak-plain", "soak-groups"):
        for _ in range(BACKLOG // BATCH):
            admin.post("/api/messages/batch", {
                "topic": topic,
                "messages": [{"payload": PAYLOAD}] * BATCH}).expect(201)
    return admin.post("/api/plates", {"id": "soak"}).expect(201)["key"]["key"]


def plain(c):
    c.enqueue("soak-plain", [{"payload": PAYLOAD}] * BATCH)
    c.settle("ack", c.dequeue("soak-plain"))


def single(c):
    """One at a time, as most clients do."""
    for _ in range(20):
        c.call("enqueue 1", 201, "POST", "/api/messages", {
            "topic": "soak-plain", "payload": PAYLOAD})
        for message in c.dequeue("soak-plain", "dequeue 1", 1):
            c.call("ack 1", 204, "POST", f"/api/messages/{message['id']}/ack")


def keyed(c):
    """Half of them replace what is there."""
    c.enqueue("soak-keyed", [
        {"payload": PAYLOAD, "key": str(c.random.randrange(KEYS))}
        for _ in range(BATCH)], "enqueue 100 keyed")
    c.settle("ack", c.dequeue("soak-keyed"))


def delayed(c):
    c.enqueue("soak-delayed", [
        {"payload": PAYLOAD, "delay_seconds": c.random.randrange(1, 6)}
        for _ in range(BATCH)])
    c.settle("ack", c.dequeue("soak-delayed"))


def nacked(c):
    """Half fail, a tenth is let go; who fails three times is a dead letter."""
    c.enqueue("soak-nacks", [{"payload": PAYLOAD}] * BATCH)
    for _ in range(3):
        messages = c.dequeue("soak-nacks", visibility_timeout_seconds=1)
        c.settle("nack", messages[:50], error="broken")
        c.settle("ack", messages[50:90])
    c.settle("ack", c.dequeue("soak-nacks.dlq"))


def expiring(c):
    """Nobody takes them: the reapers mark and delete them."""
    c.enqueue("soak-expiring", [{"payload": PAYLOAD}] * 20, "enqueue 20")
    time.sleep(0.1)


def logged(c):
    c.enqueue("soak-log", [{"payload": PAYLOAD}] * 50, "enqueue 50")
    c.settle("ack", c.dequeue("soak-log"))


def grouped(c):
    c.enqueue("soak-groups", [{"payload": PAYLOAD}] * BATCH,
              "enqueue 100 for 2 groups")
    for group in ("a", "b"):
        c.settle("ack", c.dequeue("soak-groups", "dequeue 100 of a group",
                                  consumer_group=group),
                 consumer_group=group)


def streamed(c):
    """A life: made, appended to, read, deleted."""
    name = f"/v1/stream/soak-{c.number}-{next(c.rounds) % NAMES}"
    json = {"Content-Type": "application/json"}
    c.call("stream make", 201, "PUT", name, headers=json)
    for _ in range(5):
        c.call("stream append 50", 204, "POST", name, [PAYLOAD] * 50)
    c.call("stream read 250", 200, "GET", f"{name}?offset=-1")
    c.call("stream delete", 204, "DELETE", name)


def plated(c):
    """A plate's stream that is trimmed, and its group that acks."""
    def run(name, command, *args):
        return c.call(name, 200, "POST", "/soak/streams/command", {
            "command": command, "args": list(args)})["data"]["result"]

    key, group = f"k{c.number}", "g"
    if next(c.rounds) == 0:
        run("plate group", "XGROUP", "CREATE", key, group, "0", "MKSTREAM")
    with c.timed("plate pipeline of 50 XADD"):
        c.client.post("/soak/pipeline", [
            ["XADD", key, "MAXLEN", "1000", "*", "a", PAYLOAD]
        ] * 50).expect(200)
    found = run("plate XREADGROUP 50", "XREADGROUP", "GROUP", group, "me",
                "COUNT", "50", "STREAMS", key, ">")
    entries = found[0][1] if isinstance(found, list) \
        else next(iter(found.values()))
    run("plate XACK 50", "XACK", key, group, *(id for id, _ in entries))


ROUNDS = [plain, single, keyed, delayed, nacked, expiring, logged, grouped,
          streamed, plated]
