"""Requests as bytes, many on one connection, and the replies to them.

What is sent may be nonsense, so nothing here understands it: a Request has the
bytes, and says whether its end can be told (`framed`). Only then may others
follow it on the same connection.
"""

import dataclasses
import email.message
import http.client
import io
import socket

from harness.client import Reply

TOGETHER = 8	# requests that are sent before the first reply is read


@dataclasses.dataclass
class Request:
    method: str
    path: str			# as in the request line
    headers: list		# of (name, value), both bytes
    body: bytes = b""
    framed: bool = True
    half_close: bool = False	# nothing follows: say so
    raw: bytes = None		# instead of all of these

    def data(self):
        if self.raw is not None:
            return self.raw
        lines = [self.method.encode("utf-8", "surrogatepass") + b" " +
                 self.path.encode("utf-8", "surrogatepass") + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body

    def header(self, name):
        for known, value in self.headers:
            if known.lower() == name:
                return value
        return None

    def texts(self):
        """The headers as a client would give them."""
        return {name.decode("latin-1"): value.decode("latin-1")
                for name, value in self.headers}


class Broken(Exception):
    """The connection ended before the reply did."""


class Connection:
    """One connection, made when it is needed."""

    def __init__(self, port):
        self.port = port
        self.socket = self.file = None

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection(
                ("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.file = self.socket.makefile("rb", 65536)

    def close(self):
        if self.socket is not None:
            self.file.close()
            self.socket.close()
        self.socket = self.file = None

    def lines(self):
        """Of a head, up to the empty one."""
        while True:
            line = self.file.readline(65537)
            if not line.endswith(b"\n"):
                raise Broken(f"the head ends with {line!r}")
            line = line.rstrip(b"\r\n")
            if not line:
                return
            yield line

    def read(self, request):
        """A Reply; whoever sends one in HTTP/0.9 gets no head."""
        head = list(self.lines())
        if not head:
            raise Broken("an empty head")
        version, _, rest = head[0].partition(b" ")
        if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
            raise Broken(f"a status line {head[0]!r}")
        status = int(rest[:3])
        if 100 <= status < 200:
            return self.read(request)
        headers = email.message.Message()
        for line in head[1:]:
            name, _, value = line.partition(b":")
            headers[name.decode("latin-1")] = value.strip().decode("latin-1")
        body = b""
        if request.method != "HEAD" and status not in (204, 304):
            body = self.body(headers)
        asked = f"{request.method} {request.path[:120]}"
        reply = Reply(asked if " " in asked[1:] else f"{asked} /", status,
                      headers, body)
        if headers.get("Connection", "").lower() == "close":
            self.close()
        return reply

    def body(self, headers):
        if headers.get("Transfer-Encoding", "").lower() != "chunked":
            size = headers.get("Content-Length")
            return self.exactly(int(size)) if size else self.file.read()
        body = io.BytesIO()
        while True:
            size = int(self.file.readline().split(b";")[0] or b"0", 16)
            body.write(self.exactly(size))
            self.exactly(2)
            if size == 0:
                return body.getvalue()

    def exactly(self, size):
        body = self.file.read(size)
        if len(body) != size:
            raise Broken(f"{len(body)} of {size} bytes")
        return body

    def alone(self, request):
        """A reply, or None where the server hangs up instead."""
        self.close()
        try:
            self.open()
            try:
                self.socket.sendall(request.data())
                if request.half_close:
                    self.socket.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass  # it may have answered before it hung up
            return self.read(request)
        except (Broken, ConnectionError, http.client.HTTPException):
            return None
        finally:
            self.close()

    def together(self, requests):
        """The replies, in order; what a close left out is asked alone."""
        replies = []
        try:
            self.open()
            self.socket.sendall(b"".join(r.data() for r in requests))
            for request in requests:
                replies.append(self.read(request))
                if self.socket is None:
                    break
        except (Broken, ConnectionError):
            self.close()
        return replies + [self.alone(r) for r in requests[len(replies):]]
