"""Every route with every kind of nonsense: a clear 4xx, and nothing changed.

The cases are generated from the binary's route table and from what calls.py
says of each route's members.
"""

import json

import call_kinds as kinds
import calls
from harness.client import Failure
from harness.context import same

DEEP = 100000
OF_EACH_TYPE = {
    "a text": "x", "a number": 7, "a fraction": 1.5, "true": True,
    "an array": ["x"], "an object": {"x": "y"}}


def wrong_values(kind):
    """Raw JSON texts that a member of that kind must refuse."""
    if isinstance(kind, kinds.Text):
        fits = {"a text"}
        if kind.bytes_max is not None:
            yield "too long", json.dumps("x" * (kind.bytes_max + 1))
        yield "broken UTF-8", b'"\xff\xfe"'
        yield "a lone surrogate in UTF-8", b'"\xed\xa0\x80"'
        yield "a lone surrogate", r'"\ud800"'
        yield "a bad escape", r'"\x41"'
        yield "a raw newline", '"a\nb"'
        if not kind.nul:
            yield "U+0000", r'"a\u0000b"'
        if not kind.empty:
            yield "nothing", '""'
    elif isinstance(kind, kinds.Integer):
        fits = {"a number"}
        for value in (kind.low - 1, kind.high + 1, 2 ** 31, 2 ** 32, 2 ** 63,
                      -2 ** 63 - 1, 2 ** 64 + kind.low, 10 ** 400):
            if not kind.low <= value <= kind.high:
                yield f"{value:.3g}" if value < 10 ** 300 else "huge", \
                    str(value)
        yield "1e400", "1e400"
        yield "a number in quotes", '"1"'
        yield "NaN", "NaN"
        yield "a leading zero", "01"
    elif isinstance(kind, kinds.Boolean):
        fits = {"true"}
    elif isinstance(kind, kinds.Texts):
        fits = {"an object"}
        for what, value in OF_EACH_TYPE.items():
            if what != "a text":
                yield f"{what} inside", json.dumps({"m": value})
        yield "null inside", '{"m": null}'
        yield "a name twice", '{"m": "1", "m": "2"}'
        yield "too many", json.dumps({f"m{n}": "" for n in range(65)})
        yield "too large", json.dumps({"m": "x" * (64 << 10)})
        yield "U+0000 in a name", r'{"a\u0000b": "x"}'
        yield "U+0000 in a value", r'{"m": "a\u0000b"}'
    elif isinstance(kind, kinds.Words):
        fits = {"an array"}
        for value in (["x"], [1], [None], [["pending"]], ["pending\0"]):
            yield f"{value} inside", json.dumps(value)
        yield "too many", json.dumps(["pending"] * 100000)
    elif isinstance(kind, kinds.Names):
        fits = {"an array"}
        for value in ([""], ["/"], [1], [None], [["x"]], [{}], ["a\0"],
                      ["x" * 1025], ["__ds"]):
            yield f"{value} inside", json.dumps(value)
        yield "too many", json.dumps([f"s{n}" for n in range(1001)])
    elif isinstance(kind, kinds.Arguments):
        fits = {"an array"}
        for value in (None, True, [], ["x"], {}):
            yield f"{value} inside", json.dumps(["key", value])
        yield "too many", json.dumps(["x"] * (1 << 17))
    elif isinstance(kind, kinds.Ids):
        fits = {"an array"}
        for value in ([], [""], [" "], ["1-1", 7], [None], [["1-1"]], [{}]):
            yield f"{value} inside", json.dumps(value)
    elif isinstance(kind, kinds.Values):
        fits = {"an object"}
        for text in ('{}', '{"a": null}', '{"a": 1, "a": 2}',
                     r'{"a\u0000": 1}', '{"a": 01}', '{"a": .5}',
                     r'{"a": "\ud800"}', '{"a": [1,]}'):
            yield text, text
    elif isinstance(kind, kinds.Digits):
        fits = {"a number"}
        for text in ("1.5", "1e3", '"1"', "NaN", "01", "+1", "- 1"):
            yield text, text
    elif isinstance(kind, kinds.Scalar):
        fits = {"a text", "a number", "a fraction"}
        yield "nothing", '""'
    elif isinstance(kind, kinds.Objects):
        fits = {"an array"}
        yield "nothing", "[]"
        for value in ("x", 7, True, None, [], {}):
            yield f"{value!r} inside", json.dumps([value])
    for what, value in OF_EACH_TYPE.items():
        if what not in fits:
            yield what, json.dumps(value)


