"""Starts that meet something: another start, a number from before a crash."""

import fcntl
import os
import signal
import subprocess

from harness.context import eventually, same
from harness.instance import ROOT, Instance


def another(t, **settings):
    """An instance that has run and has ended; its directory is there."""
    other = Instance(processes=1, **settings).start()
    os.killpg(other.process.pid, signal.SIGINT)
    other.process.wait(60)
    return other


def test_of_two_starts_at_once_one_is_refused(t):
    other = another(t, database=t.instance.database,
                    jwt_secret=t.instance.jwt_secret)
    log = other.var / "log" / "supervisor.log"
    waiting = "waiting for the rest of an earlier run"
    before = log.read_text().count(waiting)
    with open(other.var / "run" / "lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        starts = [subprocess.Popen(
            ["make", "-s", "run"], cwd=ROOT, env=other.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True)
            for _ in range(2)]
        eventually(lambda: log.read_text().count(waiting) == before + 2,
                   8, "both wait")
    eventually(lambda: any(start.poll() is not None for start in starts),
               20, "one gives up")
    starts.sort(key=lambda start: start.poll() is None)
    same("already running" in starts[0].communicate()[0], True, "says why")
    other.process = starts[1]
    try:
        other.wait_until_ready()
        installed = other.var / "bin" / "sluice"
        before = installed.stat().st_ino
        refused = subprocess.run(
            ["make", "-s", "start"], cwd=ROOT, env=other.environment,
            capture_output=True, text=True)
        same("already running" in refused.stderr, True, "says why")
        same(installed.stat().st_ino, before, "the binary that runs")
    finally:
        other.stop()
        starts[1].stdout.close()


def test_a_stale_number_of_anothers_postgresql_is_ignored(t):
    other = another(t)
    stale = other.var / "pg" / "postmaster.pid"
    stale.write_text(f"{t.instance.postmaster()}\n{other.var}/pg\n"
                     f"1700000000\n5432\n{other.var}/run\n\n 1 1\nready\n")
    os.chown(stale, other.var.stat().st_uid, -1)
    try:
        other.start()
    finally:
        other.stop()


def test_a_directory_may_have_any_name(t):
    other = Instance(processes=1)
    other.var.chmod(0o755)
    other.environment["SLUICE_VAR"] = str(other.var / "it's a, b\\c")
    try:
        other.start()
    finally:
        other.stop()
