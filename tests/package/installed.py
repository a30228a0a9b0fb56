"""Instances that run from where they were installed."""

import subprocess

from harness.context import Context, eventually
from harness.instance import ROOT, Instance


def make(*arguments):
    return subprocess.run(
        ["make", "-s", *map(str, arguments)], cwd=ROOT, check=True,
        capture_output=True, text=True).stdout


class Service(Instance):
    """The instance of a machine (machine.py), seen from here. Its settings
    are in /etc/sluice/sluice.env; starting and stopping is the machine's."""

    def __init__(self, machine, **settings):
        super().__init__(**settings)
        self.var.rmdir()
        self.var = machine.path("/var/lib/sluice")
        self.settings["var"] = "/var/lib/sluice"
        self.machine = machine

    def write_settings(self):
        self.machine.write("/etc/sluice/sluice.env", "".join(
            f"SLUICE_{name.upper()}='{value}'\n"
            for name, value in self.settings.items()))

    def sql(self, statement):
        return self.machine.run("sluicectl", "psql", "-XAtqc",
                                statement).strip()

    def workers(self):
        """Their numbers are the machine's."""
        found = {}
        for file in (self.var / "run").glob("worker-*.pid"):
            pid = file.read_text().strip()
            if pid and self.machine.path(f"/proc/{pid}").exists():
                found[int(file.stem.split("-")[1])] = int(pid)
        return found

    def is_up(self):
        try:
            return self.client().get("/readyz").status == 200
        except OSError:
            return False

    def context(self):
        eventually(self.is_up, 60, "the service's readiness")
        return Context(self)
