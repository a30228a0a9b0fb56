"""Streams as tests use them: offsets, appends, readers that follow.

A reader collects entries of a JSON stream and where it stood after each
reply. It goes on from there when its connection breaks, as any client does,
until it has read the stream's end.
"""

import http.client
import json
import threading

from harness.client import Failure

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
START = "-1"

# How a request may end while processes die around it.
BROKEN = (OSError, http.client.HTTPException)
UNSURE = (502, 503, 504)


def offset_of(seq, incarnation=0):
    """The offset after the entry with that seq, counted from 0."""
    bits = (incarnation << 96 | (seq + 1) << 32) << 2
    return "".join(DIGITS[bits >> 5 * n & 31] for n in reversed(range(26)))


def seq_of(offset):
    bits = 0
    for digit in offset:
        bits = bits << 5 | DIGITS.index(digit)
    return (bits >> 34 & (1 << 64) - 1) - 1


def path_of(name, **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/v1/stream/{name}" + (f"?{asked}" if asked else "")


def create(client, name, content_type="application/json", **headers):
    sent = {"Content-Type": content_type,
            **{key.replace("_", "-"): value for key, value in headers.items()}}
    reply = client.put(path_of(name), headers=sent)
    if reply.status != 201:
        raise Failure(f"{reply}, expected 201")
    return reply


def append(client, name, entry, producer=None, closes=False):
    """The reply, whatever it is; a producer is its id, epoch and seq."""
    headers = {}
    if producer:
        headers = dict(zip(
            ("Producer-Id", "Producer-Epoch", "Producer-Seq"),
            map(str, producer)))
    if closes:
        headers["Stream-Closed"] = "true"
    return client.post(path_of(name), [entry], headers=headers)


def close(client, name):
    """Whatever becomes of it."""
    return client.post(path_of(name), headers={"Stream-Closed": "true"})


def whole(client, name):
    """All entries of a stream, page by page, and the offset behind them."""
    entries, offset = [], START
    while True:
        reply = client.get(path_of(name, offset=offset))
        entries += reply.expect(200)
        offset = reply.headers["Stream-Next-Offset"]
        if reply.headers.get("Stream-Up-To-Date") == "true":
            return entries, offset


class Reader(threading.Thread):
    """Follows a stream from an offset on; one of the two below."""

    def __init__(self, client, name, offset=START):
        super().__init__(daemon=True)
        self.client, self.name, self.offset = client, name, offset
        self.entries = []
        self.breaks = 0
        self.replies = 0
        self.ended = False
        self.fault = None
        self.start()

    def run(self):
        while not self.ended:
            try:
                self.follow()
            except BROKEN:
                self.breaks += 1
            except Exception as fault:
                self.fault = fault
                return

    def took(self, entries, offset, ended):
        """A reply's entries belong together with the offset after them."""
        if entries and offset <= self.offset and self.offset != START:
            raise Failure(f"{self.name} went from {self.offset} "
                          f"to {offset} with {len(entries)} entries")
        self.entries += entries
        self.offset = offset
        self.replies += 1
        self.ended = ended

    def unsure(self, status):
        """True if another try may do better; what else fails is a fault."""
        if status not in UNSURE:
            raise Failure(f"a reader of {self.name} was told {status}")
        self.breaks += 1
        return True

    def result(self, seconds=30):
        """All it has read, when it has come to the stream's end."""
        self.join(seconds)
        if self.fault is not None:
            raise self.fault
        if self.is_alive():
            raise Failure(f"a {type(self).__name__} of {self.name} is at "
                          f"{self.offset} after {seconds} s more")
        return self.entries


class LongPollReader(Reader):
    def follow(self):
        reply = self.client.get(path_of(
            self.name, offset=self.offset, live="long-poll", timeout="2s"))
        if reply.status not in (200, 204):
            return self.unsure(reply.status)
        self.took(reply.json if reply.status == 200 else [],
                  reply.headers["Stream-Next-Offset"],
                  reply.headers.get("Stream-Closed") == "true")


class SseReader(Reader):
    """What came since the last control event is not taken when a connection
    breaks: the next one brings it again."""

    def follow(self):
        connection = self.client.connect()
        try:
            connection.request("GET", self.prefix() + path_of(
                self.name, offset=self.offset, live="sse"), headers={
                    "Authorization": f"Bearer {self.client.token}"})
            answer = connection.getresponse()
            if answer.status != 200:
                return self.unsure(answer.status)
            self.events(answer)
        finally:
            connection.close()

    def prefix(self):
        return getattr(self.client, "prefix", "")

    def events(self, answer):
        pending, kind, data = [], None, []
        while not self.ended:
            line = answer.readline()
            if not line:
                return
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data:"):
                data.append(line[5:])
            elif line == "" and kind == "data":
                pending += json.loads("\n".join(data))
                kind, data = None, []
            elif line == "" and kind == "control":
                control = json.loads("".join(data))
                self.took(pending, control["streamNextOffset"],
                          control.get("streamClosed", False))
                pending, kind, data = [], None, []


def read_to_the_end(client, name, readers):
    """End the stream; what all readers have read, which must be the same."""
    reply = close(client, name)
    if reply.status != 204:
        raise Failure(f"{reply}, expected 204")
    entries, _ = whole(client, name)
    for reader in readers:
        if reader.result() != entries:
            raise Failure(f"a {type(reader).__name__} read "
                          f"{reader.entries[:50]}, not {entries[:50]}")
    return entries
