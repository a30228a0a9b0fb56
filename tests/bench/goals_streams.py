"""Appends to streams, against bare SQL and against other log servers."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

from goals_peers import answers
from harness.client import Failure
from harness.instance import free_port
from measure import at_least, below, interleave, ratios, say

STREAMS = 1000


def create(bench, count):
    """Streams bench-1 to bench-{count}, and as many for pgbench."""
    admin = bench.instance.admin()
    for number in range(1, count + 1):
        reply = admin.put(f"/v1/stream/bench-{number}", headers={
            "Content-Type": "application/octet-stream"})
        if reply.status not in (200, 201):
            raise Failure(str(reply))
    bench.instance.sql(
        "insert into sluice.streams (stream_id, name, content_type, "
        "media_type, last_at, created_at) select n, 'pgbench-' || n, "
        "'text/plain', 'text/plain', now(), now() "
        f"from generate_series(1, {count}) n on conflict do nothing")


def arms(bench, streams, **wrk):
    create(bench, streams)
    return {"http": lambda s: bench.wrk("append", s, streams=streams, **wrk),
            "pgbench": lambda s: bench.pgbench(
                "append", s, streams=streams,
                connections=wrk.get("connections"))}


def one_stream(bench):
    say("  append 200 bytes to one stream; one insert a commit")
    slices = interleave(arms(bench, 1), "appends")
    yield at_least("append to one stream / insert",
                   ratios(slices, "http", "pgbench"), 8)


def many_streams(bench):
    say(f"  append 200 bytes to one of {STREAMS:,} streams; "
        "one insert a commit")
    slices = interleave(arms(bench, STREAMS), "appends")
    yield at_least(f"append to one of {STREAMS:,} streams / insert",
                   ratios(slices, "http", "pgbench"), 1.5)


def one_connection(bench):
    say("  append 200 bytes on one connection; one insert a commit")
    slices = interleave(arms(bench, 1, connections=1, threads=1), "appends")
    yield below("latency of an append / of an insert",
                [1 / r for r in ratios(slices, "http", "pgbench")], 3, "")


@contextlib.contextmanager
def running(command, port, name):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None:
                raise Failure(f"{name} did not start")
            time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def running_webdis():
    """Its port. Each command is on the disk before redis-server answers."""
    with tempfile.TemporaryDirectory(prefix="sluice-webdis-") as directory:
        redis, webdis = free_port(), free_port()
        config = pathlib.Path(directory) / "webdis.json"
        config.write_text(json.dumps({
            "redis_host": "127.0.0.1", "redis_port": redis,
            "http_host": "127.0.0.1", "http_port": webdis,
            "http_max_request_size": 1 << 20, "threads": 2, "pool_size": 20,
            "daemonize": False, "verbosity": 0, "logfile": "/dev/null"}))
        with running(["redis-server", "--port", str(redis), "--bind",
                      "127.0.0.1", "--dir", directory, "--save", "",
                      "--appendonly", "yes", "--appendfsync", "always"],
                     redis, "redis-server"), \
                running(["webdis", str(config)], webdis, "webdis"):
            yield webdis


def beside_redis(bench):
    if not shutil.which("webdis") or not shutil.which("redis-server"):
        say("  left out: webdis and redis-server are not installed")
        return
    create(bench, 1)
    with running_webdis() as port:
        say("  append 200 bytes to one stream; XADD by webdis, appendfsync "
            "always")
        slices = interleave({
            "http": lambda s: bench.wrk("append", s, streams=1),
            "webdis": lambda s: bench.wrk("xadd", s, port=port)}, "appends")
        yield at_least("append / XADD by webdis",
                       ratios(slices, "http", "webdis"), 0.6)
