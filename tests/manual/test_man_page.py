"""sluice.1 is whole, and good mdoc."""

import re
import subprocess

import program
from harness.context import same
from harness.instance import ROOT

PAGE = ROOT / "docs" / "sluice.1"


def test_mandoc_has_no_complaint(t):
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "style", PAGE],
                          capture_output=True, text=True)
    # What other pages are installed here is not the page's fault.
    said = [line for line in (lint.stdout + lint.stderr).splitlines()
            if "mandoc.db" not in line and "referenced manual" not in line]
    same(said, [], "complaints")


def test_every_command_is_described(t):
    page = PAGE.read_text()
    synopsis, rest = page.split(".Sh DESCRIPTION")
    for command in program.commands():
        same(re.findall(rf"^\.Cm {command}\b", synopsis, re.M) != [], True,
             f"{command} in the synopsis")
        same(re.findall(rf"^\.It Cm {command}\b", rest, re.M) != [], True,
             f"{command} among the commands")
    for command, option in program.options():
        same(f".Fl Fl {option[2:]}" in rest, True, f"{command} {option}")


def test_no_command_is_made_up(t):
    page = PAGE.read_text()
    same(set(re.findall(r"^\.It Cm ([a-z-]+)", page, re.M)),
         set(program.commands()), "commands described")


def test_every_setting_has_its_default(t):
    page = PAGE.read_text()
    items = re.split(r"^\.It Ev ", page, flags=re.M)[1:]
    named = {item.split("\n")[0]: item for item in items}
    same(list(named), program.settings(), "settings described")
    same(".Li 8080" in named["SLUICE_HTTP_PORT"], True, "the port's default")
    same("Not set by default" in named["SLUICE_DATABASE"], True,
         "no default's wording")
