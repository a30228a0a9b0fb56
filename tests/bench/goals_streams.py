"""Appends to streams, against bare SQL and against other log servers."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from goals_peers import answers
from harness.client import Failure
from harness.instance import free_port
from measure import at_least, below, interleave, ratios, say

HERE = pathlib.Path(__file__).resolve().parent
STREAMS = 1000
REFERENCE = "@durable-streams/server@0.3.7"
PRISMA = "@prisma/streams-server@0.1.11"
BUN = "bun@1.4.5"


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
def running(command, port, name, **environment):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               env={**os.environ, **environment})
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
    """Its port, and redis-server's, which has each command on the disk before
    it answers."""
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
            yield webdis, redis


def beside_redis(bench):
    if not shutil.which("webdis") or not shutil.which("redis-server"):
        say("  left out: webdis and redis-server are not installed")
        return
    create(bench, 1)
    with running_webdis() as (port, _):
        say("  append 200 bytes to one stream; XADD by webdis, appendfsync "
            "always")
        slices = interleave({
            "http": lambda s: bench.wrk("append", s, streams=1),
            "webdis": lambda s: bench.wrk("xadd", s, port=port)}, "appends")
        yield at_least("append / XADD by webdis",
                       ratios(slices, "http", "webdis"), 0.6)


def installed(modules, *packages):
    """Install them there; False, and said, if that cannot be."""
    run = subprocess.run(
        ["npm", "install", "--no-save", "--no-package-lock", "--no-audit",
         "--no-fund", *packages], cwd=modules, capture_output=True, text=True)
    if run.returncode != 0:
        say(f"  left out: {packages[0]} cannot be installed: "
            f"{run.stderr.strip()[-200:]}")
    return run.returncode == 0


def create_at(port):
    """The stream that the load appends to."""
    peer = http.client.HTTPConnection("127.0.0.1", port)
    peer.request("PUT", "/v1/stream/bench-1", headers={
        "Content-Type": "application/octet-stream"})
    status = peer.getresponse().status
    if status not in (200, 201):
        raise Failure(f"the peer's PUT answered {status}")


def beside(bench, port, name):
    create(bench, 1)
    create_at(port)
    slices = interleave({
        "http": lambda s: bench.wrk("append", s, streams=1),
        name: lambda s: bench.wrk("append", s, streams=1, port=port)},
        "appends")
    yield at_least(f"append / {name}", ratios(slices, "http", name), 10)


def beside_servers(bench):
    """The same load, as it is, on other servers of the protocol."""
    if not shutil.which("npm") or not shutil.which("node"):
        say("  left out: there is no npm")
        return
    with tempfile.TemporaryDirectory(prefix="sluice-peer-") as modules:
        if installed(modules, REFERENCE):
            port = free_port()
            say(f"  append 200 bytes to one stream; {REFERENCE}, file mode")
            with running(["node", str(HERE / "reference_server.mjs")], port,
                         REFERENCE, BENCH_MODULES=modules,
                         BENCH_PORT=str(port)):
                yield from beside(bench, port, "the reference server")
    with tempfile.TemporaryDirectory(prefix="sluice-peer-") as modules:
        if installed(modules, PRISMA, BUN):
            port = free_port()
            say(f"  append 200 bytes to one stream; {PRISMA}")
            with running([f"{modules}/node_modules/.bin/bun", "run",
                          f"{modules}/node_modules/@prisma/streams-server/"
                          "src/server.ts", "--object-store", "local",
                          "--no-auth"], port, PRISMA, PORT=str(port),
                         DS_ROOT=f"{modules}/data"):
                yield from beside(bench, port, "Prisma Streams")
