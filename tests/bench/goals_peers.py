"""Beside queues that one might use instead, with as many connections."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from goals_queue import fill
from harness.client import Failure
from harness.instance import free_port
from loads import CONNECTIONS
from measure import Slice, at_least, interleave, ratios, say

HERE = pathlib.Path(__file__).resolve().parent
PG_BOSS = "pg-boss@10.3.2"


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running_beanstalkd():
    """Its port. Each change is on the disk before it is answered (-f 0)."""
    with tempfile.TemporaryDirectory(prefix="sluice-beanstalkd-") as directory:
        port = free_port()
        process = subprocess.Popen(["beanstalkd", "-l", "127.0.0.1", "-p",
                                    str(port), "-b", directory, "-f", "0"],
                                   stderr=subprocess.DEVNULL)
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise Failure("beanstalkd did not start")
                time.sleep(0.01)
            yield port
        finally:
            process.terminate()
            process.wait()


def beanstalk_load(what, port, seconds):
    """Two processes, each with half of the connections."""
    halves = [subprocess.Popen(
        [sys.executable, HERE / "beanstalk_load.py", what, str(port),
         str(CONNECTIONS // 2), str(seconds)],
        stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [half.communicate()[0].split() for half in halves]
    if any(half.returncode for half in halves):
        raise Failure(f"the load of beanstalkd ended: {told}")
    done = sum(int(done) for done, _ in told)
    return Slice(done, max(float(took) for _, took in told))


def compare(bench, put, take, name):
    """put(seconds) and take(seconds) of a peer against ours."""
    fill(bench, f"bench-{name}-1k", 1000)
    slices = interleave({
        "http enqueue": lambda s: bench.wrk(
            "enqueue", s, topic=f"bench-{name}"),
        f"{name} put": put,
        "http dequeue+ack": lambda s: bench.wrk(
            "dequeue_ack", s, topic=f"bench-{name}-1k"),
        f"{name} take": take}, "messages")
    yield at_least(f"enqueue / {name}",
                   ratios(slices, "http enqueue", f"{name} put"), None)
    yield at_least(f"dequeue+ack / {name}",
                   ratios(slices, "http dequeue+ack", f"{name} take"), None)


def beanstalkd(bench):
    with running_beanstalkd() as port:
        say("  beanstalkd, put, and reserve+delete, an fsync each")
        yield from compare(
            bench, lambda s: beanstalk_load("put", port, s),
            lambda s: beanstalk_load("reserve", port, s), "beanstalkd")


def node_version():
    try:
        told = subprocess.run(["node", "--version"], capture_output=True,
                              text=True, check=True).stdout
    except OSError:
        return 0
    return int(told.lstrip("v").split(".")[0])


def pg_boss_load(bench, modules, what, seconds):
    run = subprocess.run(
        ["node", HERE / "pg_boss_load.mjs", what, str(CONNECTIONS),
         str(seconds)], capture_output=True, text=True,
        env={**os.environ, "BENCH_MODULES": modules,
             "BENCH_HOST": str(bench.instance.var / "run")})
    if run.returncode != 0:
        raise Failure(f"pg-boss: {run.stdout}{run.stderr}")
    done, took = run.stdout.split()[-2:]
    return Slice(int(done), float(took))


def pg_boss(bench):
    if node_version() < 20 or not shutil.which("npm"):
        say(f"  left out: {PG_BOSS} needs node 20 and npm")
        return
    with tempfile.TemporaryDirectory(prefix="sluice-pg-boss-") as modules:
        install = subprocess.run(
            ["npm", "install", "--no-save", "--no-package-lock", "--no-audit",
             "--no-fund", PG_BOSS], cwd=modules, capture_output=True,
            text=True)
        if install.returncode != 0:
            say(f"  left out: {PG_BOSS} cannot be installed: "
                f"{install.stderr.strip()[-200:]}")
            return
        say(f"  {PG_BOSS}, send, and fetch+complete, in the same cluster")
        yield from compare(
            bench, lambda s: pg_boss_load(bench, modules, "send", s),
            lambda s: pg_boss_load(bench, modules, "fetch", s), "pg-boss")


def peers(bench):
    if shutil.which("beanstalkd"):
        yield from beanstalkd(bench)
    else:
        say("  left out: beanstalkd is not installed")
    yield from pg_boss(bench)
