#!/usr/bin/env python3
"""100,000 bad requests without a 500.

    python3 tests/misuse/run.py [part of a test's name ...]
    SEED=7 COUNT=1000000 python3 tests/misuse/run.py
    SEED=7 CASE=4711 python3 tests/misuse/run.py
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE), str(HERE.parent / "http")]

from harness import runner  # noqa: E402
from harness.context import Context, same  # noqa: E402
from harness.instance import Instance  # noqa: E402
from harness.openapi import Description  # noqa: E402


def main():
    tests = list(runner.chosen(runner.functions_of(HERE), sys.argv[1:]))
    instance = Instance(webhook_private="on", block_max="50ms",
                        long_poll_default="50ms", jwt_ttl="2h",
                        message_ttl="7d").start()
    try:
        context = Context(instance)
        context.description = Description()
        workers = instance.workers()

        def no_worker_was_lost():
            same(instance.last_words(), [], "last words")
            same(instance.workers(), workers, "worker processes")

        counts = runner.run(tests, context, no_worker_was_lost)
    finally:
        instance.stop()
    runner.finish(*counts)


main()
