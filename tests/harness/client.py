"""An HTTP client for tests: keep-alive, JSON in and out, nothing hidden.

A client holds one connection, so one thread uses it at a time. It never
repeats a request: a connection that breaks is an exception, and a test that
expects one says so.
"""

import http.client
import json
import re
import socket
import ssl


class Failure(AssertionError):
    """A claim that did not hold."""


# Called with every request and its reply, where a suite has set it: with the
# method, the path, the headers, the body and the Reply.
watch = None


class Reply:
    def __init__(self, asked, status, headers, body):
        self.asked = asked
        self.path = asked.split(" ", 1)[1]
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failure(f"{self} is not JSON") from None

    @property
    def error(self):
        """The sentence of an error reply; its envelope must be exact."""
        value = self.json
        names = ["error"]
        # What is no path nginx refuses, and it knows no plates.
        plates = re.match(r"(/worker/\d+)?/(?!api/|v1/|healthz/|worker/)[^/%]+/", self.path) \
            or "ok" in value
        if plates:
            names = ["ok", "error"]
        if not isinstance(value, dict) or list(value) != names:
            raise Failure(f"{self} is no error of its door")
        sentence = value["error"]
        if plates or re.match(r"(/worker/\d+)?/v1/", self.path):
            if not isinstance(sentence, dict) \
                    or list(sentence) != ["code", "message"] \
                    or not sentence["code"]:
                raise Failure(f"{self} is no error of this door")
            sentence = sentence["message"]
        if not isinstance(sentence, str) or not sentence:
            raise Failure(f"{self} is no error of this door")
        return sentence

    def expect(self, status, error=None):
        """The reply's JSON (None when empty), if it has that status."""
        if self.status != status:
            raise Failure(f"{self}, expected {status}")
        if self.asked.startswith("HEAD "):
            return None
        if error is not None and self.error != error:
            raise Failure(f"{self}, expected {error!r}")
        if self.status >= 400:
            return self.error
        return self.json if self.body else None

    def __str__(self):
        body = self.body[:300].decode("utf-8", "replace")
        return f"{self.asked} answered {self.status} {body}"


class Client:
    def __init__(self, host, port, token=None, tls=None, timeout=60):
        self.host, self.port = host, port
        self.token, self.tls, self.timeout = token, tls, timeout
        self.connection = None

    def with_token(self, token):
        """Another client, with its own connection."""
        return Client(self.host, self.port, token, self.tls, self.timeout)

    def request(self, method, path, body=None, headers=None):
        """Send bytes as they are, None as no body, all else as JSON."""
        sent = {}
        if body is not None:
            sent["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        for name, value in (headers or {}).items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = value
        if self.connection is None:
            self.connection = self.connect()
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
            reply = Reply(f"{method} {path[:120]}", answer.status,
                          answer.headers, answer.read())
        except BaseException:
            self.close()
            raise
        if watch is not None:
            watch(method, path, sent, body, reply)
        return reply

    def connect(self):
        if self.tls is None:
            return http.client.HTTPConnection(
                self.host, self.port, timeout=self.timeout)
        return http.client.HTTPSConnection(
            self.host, self.port, timeout=self.timeout, context=self.tls)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    # The verbs of the queue, for tests that are about something else.

    def enqueue(self, topic, payload="x", **more):
        body = {"topic": topic, "payload": payload, **more}
        return self.post("/api/messages", body).expect(201)["id"]

    def dequeue(self, topic, **more):
        body = {"topic": topic, **more}
        return self.post("/api/messages/dequeue", body).expect(200)["messages"]

    def take(self, topic, count=1, **more):
        """Dequeue so many messages, those that are just coming back too."""
        got = []
        while len(got) < count:
            messages = self.dequeue(topic, count=count - len(got),
                                    wait_seconds=10, **more)
            if not messages:
                raise Failure(f"{topic} gave {len(got)} of {count} messages")
            got += messages
        return got

    def ack(self, id, receipt=None):
        body = None if receipt is None else {"receipt": receipt}
        return self.post(f"/api/messages/{id}/ack", body)

    def nack(self, id, **more):
        return self.post(f"/api/messages/{id}/nack", more or None)

    def message(self, id):
        return self.get(f"/api/messages/{id}").expect(200)

    def listed(self, topic, **more):
        query = "".join(f"&{name}={value}" for name, value in more.items())
        return self.get(f"/api/messages?topic={topic}{query}").expect(200)


class OneWorker(Client):
    """Speaks to one worker alone, by the front's own socket."""

    def __init__(self, path, number, token=None):
        super().__init__("localhost", None, token)
        self.path, self.prefix = str(path), f"/worker/{number}"

    def connect(self):
        connection = http.client.HTTPConnection(self.host,
                                                timeout=self.timeout)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(self.timeout)
        connection.sock.connect(self.path)
        return connection

    def request(self, method, path, body=None, headers=None):
        return super().request(method, self.prefix + path, body, headers)


def unverified_tls():
    """For the self-made certificate of an instance."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def raw_exchange(port, data, timeout=10, half_close=False):
    """Send bytes on a fresh connection, return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        s.sendall(data)
        if half_close:
            s.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
        return answer
