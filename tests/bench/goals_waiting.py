"""Dequeues that wait: how soon they are woken, and what many of them cost."""

import json
import resource
import selectors
import socket
import statistics
import time

from harness.client import Failure
from measure import Goal, below, say
from meter import resident_bytes

WAITERS = 10000
WAIT_SECONDS = 20


def request_bytes(token, path, body):
    body = json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def wait_until_parked(admin, count, seconds=30):
    """Until that many requests are in the lots of all workers together."""
    ends = time.monotonic() + seconds
    while True:
        text = admin.get("/metrics").body.decode()
        parked = sum(int(line.split()[-1]) for line in text.splitlines()
                     if line.startswith("sluice_parked_requests{"))
        if parked >= count:
            return
        if time.monotonic() > ends:
            raise Failure(f"only {parked} of {count} requests wait")
        time.sleep(0.001)


def wake_up(bench):
    """One consumer waits; then one message comes."""
    admin = bench.instance.admin()
    token, port = admin.token, bench.instance.http_port
    waiter, producer = (socket.create_connection(("127.0.0.1", port))
                        for _ in range(2))
    for s in (waiter, producer):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ask = request_bytes(token, "/api/messages/dequeue", {
        "topic": "bench-wake", "wait_seconds": WAIT_SECONDS})
    put = request_bytes(token, "/api/messages", {
        "topic": "bench-wake", "payload": "x" * 200})
    took, enqueued = [], []
    for _ in range(300):
        waiter.sendall(ask)
        wait_until_parked(admin, 1)
        begun = time.monotonic()
        producer.sendall(put)
        with selectors.DefaultSelector() as both:
            both.register(waiter, selectors.EVENT_READ)
            both.register(producer, selectors.EVENT_READ)
            while both.get_map():
                for key, _ in both.select(WAIT_SECONDS):
                    now = (time.monotonic() - begun) * 1000
                    answer = key.fileobj.recv(65536)
                    if not answer.startswith(b"HTTP/1.1 20"):
                        raise Failure(f"answered {answer[:200]}")
                    if key.fileobj is waiter:
                        took.append(now)
                        if b'"id"' not in answer:
                            raise Failure("woken without a message")
                    else:
                        enqueued.append(now)
                    both.unregister(key.fileobj)
    waiter.close()
    producer.close()
    say(f"  from sending an enqueue to holding the message: p50 "
        f"{statistics.median(took):.2f} ms, p99 {percentile(took, .99):.2f} "
        f"ms; its own answer p50 {statistics.median(enqueued):.2f} ms")
    yield below("wake-up p99", [percentile(took, .99)], 20, " ms")


def fitting(count):
    """How many waiters the limit of open files lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # nginx needs two for each; its two processes share them unevenly.
    room = int(hard * 0.85) - 500
    if hard != resource.RLIM_INFINITY and room < count:
        say(f"  {hard} open files a process: {room} waiters, not {count}")
        return room
    return count


def many_waiters(bench):
    admin = bench.instance.admin()
    workers = bench.instance.workers().values()
    before = resident_bytes(workers)
    count = fitting(WAITERS)
    connections = []
    # Each waits on one of 100 topics that nobody writes to.
    asks = [request_bytes(admin.token, "/api/messages/dequeue", {
        "topic": f"bench-idle-{n}", "wait_seconds": WAIT_SECONDS})
        for n in range(100)]
    begun = time.monotonic()
    for n in range(count):
        s = socket.create_connection(("127.0.0.1", bench.instance.http_port))
        s.sendall(asks[n % len(asks)])
        connections.append(s)
    wait_until_parked(admin, count)
    took = time.monotonic() - begun
    beside = []
    while time.monotonic() - begun < WAIT_SECONDS - 5 or not beside:
        beside.append(bench.wrk("enqueue", 2, connections=4, threads=1,
                                topic="bench-beside"))
    after = resident_bytes(workers)
    for s in connections:
        s.close()
    p99 = [s.latency["p99"] for s in beside]
    say(f"  {count} dequeues wait (all there after {took:.1f} s); workers "
        f"have {after / 1e6:.0f} MB, {before / 1e6:.0f} MB before; 4 "
        f"connections enqueue "
        f"{statistics.median(s.rate for s in beside):.0f}/s beside them")
    memory = after / 1e6
    yield Goal(f"memory of all workers with {count} waiting", memory,
               "goal < 200 MB", memory < 200, unit=" MB")
    yield below("enqueue p99 beside them", p99, 20, " ms")
