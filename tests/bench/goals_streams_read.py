"""Reading streams: from the beginning, as events, and waiting in vain."""

import os
import re
import selectors
import socket
import subprocess
import time

from goals_waiting import fitting, wait_until_parked
from harness.client import Failure
from harness.instance import ROOT
from loads import SESSION
from measure import Goal, Slice, at_least, below, interleave, ratios, say
from meter import Meter, resident_bytes

LIBPQ_READ = (ROOT / os.environ.get("BUILD", "build") / "tests" / "bench"
              / "libpq_read")
MEGABYTES = 40
READERS = 10000
WAITERS = 10000
ROUNDS = 5
QUIET_SECONDS = 20


def fill(bench, name, count, size):
    """A stream of entries that do not compress; its id."""
    sql = bench.instance.sql
    sql("insert into sluice.streams (stream_id, name, content_type, "
        "media_type, next_seq, bytes, last_at, created_at) values "
        f"(sluice.stream_id('{name}'), '{name}', 'application/octet-stream',"
        f" 'application/octet-stream', {count}, {count * size}, now(), now())")
    sql("insert into sluice.entries (stream_id, incarnation, seq, at, data) "
        f"select sluice.stream_id('{name}'), 0, n, now(), substring((select "
        "string_agg(sha256(convert_to(n || '.' || m, 'UTF8')), ''::bytea) "
        f"from generate_series(0, {size // 32}) m) from 1 for {size}) "
        f"from generate_series(0, {count - 1}) n")
    sql("vacuum analyze sluice.entries")
    return sql(f"select sluice.stream_id('{name}')").strip()


