#!/usr/bin/env python3
"""The public suite of the streams protocol, through nginx and TLS, with users.

    python3 tests/conformance/run.py [words of a test's name]

A test that is skipped, or is not there, has failed.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import node, runner  # noqa: E402
from harness.client import Failure  # noqa: E402
from harness.instance import Instance  # noqa: E402

TESTS = 338


def vitest(instance, words):
    """Run it; what it says of each test."""
    report = instance.var / "report.json"
    chosen = ["--testNamePattern", words] if words else []
    done = node.run(instance, [
        "node_modules/vitest/vitest.mjs", "run",
        "--config", "conformance/vitest.config.js",
        "--reporter", "json", "--outputFile", str(report), *chosen],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        return json.loads(report.read_text())
    except (OSError, ValueError):
        raise Failure(f"vitest made no report:\n{done.stdout}") from None


def show(test):
    """A line for each test; of a failure, what was expected and where."""
    seconds = (test.get("duration") or 0) / 1000
    if test["status"] == "passed":
        print(f"ok {test['fullName']} ({seconds:.2f} s)")
        return
    print(f"FAILED {test['fullName']} ({test['status']}, {seconds:.2f} s)")
    for message in test.get("failureMessages") or []:
        for line in message.splitlines():
            if not line.strip().startswith("at ") or "/src-" in line:
                print(f"    {line.strip()}")


def main():
    words = " ".join(sys.argv[1:])
    instance = Instance(long_poll_default="1s",
                        webhook_private="on").start()
    try:
        report = vitest(instance, words)
        last_words = instance.last_words()
    finally:
        instance.stop()
    tests = [test for file in report["testResults"]
             for test in file["assertionResults"]
             if not words or test["status"] not in ("skipped", "pending")]
    for file in report["testResults"]:
        if file.get("message"):
            print(f"FAILED {file['name']}: {file['message']}")
    for test in tests:
        show(test)
    passed = sum(test["status"] == "passed" for test in tests)
    failed = len(tests) - passed
    if not words and len(tests) < TESTS:
        print(f"FAILED {TESTS - len(tests)} of {TESTS} tests are missing")
        failed += TESTS - len(tests)
    if last_words:
        print("FAILED processes ended by their own fault: "
              + "\n    ".join(last_words))
        failed += 1
    runner.finish(passed, failed)


main()
