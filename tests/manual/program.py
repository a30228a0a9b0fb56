"""What the program says of itself."""

import re
import subprocess

from harness.client import Failure
from harness.instance import BINARY


def printed(*arguments):
    return subprocess.run([BINARY, *arguments], check=True,
                          capture_output=True, text=True).stdout


def usages():
    """What follows each command in `sluice help`."""
    found = dict(re.findall(r"^  ([a-z-]+) (.*)$", printed("help"), re.M))
    if "worker" not in found:
        raise Failure("sluice help prints no commands")
    return found


def commands():
    return list(usages())


def options():
    """(command, option) of each --option that a usage shows."""
    return [(command, option) for command, usage in usages().items()
            for option in re.findall(r"--[a-z-]+", usage)]


def settings():
    return re.findall(r"^\| `(SLUICE_\w+)` \|", printed("help", "settings"),
                      re.M)
