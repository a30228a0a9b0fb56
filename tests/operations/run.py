#!/usr/bin/env python3
"""What an operator does, and what befalls him: docs/operations.md, tried.

    python3 tests/operations/run.py [part of a file's or test's name ...]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import runner  # noqa: E402


def main():
    tests = list(runner.chosen(runner.functions_of(HERE), sys.argv[1:]))
    runner.finish(*runner.run(tests, None, lambda: None))


main()
