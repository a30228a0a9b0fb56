"""Directories that belong to the instances' user, and his programs."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from harness.client import Failure
from harness.instance import Instance

BIN = "/usr/lib/postgresql/15/bin"
# PostgreSQL does not run as root; nor does an instance that root starts.
AS_OWNER = ["setpriv", "--reuid=postgres", "--regid=postgres",
            "--clear-groups"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def directory(prefix):
    path = pathlib.Path(tempfile.mkdtemp(prefix=f"sluice-{prefix}-"))
    if AS_OWNER:
        shutil.chown(path, "postgres", "postgres")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(instance):
    try:
        yield instance.start()
    finally:
        instance.stop()


def postgres(program, *arguments, **more):
    done = subprocess.run(
        [*AS_OWNER, f"{BIN}/{program}", *map(str, arguments)], cwd="/",
        capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise Failure(f"{program}: {done.stderr}")
    return done.stdout


def superuser(instance, statement):
    """psql as the cluster's own superuser."""
    return postgres("psql", "-XAtq", "-h", instance.var / "run", "-U",
                    "postgres", "-d", "sluice", "-c", statement).strip()


def halt(instance):
    """Ends it, and keeps what it has; start() takes it up again."""
    os.killpg(instance.process.pid, signal.SIGINT)
    instance.process.wait(60)


def another(instance, **settings):
    """One that knows the same secrets, with nothing in it yet."""
    other = Instance(**{"processes": 1, "jwt_secret": instance.jwt_secret,
                        **settings})
    if AS_OWNER:
        shutil.chown(other.var, "postgres", "postgres")
    return other
