"""Redis's protocol as a client speaks it, and a private redis-server.

Replies are read in RESP3, so that a map is a dict. A reply that is an error
is a Refusal: it compares with others, and is never raised.
"""

import dataclasses
import shutil
import socket
import subprocess
import tempfile
import time

from harness.client import Failure


@dataclasses.dataclass(frozen=True)
class Refusal:
    text: str

    def __repr__(self):
        return f"error {self.text!r}"


class Connection:
    def __init__(self, path, database):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.settimeout(30)
        self.file = self.socket.makefile("rb")
        self.ask("HELLO", "3")
        self.ask("SELECT", str(database))

    def ask(self, *words):
        sent = b"*%d\r\n" % len(words)
        for word in words:
            word = word.encode()
            sent += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(sent)
        return self.reply()

    def reply(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise Failure("redis-server has hung up")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            return Refusal(rest)
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"_":
            return None
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2].decode()
        if kind == b"=":	# with its kind, "txt:", in front
            return self.file.read(int(rest) + 2)[4:-2].decode()
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        if kind == b"%":
            return self.map(int(rest))
        raise Failure(f"redis-server sent {line!r}")

    def map(self, members):
        """A stream that was asked for twice comes twice: then one list
        follows the other, as they do in an object of JSON here."""
        value = {}
        for _ in range(members):
            name, member = self.reply(), self.reply()
            value[name] = value[name] + member if name in value else member
        return value

    def close(self):
        self.file.close()
        self.socket.close()


class Server:
    """Debian's, on a socket of its own; nothing of it stays."""

    DATABASES = 16

    def __init__(self):
        self.process = None

    def start(self):
        if not shutil.which("redis-server"):
            raise Failure("redis-server is not installed: make deps")
        self.directory = tempfile.mkdtemp(prefix="sluice-redis-")
        self.path = f"{self.directory}/socket"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path,
             "--dir", self.directory, "--save", "", "--appendonly", "no",
             "--databases", str(self.DATABASES)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + 10
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise Failure("redis-server did not start")
            time.sleep(0.01)
        return self

    def answers(self):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(self.path) == 0

    def version(self):
        connection = Connection(self.path, 0)
        text = connection.ask("INFO", "server")
        connection.close()
        [line] = [line for line in text.splitlines()
                  if line.startswith("redis_version:")]
        return line.split(":")[1]

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
            shutil.rmtree(self.directory, ignore_errors=True)
