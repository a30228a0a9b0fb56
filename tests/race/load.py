"""Producers and consumers that keep an account of every message.

What each of them was told is written down with its time, and the account is
checked when the queue has run empty:

- an enqueue that was answered 201 is delivered at least once;
- each enqueue is at most one message, whatever it was told;
- a message is acked with success at most once;
- no dequeue that began after such an ack delivers the message again.
"""

import http.client
import threading
import time

from harness.client import Failure
from harness.context import eventually, same

# How a request may end while processes die around it: with a broken
# connection, or with one of these, and then its outcome is not known.
BROKEN = (OSError, http.client.HTTPException)
UNSURE = (502, 503, 504)


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.accepted = {}	# payload: id, for each 201
        self.ids = {}		# payload: ids it was delivered with
        self.acked = {}		# id: when its ack was answered 204
        self.doubts = {}	# id: acks whose outcome is not known
        self.faults = []
        self.unsure = []	# what was told instead of an outcome
        self.delivered = 0

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def was_accepted(self, payload, id):
        with self.lock:
            self.accepted[payload] = id

    def was_unsure(self, told):
        with self.lock:
            self.unsure.append(str(told))

    def was_delivered(self, message, asked_at):
        id = message["id"]
        with self.lock:
            self.delivered += 1
            self.ids.setdefault(message["payload"], set()).add(id)
            acked_at = self.acked.get(id)
        if acked_at is not None and acked_at < asked_at:
            self.fault(f"{id} came back {asked_at - acked_at:.3f} s "
                       "after its ack")

    def was_acked(self, id):
        with self.lock:
            if id in self.acked:
                self.faults.append(f"{id} was acked twice")
            self.acked[id] = time.monotonic()

    def was_ack_unsure(self, id, told):
        with self.lock:
            self.unsure.append(str(told))
            self.doubts[id] = self.doubts.get(id, 0) + 1

    def check(self):
        lost = [payload for payload in self.accepted
                if payload not in self.ids]
        if lost:
            self.fault(f"{len(lost)} accepted messages were never delivered: "
                       f"{lost[:5]}")
        for payload, ids in self.ids.items():
            if len(ids) > 1:
                self.fault(f"{payload} became {len(ids)} messages")
            if self.accepted.get(payload, *ids) not in ids:
                self.fault(f"{payload} has another id than was said")
            for id in ids:
                if id not in self.acked and id not in self.doubts:
                    self.fault(f"{id} is gone without an ack")
        if self.faults:
            raise Failure(f"{len(self.faults)} faults:\n" +
                          "\n".join(self.faults[:20]))


class Load:
    """Threads that produce and consume on one topic until stopped."""

    def __init__(self, t, producers=6, consumers=6, client=None):
        self.t = t
        # Deliveries that die with a worker are failures that do not count.
        self.topic = t.topic(max_retries=1000)
        self.client = client or t.fresh_admin
        self.account = Account()
        self.producing = self.consuming = True
        self.threads = {
            "producer": [threading.Thread(target=self.produce, args=(n,))
                         for n in range(producers)],
            "consumer": [threading.Thread(target=self.consume)
                         for n in range(consumers)]}
        for threads in self.threads.values():
            for thread in threads:
                thread.daemon = True
                thread.start()

    def produce(self, number):
        client, count = self.client(), 0
        while self.producing:
            payload = f"{self.topic}/{number}/{count}"
            count += 1
            try:
                reply = client.post("/api/messages", {
                    "topic": self.topic, "payload": payload})
            except BROKEN as broken:
                self.account.was_unsure(broken)
                continue
            if reply.status == 201:
                self.account.was_accepted(payload, reply.json["id"])
            elif reply.status in UNSURE:
                self.account.was_unsure(reply)
            else:
                self.account.fault(str(reply))

    def consume(self):
        client = self.client()
        while self.consuming:
            asked_at = time.monotonic()
            try:
                reply = client.post("/api/messages/dequeue", {
                    "topic": self.topic, "count": 5, "wait_seconds": 1,
                    "visibility_timeout_seconds": 3})
            except BROKEN as broken:
                self.account.was_unsure(broken)
                continue
            if reply.status in UNSURE:
                self.account.was_unsure(reply)
                continue
            if reply.status != 200:
                self.account.fault(str(reply))
                continue
            for message in reply.json["messages"]:
                self.account.was_delivered(message, asked_at)
                self.ack(client, message)

    def ack(self, client, message):
        try:
            reply = client.ack(message["id"], message["receipt"])
        except BROKEN as broken:
            self.account.was_ack_unsure(message["id"], broken)
            return
        if reply.status == 204:
            self.account.was_acked(message["id"])
        elif reply.status in UNSURE:
            self.account.was_ack_unsure(message["id"], reply)
        elif reply.status not in (404, 409):	# another delivery was quicker
            self.account.fault(str(reply))

    def finish(self, seconds=40):
        """Produce no more, let the consumers empty the queue, check."""
        self.producing = False
        for thread in self.threads["producer"]:
            thread.join(60)
        ends = time.monotonic() + seconds
        while self.t.admin.listed(self.topic)["total"]:
            if time.monotonic() > ends:
                self.account.fault(f"not empty after {seconds} s")
                break
            time.sleep(0.05)
        self.consuming = False
        for thread in self.threads["consumer"]:
            thread.join(60)
        same(self.t.admin.listed(self.topic + ".dlq")["total"], 0,
             "dead letters")
        self.account.check()

    def disturb(self, times, blow):
        """Let it run for a while before each of so many blows."""
        for _ in range(times):
            goal = self.account.delivered + 300
            eventually(lambda: self.account.delivered >= goal, 30,
                       "300 deliveries more")
            blow()
