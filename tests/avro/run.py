#!/usr/bin/env python3
"""What schemas take, here and by avsc: compare.js, in the node of npm.

    python3 tests/avro/run.py build/tests/avro/judge
    SEED=7 SCHEMAS=1 python3 tests/avro/run.py build/tests/avro/judge
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import node  # noqa: E402

sys.exit(subprocess.run(
    [node.program(), HERE / "compare.js", *sys.argv[1:]]).returncode)
