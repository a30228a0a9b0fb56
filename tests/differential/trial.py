"""One sequence at both sides, and the shortest one that still differs."""

import dataclasses
import itertools
import json

from harness.client import Failure
from masks import Stars, masked
from resp import Connection, Refusal
from rules import ask_as_new, ours_as_old
from sequences import GROUPS, KEYS, WRONG_TYPE

numbers = itertools.count(1)

STATUS = (
    # what an error begins with, its status and its code
    ("WRONGTYPE ", 409, "wrong_type"),
    ("BUSYGROUP ", 409, "busy_group"),
    ("NOGROUP ", 404, "no_group"),
    ("ERR no such key", 404, "no_such_key"),
    ("", 400, "command_error"),
)


def everything():
    """What is looked at when a sequence is over: all that can be seen."""
    for key in dict.fromkeys(KEYS):
        yield ["XRANGE", key, "-", "+"]
        yield ["XINFO", "STREAM", key, "FULL", "COUNT", "0"]
        for group in GROUPS:
            yield ["XPENDING", key, group]


class There:
    """The server that is imitated, at a database of its own."""

    name = "redis-server"

    def __init__(self, server, database):
        self.connection = Connection(server.path, database)

    def begin(self):
        self.stars = Stars()
        self.connection.ask("FLUSHDB")
        self.connection.ask("SET", WRONG_TYPE, "no stream")

    def ask(self, words):
        sent = self.stars.words(words)
        reply = ask_as_new(self.connection.ask, sent)
        self.stars.took(words, reply)
        return self.stars.hidden(masked(words, reply))


class Here:
    """A plate of its own for each sequence."""

    name = "here"

    def __init__(self, client):
        self.client = client

    def begin(self):
        self.stars = Stars()
        self.plate = f"differential-{next(numbers)}"
        self.client.post("/api/plates", {"id": self.plate}).expect(201)
        self.client.put(
            f"/v1/stream/{self.plate}/{WRONG_TYPE}", b"no stream",
            headers={"Content-Type": "text/plain"}).expect(201)

    def send(self, words):
        return self.client.post(f"/{self.plate}/streams/command", {
            "command": words[0], "args": words[1:]})

    def ask(self, words):
        reply = read(self.send(self.stars.words(words)))
        self.stars.took(words, reply)
        return self.stars.hidden(masked(words, ours_as_old(words, reply)))


def read(reply):
    """The result, or the error if its status and code are the fitting ones."""
    value = reply.json
    if reply.status == 200 and list(value) == ["ok", "data"] and value["ok"]:
        return value["data"]["result"]
    if list(value) != ["ok", "error"] or value["ok"]:
        raise Failure(f"{reply} is in no envelope of this door")
    text = value["error"]["message"]
    fitting = next((status, code) for begins, status, code in STATUS
                   if text.startswith(begins))
    if (reply.status, value["error"]["code"]) != fitting:
        return Refusal(f"{reply}, expected {fitting}")
    return Refusal(text)


def same_value(a, b):
    """True is not 1, and 1.0 is not 1."""
    return type(a) is type(b) and (
        len(a) == len(b) and all(map(same_value, a, b))
        if isinstance(a, list) else
        a.keys() == b.keys() and all(same_value(a[k], b[k]) for k in a)
        if isinstance(a, dict) else a == b)


@dataclasses.dataclass
class Difference:
    steps: list		# the sequence up to where it was seen
    words: list		# what was asked
    here: object
    there: object

    def __str__(self):
        lines = [f"    {shown(words)}" for words in self.steps]
        lines += [f"    {shown(self.words)}",
                  f"        here:         {said(self.here)}",
                  f"        redis-server: {said(self.there)}"]
        return "\n".join(lines)


def shown(words):
    return " ".join(word if word.isprintable() and word and " " not in word
                    and '"' not in word else json.dumps(word)
                    for word in words)


def said(reply):
    return repr(reply) if isinstance(reply, Refusal) else \
        json.dumps(reply, ensure_ascii=False)


class Trial:
    """Two sides, which are given the same."""

    def __init__(self, here, there, count=None):
        self.here, self.there = here, there
        self.count = count	# (words, reply): of each that was alike

    def run(self, steps):
        """The first difference, or None."""
        self.here.begin()
        self.there.begin()
        for place, words in enumerate(itertools.chain(steps, everything())):
            here, there = self.here.ask(words), self.there.ask(words)
            if not same_value(here, there):
                return Difference(steps[:place], words, here, there)
            if self.count and place < len(steps):
                self.count(words, there)
        return None

    def shrunk(self, difference):
        """Delta debugging: leave out ever smaller parts, as long as there is
        a difference at all. What showed it is asked at the end."""
        steps = difference.steps
        size = max(1, len(steps) // 2)
        while steps:
            place, before = 0, len(steps)
            while place < len(steps):
                found = self.run([*steps[:place], *steps[place + size:],
                                  difference.words])
                if found and len(found.steps) < len(steps):
                    difference, steps = found, found.steps
                else:
                    place += size
            if size == 1 and len(steps) == before:
                break
            size = max(1, size // 2)
        return difference
