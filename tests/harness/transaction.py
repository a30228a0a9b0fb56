"""A user's own transaction, held open in psql."""

import subprocess

from harness.client import Failure
from harness.instance import PSQL


class Transaction:
    """Begins at once; rolled back unless it was committed."""

    def __init__(self, t, *statements):
        self.psql = subprocess.Popen(
            [PSQL, "-XAtq", "-v", "ON_ERROR_STOP=1",
             "-d", t.instance.database], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.run("begin")
        for statement in statements:
            self.run(statement)

    def run(self, statement):
        """What psql prints, when the statement is done."""
        self.psql.stdin.write(f"{statement};\n\\echo <done>\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line.strip() == "<done>":
                return lines
            lines.append(line.rstrip("\n"))
        raise Failure("psql: " + "\n".join(lines))

    def commit(self):
        self.run("commit")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.psql.stdin.close()
        self.psql.wait(10)
        self.psql.stdout.close()
