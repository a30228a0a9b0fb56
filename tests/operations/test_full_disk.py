"""An instance on a disk of its own, a small one, that fills up."""

import contextlib
import os
import shutil
import subprocess

from diary import NOTHING, Diary
from harness.client import Failure
from harness.context import Context, eventually, same
from harness.instance import Instance
from harness.runner import Skip
from places import AS_OWNER, running, superuser

DISK = "600m"


@contextlib.contextmanager
def disk(path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", path],
        capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skip(f"no disk may be mounted here: {mounted.stderr.strip()}")
    try:
        if AS_OWNER:
            shutil.chown(path, "postgres", "postgres")
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@contextlib.contextmanager
def full(t, diary):
    """All of the disk is taken, while the traffic goes on; then it is given
    back, and everybody is served again."""
    ballast = t.instance.var / "ballast"
    fill(ballast)
    eventually(lambda: len(diary.refused) > 200, 60, "refusals")
    yield
    # What has been freed meanwhile, as of files that are rewritten.
    fill(t.instance.var / "ballast-2")
    seen = len(diary.refused)
    eventually(lambda: len(diary.refused) > seen + 200, 60, "more of them")
    (t.instance.var / "ballast-2").unlink()
    ballast.unlink()
    been = {what: len(diary.acknowledged(what)) for what in diary.pages}
    eventually(lambda: all(
        len(diary.acknowledged(what)) > been[what] + 20
        for what in been), 60, "that all of them are taken again")


@contextlib.contextmanager
def traffic(instance):
    """Afterwards, all that was acknowledged is there."""
    t = Context(instance)
    diary = Diary(t, ballast="x" * 20000)
    eventually(lambda: diary.count() > 200, 60, "some traffic")
    supervisor = (instance.var / "run" / "supervisor.pid").read_text()
    yield t, diary
    diary.finish()
    same({status for what, status, headers in diary.refused} - {NOTHING},
         {503}, "the refusals")
    for what, names in diary.kept(t).items():
        same(diary.acknowledged(what) - names, set(), f"{what}: lost")
    same((instance.var / "run" / "supervisor.pid").read_text(),
         supervisor, "the supervisor has lived on")
    same(instance.last_words(), [], "last words")


def test_a_full_disk_loses_nothing_and_heals(_):
    instance = Instance(processes=1)
    with disk(instance.var), running(instance):
        with traffic(instance) as (t, diary), full(t, diary):
            same(t.fresh_admin().get(
                f"/api/messages?topic={diary.topic}").status, 200, "reads")


def test_a_disk_without_room_for_the_log_loses_nothing_and_heals(_):
    """PostgreSQL ends when it cannot go on with its log, and cannot start
    before there is room."""
    instance = Instance(processes=1)
    with disk(instance.var), running(instance):
        with traffic(instance) as (t, diary), full(t, diary):
            postmaster = instance.postmaster()
            for _ in range(5):
                with contextlib.suppress(Failure):
                    superuser(instance, "select pg_switch_wal()")
                    superuser(instance, "create table mine ()")
            eventually(lambda: not os.path.exists(f"/proc/{postmaster}"),
                       30, "its end")
            same(t.fresh_admin().get("/readyz").status, 503, "/readyz")


def fill(path):
    """A file that takes all there is."""
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 512):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass
    same(os.statvfs(path).f_bavail < 100, True, "that the disk is full")
