"""Random use of streams and forks, beside a model that is plain lists.

A seed that failed is in the failure: SEED=... tries it again.
"""

import json
import os
import random
import urllib.parse

from harness.client import Failure
from harness.context import same
from harness.streams import offset_of, path_of, seq_of

KEYS = (None, "a", "b/c", "\u00fc")


class Model:
    """A stream as it should be: entries, and the key of each."""

    def __init__(self, name, is_json, entries):
        self.name, self.is_json, self.entries = name, is_json, entries
        self.closed = False

    def body(self, entries):
        data = [entry for entry, _ in entries]
        if self.is_json:
            return b"[" + b",".join(data) + b"]"
        return b"".join(data)


class Play:
    def __init__(self, t, seed):
        self.t, self.random = t, random.Random(seed)
        self.models = [self.created(is_json) for is_json in (True, False)]

    def ask(self, method, model, body=None, query=None, **headers):
        sent = {"Content-Type": "application/json" if model.is_json
                else "text/plain", **{name.replace("_", "-"): value
                                      for name, value in headers.items()}}
        return self.t.admin.request(
            method, path_of(model.name, **(query or {})), body, sent)

    def created(self, is_json):
        model = Model(self.t.fresh("model"), is_json, [])
        same(self.ask("PUT", model).status, 201)
        return model

    def entry(self, is_json):
        size = self.random.choice((1, 10, 100, 100, 20000, 300000))
        if not is_json:
            return self.random.randbytes(size)
        value = self.random.choice((
            None, 1.5, "x" * size, [[], {}], {"k": ["\u2028\n", size]}))
        return json.dumps(value, ensure_ascii=self.random.random() < 0.5,
                          indent=self.random.choice((None, 1))).encode()

    def append(self, model):
        many = self.random.choice((1, 1, 2, 7, 300)) if model.is_json else 1
        key = self.random.choice(KEYS)
        entries = [(self.entry(model.is_json) if many < 300 else
                    b"%d" % n, key) for n in range(many)]
        body = model.body(entries)
        if many == 1 and not entries[0][0].startswith(b"["):
            body = entries[0][0]	# JSON needs no array around it
        headers = {"Stream_Key": key.encode()} if key else {}
        reply = self.ask("POST", model, body, **headers)
        if model.closed:
            same(reply.status, 409, str(reply))
            return
        same(reply.status, 204, str(reply))
        model.entries += entries
        same(seq_of(reply.headers["Stream-Next-Offset"]),
             len(model.entries) - 1, "the seq of the append")

    def fork(self, model):
        at = self.random.randint(0, len(model.entries))
        entries, headers = model.entries[:at], {}
        if at < len(model.entries) or self.random.random() < 0.5:
            headers["Stream_Fork_Offset"] = offset_of(at - 1)
        if at < len(model.entries) and self.random.random() < 0.5:
            entries = entries + self.part(model, at, headers)
        fork = Model(self.t.fresh("model"), model.is_json, entries)
        reply = self.ask("PUT", fork,
                         Stream_Forked_From=path_of(model.name), **headers)
        same(reply.status, 201, str(reply))
        same(seq_of(reply.headers["Stream-Next-Offset"]),
             len(entries) - 1, "the fork's end")
        self.models.append(fork)

    def part(self, model, at, headers):
        if model.is_json:
            count = self.random.randint(1, min(5, len(model.entries) - at))
            headers["Stream_Fork_Sub_Offset"] = str(count)
            return model.entries[at:at + count]
        data, key = model.entries[at]
        size = self.random.randint(1, len(data))
        headers["Stream_Fork_Sub_Offset"] = str(size)
        return [(data[:size], key)]

    def close(self, model):
        same(self.ask("POST", model, Stream_Closed="true").status, 204)
        model.closed = True

    def read(self, model):
        """From anywhere to the end, maybe the entries of a key alone."""
        start = self.random.randint(-1, len(model.entries) - 1)
        key = self.random.choice(KEYS)
        query = {} if key is None else {"key": urllib.parse.quote(key, safe="")}
        at, got, pages = start, [], 0
        while True:
            query["offset"] = offset_of(at) if at >= 0 else "-1"
            reply = self.ask("GET", model, query=query)
            same(reply.status, 200, str(reply))
            end = seq_of(reply.headers["Stream-Next-Offset"])
            want = [entry for entry in model.entries[at + 1:end + 1]
                    if key is None or entry[1] == key]
            if reply.body != model.body(want):
                raise Failure(f"{model.name} {query}: {len(reply.body)} bytes "
                              f"to {end}, not {len(model.body(want))}")
            got += want
            if reply.headers.get("Stream-Up-To-Date") == "true":
                break
            same(end > at, True, f"{model.name} {query} goes on")
            at, pages = end, pages + 1
        same(end, len(model.entries) - 1, "the end")
        same(reply.headers.get("Stream-Closed") == "true", model.closed)

    def run(self, steps):
        acts = [self.append] * 6 + [self.read] * 5 + [self.fork] * 2
        for step in range(steps):
            act = self.random.choice(acts + [self.close] * (step % 40 == 39))
            act(self.random.choice(self.models))
        for model in self.models:
            self.read(model)


def test_streams_are_as_a_model_says(t):
    seeds = [int(os.environ["SEED"])] if os.environ.get("SEED") else \
        [random.randrange(1 << 32) for _ in range(3)]
    for seed in seeds:
        try:
            Play(t, seed).run(150)
        except Exception as fault:
            raise Failure(f"SEED={seed}: {fault}") from fault
