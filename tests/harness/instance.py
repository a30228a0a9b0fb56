"""A private instance: its own cluster, ports and secrets, gone at the end."""

import atexit
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from harness.client import Client, Failure, OneWorker

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / os.environ.get("BUILD", "build") / "sluice"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# Debian's psql is a wrapper that takes longer than most statements.
PSQL = shutil.which("psql", path="/usr/lib/postgresql/15/bin") or "psql"


class Instance:
    """Runs `make run` with settings such as processes=2, auth="off"."""

    def __init__(self, **settings):
        self.var = pathlib.Path(tempfile.mkdtemp(prefix="sluice-test-"))
        # Beside it: root gives no directory away in which something is.
        self.words = self.var.with_suffix(".output")
        self.http_port, self.https_port = free_port(), free_port()
        self.password = "the admin's password"
        self.jwt_secret = settings.get("jwt_secret", secrets.token_hex(24))
        self.settings = {
            "var": self.var,
            "http_port": self.http_port,
            "https_port": self.https_port,
            "admin_password": self.password,
            "jwt_secret": self.jwt_secret,
            "processes": 2,
            "login_rate": "100000/60s",
            "argon2_memory": 64,
            "argon2_passes": 1,
            **settings}
        self.database = settings.get(
            "database", f"host={self.var}/run dbname=sluice user=sluice")
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if not name.startswith(("SLUICE_", "PG", "MAKE", "MFLAGS"))},
            **{f"SLUICE_{name.upper()}": str(value)
               for name, value in self.settings.items()}}
        self.process = None

    # Its life.

    def start(self):
        atexit.register(self.stop)
        # A shell that runs us in the background has us ignore SIGINT; our
        # children would too, and it is what stops them.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.output = open(self.words, "wb")
        self.process = subprocess.Popen(
            ["make", "-s", "run"], cwd=ROOT, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=subprocess.STDOUT, start_new_session=True)
        self.wait_until_ready(120)
        return self

    def wait_until_ready(self, seconds=30):
        ends = time.monotonic() + seconds
        client = Client("127.0.0.1", self.http_port, timeout=5)
        while True:
            if self.process.poll() is not None:
                raise Failure(f"the instance ended: {self.tail()}")
            try:
                if client.get("/readyz").status == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > ends:
                raise Failure(f"not ready in {seconds} s: {self.tail()}")
            time.sleep(0.05)

    def stop(self):
        if self.process is None:
            return
        broken = self.broken_rows()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        self.output.close()
        if os.environ.get("KEEP_VAR"):
            print(f"kept {self.var}")
        else:
            shutil.rmtree(self.var, ignore_errors=True)
            self.words.unlink()
        if broken:
            raise Failure(f"broken rows: {broken}")

    def broken_rows(self):
        """What breaks a rule of its table, while there is a database."""
        try:
            return self.sql("select * from sluice.broken_rows limit 5")
        except Failure:
            return ""

    def tail(self):
        text = self.words.read_bytes()
        return text[-3000:].decode("utf-8", "replace")

    # Its processes.

    def command(self, *arguments, check=True, **more):
        """Run the binary as the instance's own processes run it."""
        return subprocess.run(
            [BINARY, *arguments], check=check, capture_output=True, text=True,
            **more,
            env={**self.environment, "SLUICE_DATABASE": self.database})

    def reap(self, *names):
        """What runs by itself, or those reapers."""
        self.command("reap", *names or (
            "expiry", "archive", "keys", "groups", "logins", "streams",
            "plates"))

    def workers(self):
        """The worker processes that live: {number: pid}."""
        found = {}
        for file in (self.var / "run").glob("worker-*.pid"):
            pid = file.read_text().strip()
            if pid and pathlib.Path(f"/proc/{pid}").exists():
                found[int(file.stem.split("-")[1])] = int(pid)
        return found

    def worker_is_ready(self, number):
        client = self.worker_client(number)
        try:
            return client.get("/readyz").status == 200
        except OSError:
            return False
        finally:
            client.close()

    def is_ready(self):
        """Every worker runs and reaches the database."""
        return all(self.worker_is_ready(number)
                   for number in range(int(self.settings["processes"])))

    def log_size(self):
        return (self.var / "log" / "sluice.log").stat().st_size

    def faults_since(self, size, most=20):
        """The last of what the log has of errors since it had this size."""
        with open(self.var / "log" / "sluice.log", "rb") as log:
            log.seek(size)
            lines = log.read().decode(errors="replace").splitlines()
        return [line for line in lines if "level=error" in line
                or "level=fatal" in line][-most:]

    def last_words(self):
        """What processes said that ended by their own fault, and rings of
        locks, which PostgreSQL breaks after a second: there are none."""
        log = (self.var / "log" / "sluice.log").read_text(errors="replace")
        return [line for line in log.splitlines()
                if "level=fatal" in line or "Sanitizer" in line
                or "runtime error" in line or "deadlock detected" in line]

    def postmaster(self):
        pid_file = self.var / "pg" / "postmaster.pid"
        return int(pid_file.read_text().split()[0])

    def restart_workers(self):
        """`make restart`: one worker after the other."""
        subprocess.run(["make", "-s", "restart"], cwd=ROOT, check=True,
                       env=self.environment, capture_output=True)

    # Its clients.

    def client(self, token=None):
        return Client("127.0.0.1", self.http_port, token)

    def worker_client(self, number, token=None):
        return OneWorker(self.var / "run" / "front.sock", number, token)

    def admin(self):
        reply = self.client().post("/api/auth/login", {
            "username": "admin", "password": self.password})
        return self.client(reply.expect(200)["token"])

    def sql(self, statement):
        """What psql prints: rows by lines, columns by |."""
        done = subprocess.run(
            [PSQL, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database,
             "-c", statement], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"psql: {done.stderr}")
        return done.stdout.strip()
