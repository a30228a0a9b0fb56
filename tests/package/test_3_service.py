"""The unit: what systemd thinks of it, and its life under systemd."""

import os
import re
import signal
import subprocess
import tempfile

from debs import deb
from harness.context import eventually, same
from harness.runner import Skip
from installed import Service, make
from load import Load
from machine import BootedMachine

# Of 10; what is left is the network, which we are for, and the host's users.
EXPOSURE_MAX = 1.9


def unit(directory):
    make("install", f"DESTDIR={directory}", "PREFIX=/usr",
         "UNITDIR=/lib/systemd/system")
    return f"{directory}/lib/systemd/system/sluice.service"


def analyze(*arguments):
    try:
        return subprocess.run(["systemd-analyze", *arguments],
                              capture_output=True, text=True)
    except FileNotFoundError:
        raise Skip("there is no systemd-analyze")


def test_systemd_finds_no_fault_with_the_unit(_):
    # The root has what the unit refers to, and nothing else.
    with BootedMachine() as machine:
        machine.install(deb(1))
        done = machine.attempt("systemd-analyze", "verify", "--man=no",
                               "/lib/systemd/system/sluice.service")
        complaints = [line for line in done.stderr.splitlines()
                      if "sluice" in line]
        same((complaints, done.returncode), ([], 0), "complaints")


def test_the_unit_is_well_fenced(_):
    with tempfile.TemporaryDirectory() as directory:
        done = analyze("security", "--offline=true", "--no-pager",
                       unit(directory))
    found = re.search(r"exposure level for .*: ([\d.]+)", done.stdout)
    if not found:
        raise Skip(f"no analysis: {done.stderr}")
    same(float(found[1]) <= EXPOSURE_MAX, True,
         f"the exposure of {found[1]}")


def test_its_life_under_systemd(_):
    with BootedMachine() as machine:
        service = Service(machine, processes=2)
        service.write_settings()
        machine.install(deb(1))
        t = service.context()
        is_what_runs(machine, t)
        upgrades_without_loss(machine, service, t)
        keeps_its_password_from_the_journal(machine)
        survives_a_violent_end(machine, service, t)
        stops_in_order(machine, service.context())
        removed(machine)


def state(machine):
    return machine.attempt("systemctl", "is-active", "sluice").stdout.strip()


def main_pid(machine):
    return machine.run("systemctl", "show", "--value", "-p", "MainPID",
                       "sluice").strip()


def is_what_runs(machine, t):
    same(state(machine), "active")
    same(machine.run("systemctl", "is-enabled", "sluice").strip(), "enabled")
    same(main_pid(machine), machine.path(
        "/var/lib/sluice/run/supervisor.pid").read_text().strip(),
        "the process that is watched")
    # The fence stands around all of them.
    status = machine.path(f"/proc/{t.instance.workers()[0]}/status")
    facts = dict(line.split(":\t", 1)
                 for line in status.read_text().splitlines())
    same((facts["CapBnd"], facts["NoNewPrivs"], facts["Seccomp"]),
         ("0000000000000000", "1", "2"), "the fence")
    stream = f"/v1/stream/{t.fresh('stream')}"
    t.admin.put(stream, {"a": 1}).expect(201)
    same(t.admin.get(f"{stream}?offset=-1").json, [{"a": 1}])


def upgrades_without_loss(machine, service, t):
    """dpkg reloads the service: the workers are new, the supervisor is not,
    and nobody notices."""
    old, supervisor = service.workers(), main_pid(machine)
    load = Load(t)
    eventually(lambda: load.account.delivered > 100, 30, "some load")
    said = machine.install(deb(2))
    same("not in service" in said, False, said)
    same(main_pid(machine), supervisor, "the supervisor")
    new = service.workers()
    same([old[n] == new[n] for n in old], [False, False], "new workers")
    load.finish()
    same(load.account.unsure, [], "failed requests")


def keeps_its_password_from_the_journal(machine):
    journal = machine.run("journalctl", "-u", "sluice", "--no-pager")
    same("its password in /var/lib/sluice/secret" in journal, False)
    same("sluice is ready" in journal, True, journal)


def survives_a_violent_end(machine, service, t):
    """Everything is killed; systemd starts it again; nothing is lost."""
    topic = t.topic()
    id = t.admin.enqueue(topic, "kept")
    before = main_pid(machine)
    machine.run("systemctl", "kill", "--signal=KILL", "sluice")
    eventually(lambda: main_pid(machine) not in ("0", before) and
               state(machine) == "active", 60, "the next life")
    t = service.context()
    same([m["id"] for m in t.admin.dequeue(topic)], [id])


def stops_in_order(machine, t):
    """Everybody's answer is out before PostgreSQL ends, and what was said
    holds after the next start."""
    load = Load(t)
    eventually(lambda: load.account.delivered > 100, 30, "some load")
    machine.run("systemctl", "stop", "sluice")
    same(state(machine), "inactive")
    log = machine.path("/var/lib/sluice/log/postgresql.log").read_text()
    same("database system is shut down" in log.splitlines()[-1], True, log)
    machine.run("systemctl", "start", "sluice")
    t.admin = t.instance.context().admin
    load.finish()


def removed(machine):
    machine.dpkg("--remove", "sluice")
    same(state(machine), "inactive")
    same(machine.attempt("pgrep", "-u", "sluice").stdout, "", "processes")
    same(machine.path("/var/lib/sluice/pg/PG_VERSION").exists(), True)
    machine.dpkg("--purge", "sluice")
    same(os.path.exists(machine.path("/var/lib/sluice")), False)
    same(machine.attempt("systemctl", "cat", "sluice").returncode, 1,
         "the unit")
