"""A machine to install on: what this one has, under a layer of its own.

Everything that is written goes to a layer in memory, and is gone when the
machine stops. Either nothing but the test's commands runs there, or systemd
does, as process 1. Ports are shared with this machine.
"""

import functools
import os
import pathlib
import signal
import subprocess
import tempfile

from harness.client import Failure
from harness.context import eventually
from harness.runner import Skip

# In a mount namespace of its own, which ends with its last process. The bash
# is process 1 there: it takes up orphans, and ends with its standard input.
LAYER = """\
mount -t tmpfs -o mode=0755 tmpfs "$0" && cd "$0" &&
mkdir upper work root &&
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root &&
"""
BARE = LAYER + """\
for d in dev sys; do mount --rbind /$d root/$d || exit 1; done &&
mount -t proc proc root/proc && mount -t tmpfs tmpfs root/run &&
mount -t tmpfs -o mode=1777 tmpfs root/tmp &&
exec chroot root /bin/bash -c 'echo ready; read -r _'
"""
# No further than it takes to start a service: what else this machine runs at
# boot is of no interest.
BOOTED = LAYER + """\
exec systemd-nspawn --quiet --register=no --keep-unit --directory=root \
    --console=read-only --boot systemd.unit=basic.target
"""


@functools.cache
def can_layer():
    with tempfile.TemporaryDirectory() as place:
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", LAYER + "true", place],
            capture_output=True, text=True)
    return os.geteuid() == 0 and tried.returncode == 0


class Machine:
    def __init__(self):
        if not can_layer():
            raise Skip("no file systems may be mounted here")
        self.place = tempfile.mkdtemp(prefix="sluice-machine-")
        self.process = self.leader = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *fault):
        self.stop()

    def start(self):
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child",
             "bash", "-c", BARE, self.place],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Failure("the machine did not start")
        self.leader = child_of(self.process)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        os.rmdir(self.place)

    def path(self, path):
        """A file of the machine, as this one sees it."""
        return pathlib.Path(f"/proc/{self.leader}/root{path}")

    def write(self, path, text):
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_text(text)

    def attempt(self, *command):
        return subprocess.run(
            ["nsenter", f"--target={self.leader}", "--mount", "--pid",
             "--root", "--wd", *command], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                "/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
                "LC_ALL": "C.UTF-8"})

    def run(self, *command):
        done = self.attempt(*command)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}: status {done.returncode}\n"
                          f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def install(self, package):
        target = self.path(f"/tmp/{package.name}")
        target.write_bytes(package.read_bytes())
        return self.dpkg("--install", f"/tmp/{package.name}")

    def dpkg(self, *arguments):
        """Without the index of manuals, which takes longer than the rest."""
        return self.run("dpkg", "--no-triggers", "--force-unsafe-io",
                        *arguments)


def child_of(process):
    path = f"/proc/{process.pid}/task/{process.pid}/children"
    children = pathlib.Path(path).read_text().split()
    return int(children[0]) if children else None


class BootedMachine(Machine):
    def start(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "bash", "-c", BOOTED, self.place],
            stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)
        try:
            eventually(self.has_booted, 60, "the end of the boot")
        except (Failure, OSError):
            self.stop()
            self.log.seek(0)
            raise Skip("systemd does not boot here: " +
                       self.log.read()[-500:])
        # In images for containers it forbids dpkg to start anything.
        self.path("/usr/sbin/policy-rc.d").unlink(missing_ok=True)

    def has_booted(self):
        if self.process.poll() is not None:
            raise Failure("systemd has ended")
        # The first child sets up the second, and is gone then.
        self.leader = child_of(self.process)
        if self.leader is None:
            return False
        state = self.attempt("systemctl", "is-system-running").stdout
        return state.strip() in ("running", "degraded")

    def stop(self):
        leader = self.process.poll() is None and child_of(self.process)
        if leader:
            os.kill(leader, signal.SIGKILL)	# and all that it runs
        self.process.wait(30)
        os.rmdir(self.place)
