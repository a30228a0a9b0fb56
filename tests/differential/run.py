#!/usr/bin/env python3
"""Random commands, here and at Debian's redis-server: every reply is equal.

    python3 tests/differential/run.py [part of a test's name ...]
    SEED=7 SEQUENCES=1000 python3 tests/differential/run.py
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import runner  # noqa: E402
from harness.context import Context, same  # noqa: E402
from harness.instance import Instance  # noqa: E402
from resp import Server  # noqa: E402
from trial import Plates  # noqa: E402


def main():
    tests = list(runner.chosen(runner.functions_of(HERE), sys.argv[1:]))
    server, instance = Server(), Instance()
    try:
        server.start()
        print(f"beside redis-server {server.version()}")
        instance.start()
        context = Context(instance)
        context.server, context.plates = server, Plates(instance.sql)
        counts = runner.run(
            tests, context,
            lambda: same(instance.last_words(), [], "last words"))
    finally:
        instance.stop()
        server.stop()
    runner.finish(*counts)


main()
