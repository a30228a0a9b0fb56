"""Writers and consumers of a key's group, and an account of every entry.

Writers let be what they were not told about. Consumers acknowledge two of
three entries, and keep the others. In the end:

- each entry that was acknowledged to its writer is there, under the id that
  he was told, and the ids he was told grow;
- each entry that is there was given to one consumer, once, or is pending with
  one, whom the answer has not reached; none is left over;
- what a consumer was given and did not acknowledge is pending with it, and
  what it did acknowledge is not.
"""

import threading

from harness.client import Failure
from harness.context import eventually, same
from harness.streams import BROKEN, UNSURE


class GroupLoad:
    def __init__(self, t, writers=8, consumers=32):
        self.t = t
        self.plate = t.fresh("plate")
        t.admin.post("/api/plates", {"id": self.plate}).expect(201)
        self.run(t.admin, "XGROUP", "CREATE", "k", "g", "0", "MKSTREAM")
        self.lock = threading.Lock()
        self.added = {}		# id: (writer, n)
        self.given = {}		# id: consumers
        self.kept, self.acked = set(), set()
        self.told = []		# instead of an outcome
        self.faults = []
        self.writing = self.reading = True
        self.writers = self.begin(self.write, writers)
        self.consumers = self.begin(self.consume, consumers)

    def begin(self, work, count):
        threads = [threading.Thread(target=work, args=(number,), daemon=True)
                   for number in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def ask(self, client, command, *args):
        return client.post(f"/{self.plate}/streams/command", {
            "command": command, "args": list(args)})

    def run(self, client, command, *args):
        return self.ask(client, command, *args).expect(200)["data"]["result"]

    def attempt(self, client, *words):
        """(is the outcome known, what it is)"""
        try:
            reply = self.ask(client, *words)
        except BROKEN as broken:
            self.told.append(str(broken))
            return False, None
        if reply.status == 200:
            return True, reply.json["data"]["result"]
        if reply.status not in UNSURE:
            self.faults.append(str(reply))
        self.told.append(str(reply))
        return False, None

    def write(self, writer):
        client, n = self.t.fresh_admin(), 0
        while self.writing and not self.faults:
            known, id = self.attempt(client, "XADD", "k", "*", "writer",
                                     str(writer), "n", str(n))
            if known:
                with self.lock:
                    if id in self.added:
                        self.faults.append(f"{id} was told twice")
                    self.added[id] = writer, n
            n += 1

    def consume(self, consumer):
        client, name = self.t.fresh_admin(), f"consumer {consumer}"
        while self.reading and not self.faults:
            known, found = self.attempt(
                client, "XREADGROUP", "GROUP", "g", name, "COUNT", "5",
                "BLOCK", "500", "STREAMS", "k", ">")
            entries = found["k"] if known and found else []
            with self.lock:
                for id, _ in entries:
                    self.given.setdefault(id, []).append(name)
            ids = [id for place, (id, _) in enumerate(entries)
                   if place % 3 != 2]
            with self.lock:
                self.kept.update({id for id, _ in entries} - set(ids))
            if ids:
                self.acknowledge(client, ids)

    def acknowledge(self, client, ids):
        known, count = self.attempt(client, "XACK", "k", "g", *ids)
        if not known:
            return
        with self.lock:
            self.acked.update(ids)
            if count != len(ids):
                self.faults.append(f"{count} of {ids} were pending")

    def disturb(self, times, blow):
        """Let it run for a while before each of so many blows."""
        for _ in range(times):
            goal = len(self.acked) + 300
            eventually(lambda: self.faults or len(self.acked) >= goal, 60,
                       "300 acknowledgements more")
            blow()

    def finish(self, seconds=60):
        self.writing = False
        self.join(self.writers, seconds)
        eventually(self.t.instance.is_ready, seconds, "readiness")
        client = self.t.fresh_admin()
        eventually(lambda: self.faults or self.run(
            client, "XINFO", "GROUPS", "k")[0]["lag"] == 0, seconds,
            "the delivery of all entries")
        self.reading = False
        self.join(self.consumers, seconds)
        self.check(client)
        if self.faults:
            raise Failure(f"{len(self.faults)} faults:\n"
                          + "\n".join(self.faults[:20]))

    def join(self, threads, seconds):
        for thread in threads:
            thread.join(seconds)
        same([thread for thread in threads if thread.is_alive()], [],
             "threads that do not end")

    def check(self, client):
        fault = self.faults.append
        there = {id: tuple(map(int, fields[1::2])) for id, fields in
                 self.run(client, "XRANGE", "k", "-", "+")}
        pending = {id: name for id, name, _, _ in self.run(
            client, "XPENDING", "k", "g", "-", "+", "100000")}
        for id, what in self.added.items():
            if there.get(id) != what:
                fault(f"{id} is {there.get(id)}, not {what}")
        for id in there:
            names = self.given.get(id, [])
            if len(names) > 1:
                fault(f"{id} was given to {names}")
            elif not names and id not in pending:
                fault(f"{id} was given to nobody")
            elif names and id in pending and pending[id] != names[0]:
                fault(f"{names[0]} has {id}, which {pending[id]} is said to")
        for id in self.kept - set(pending):
            fault(f"{id} was not acknowledged and is not pending")
        for id in self.acked & set(pending):
            fault(f"{id} was acknowledged and is pending")
        last = {}
        for id, (writer, n) in sorted(self.added.items(), key=lambda item: [
                int(part) for part in item[0].split("-")]):
            if n <= last.get(writer, -1):
                fault(f"{n} of writer {writer} comes after {last[writer]}")
            last[writer] = n
        same(self.t.sql(
            "select count(*) from (select id, lag(id) over (order by seq) as "
            "before from sluice.entries where stream_id = "
            f"sluice.stream_id('{self.plate}/k')) e where id <= before"),
            "0", "entries whose ids do not grow")
        [group] = self.run(client, "XINFO", "GROUPS", "k")
        same((group["lag"], group["entries-read"], group["pending"]),
             (0, len(there), len(pending)), "lag, entries read, pending")
