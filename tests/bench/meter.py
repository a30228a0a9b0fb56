"""What the processes of an instance cost, out of /proc.

Processor time is counted by the kernel for each process, so it says what a
request costs even when other things keep the machine busy.
"""

import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def children_of(parent):
    """None of a process that has just ended."""
    found = []
    try:
        for task in os.listdir(f"/proc/{parent}/task"):
            path = pathlib.Path(f"/proc/{parent}/task/{task}/children")
            found += [int(pid) for pid in path.read_text().split()]
    except OSError:
        pass
    return found


def family_of(pid):
    return [pid] + [pid for child in children_of(pid)
                    for pid in family_of(child)]


def processor_seconds(pids):
    """User and system time of processes and of their children that ended."""
    user = system = 0
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        user += int(fields[11]) + int(fields[13])
        system += int(fields[12]) + int(fields[14])
    return user / TICKS, system / TICKS


def resident_bytes(pids):
    return sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
               for pid in pids) * PAGE


class Meter:
    """Processor time of an instance's groups between two looks."""

    def __init__(self, instance):
        self.instance = instance
        self.begun = self.look()

    def look(self):
        var = self.instance.var
        nginx = int((var / "run" / "nginx.pid").read_text())
        return {name: processor_seconds(pids) for name, pids in {
            "nginx": family_of(nginx),
            "worker": self.instance.workers().values(),
            "postgres": family_of(self.instance.postmaster())}.items()}

    def per(self, count):
        """Microseconds by group since the beginning, for one of count."""
        each = {}
        for name, (user, system) in self.look().items():
            was_user, was_system = self.begun[name]
            each[name] = ((user - was_user) * 1e6 / max(count, 1),
                          (system - was_system) * 1e6 / max(count, 1))
        return each
