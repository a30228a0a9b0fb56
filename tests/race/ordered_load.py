"""Producers and consumers of ordered keys, and the account of each key.

Every producer has keys of its own and sends the next message of a key when
the last one was answered, so the order is known. A request whose outcome is
not known ends its key: what it asked for may still happen, later.

Checked at each delivery:

- while somebody has a message of the key, nobody is given another one;
- the first delivery of a message comes after an ack of all earlier ones.

And at the end: nothing is left, and what was accepted was acked.
"""

import random
import threading
import time

from harness.client import Failure
from harness.context import eventually
from load import BROKEN, UNSURE

VISIBLE_S = 2


class Key:
    def __init__(self):
        self.accepted = set()	# the numbers of messages that were
        self.asked_ack = set()	# of those that somebody has begun to ack
        self.seen = set()	# of those that were delivered
        self.held = {}		# (number, receipt): (asked at, got at)


class OrderedLoad:
    def __init__(self, t, producers=8, consumers=64, keys=6, group=None):
        self.t, self.keys = t, keys
        self.topic = t.topic(ordered=True, max_retries=1000)
        self.group = {"consumer_group": group} if group else {}
        if group:
            t.admin.post(f"/api/topics/{self.topic}/consumer-groups",
                         self.group).expect(201)
        self.lock = threading.Lock()
        self.account = {}
        self.faults = []
        self.delivered = 0
        self.producing = self.consuming = True
        self.producers = [threading.Thread(target=self.produce, args=(n,),
                                           daemon=True)
                          for n in range(producers)]
        self.consumers = [threading.Thread(target=self.consume, args=(n,),
                                           daemon=True)
                          for n in range(consumers)]
        for thread in self.producers + self.consumers:
            thread.start()

    def produce(self, number):
        client, life = self.t.fresh_admin(), 0
        names = [f"{number}.{k}" for k in range(self.keys)]
        counts = [0] * self.keys
        while self.producing:
            k = random.randrange(self.keys)
            try:
                reply = client.post("/api/messages", {
                    "topic": self.topic, "payload": str(counts[k]),
                    "key": names[k]})
                if reply.status not in (201, *UNSURE):
                    self.faults.append(str(reply))
                done = reply.status == 201
            except BROKEN:
                done = False
            if done:
                with self.lock:
                    self.account.setdefault(names[k], Key()).accepted.add(
                        counts[k])
                counts[k] += 1
            else:
                life += 1
                names[k], counts[k] = f"{number}.{k}.{life}", 0

    def consume(self, number):
        chance = random.Random(number)
        client = self.t.fresh_admin()
        while self.consuming:
            asked_at = time.monotonic()
            try:
                reply = client.post("/api/messages/dequeue", {
                    "topic": self.topic, "count": chance.randint(1, 4),
                    "wait_seconds": 1,
                    "visibility_timeout_seconds": VISIBLE_S, **self.group})
            except BROKEN:
                continue
            got_at = time.monotonic()
            if reply.status in UNSURE:
                continue
            if reply.status != 200:
                self.faults.append(str(reply))
                continue
            for message in reply.json["messages"]:
                self.was_delivered(message, asked_at, got_at)
            for message in reply.json["messages"]:
                self.settle(client, message, chance.random())

    def was_delivered(self, message, asked_at, got_at):
        number, receipt = int(message["payload"]), message["receipt"]
        with self.lock:
            self.delivered += 1
            key = self.account.setdefault(message["key"], Key())
            for (other, _), (other_asked, other_got) in key.held.items():
                if other != number and other_got <= asked_at \
                        and got_at < other_asked + VISIBLE_S:
                    self.faults.append(
                        f"{message['key']}: {number} was given out while "
                        f"{other} was held")
            if number not in key.seen:
                early = {n for n in key.accepted
                         if n < number and n not in key.asked_ack}
                if early:
                    self.faults.append(f"{message['key']}: {number} came "
                                       f"before {sorted(early)[:5]}")
            key.seen.add(number)
            key.held[number, receipt] = asked_at, got_at

    def settle(self, client, message, chance):
        number, receipt = int(message["payload"]), message["receipt"]
        key = self.account[message["key"]]
        verb, body = "ack", {"receipt": receipt, **self.group}
        if chance < 0.03:
            return	# it times out
        if chance < 0.2:
            verb = "nack"
            body["delay_seconds"] = int(chance < 0.05)
        with self.lock:
            key.held.pop((number, receipt), None)
            if verb == "ack":
                key.asked_ack.add(number)
        try:
            reply = client.post(f"/api/messages/{message['id']}/{verb}", body)
        except BROKEN:
            return
        if reply.status not in (204, 404, 409, *UNSURE):
            self.faults.append(str(reply))

    def disturb(self, times, blow):
        for _ in range(times):
            goal = self.delivered + 500
            eventually(lambda: self.delivered >= goal, 60,
                       "500 deliveries more")
            blow()

    def is_empty(self):
        """It is known to be: the database may not be back yet."""
        reply = self.t.admin.get(f"/api/messages?topic={self.topic}")
        return reply.status == 200 and reply.json["total"] == 0

    def finish(self, seconds=90):
        self.producing = False
        for thread in self.producers:
            thread.join(60)
        eventually(self.is_empty,
                   seconds, "the end of all lines")
        self.consuming = False
        for thread in self.consumers:
            thread.join(60)
        for name, key in self.account.items():
            lost = key.accepted - key.asked_ack
            if lost:
                self.faults.append(f"{name}: {sorted(lost)[:5]} were lost")
        lines = self.t.sql(
            "select count(*) from sluice.key_heads h join sluice.topics t "
            f"on t.topic_id = h.topic_id where t.name = '{self.topic}'")
        if lines.strip() != "0":
            self.faults.append(f"{lines.strip()} lines without messages")
        if self.faults:
            raise Failure(f"{len(self.faults)} faults:\n"
                          + "\n".join(self.faults[:20]))
