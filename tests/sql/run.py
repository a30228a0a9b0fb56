#!/usr/bin/env python3
"""
The SQL tests. A scratch cluster is made; the program given (built from
tests/sql/migrate_test.c) tests the migration of one database and leaves it
migrated; then the tests in the files here run against that database: all of
them, or those whose names (of file or function) contain one of the words.

    tests/sql/run.py build/tests/sql/migrate_test [word ...]
"""

import glob
import importlib.util
import os
import re
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from cluster import Cluster  # noqa: E402
from session import Session, run  # noqa: E402


def migrate(program, conninfo):
    """Run the tests of migration; how many passed and failed."""
    done = subprocess.run([program, conninfo], stdout=subprocess.PIPE,
                          text=True)
    counts = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    if not counts:
        raise SystemExit(done.stdout + "the migration was not tested")
    return int(counts[1]), int(counts[2])


def main():
    program = os.path.abspath(sys.argv[1])
    words = sys.argv[2:] or [""]
    files = sorted(glob.glob(here + "/test_*.py"))
    os.chdir(os.path.join(here, "..", ".."))
    with Cluster() as cluster:
        cluster.create_database("sluice")
        counts = [migrate(program, cluster.conninfo("sluice"))]
        Session.environment = cluster.environment("sluice")
        for file in files:
            spec = importlib.util.spec_from_file_location("test", file)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            counts.append(run(module, words))
    passed, failed = map(sum, zip(*counts))
    print(f"{passed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