def raw(text):
    return text if isinstance(text, bytes) else text.encode()


def body_with(body, name, text):
    """The body as bytes, with that member's value replaced by raw JSON."""
    others = {n: v for n, v in body.items() if n != name}
    start = json.dumps(others)[:-1].encode()
    return start + (b", " if others else b"") + \
        json.dumps(name).encode() + b": " + raw(text) + b"}"


def bad_members(body, members):
    for name, kind in members.items():
        for what, text in wrong_values(kind):
            yield f"{name}: {what}", body_with(body, name, text)
        required = getattr(kind, "required", False) or \
            isinstance(kind, kinds.Objects)
        if required:
            yield f"{name}: null", body_with(body, name, "null")
            yield f"{name}: missing", json.dumps(
                {n: v for n, v in body.items() if n != name}).encode()
        yield f"{name}: twice", json.dumps(body)[:-1].encode() + b', "' + \
            name.encode() + b'": ' + json.dumps(
                body.get(name, None)).encode() + b', "' + name.encode() + \
            b'": null}'
        if isinstance(kind, kinds.Objects):
            [item] = body[name]
            for what, bad in bad_members(item, kind.members):
                yield f"{name}[1].{what}", body_with(
                    body, name, b"[" + json.dumps(item).encode() + b", " +
                    bad + b"]")


def bad_bodies(call, body):
    good = json.dumps(body or {}).encode()
    yield "an unknown member", body_with(body or {}, "unknown", "1")
    yield "an unknown member, null", body_with(body or {}, "unknown", "null")
    yield "a name in capitals", body_with(body or {}, "TOPIC", '"x"')
    for text in ("[]", '"x"', "7", "null", "true", "[{}]"):
        yield text, text.encode()
    for text in ("{", "}", "{}{}", "{} x", "{,}", '{"a"}', "{'a':1}", "x",
                 "{\"a\":1,}", "\ufeff{}", "//\n{}", "{}\0"):
        yield repr(text), text.encode()
    yield "cut off", good[:-1]
    yield "trailing garbage", good + b"x"
    yield "broken UTF-8", good[:-1] + b'\xff}'
    yield "deep arrays", b"[" * DEEP
    yield "deep arrays, closed", b"[" * DEEP + b"]" * DEEP
    yield "deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP
    yield "a deep member", body_with(
        body or {}, "deep", "[" * 1000 + "]" * 1000)
    yield "many members", json.dumps(
        {f"m{n}": n for n in range(10000)}).encode()
    yield "10 MiB and a byte", good + b" " * ((10 << 20) + 1 - len(good))
    if not call.body_optional and call.members is not None:
        yield "nothing", b""


def state_of(t):
    """Everything that a caller could have changed."""
    return t.sql("""
        select
        (select md5(string_agg(m::text, '' order by topic_id, seq))
            from sluice.messages m),
        (select md5(string_agg(c::text, '' order by topic_id))
            from sluice.topic_configs c),
        (select md5(string_agg(s::text, '' order by topic_id))
            from sluice.topic_schemas s),
        (select md5(string_agg(p::text, '' order by topic_id))
            from sluice.topics p),
        (select md5(string_agg(u::text, '' order by id))
            from sluice.users u),
        (select md5(string_agg(g::text, '' order by id))
            from sluice.grants g),
        (select md5(string_agg(k::text, '' order by k.id))
            from sluice.api_keys k),
        (select md5(string_agg(r.name || r.schedule_set, '' order by r.name))
            from sluice.reapers r),
        (select md5(string_agg(p::text, '' order by p.plate))
            from sluice.plates p),
        (select md5(string_agg(k::text, '' order by k.id))
            from sluice.plate_keys k),
        (select md5(string_agg(s.name || s.length || s.last_id, ''
            order by s.stream_id))
            from sluice.streams s where s.last_id is not null),
        (select md5(string_agg(c::text, '' order by c.stream_id, c.consumer))
            from sluice.consumers c),
        (select md5(string_agg(p::text, '' order by p.stream_id, p.id))
            from sluice.pending p),
        (select md5(string_agg(b.config_hash::text, '' order by b.birth))
            from sluice.subscriptions b),
        (select md5(string_agg(l.subscription_id || l.name || l.explicit, ''
            order by l.subscription_id, l.name))
            from sluice.subscription_streams l)""")


