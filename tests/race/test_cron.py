"""Debian's cron calls the reapers, by the very line that is installed."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

from harness.context import eventually, same
from harness.instance import BINARY, ROOT
from harness.runner import Skip
from host import Host

PROGRAM = shutil.which("cron", path="/usr/sbin:/usr/bin")

# Everything that cron reads or writes is the test's own: a running cron of
# the system, and its crontabs, are not touched.
PRIVATE = """
mount --bind "$1/cron.d" /etc/cron.d
mount --bind "$1/spool" /var/spool/cron/crontabs
mount --bind "$1/crontab" /etc/crontab
mount --bind "$1/pam" /etc/pam.d/cron
mount -t tmpfs none /run
exec "$2" -f
"""


def cron(line):
    """A cron that has this line, and says whether it lives."""
    if os.geteuid() != 0:
        raise Skip("only root may start cron")
    if PROGRAM is None:
        raise Skip("there is no cron: run make deps")
    if subprocess.run(["unshare", "--mount", "true"],
                      capture_output=True).returncode:
        return cron_of_the_machine(line)
    return cron_of_our_own(line)


@contextlib.contextmanager
def cron_of_the_machine(line):
    """Where mounting is forbidden: a file among its crontabs. When a cron
    runs already, ours ends at once and that one does it."""
    file = pathlib.Path(f"/etc/cron.d/sluice-test-{os.getpid()}")
    file.write_text(line)
    running = subprocess.Popen([PROGRAM, "-f"], start_new_session=True,
                               stderr=subprocess.DEVNULL)
    try:
        yield lambda: None
    finally:
        file.unlink()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@contextlib.contextmanager
def cron_of_our_own(line):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-cron-"))
    for name in ("cron.d", "spool"):
        (folder / name).mkdir()
    (folder / "crontab").write_text("")
    (folder / "pam").write_text("account required pam_permit.so\n"
                                "session required pam_permit.so\n")
    (folder / "cron.d" / "sluice").write_text(line)
    log = open(folder / "log", "wb")
    running = subprocess.Popen(
        ["unshare", "--mount", "sh", "-ec", PRIVATE, "sh", folder, PROGRAM],
        stdout=log, stderr=log, start_new_session=True)
    try:
        yield lambda: same(running.poll(), None, "what cron ended with: " +
                           (folder / "log").read_text())
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        log.close()
        shutil.rmtree(folder)


def installed_line(host, folder):
    """fcgi/sluice.cron.in as `make install` fills it in, with a sluicectl
    that speaks to the host's database instead of an instance's."""
    control = folder / "sluicectl"
    control.write_text("#!/bin/sh\n" + "".join(
        f"export {name}='{value}'\n"
        for name, value in host.settings.items()) +
        f'shift # "do"\nexec {BINARY} "$@"\n')
    control.chmod(0o755)
    (folder / "run").mkdir()
    (folder / "run" / "supervisor.pid").write_text("1")
    text = (ROOT / "fcgi" / "sluice.cron.in").read_text()
    for name in ("STATEDIR", "BINDIR"):
        text = text.replace(f"@{name}@", str(folder))
    user = pwd.getpwuid(os.geteuid()).pw_name
    text = text.replace("\tsluice\t", f"\t{user}\t")
    same((f"\t{user}\t" in text, "@" in text), (True, False), text)
    return text


def test_cron_runs_what_is_due(t):
    host = Host(t)
    host.set("delete", "schedule_set = '0 0 * * *', "
             "done_until = now() - interval '2 days'")
    with tempfile.TemporaryDirectory() as folder:
        line = installed_line(host, pathlib.Path(folder))
        with cron(line) as lives:
            def ran():
                lives()
                time.sleep(0.2)  # it looks but once a minute
                return host.of("delete", "runs") == "1"

            eventually(ran, 130, "the run that is due")
    same(host.of("delete", "failures, last_error, due_at > now()"), "0||t")
