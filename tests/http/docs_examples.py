#!/usr/bin/env python3
"""Runs the examples of a page, in order, against a fresh instance.

A block ```sh is a piece of one shell session with SLUICE, TOKEN and DATABASE
set; the block that follows it, ```json or ```text, is what it must print. In JSON,
"..." stands for any value. A block ```sql is to be read only.

    python3 tests/http/docs_examples.py page.md
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness.instance import Instance  # noqa: E402
from harness.runner import finish  # noqa: E402

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- the end of a block ---"


def examples_of(page):
    """(line, commands, language, expected) of each example of the page."""
    blocks = [(page[:found.start()].count("\n") + 1, *found.groups())
              for found in BLOCK.finditer(page)
              if found[1] != "sql"]
    commands = None
    for line, language, text in blocks:
        if language == "sh":
            if commands is not None:
                raise SystemExit(f"line {commands[0]}: no reply is shown")
            commands = (line, text)
        elif commands is None:
            raise SystemExit(f"line {line}: a reply without commands")
        else:
            yield *commands, language, text
            commands = None


def fits(got, want):
    if want == "...":
        return got is not None and got != ""
    if isinstance(want, dict):
        return isinstance(got, dict) and sorted(got) == sorted(
            want) and all(
            fits(got[name], want[name]) for name in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(
            map(fits, got, want))
    return type(got) is type(want) and got == want


def as_shown(output, language, expected):
    if language == "text":
        return output.strip() == expected.strip()
    try:
        return fits(json.loads(output), json.loads(expected))
    except ValueError:
        return False


class Shell:
    """One bash for all blocks, so that variables and functions live on."""

    def __init__(self, environment, folder):
        self.process = subprocess.Popen(
            ["bash", "-u"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
            cwd=folder, env=environment)

    def run(self, commands):
        self.process.stdin.write(f"{commands}\necho; echo '{MARK}'\n")
        self.process.stdin.flush()
        output = ""
        for line in self.process.stdout:
            if line == MARK + "\n":
                return output
            output += line
        raise SystemExit(f"the shell ended:\n{output}")


def main():
    page = pathlib.Path(sys.argv[1])
    examples = list(examples_of(page.read_text()))
    passed = failed = 0
    instance = Instance().start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            # Not all readers have that one.
            environment = dict(instance.environment)
            environment.pop("TMPDIR", None)
            shell = Shell({
                **environment,
                "SLUICE": f"http://127.0.0.1:{instance.http_port}",
                "TOKEN": instance.admin().token,
                "DATABASE": instance.database}, folder)
            for line, commands, language, expected in examples:
                output = shell.run(commands)
                if as_shown(output, language, expected):
                    passed += 1
                    continue
                failed += 1
                print(f"FAILED {page.name} line {line}\n{commands}"
                      f"printed\n{output.strip()}\ninstead of\n{expected}")
            shell.process.stdin.close()
            shell.process.wait()
    finally:
        instance.stop()
    finish(passed, failed)


main()
