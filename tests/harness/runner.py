"""Finds test functions, runs them one after the other, and counts.

A suite is a folder of files `test_*.py`. Each function `test_*` in them is one
claim; its name says which. It gets one argument, the context that the
suite's run.py made. Names on the command line choose among file and function
names by substring.
"""

import importlib
import pathlib
import sys
import time
import traceback


skipped = []


class Skip(Exception):
    """What a test needs cannot be had here; says what."""


def functions_of(folder):
    sys.path.insert(0, str(folder))
    for path in sorted(pathlib.Path(folder).glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value) \
                    and value.__module__ == module.__name__:
                yield f"{path.stem[5:]}: {name[5:].replace('_', ' ')}", value


def chosen(tests, words):
    words = [word.replace("_", " ").removesuffix(".py").removeprefix("test ")
             for word in words]
    for name, function in tests:
        plain = name.replace("_", " ")
        if not words or any(word in plain for word in words):
            yield name, function


def run(tests, context, check_after):
    """Run them all; the number that passed and that failed."""
    instance = getattr(context, "instance", None)
    passed = failed = 0
    for name, function in tests:
        started = time.monotonic()
        size = instance.log_size() if instance else 0
        try:
            function(context)
            check_after()
        except Skip as why:
            skipped.append(name)
            print(f"SKIPPED {name}: {why}")
        except Exception as fault:
            failed += 1
            print(f"FAILED {name}")
            lines = traceback.format_exception(fault)
            lines += [f"log: {line}\n" for line in
                      (instance.faults_since(size) if instance else ())]
            print("    " + "    ".join("".join(lines).splitlines(True)))
        else:
            passed += 1
            print(f"ok {name} ({time.monotonic() - started:.2f} s)")
        sys.stdout.flush()
    return passed, failed


def finish(passed, failed):
    if skipped:
        print(f"{len(skipped)} skipped")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
