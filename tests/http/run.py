#!/usr/bin/env python3
"""The tests over HTTP: one private instance, all files test_*.py.

    python3 tests/http/run.py [part of a file's or test's name ...]
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import client, runner  # noqa: E402
from harness.context import Context, same  # noqa: E402
from harness.instance import Instance  # noqa: E402
from harness.openapi import Description  # noqa: E402


def main():
    tests = list(runner.chosen(runner.functions_of(HERE), sys.argv[1:]))
    instance = Instance(webhook_private="on", metrics_age="0").start()
    description = Description()
    client.watch = description.check
    try:
        workers = instance.workers()
        context = Context(instance)
        context.description = description

        def no_worker_was_lost():
            same(instance.last_words(), [], "last words")
            same(instance.workers(), workers, "worker processes")
            context.forget_users()

        def all_that_is_described_was_seen(t):
            same(description.unseen(), [], "described, but never sent")

        if not sys.argv[1:]:
            tests.append(("openapi: all that is described was seen",
                          all_that_is_described_was_seen))
        counts = runner.run(tests, context, no_worker_was_lost)
    finally:
        instance.stop()
    runner.finish(*counts)


main()
