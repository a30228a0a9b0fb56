"""
A scratch PostgreSQL cluster for the SQL tests: made in a temporary directory,
reached through a socket only, gone when the tests end. PostgreSQL does not
run as root, so as root it is started as the user postgres.
"""

import os
import shutil
import subprocess
import tempfile

BIN = os.environ.get("POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres",
               "--clear-groups"] if os.geteuid() == 0 else []

# What a worker sets for its session: sql/session.c.
WORKER = ("-c plan_cache_mode=force_generic_plan -c enable_seqscan=off "
          "-c enable_bitmapscan=off -c enable_hashjoin=off "
          "-c enable_mergejoin=off -c jit=off -c timezone=UTC")


class Cluster:
    # Not "sluice": a user's own schema is in its search_path, and a name
    # that lacks its schema would not be noticed.
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="sluice-sql-")
        os.chmod(self.path, 0o755)
        if AS_POSTGRES:
            shutil.chown(self.path, "postgres", "postgres")
        self.data = os.path.join(self.path, "data")
        self.log = os.path.join(self.path, "log")
        self._run("initdb", "-D", self.data, "-U", "tester", "--auth=trust",
                  "--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
        # Autovacuum off: the tests of plans say when statistics change.
        self._run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "start",
                  "-o", f"-k {self.path} -c listen_addresses='' "
                  "-c fsync=off -c autovacuum=off -c random_page_cost=1.1 "
                  "-c unix_socket_permissions=0777")
        return self

    def __exit__(self, *failure):
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.path)

    def _run(self, program, *arguments):
        done = subprocess.run(
            [*AS_POSTGRES, os.path.join(BIN, program), *arguments],
            cwd=self.path, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{program}: {done.stderr}")

    def conninfo(self, database):
        return f"host={self.path} user=tester dbname={database}"

    def create_database(self, name):
        self._run("createdb", "-h", self.path, "-U", "tester", name)

    def environment(self, database):
        return {**os.environ, "PGHOST": self.path, "PGUSER": "tester",
                "PGDATABASE": database, "PGOPTIONS": WORKER}
