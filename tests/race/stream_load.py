"""Writers and readers of one stream, and an account of every entry.

Half of the writers are plain: what they were not told about, they let be.
The other half are idempotent producers, and ask until they know. In the end:

- all readers have read the same, and so does who reads the whole stream;
- no entry is there twice, and each that was acknowledged is there, at the
  very place that its acknowledgement named;
- each writer's entries are in the order in which it wrote them;
- of a producer's entries none is missing.
"""

import threading

from harness import streams
from harness.client import Failure
from harness.context import eventually, same
from harness.streams import BROKEN, UNSURE, LongPollReader, SseReader


class StreamLoad:
    def __init__(self, t, writers=64, readers=8, client=None):
        self.t = t
        self.client = client or t.fresh_admin
        self.name = t.fresh("load") + "/stream"
        streams.create(t.admin, self.name)
        self.lock = threading.Lock()
        self.acknowledged = {}	# (writer, n): offset; None of a duplicate
        self.told = []		# instead of an outcome
        self.faults = []
        self.writing = True
        self.readers = [kind(self.client(), self.name)
                        for kind in (LongPollReader, SseReader)
                        for _ in range(readers // 2)]
        self.writers = [threading.Thread(
            target=self.write, args=(number,), daemon=True)
            for number in range(writers)]
        for writer in self.writers:
            writer.start()

    def is_producer(self, writer):
        return writer % 2 == 1

    def write(self, writer):
        client, n = self.client(), 0
        while self.writing:
            producer = None
            if self.is_producer(writer):
                producer = f"writer {writer}", 0, n
            while not self.wrote(client, writer, n, producer) and producer:
                if self.faults:
                    return
            n += 1

    def wrote(self, client, writer, n, producer):
        """Append once; true if the outcome is known."""
        try:
            reply = streams.append(client, self.name, [writer, n], producer)
        except BROKEN as broken:
            with self.lock:
                self.told.append(str(broken))
            return False
        with self.lock:
            if reply.status in UNSURE:
                self.told.append(str(reply))
                return False
            if reply.status == (200 if producer else 204):
                self.acknowledged[writer, n] = \
                    reply.headers["Stream-Next-Offset"]
            elif producer and reply.status == 204:
                self.acknowledged[writer, n] = None
            else:
                self.faults.append(str(reply))
            return True

    def disturb(self, times, blow):
        """Let it run for a while before each of so many blows."""
        for _ in range(times):
            goal = len(self.acknowledged) + 500
            eventually(lambda: self.faults
                       or len(self.acknowledged) >= goal, 60,
                       "500 appends more")
            blow()

    def finish(self, seconds=60):
        """Write no more, let the readers come to the end, check."""
        self.writing = False
        for writer in self.writers:
            writer.join(seconds)
        alive = [writer for writer in self.writers if writer.is_alive()]
        same(alive, [], "writers that do not end")
        eventually(self.t.instance.is_ready, seconds, "readiness")
        client = self.t.fresh_admin()
        eventually(lambda: streams.close(client, self.name).status == 204,
                   what="the end of the stream")
        entries, offset = streams.whole(client, self.name)
        for reader in self.readers:
            got = reader.result(seconds)
            if got != entries:
                self.faults.append(
                    f"{type(reader).__name__} {difference(got, entries)}")
        self.check(entries, offset)
        if self.faults:
            raise Failure(f"{len(self.faults)} faults:\n"
                          + "\n".join(self.faults[:20]))

    def check(self, entries, offset):
        fault = self.faults.append
        place = {}
        for index, entry in enumerate(map(tuple, entries)):
            if entry in place:
                fault(f"{entry} is at {place[entry]} and at {index}")
            place[entry] = index
        if streams.seq_of(offset) != len(entries) - 1:
            fault(f"{len(entries)} entries end at {offset}")
        for entry, told in self.acknowledged.items():
            if entry not in place:
                fault(f"{entry} was acknowledged and is not there")
            elif told and streams.seq_of(told) != place[entry]:
                fault(f"{entry} is at {place[entry]}, not at {told}")
        last = {}
        for writer, n in map(tuple, entries):
            before = last.get(writer, -1)
            if n <= before:
                fault(f"{n} of writer {writer} comes after {before}")
            elif self.is_producer(writer) and n != before + 1:
                fault(f"{n} of producer {writer} comes after {before}")
            last[writer] = n


def difference(got, want):
    for index, (one, other) in enumerate(zip(got, want)):
        if one != other:
            return f"read {one} where {other} is, at {index}"
    return f"read {len(got)} entries of {len(want)}"
