"""A reader of server-sent events: what came, and no more than that."""

import http.client
import json
import socket

from harness.context import Failure, same
from streams import path_of


class Events:
    """One request; the events are read as they are asked for."""

    def __init__(self, client, name, query="offset=-1", path=None):
        self.connection = client.connect()
        prefix = getattr(client, "prefix", "")
        self.connection.request(
            "GET", f"{prefix}{path or path_of(name)}?live=sse&{query}",
            headers={"Authorization": f"Bearer {client.token}"})
        self.answer = self.connection.getresponse()
        self.status, self.headers = self.answer.status, self.answer.headers
        self.comments = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.answer.close()
        self.connection.close()

    def event(self, seconds=10):
        """(type, data) of the next; None when the reply has ended."""
        if self.connection.sock:
            self.connection.sock.settimeout(seconds)
        kind, lines = None, []
        while True:
            try:
                line = self.answer.readline()
            except (socket.timeout, TimeoutError):
                raise Failure(f"no event within {seconds} s") from None
            except http.client.IncompleteRead:
                line = b""
            if not line:
                same((kind, lines), (None, []), "what an ended reply left")
                return None
            text = line.decode().removesuffix("\n")
            if text.startswith("event: "):
                kind = text[len("event: "):]
            elif text.startswith("data:"):
                lines.append(text[len("data:"):].removeprefix(" "))
            elif text.startswith(":"):
                self.comments += 1
            elif text:
                raise Failure(f"a line {text!r} among the events")
            elif kind:
                return kind, "\n".join(lines)

    def control(self, **more):
        kind, data = self.event(**more) or ("the end", None)
        same(kind, "control", f"the event with {data!r}")
        return json.loads(data)

    def data(self, **more):
        """The data of one event, with the control event behind it."""
        kind, data = self.event(**more) or ("the end", None)
        same(kind, "data", f"the event with {data!r}")
        return data, self.control(**more)

    def until(self, letters, **more):
        """All data, of events up to the one that completes these."""
        got = ""
        while len(got) < len(letters):
            got += self.data(**more)[0]
        same(got, letters, "all data")
