"""The .deb: what is in it, and its life where there is no systemd."""

import os
import subprocess

from debs import deb
from harness.context import eventually, same
from installed import Service
from load import Load
from machine import Machine


def told(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


def test_it_depends_on_the_libraries_it_is_linked_with(_):
    depends = told("dpkg-deb", "--field", deb(1), "Depends")
    for package in ("libpq5", "libfcgi0ldbl", "libssl3", "nginx",
                    "multiwatch", "spawn-fcgi"):
        same(package in depends, True, package)
    same("-dev" in depends, False, "headers")


def test_lintian_finds_nothing(_):
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning",
         "--suppress-tags-from-file", "/dev/null", deb(1)],
        capture_output=True, text=True)
    same((done.stdout, done.returncode), ("", 0), "lintian")


def test_the_same_source_gives_the_same_package(_):
    first = deb(1).read_bytes()
    deb.cache_clear()
    same(deb(1).read_bytes() == first, True, "the same bytes")


def test_its_life_without_systemd(_):
    with Machine() as machine:
        service = Service(machine, processes=2)
        installs(machine, service)
        t = service.context()
        topic = t.topic()
        t.admin.enqueue(topic, "before")
        cron_reaps(machine, t)
        upgrades(machine, service, t)
        goes_on_with_the_old_build(machine, service, t)
        removed(machine, t)
        comes_back(machine, service, topic)
        purged(machine)


def installs(machine, service):
    service.write_settings()
    machine.install(deb(1))
    same(machine.run("stat", "-c", "%U %G %a", "/var/lib/sluice"),
         "sluice sluice 750\n")
    same("sluice 0.1.0" in machine.run("sluice", "version"), True, "version")
    # Without systemd nobody starts what the administrator has not started.
    same(machine.attempt("sluicectl", "status").returncode, 3, "not running")
    machine.run("sluicectl", "start")


def cron_reaps(machine, t):
    """The line of /etc/cron.d, as cron runs it."""
    table = machine.path("/etc/cron.d/sluice").read_text()
    line = table.splitlines()[-1].split(None, 6)
    same(line[:6], ["*"] * 5 + ["sluice"], "when, and who")

    def tick():
        machine.run("setpriv", "--reuid=sluice", "--regid=sluice",
                    "--clear-groups", "env", "-i", "sh", "-c",
                    line[6].split(" | ")[0])
        return int(t.sql("select sum(runs) from sluice.reapers"))

    before = tick()
    t.sql("""update sluice.reapers
        set done_until = done_until - interval '1 hour'""")
    same(tick() > before, True, "more runs")


def upgrades(machine, service, t):
    """The workers are replaced under load, and nobody notices."""
    old = service.workers()
    load = Load(t)
    eventually(lambda: load.account.delivered > 100, 30, "some load")
    machine.install(deb(2))
    new = service.workers()
    same([old[n] == new[n] for n in old], [False, False], "new workers")
    load.finish()
    same(load.account.unsure, [], "failed requests")
    same(machine.run("dpkg-query", "-W", "-f", "${Version}", "sluice"),
         "0.1.0-2")
    same(machine.path("/etc/sluice/sluice.env").read_text().count("\n"),
         len(service.settings), "the settings are let be")


def goes_on_with_the_old_build(machine, service, t):
    """An upgrade that cannot put its build into service says so, and is
    installed all the same: dpkg must not be stuck."""
    workers = service.workers()
    t.sql("insert into sluice.migrations values ('9999_later', '')")
    said = machine.install(deb(2))
    same("it is older than the database" in said, True, "says why")
    same("not in service" in said, True, "says so")
    same(service.workers(), workers, "the old ones")
    t.sql("delete from sluice.migrations where name = '9999_later'")


def removed(machine, t):
    machine.dpkg("--remove", "sluice")
    same(os.path.exists(machine.path("/usr/bin/sluice")), False)
    same(machine.path("/var/lib/sluice/pg/PG_VERSION").exists(), True,
         "the messages are kept")
    same(machine.path("/etc/sluice/sluice.env").exists(), True, "settings")
    same(machine.attempt("pgrep", "-u", "sluice").stdout, "", "processes")
    # The line of cron stays, as all of /etc does, and does nothing.
    same(machine.run("sh", "-c", machine.path("/etc/cron.d/sluice")
                     .read_text().splitlines()[-1].split(None, 6)[6]), "")


def comes_back(machine, service, topic):
    machine.install(deb(2))
    machine.run("sluicectl", "start")
    t = service.context()
    same([m["payload"] for m in t.admin.dequeue(topic)], ["before"])


def purged(machine):
    machine.dpkg("--purge", "sluice")
    for path in ("/var/lib/sluice", "/etc/sluice", "/etc/cron.d/sluice", "/usr/lib/sluice",
                 "/usr/share/doc/sluice", "/usr/bin/sluicectl"):
        same(os.path.lexists(machine.path(path)), False, path)
    same(machine.attempt("pgrep", "-u", "sluice").stdout, "", "processes")
