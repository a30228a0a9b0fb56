"""Traffic through every door, and a diary of it.

Each call is written down with when it began and when its answer came, so that
afterwards it can be said of any moment what had been acknowledged by then,
and what had not even been asked for.
"""

import itertools
import threading
import time

from harness import streams
from harness.client import Failure

BROKEN = streams.BROKEN
DONE = (200, 201, 204)
NOTHING = 0	# was answered, or there was nothing to do


class Diary:
    def __init__(self, t, ballast=""):
        self.t = t
        self.ballast = ballast	# behind each number, to make it long
        self.topic, self.consumed = t.topic(), t.topic(max_retries=1000)
        self.stream, self.plate = t.fresh("stream"), t.fresh("plate")
        self.lock = threading.Lock()
        self.pages = {}		# what: [(its name, began, ended or None)]
        self.refused = []	# statuses of what was not done
        self.running = True
        streams.create(t.admin, self.stream)
        t.admin.post("/api/plates", {"id": self.plate}).expect(201)
        self.threads = [
            threading.Thread(target=self.repeat, args=page, daemon=True)
            for page in (("enqueued", self.enqueue), ("appended", self.append),
                         ("added", self.add), ("acked", self.consume))]
        for thread in self.threads:
            thread.start()

    def finish(self):
        self.running = False
        for thread in self.threads:
            thread.join(60)
        if any(thread.is_alive() for thread in self.threads):
            raise Failure("the traffic did not end")

    def repeat(self, what, call):
        client = self.t.fresh_admin()
        page = self.pages.setdefault(what, [])
        for number in itertools.count():
            if not self.running:
                return
            began = time.time()
            try:
                name, status, headers = call(client, number)
            except BROKEN:
                name, status, headers = str(number), NOTHING, {}
            done = status in DONE
            if not done:
                with self.lock:
                    self.refused.append((what, status, headers))
            page.append((name, began, time.time() if done else None))

    # Each makes one call, and says what it was about and how it ended.

    def enqueue(self, client, number):
        return told(str(number), client.post("/api/messages", {
            "topic": self.topic, "payload": f"{number} {self.ballast}"}))

    def append(self, client, number):
        return told(str(number), streams.append(
            client, self.stream, f"{number} {self.ballast}"))

    def add(self, client, number):
        return told(str(number), client.post(
            f"/{self.plate}/streams/add",
            {"key": "log", "values": {"number": f"{number} {self.ballast}"}}))

    def consume(self, client, number):
        """Enqueues, takes and acks one message; of interest is the ack."""
        sent = client.post("/api/messages", {
            "topic": self.consumed, "payload": str(number)})
        if sent.status != 201:
            return told(str(number), sent)
        taken = client.post("/api/messages/dequeue", {
            "topic": self.consumed, "visibility_timeout_seconds": 600})
        if taken.status != 200:
            return told(str(number), taken)
        if not taken.json["messages"]:
            return str(number), NOTHING, {}
        [message] = taken.json["messages"]
        return told(message["payload"],
                    client.ack(message["id"], message["receipt"]))

    # What there must be, and what there may not.

    def count(self):
        return sum(len(page) for page in self.pages.values())

    def acknowledged(self, what, moment=float("inf")):
        return {name for name, began, ended in self.pages[what]
                if ended is not None and ended < moment}

    def asked_after(self, what, moment):
        return {name for name, began, ended in self.pages[what]
                if began > moment}

    # What there is.

    def kept(self, t):
        """By the same words, out of the database that t is on."""
        t_sql = t.sql
        return {
            "enqueued": set(t_sql(f"""
                select split_part(convert_from(m.payload, 'UTF8'), ' ', 1)
                from sluice.messages m
                join sluice.topics p on p.topic_id = m.topic_id
                where p.name = '{self.topic}'""").splitlines()),
            "appended": set(map(number_of, streams.whole(
                t.admin, self.stream)[0])),
            "added": set(map(number_of, self.plate_entries(t.admin))),
        }

    def plate_entries(self, client):
        reply = client.get(f"/{self.plate}/streams/range/log")
        return [fields[1] for id, fields in
                reply.expect(200)["data"]["result"]]


def number_of(text):
    return text.split()[0]


def told(name, reply):
    return name, reply.status, reply.headers
