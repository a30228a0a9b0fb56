"""docs/install.md and docs/backup.md, word for word, on a machine of their
own: what stands there for the reader to fill in is filled in here."""

import datetime
import re

from debs import deb
from harness.context import eventually, same
from harness.instance import ROOT
from installed import Service
from machine import BootedMachine

# Another server, as a host db1 would have it.
SERVER = """
install -d -o postgres /srv/db1
as() { setpriv --reuid=postgres --regid=postgres --clear-groups \\
    /usr/lib/postgresql/15/bin/"$@"; }
as initdb -D /srv/db1/pg -A trust
as pg_ctl -D /srv/db1/pg -w -l /srv/db1/log \\
    -o '-k /srv/db1 -c listen_addresses= -p 5999' start
createuser -h /srv/db1 -p 5999 -U postgres sluice
createdb -h /srv/db1 -p 5999 -U postgres -O sluice sluice
"""
ELSEWHERE = "host=/srv/db1 port=5999 dbname=sluice user=sluice"


def block(page, word):
    """The only block of shell commands that has the word."""
    text = (ROOT / "docs" / page).read_text()
    [found] = [block for block in re.findall(r"```sh\n(.*?)```", text, re.S)
               if word in block]
    return found


class Reader:
    def __init__(self, machine):
        self.machine = machine
        self.own = block("backup.md", "V=/var/lib/sluice")

    def does(self, text, **filled_in):
        for words, instead in filled_in.values():
            same(words in text, True, f"{words!r} on the page")
            text = text.replace(words, instead)
        self.machine.run("bash", "-euc", self.own + text)


def test_backup_and_recovery_as_the_page_has_it(_):
    with BootedMachine() as machine:
        reader, service = Reader(machine), Service(machine, processes=1)
        service.write_settings()
        machine.install(deb(1))
        t = service.context()
        t.admin.enqueue("orders", "one")
        reader.does(block("backup.md", "archive_mode"))
        t = service.context()
        t.admin.enqueue("orders", "two")
        reader.does(block("backup.md", "pg_basebackup"))
        t.admin.enqueue("orders", "three")
        moment = t.sql("select clock_timestamp()")
        t.admin.enqueue("orders", "four")
        is_archived(machine)
        reader.does(
            block("backup.md", "recovery.signal"),
            moment=("2026-01-02 03:04:05+00", moment),
            day=("base-2026-01-01", f"base-{datetime.date.today()}"))
        reader.does(block("backup.md", "alter system reset"))
        t = service.context()
        same(sorted(message["payload"] for message in
                    t.admin.dequeue("orders", count=10)),
             ["one", "three", "two"])


def is_archived(machine):
    def ask(statement):
        return machine.run("psql", "-h", "/var/lib/sluice/run", "-U",
                           "postgres", "-XAtc", statement).strip()

    last = ask("select pg_walfile_name(lsn) from pg_switch_wal() lsn")
    eventually(lambda: machine.path(f"/backup/log/{last}").exists(), 30,
               "the last segment in the archive")


def test_a_dump_and_a_move_as_the_pages_have_it(_):
    with BootedMachine() as machine:
        reader, service = Reader(machine), Service(machine, processes=1)
        service.write_settings()
        machine.install(deb(1))
        t = service.context()
        id = t.admin.enqueue("orders", "one")
        machine.run("install", "-d", "-o", "sluice", "/backup")
        reader.does(block("backup.md", "pg_dump"))
        t.admin.enqueue("orders", "lost")
        reader.does(block("backup.md", "pg_restore"))
        t = service.context()
        same(t.sql("select count(*) from sluice.messages"), "1")

        machine.run("bash", "-euc", SERVER)
        reader.does(block("install.md", "pg_restore"),
                    server=("host=db1 dbname=sluice user=sluice", ELSEWHERE),
                    start=("systemctl start sluice", f"""
            echo "SLUICE_DATABASE={ELSEWHERE}" >>/etc/sluice/sluice.env
            systemctl start sluice"""))
        t = service.context()
        same([message["id"] for message in t.admin.dequeue("orders")], [id])
        same(t.sql("select current_setting('port')"), "5999", "the server")


def test_a_port_below_1024_as_the_page_has_it(_):
    with BootedMachine() as machine:
        reader, service = Reader(machine), Service(machine, processes=1)
        service.write_settings()
        machine.install(deb(1))
        service.context()
        # Another port than 443, which somebody may have.
        reader.does(block("install.md", "AmbientCapabilities"),
                    port=("SLUICE_HTTPS_PORT=443", "SLUICE_HTTPS_PORT=739"),
                    everybody=("0.0.0.0", "127.0.0.1"))
        t = service.context()
        machine.run("curl", "-sfk", "https://localhost:739/readyz")
        t.admin.enqueue("orders")