def connected(bench):
    s = socket.create_connection(("127.0.0.1", bench.instance.http_port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def get(bench, token, name, query):
    return (f"GET /v1/stream/{name}?{query} HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer {token}\r\n\r\n").encode()


class Pages:
    """A client that reads a stream page by page, on one connection."""

    def __init__(self, bench, name):
        self.bench, self.name = bench, name
        self.connection = connected(bench)
        self.buffer = bytearray(2 << 20)
        self.offset = "-1"

    def page(self, token):
        """The bytes of the next page's entries."""
        self.connection.sendall(get(self.bench, token, self.name,
                                    f"offset={self.offset}"))
        view, had, end = memoryview(self.buffer), 0, -1
        while end < 0:
            had += self.connection.recv_into(view[had:])
            end = self.buffer.find(b"\r\n\r\n", 0, had)
        head = self.buffer[:end].decode()
        if not head.startswith("HTTP/1.1 200"):
            raise Failure(head)
        length = int(re.search("Content-Length: ([0-9]+)", head)[1])
        whole = end + 4 + length
        while had < whole:
            had += self.connection.recv_into(view[had:])
        done = "Stream-Up-To-Date: true" in head
        self.offset = "-1" if done else re.search(
            "Stream-Next-Offset: ([0-9A-Z]+)", head)[1]
        return length

    def read(self, seconds):
        token, meter = self.bench.token(), Meter(self.bench.instance)
        begun, got = time.monotonic(), 0
        while (took := time.monotonic() - begun) < seconds:
            got += self.page(token)
        return Slice(got / 1e6, took, meter.per(got / 1e6))


def libpq(bench, stream_id, limit, seconds):
    meter = Meter(bench.instance)
    run = subprocess.run(
        [LIBPQ_READ, bench.instance.database, stream_id, str(limit),
         str(seconds)], capture_output=True, text=True,
        env={**os.environ, "PGOPTIONS": SESSION})
    if run.returncode != 0:
        raise Failure(f"libpq_read: {run.stderr}")
    got, took = map(float, run.stdout.split())
    return Slice(got / 1e6, took, meter.per(got / 1e6))


def catch_up(bench):
    """One client beside one connection to the database."""
    for size, limit in ((200, 5000), (10240, 102)):
        name = f"bench-{size}"
        id = fill(bench, name, MEGABYTES * 1000000 // size, size)
        say(f"  read a stream of {size:,}-byte entries by pages; the same "
            "rows by libpq")
        pages = Pages(bench, name)
        slices = interleave({
            "http": pages.read,
            "libpq": lambda s, id=id, limit=limit: libpq(bench, id, limit, s),
        }, "MB")
        yield at_least(f"catch-up at {size:,} bytes / libpq",
                       ratios(slices, "http", "libpq"), 0.6)


def receive(selector, count, mark):
    """Until each of that many has received the mark; when the last had."""
    rest = count
    seen = {}
    while rest:
        ready = selector.select(10)
        if not ready:
            raise Failure(f"{rest} of {count} readers got nothing for 10 s")
        for key, _ in ready:
            chunk = key.fileobj.recv(65536)
            if not chunk:
                raise Failure("a reader's reply has ended")
            had = seen.get(key.fd, b"") + chunk
            seen[key.fd] = had
            # The event ends, and the chunk of the reply that it is in.
            if mark in had and had.endswith((b"\n\n", b"\n\n\r\n")):
                seen[key.fd] = b""
                rest -= 1
    return time.monotonic()


def many_readers(bench):
    """All of them follow one stream; then something is appended to it."""
    admin = bench.instance.admin()
    workers = bench.instance.workers().values()
    admin.put("/v1/stream/bench-sse", headers={"Content-Type": "text/plain"})
    before = resident_bytes(workers)
    count = fitting(READERS)
    selector, readers = selectors.DefaultSelector(), []
    ask = get(bench, admin.token, "bench-sse", "offset=now&live=sse")
    for _ in range(count):
        s = connected(bench)
        s.sendall(ask)
        selector.register(s, selectors.EVENT_READ)
        readers.append(s)
    receive(selector, count, b"upToDate")
    wait_until_parked(admin, count)
    took = []
    for n in range(ROUNDS):
        begun = time.monotonic()
        reply = admin.post("/v1/stream/bench-sse", b"x" * 200,
                           headers={"Content-Type": "text/plain"})
        if reply.status != 204:
            raise Failure(str(reply))
        took.append(receive(selector, count, b"upToDate") - begun)
        wait_until_parked(admin, count)
    memory = (resident_bytes(workers) - before) / count / 1024
    for s in readers:
        s.close()
    say(f"  {count} readers of one stream: an append is with the last of "
        "them after " + ", ".join(f"{s:.2f}" for s in took) + " s")
    yield below(f"append to the last of {count} readers", took, 1.5, " s")
    yield Goal("worker memory a reader", memory, "goal <= 16 KiB",
               memory <= 16, unit=" KiB")


def idle_waiters(bench):
    """Each waits at the end of a stream of its own, where nothing comes."""
    admin = bench.instance.admin()
    count = fitting(WAITERS)
    bench.instance.sql(
        "insert into sluice.streams (stream_id, name, content_type, "
        "media_type, last_at, created_at) select sluice.stream_id('idle-' "
        "|| n), 'idle-' || n, 'text/plain', 'text/plain', now(), now() "
        f"from generate_series(0, {count - 1}) n")
    bench.instance.sql("vacuum analyze sluice.streams")
    waiters = []
    for n in range(count):
        s = connected(bench)
        s.sendall(get(bench, admin.token, f"idle-{n}",
                      "offset=-1&live=long-poll&timeout=5m"))
        waiters.append(s)
    wait_until_parked(admin, count)
    time.sleep(2)  # what came with their beginning is not what is measured
    meter = Meter(bench.instance)
    time.sleep(QUIET_SECONDS)
    spent = {name: sum(times) / 1e6 / QUIET_SECONDS * 100
             for name, times in meter.per(1).items()}
    for s in waiters:
        s.close()
    say(f"  {count} long-polls on as many streams: " + ", ".join(
        f"{name} {share:.2f} %" for name, share in spent.items())
        + " of a core")
    share = spent["worker"] + spent["postgres"]
    yield Goal("worker and PostgreSQL while they wait", share,
               "goal < 2 % of a core", share < 2, unit=" %")
