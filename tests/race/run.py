#!/usr/bin/env python3
"""Races and violent ends: one instance, which loses its processes often.

    python3 tests/race/run.py [part of a file's or test's name ...]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import runner  # noqa: E402
from harness.context import Context, same  # noqa: E402
from harness.instance import Instance  # noqa: E402


def main():
    tests = list(runner.chosen(runner.functions_of(HERE), sys.argv[1:]))
    instance = Instance(webhook_private="on", webhook_timeout="3s").start()
    try:
        def none_ended_by_its_own_fault():
            same(instance.last_words(), [], "last words")

        counts = runner.run(tests, Context(instance),
                            none_ended_by_its_own_fault)
    finally:
        instance.stop()
    runner.finish(*counts)


main()
