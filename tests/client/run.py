#!/usr/bin/env python3
"""The public client of the streams protocol: client.js against an instance.

    python3 tests/client/run.py [words of a claim's name]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import node  # noqa: E402
from harness.instance import Instance  # noqa: E402


def main():
    instance = Instance(long_poll_default="2s").start()
    try:
        done = node.run(instance, ["client/client.js", *sys.argv[1:]])
        last_words = instance.last_words()
    finally:
        instance.stop()
    for line in last_words:
        print(f"FAILED a process ended by its own fault: {line}")
    sys.exit(1 if last_words else done.returncode)


main()
