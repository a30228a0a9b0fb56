#!/usr/bin/env python3
"""What ships beside the program and speaks of it: no instance is needed.

    python3 tests/manual/run.py [part of a test's name ...]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import runner  # noqa: E402


def main():
    tests = runner.chosen(runner.functions_of(HERE), sys.argv[1:])
    runner.finish(*runner.run(tests, None, lambda: None))


main()
