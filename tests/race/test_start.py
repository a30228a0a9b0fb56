"""Starts that meet something: another start, a number from before a crash."""

import os
import signal

from harness.context import eventually, same
from harness.instance import ROOT, Instance


def another(t, **settings):
    """An instance that has run and has ended; its directory is there."""
    other = Instance(processes=1, **settings).start()
    os.killpg(other.process.pid, signal.SIGINT)
    other.process.wait(60)
    return other


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
