"""Plates beside webdis, with a redis-server that writes each command to the
disk before it answers."""

import selectors
import shutil
import socket
import statistics
import time

from goals_streams import running_webdis
from goals_waiting import percentile, request_bytes, wait_until_parked
from harness.client import Failure
from loads import PAYLOAD, whole
from measure import SLICE_SECONDS, Goal, at_least, below, interleave, ratios, \
    say

ENTRIES_A_SECOND = 30000	# more than a thread acks in one
WAKES = 300
BLOCK_MS = 20000


def installed():
    there = shutil.which("webdis") and shutil.which("redis-server")
    if not there:
        say("  left out: webdis and redis-server are not installed")
    return there


class Plate:
    """The plate `bench`, as one connection sees it."""

    def __init__(self, bench):
        self.bench, self.admin = bench, bench.instance.admin()
        self.admin.post("/api/plates", {"id": "bench"}).expect(201)

    def ask(self, name, *args):
        return self.admin.post("/bench/streams/command", {
            "command": name, "args": args}).expect(200)["data"]["result"]

    def fill(self, count):
        """Entries 1-1 to 1-{count}, as if XADD had made them."""
        self.ask("XADD", "full", "1-1", "data", PAYLOAD)
        self.bench.instance.sql(f"""
            with stream as (
                update sluice.streams
                set next_seq = {count}, length = {count}, added = {count},
                    last_id = '\\x0000000000000001' || int8send({count})
                where name = 'bench/full'
                returning stream_id, incarnation)
            insert into sluice.entries
                (stream_id, incarnation, seq, at, data, id, fields)
            select s.stream_id, s.incarnation, n - 1, now(), e.data,
                '\\x0000000000000001' || int8send(n), e.fields
            from stream s
            join sluice.entries e on e.stream_id = s.stream_id,
                generate_series(2, {count}) n""")
        self.bench.instance.sql("vacuum analyze sluice.entries")


class Redis:
    """A few words to redis-server itself, for what is not measured."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        self.socket.sendall((" ".join(words) + "\r\n").encode())
        line = self.file.readline().decode().rstrip()
        if line.startswith("-"):
            raise Failure(f"{words}: {line}")
        if line.startswith("$"):
            return self.file.read(int(line[1:]) + 2).decode()
        return line

    def fill(self, count):
        for first in range(1, count + 1, 1000):
            sent = range(first, min(first + 1000, count + 1))
            self.socket.sendall("".join(
                f"XADD full 1-{n} data {PAYLOAD}\r\n" for n in sent).encode())
            for _ in sent:	# a bulk string is two lines
                self.file.readline()
                self.file.readline()

    def blocked(self):
        text = self.ask("INFO", "clients")
        return next(int(line.split(":")[1]) for line in text.splitlines()
                    if line.startswith("blocked_clients:"))


def xadd(bench):
    if not installed():
        return
    Plate(bench)
    with running_webdis() as (port, _):
        say("  XADD of one field of 200 bytes to one stream; the same by "
            "webdis")
        slices = interleave({
            "http": lambda s: bench.wrk("plate_xadd", s),
            "webdis": lambda s: bench.wrk("xadd", s, port=port)}, "XADDs")
        yield at_least("XADD / XADD by webdis",
                       ratios(slices, "http", "webdis"), None)


def xreadgroup_xack(bench):
    if not installed():
        return
    plate = Plate(bench)
    count = ENTRIES_A_SECOND * whole(SLICE_SECONDS)
    with running_webdis() as (port, redis_port):
        redis = Redis(redis_port)
        redis.fill(count)
        plate.fill(count)
        begun = 0

        def cycles(side, seconds, **more):
            """In groups that have read nothing yet, one for each thread."""
            nonlocal begun
            begun += 1
            for thread in range(2):
                side.ask("XGROUP", "CREATE", "full",
                         f"group{begun}-{thread}", "0")
            return bench.wrk("xreadgroup_xack", seconds, entries=count,
                             group=f"group{begun}", **more)

        say(f"  XREADGROUP COUNT 1 and XACK, a stream of {count} entries")
        slices = interleave({
            "http": lambda s: cycles(plate, s),
            "webdis": lambda s: cycles(redis, s, port=port, webdis=1)},
            "cycles")
        yield at_least("XREADGROUP and XACK / by webdis",
                       ratios(slices, "http", "webdis"), None)


def connected(port):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


class Pair:
    """One connection that waits, and one that adds."""

    def __init__(self, port, wait, add):
        self.waiter, self.adder = connected(port), connected(port)
        self.wait, self.add = wait, add

    def ask(self):
        self.waiter.sendall(self.wait)

    def wake(self):
        """Milliseconds from sending XADD to the end of each answer: the
        waiter's, and its own."""
        took = {}
        begun = time.monotonic()
        self.adder.sendall(self.add)
        with selectors.DefaultSelector() as both:
            both.register(self.waiter, selectors.EVENT_READ)
            both.register(self.adder, selectors.EVENT_READ)
            while both.get_map():
                for key, _ in both.select(BLOCK_MS / 1000):
                    answer = key.fileobj.recv(65536)
                    took[key.fileobj] = (time.monotonic() - begun) * 1000
                    if not answer.startswith(b"HTTP/1.1 200"):
                        raise Failure(f"answered {answer[:200]}")
                    both.unregister(key.fileobj)
        return took[self.waiter]

    def close(self):
        self.waiter.close()
        self.adder.close()


READ = ("XREADGROUP", "GROUP", "group", "consumer", "BLOCK", str(BLOCK_MS),
        "NOACK", "STREAMS", "wake", ">")
ADD = ("XADD", "wake", "*", "data", PAYLOAD)
BEGIN = ("XGROUP", "CREATE", "wake", "group", "$", "MKSTREAM")


def at_plate(bench, token):
    return Pair(bench.instance.http_port, *(
        request_bytes(token, "/bench/streams/command",
                      {"command": words[0], "args": words[1:]})
        for words in (READ, ADD)))


def at_webdis(port):
    def request(words):
        body = "/".join(words).encode()
        return (f"POST / HTTP/1.1\r\nHost: bench\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    return Pair(port, request(READ), request(ADD))


def wake_up(bench):
    if not installed():
        return
    plate = Plate(bench)
    with running_webdis() as (port, redis_port):
        redis = Redis(redis_port)
        for side in (plate, redis):
            side.ask(*BEGIN)
        here, there = at_plate(bench, plate.admin.token), at_webdis(port)
        took = {here: [], there: []}
        for _ in range(WAKES):
            for pair in took:
                pair.ask()
                if pair is here:
                    wait_until_parked(plate.admin, 1)
                else:
                    while not redis.blocked():
                        pass
                took[pair].append(pair.wake())
        for pair, name in ((here, "http"), (there, "webdis")):
            pair.close()
            say(f"    {name}: from sending XADD to holding what XREADGROUP "
                f"waited for: p50 {statistics.median(took[pair]):.2f} ms, "
                f"p99 {percentile(took[pair], .99):.2f} ms")
        yield below("wake-up of XREADGROUP, p99",
                    [percentile(took[here], .99)], 20, " ms")
        yield Goal("its p50 / by webdis", statistics.median(took[here]) /
                   statistics.median(took[there]), "no goal", None)