class Checker:
    """Sends bad requests to one route and keeps what was wrong."""

    def __init__(self, t, name):
        self.t, self.name = t, name
        self.faults = []

    def refuse(self, what, method, path, body=None, statuses=range(400, 500),
               headers=None):
        try:
            reply = self.t.admin.request(method, path, body, headers)
        except OSError as broken:
            self.faults.append(f"{self.name}, {what}: {broken!r}")
            return
        if reply.status not in statuses:
            self.faults.append(f"{self.name}, {what}: {reply}")
            return
        try:
            reply.expect(reply.status)
        except Failure as fault:
            self.faults.append(f"{self.name}, {what}: {fault}")


def every_route(t, try_one):
    """Run try_one(checker, method, call, made) for each route."""
    faults = []
    for method, pattern, name, _ in calls.routes():
        call = calls.call_of(method, pattern)
        made = call.make(t)
        before, workers = state_of(t), t.instance.workers()
        checker = Checker(t, name)
        try_one(checker, method, call, made)
        faults += checker.faults
        if t.instance.workers() != workers:
            faults.append(f"{name}: a worker was lost")
        if state_of(t) != before:
            faults.append(f"{name}: the state has changed")
    if faults:
        raise Failure(f"{len(faults)} wrong answers:\n" +
                      "\n".join(faults[:60]))


def test_bad_bodies_are_refused(t):
    def try_one(checker, method, call, made):
        if call.members is None:
            return
        for what, body in bad_bodies(call, made.body):
            checker.refuse(what, method, made.path, body)

    every_route(t, try_one)


def test_bad_members_are_refused(t):
    def try_one(checker, method, call, made):
        for what, body in bad_members(made.body or {}, call.members or {}):
            checker.refuse(what, method, made.path, body)

    every_route(t, try_one)


def test_bad_content_types_are_refused(t):
    def try_one(checker, method, call, made):
        if call.members is None or call.any_type:
            return
        for header in ("text/plain", "application/x-www-form-urlencoded",
                       "application/jsonx", "application/xml", "json",
                       "multipart/form-data; boundary=x"):
            checker.refuse(f"content type {header}", method, made.path,
                           made.body, (415,), {"Content-Type": header})

    every_route(t, try_one)


def test_a_post_that_takes_no_body_refuses_one(t):
    def try_one(checker, method, call, made):
        if call.members is not None or call.any_body or method != "POST":
            return
        for body in (b"[]", b"x", b'{"what": 1}'):
            checker.refuse(f"body {body}", method, made.path, body)

    every_route(t, try_one)


def test_unknown_parameters_are_refused(t):
    def try_one(checker, method, call, made):
        if call.any_query:
            return
        joint = "&" if "?" in made.path else "?"
        for query in ("unknown=1", "unknown", "=", "limit", "%zz=1", "a=%ff"):
            checker.refuse(f"?{query}", method, made.path + joint + query,
                           made.body, (400,))

    every_route(t, try_one)


def test_bad_path_parameters_are_refused(t):
    def try_one(checker, method, call, made):
        [pattern] = [pattern for _, pattern, name, _ in calls.routes()
                     if name == checker.name]
        parts = made.path.split("?")[0].split("/")
        for i, part in enumerate(pattern.split("/")):
            if part not in ("{}", "{*}"):
                continue
            for bad in ("%", "%zz", "%f", "%ff", "%00", "a%00b",
                        "%ed%a0%80", "%c0%af"):
                path = "/".join(parts[:i] + [bad] + parts[i + 1:])
                checker.refuse(f"path with {bad[:12]}", method, path,
                               made.body)

    every_route(t, try_one)


def test_the_generator_reaches_every_member(t):
    """A canary: the good body itself, sent at the end, still succeeds."""
    for method, pattern, name, _ in calls.routes():
        call = calls.call_of(method, pattern)
        if call.members is not None:
            made = call.make(t)
            t.admin.request(method, made.path, made.body).expect(call.status)
            same(set(made.body) <= set(call.members), True, name)
