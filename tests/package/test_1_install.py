"""`make install`: every file in its place, below PREFIX and DESTDIR alone."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from harness.context import Context, same
from harness.instance import ROOT, Instance
from installed import make


@contextlib.contextmanager
def directory():
    path = pathlib.Path(tempfile.mkdtemp(prefix="sluice-install-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def files_below(path):
    return sorted(str(file.relative_to(path)) for file in path.rglob("*")
                  if not file.is_dir())


def test_everything_goes_below_destdir_and_is_removed_again(_):
    with directory() as root:
        make("install", f"DESTDIR={root}", "PREFIX=/opt/it")
        placed = files_below(root)
        same([file for file in placed
              if not file.startswith(("opt/it/", "etc/"))], [], "elsewhere")
        for file in ("opt/it/bin/sluice", "opt/it/bin/sluicectl",
                     "opt/it/share/man/man1/sluice.1",
                     "opt/it/share/doc/sluice/operations.md",
                     "opt/it/lib/systemd/system/sluice.service",
                     "etc/sluice/sluice.env"):
            same(file in placed, True, file)
        for file in placed:
            path = root / file
            same(path.stat().st_mode & 0o022, 0, f"others' right on {file}")
            if path.is_symlink():
                same(os.readlink(path).startswith("../"), True, file)
        make("uninstall", f"DESTDIR={root}", "PREFIX=/opt/it")
        same(files_below(root), ["etc/sluice/sluice.env"], "what is left")


def test_settings_that_are_there_are_let_be(_):
    with directory() as root:
        settings = root / "etc/sluice/sluice.env"
        settings.parent.mkdir(parents=True)
        settings.write_text("SLUICE_HTTP_PORT=1234\n")
        make("install", f"DESTDIR={root}")
        same(settings.read_text(), "SLUICE_HTTP_PORT=1234\n")


def test_the_file_of_settings_has_each_with_its_default(_):
    with directory() as root:
        make("install", f"DESTDIR={root}")
        lines = (root / "etc/sluice/sluice.env").read_text()
        there = re.findall(r"^#?(SLUICE_\w+)=(.*)$", lines, re.M)
        same((root / "etc/sluice/sluice.env").stat().st_mode & 0o777, 0o640)
    table = (ROOT / "fcgi/settings.def").read_text()
    same(there, [("SLUICE_VAR", "/var/lib/sluice")] + [
        (f"SLUICE_{name}", value) for name, value in
        re.findall(r'^SETTING\((\w+),.*?"(.*?)"', table, re.M)[1:]])


def test_an_installed_instance_takes_its_settings_from_the_file(_):
    with directory() as prefix:
        make("install", f"PREFIX={prefix}", f"SYSCONFDIR={prefix}/etc")
        instance = Instance(processes=1)
        settings = dict(instance.settings, message_ttl="7s")
        (prefix / "etc/sluice/sluice.env").write_text("".join(
            f"SLUICE_{name.upper()}={quote}{value}{quote}\n"
            for (name, value), quote in zip(settings.items(), "\"'" * 9))
            + "SLUICE_MESSAGE_TTL=8s\n")	# the last one goes
        # What the environment says wins.
        environment = {"PATH": os.environ["PATH"],
                       "SLUICE_MAX_RETRIES": "7"}
        switch = prefix / "bin/sluicectl"

        def call(*arguments):
            return subprocess.run([switch, *arguments], env=environment,
                                  check=True, capture_output=True, text=True)

        call("start")
        try:
            t = Context(instance)
            t.admin.enqueue("orders")
            [message] = t.admin.dequeue("orders")
            same(message["max_retries"], 7, "from the environment")
            same(t.sql("""
                select expires_at - created_at from sluice.messages"""),
                "00:00:08", "from the file")
            same("worker 0: pid" in call("status").stdout, True, "status")
            same(call("do", "migrate").stdout,
                 "the database is up to date\n", "a command of sluice")
        finally:
            call("stop")
            shutil.rmtree(instance.var)
