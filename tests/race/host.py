"""Hosts that tick: a database of its own, where nothing runs but by a test."""

import signal
import subprocess

from harness.client import Failure
from harness.context import eventually
from harness.instance import BINARY, PSQL


class Host:
    """The reapers' command on a new database of the instance's cluster."""

    def __init__(self, t, **settings):
        name = t.fresh("reapers").replace("-", "_")
        superuser = t.instance.database.replace("user=sluice", "user=postgres")
        subprocess.run([PSQL, "-Xq", "-d", superuser, "-c",
                        f"create database {name} owner sluice"], check=True)
        self.database = t.instance.database.replace(
            "dbname=sluice", f"dbname={name}")
        self.settings = {
            "SLUICE_DATABASE": self.database, "SLUICE_VAR": t.instance.var,
            **{f"SLUICE_{n.upper()}": v for n, v in settings.items()}}
        self.environment = {**t.instance.environment,
                            **{n: str(v) for n, v in self.settings.items()}}
        subprocess.run([BINARY, "migrate"], check=True, capture_output=True,
                       env=self.environment)
        self.tick()

    def start(self, *arguments, **settings):
        return subprocess.Popen(
            [BINARY, "reap", *(arguments or ["--due"])], text=True,
            env={**self.environment, **settings}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def tick(self, status=0, **settings):
        """`sluice reap --due` as cron calls it; what it logged."""
        running = self.start(**settings)
        out, log = running.communicate(timeout=60)
        if running.returncode != status or out:
            raise Failure(f"it ended with {running.returncode}, said {out!r} "
                          f"and logged {log}")
        return log

    def sql(self, statement):
        done = subprocess.run(
            [PSQL, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database,
             "-c", statement], capture_output=True, text=True)
        if done.returncode:
            raise Failure(done.stderr)
        return done.stdout.strip()

    def of(self, reaper, columns):
        return self.sql(f"select {columns} from sluice.reapers "
                        f"where name = '{reaper}'")

    def set(self, reaper, assignments):
        self.sql(f"update sluice.reapers set {assignments} "
                 f"where name = '{reaper}'")

    def wait_until_leased(self, reaper):
        eventually(lambda: self.of(reaper, "leased_by <> ''") == "t",
                   what="the lease")

    @staticmethod
    def kill(running):
        running.send_signal(signal.SIGKILL)
        running.communicate()
