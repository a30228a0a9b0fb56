"""The shells complete what the program takes."""

import re
import subprocess

import program
from harness.context import same
from harness.instance import BINARY, ROOT

FILE = ROOT / "fcgi" / "sluice.bash-completion"
TOPICS = ["routes", "settings", "reapers", "openapi"]
ASK = {
    "bash": """source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _sluice "$1" "${COMP_WORDS[COMP_CWORD]}" x
        printf '%s\\n' "${COMPREPLY[@]}" """,
    "zsh": """source "$1"; shift
        words=("$@") CURRENT=$#
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        compgen -F _sluice -- "${@[-1]}" """}


def completed(shell, *words):
    quiet = ["-f"] if shell == "zsh" else ["--norc"]
    done = subprocess.run(
        [shell, *quiet, "-c", ASK[shell], shell, FILE, BINARY, *words],
        check=True, capture_output=True, text=True)
    same(done.stderr, "", f"what {shell} complains of")
    # zsh itself leaves out what does not begin so.
    return [word for word in done.stdout.split()
            if shell != "zsh" or word.startswith(words[-1])]


def test_every_command_is_completed(t):
    for shell in ASK:
        same(completed(shell, ""), program.commands(), shell)
        same(completed(shell, "mi"), ["migrate"], shell)
        same(completed(shell, "nothing"), [], shell)


def test_the_tables_that_help_prints_are_completed(t):
    for shell in ASK:
        same(completed(shell, "help", ""), TOPICS, shell)
        same(completed(shell, "help", "s"), ["settings"], shell)
    for topic in TOPICS:
        same(program.printed("help", topic) != program.printed("help"), True,
             f"help {topic}")


def test_every_option_is_completed(t):
    for command, option in program.options():
        for shell in ASK:
            same(option in completed(shell, command, "--"), True,
                 f"{command} {option} in {shell}")


def test_every_reaper_is_completed(t):
    table = (ROOT / "handlers" / "reapers" / "reapers.def").read_text()
    reapers = re.findall(r"^REAPER\((\w+),", table, re.M)
    for shell in ASK:
        same(completed(shell, "reap", ""), ["--due", *reapers], shell)
        same(completed(shell, "reap", "keys", ""), reapers, shell)


def test_what_takes_no_words_offers_none(t):
    for shell in ASK:
        same(completed(shell, "worker", ""), [], shell)
        same(completed(shell, "help", "routes", ""), [], shell)
