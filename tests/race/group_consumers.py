"""Producers on one topic, and consumers of its groups that keep account.

Each group has an account of its own (load.py) in which every message that was
accepted is to be delivered, and acked once.
"""

import threading
import time

from harness.context import eventually
from load import BROKEN, UNSURE, Account


class Counting(Account):
    """An account that knows how often each payload was acked."""

    def __init__(self, accepted=None):
        super().__init__()
        self.accepted = {} if accepted is None else accepted
        self.payload_of = {}

    def was_delivered(self, message, asked_at):
        super().was_delivered(message, asked_at)
        self.payload_of[message["id"]] = message["payload"]

    def acked_payloads(self):
        with self.lock:
            return [self.payload_of[id] for id in self.acked]


class Producers:
    def __init__(self, t, topic, count=4, batch=1):
        self.topic, self.batch = topic, batch
        self.account = Account()
        self.producing = True
        self.threads = [threading.Thread(
            target=self.produce, args=(t.fresh_admin(), n), daemon=True)
            for n in range(count)]
        for thread in self.threads:
            thread.start()

    def produce(self, client, number):
        count = 0
        while self.producing:
            payloads = [f"{self.topic}/{number}/{count + n}"
                        for n in range(self.batch)]
            count += self.batch
            try:
                reply = client.post("/api/messages/batch", {
                    "topic": self.topic,
                    "messages": [{"payload": p} for p in payloads]})
            except BROKEN as broken:
                self.account.was_unsure(broken)
                continue
            if reply.status == 201:
                for payload, id in zip(payloads, reply.json["ids"]):
                    self.account.was_accepted(payload, id)
            elif reply.status in UNSURE:
                self.account.was_unsure(reply)
            else:
                self.account.fault(str(reply))

    def stop(self):
        self.producing = False
        for thread in self.threads:
            thread.join(60)


class Consumers:
    """Some of one group, until they are stopped."""

    def __init__(self, t, topic, group, accepted, count=3, batch=5,
                 visible_s=3):
        self.topic, self.group, self.batch = topic, group, batch
        self.visible_s = visible_s
        self.account = Counting(accepted)
        self.consuming = True
        self.threads = [threading.Thread(
            target=self.consume, args=(t.fresh_admin(),), daemon=True)
            for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def consume(self, client):
        while self.consuming:
            asked_at = time.monotonic()
            try:
                reply = client.post("/api/messages/dequeue", {
                    "topic": self.topic, "consumer_group": self.group,
                    "count": self.batch, "wait_seconds": 1,
                    "visibility_timeout_seconds": self.visible_s})
            except BROKEN as broken:
                self.account.was_unsure(broken)
                continue
            if reply.status in UNSURE:
                self.account.was_unsure(reply)
            elif reply.status != 200:
                self.account.fault(str(reply))
            else:
                self.ack_all(client, reply.json["messages"], asked_at)

    def ack_all(self, client, messages, asked_at):
        for message in messages:
            self.account.was_delivered(message, asked_at)
        if messages:
            self.ack(client, messages)

    def ack(self, client, messages):
        try:
            reply = client.post("/api/messages/ack", {"messages": [
                {"id": m["id"], "receipt": m["receipt"],
                 "consumer_group": self.group} for m in messages]})
        except BROKEN as broken:
            self.unsure(messages, broken)
            return
        if reply.status in UNSURE:
            self.unsure(messages, reply)
        elif reply.status != 200:
            self.account.fault(str(reply))
        else:
            for message, result in zip(messages, reply.json["results"]):
                if result["ok"]:
                    self.account.was_acked(message["id"])
                elif result["code"] not in ("not_found", "stale_receipt"):
                    self.account.fault(str(result))

    def unsure(self, messages, told):
        for message in messages:
            self.account.was_ack_unsure(message["id"], told)

    def stop(self):
        self.consuming = False
        for thread in self.threads:
            thread.join(60)


class GroupLoad:
    """Producers, and consumers of each of two groups."""

    def __init__(self, t):
        self.t = t
        # Deliveries that die with a worker are failures that do not count.
        self.topic = t.topic(max_retries=1000)
        for group in ("a", "b"):
            t.admin.post(f"/api/topics/{self.topic}/consumer-groups", {
                "consumer_group": group}).expect(201)
        self.producers = Producers(t, self.topic)
        self.groups = [Consumers(t, self.topic, group,
                                 self.producers.account.accepted)
                       for group in ("a", "b")]

    def delivered(self):
        return sum(group.account.delivered for group in self.groups)

    def disturb(self, times, blow):
        for _ in range(times):
            goal = self.delivered() + 300
            eventually(lambda: self.delivered() >= goal, 30,
                       "300 deliveries more")
            blow()

    def is_empty(self):
        """It is known to be: the database may not be back yet."""
        reply = self.t.admin.get(f"/api/messages?topic={self.topic}")
        return reply.status == 200 and reply.json["total"] == 0

    def finish(self, seconds=60):
        self.producers.stop()
        eventually(self.is_empty,
                   seconds, "that the groups empty the topic")
        for group in self.groups:
            group.stop()
        nothing_left(self.t, self.topic)
        for account in (self.producers.account,
                        *(group.account for group in self.groups)):
            if account is not self.producers.account:
                account.check()
            elif account.faults:
                account.check()


def nothing_left(t, topic):
    """Neither messages nor deliveries, of whatever group."""
    for name in (topic, topic + ".dlq"):
        total = t.admin.listed(name)["total"]
        assert total == 0, f"{total} messages are left in {name}"
    left = t.sql(f"""
        select count(*)
        from sluice.deliveries d
        join sluice.topics t
        on t.topic_id = d.topic_id
        where t.name = '{topic}'""")
    assert left == "0", f"{left} deliveries are left"
