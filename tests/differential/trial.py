"""One sequence at both sides, and the shortest one that still differs."""

import dataclasses
import itertools
import json
import threading

from harness.client import Failure
from masks import Stars, masked
from names import GROUPS, KEYS, WRONG_TYPE
from resp import Connection, Refusal
from rules import ask_as_new, ours_as_old

PLATES_AT_ONCE = 500

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


class Plates:
    """Plates nobody has used. Each has a stream whose entries have no ids:
    there is a way to that in SQL alone."""

    def __init__(self, sql):
        self.sql, self.made, self.unused = sql, 0, []
        self.lock = threading.Lock()

    def next(self):
        with self.lock:
            if not self.unused:
                self.make()
            return self.unused.pop()

    def make(self):
        first, self.made = self.made + 1, self.made + PLATES_AT_ONCE
        self.sql(
            "with made as ("
            "insert into sluice.plates (plate) select 'differential-' || n "
            f"from generate_series({first}, {self.made}) n returning plate) "
            "insert into sluice.streams (stream_id, name, content_type, "
            "media_type, last_at, created_at) "
            f"select sluice.stream_id(plate || '/{WRONG_TYPE}'), "
            f"plate || '/{WRONG_TYPE}', 'text/plain', 'text/plain', now(), "
            "now() from made")
        self.unused = [f"differential-{n}"
                       for n in range(self.made, first - 1, -1)]


class Here:
    """A plate of its own for each sequence."""

    def __init__(self, client, plates):
        self.client, self.plates = client, plates

    def begin(self):
        self.stars = Stars()
        self.plate = self.plates.next()

    def send(self, words):
        return self.client.post(f"/{self.plate}/streams/command", {
            "command": words[0], "args": words[1:]})

    def ask(self, words):
        return self.told(words, read(self.send(self.stars.words(words))))

    def told(self, words, reply):
        self.stars.took(words, reply)
        return self.stars.hidden(masked(words, ours_as_old(words, reply)))

    def ask_all(self, steps):
        return [self.ask(words) for words in steps]


class Pipelined(Here):
    """Some commands at a time. Those that may block are not for pipelines."""

    path = "pipeline"

    def ask_all(self, steps):
        if len(steps) == 1 or any(
                words[0].upper() in ("XREAD", "XREADGROUP")
                for words in steps):
            return super().ask_all(steps)
        reply = self.client.post(f"/{self.plate}/{self.path}", [
            self.stars.words(words) for words in steps])
        replies = [refused(value) for value in reply.expect(200)["data"]]
        if len(replies) != len(steps):
            raise Failure(f"{reply} has {len(replies)} results, "
                          f"expected {len(steps)}")
        return self.settled(steps, replies)

    def settled(self, steps, replies):
        return list(map(self.told, steps, replies))


class Transaction(Pipelined):
    path = "transaction"

    def settled(self, steps, replies):
        """None of them was run, if one of them has words that are wrong."""
        others = [reply for reply in replies if reply != ABORTED]
        if len(others) == len(replies):
            return super().settled(steps, replies)
        if not others or not all(isinstance(reply, Refusal)
                                 for reply in others):
            raise Failure(f"{steps} was aborted: {replies}")
        return Here.ask_all(self, steps)


ABORTED = Refusal("EXECABORT Transaction discarded because of previous "
                  "errors.")


def refused(value):
    if isinstance(value, dict) and list(value) == ["error"]:
        return Refusal(value["error"])
    return value


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


def where(a, b):
    """The path to the first place where they differ."""
    pairs = ()
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        pairs = ((name, a[name], b[name]) for name in a)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = zip(map(str, range(len(a))), a, b)
    for name, x, y in pairs:
        if not same_value(x, y):
            return ".".join(filter(None, (name, where(x, y))))
    return ""


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
        place = where(self.here, self.there)
        if place:
            lines.append(f"        at {place}")
        return "\n".join(lines)


def shown(words):
    return " ".join(word if word.isprintable() and word and " " not in word
                    and '"' not in word else json.dumps(word)
                    for word in words)


def said(reply):
    return repr(reply) if isinstance(reply, Refusal) else \
        json.dumps(reply, ensure_ascii=False)


def chunks(steps, size):
    """Who speaks of the id that `*` gave has to know it."""
    chunk = []
    for words in steps:
        chunk.append(words)
        if len(chunk) == size or any("{*" in word for word in words):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Trial:
    """Two sides, which are given the same."""

    def __init__(self, here, there, count=None, chunk=1):
        self.here, self.there = here, there
        self.chunk = chunk	# how many commands are sent together
        self.count = count	# (words, reply): of each that was alike

    def run(self, steps):
        """The first difference, or None."""
        self.here.begin()
        self.there.begin()
        place = 0
        for chunk in chunks([*steps, *everything()], self.chunk):
            replies = zip(chunk, self.here.ask_all(chunk))
            for place, (words, here) in enumerate(replies, place):
                there = self.there.ask(words)
                if not same_value(here, there):
                    return Difference(steps[:place], words, here, there)
                if self.count and place < len(steps):
                    self.count(words, there)
            place += 1
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
