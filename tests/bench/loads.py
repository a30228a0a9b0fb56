"""The load generators: wrk for HTTP, pgbench for bare SQL.

Both keep the same number of connections busy with two threads. What they say
about themselves is parsed; an error in what they sent is a Failure.
"""

import json
import os
import pathlib
import re
import subprocess

from harness.client import Failure
from measure import Slice
from meter import Meter

HERE = pathlib.Path(__file__).resolve().parent
PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
CONNECTIONS = 64
PAYLOAD = "x" * 200

# What a worker says to its own connections (sql/db.c).
SESSION = ("-c plan_cache_mode=force_generic_plan -c enable_seqscan=off "
           "-c enable_hashjoin=off -c enable_mergejoin=off")


def whole(seconds):
    """Neither of the two takes a part of a second."""
    return max(1, round(seconds))


class Bench:
    """An instance under load, and who may log in there."""

    def __init__(self, instance):
        self.instance = instance

    def token(self):
        """A new one for each slice: they are good for minutes."""
        return self.instance.admin().token

    def wrk(self, script, seconds, connections=None, threads=2, port=None,
            **settings):
        """A slice; its count is what the script counted as `done`."""
        connections = connections or CONNECTIONS
        port = port or self.instance.http_port
        environment = {**os.environ, "BENCH_TOKEN": self.token(),
                       "BENCH_PAYLOAD": PAYLOAD,
                       **{f"BENCH_{name.upper()}": str(value)
                          for name, value in settings.items()}}
        meter = Meter(self.instance)
        run = subprocess.run(
            ["wrk", "-t", str(threads), "-c", str(connections),
             "-d", f"{whole(seconds)}s", "--timeout", "30s", "-s",
             HERE / "lua" / f"{script}.lua",
             f"http://127.0.0.1:{port}"],
            env=environment, capture_output=True, text=True)
        report = re.search(r"^report (.*)$", run.stdout, re.M)
        if run.returncode != 0 or not report:
            raise Failure(f"wrk {script}: {run.stdout[-500:]}{run.stderr[:500]}")
        told = json.loads(report[1])
        if told["errors"] or not told["done"]:
            raise Failure(f"wrk {script}: {told}")
        return Slice(told["done"], told["seconds"], meter.per(told["done"]),
                     p50=told["p50_ms"], p99=told["p99_ms"])

    def pgbench(self, script, seconds, per_transaction=1, connections=None,
                **variables):
        """A slice; a transaction counts as so many operations."""
        connections = connections or CONNECTIONS
        command = [PGBENCH, "-n", "-M", "prepared", "-c", str(connections),
                   "-j", str(min(2, connections)), "-T", str(whole(seconds)), "-f",
                   HERE / "pgbench" / f"{script}.sql"]
        for name, value in {"payload": PAYLOAD, **variables}.items():
            command += ["-D", f"{name}={value}"]
        meter = Meter(self.instance)
        run = subprocess.run(
            [*command, self.instance.database], capture_output=True,
            text=True, env={**os.environ, "PGOPTIONS": SESSION})
        rate = re.search(r"^tps = ([0-9.]+) \(without", run.stdout, re.M)
        count = re.search(r"processed: (\d+)", run.stdout)
        failed = re.search(r"failed transactions: (\d+)", run.stdout)
        if run.returncode != 0 or not rate or int(failed[1]):
            raise Failure(f"pgbench {script}: {run.stderr[:500]}")
        done = int(count[1]) * per_transaction
        # The time that it took to connect is not charged.
        return Slice(done, done / (float(rate[1]) * per_transaction),
                     meter.per(done))
