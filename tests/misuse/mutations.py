"""One bad request, made of a route's good call and a source of chance.

make() gives a wire.Request and what is known of it: REFUSED, when it is wrong
whatever the rest of it says, or None, when the description of the API has to
say whether it might be taken. Waits are kept short: no number between 1 and
10^8 is made up, and nobody asks for server-sent events.
"""

import json

from wire import Request

REFUSED = "refused"

VALUES = [None, True, False, 0, -1, 1.5, -0.0, "", " ", "x", "\0", "é", "💥",
          [], {}, [[]], [None], {"": ""}, ["x"], {"x": 1}, "x" * 300,
          2 ** 31, 2 ** 63 - 1, -2 ** 63, 2 ** 53]
# Not JSON, or JSON that no member takes.
RAW = [b"NaN", b"Infinity", b"-", b"01", b"+1", b".5", b"1.", b"1e400",
       b"-1e400", b"9" * 400, b"18446744073709551616", b"0x10", b"'x'",
       b"undefined", b"tru", b'"\\ud800"', b'"\\x41"', b'"a\nb"',
       b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"', b"[", b"{",
       b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200, b"",
       b"/**/1", b"\xef\xbb\xbf1", b'{"a":1,"a":2}']
SEGMENTS = ["%", "%zz", "%f", "%ff", "%00", "a%00b", "%ed%a0%80", "%c0%af",
            "%c3%28", "", ".", "..", "%2e%2e", "%2F", "%2f%2f", "a%2F..%2Fb",
            "x" * 300, "x" * 2000, "%20", "%0a", "%0d%0aX:%20y", "'", '"',
            "`id`", "$(id)", "{}", "{*}", "*", "?", ";", "%25", "%u0041",
            "00000000-0000-8000-8000-000000000000", "-1", "0", "1e9",
            "9" * 40, "%F0%9F%92%A5", "nobody", "__ds", "null", "..%5c"]
QUERIES = ["", "=", "&", "&&", "%", "%zz=1", "a=%ff", "a=%00", "unknown",
           "unknown=1", "limit=", "limit=x", "limit=-1", "limit=1.5",
           "limit=9" + "9" * 30, "offset=-1", "offset=x", "limit=1&limit=2",
           "topic=%00", "topic=" + "x" * 300, "offset=%2b1", "live=nothing",
           "since=yesterday", "count=x", "start=x", "end=%ff", "section=x",
           "before=x", "after=%00", "=".join("ab" * 40), "x" * 9000,
           "&".join(f"p{n}=1" for n in range(100)), "a[]=1", "<script>"]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
           "TRACE", "BREW", "get", "CONNECT", "PROPFIND"]
HEADERS = [("Content-Type", b"text/plain"), ("Content-Type", b""),
           ("Content-Type", b"application/json; charset=\xff"),
           ("Content-Type", b"multipart/form-data"), ("Accept", b"\xff/*"),
           ("Content-Encoding", b"gzip"), ("Range", b"bytes=9-1"),
           ("If-None-Match", b'"' + b"x" * 500), ("Cookie", b"=" * 500),
           ("Expect", b"nothing"), ("Upgrade", b"h2c"), ("Te", b"gzip"),
           ("X-Forwarded-For", b"\xff\xfe"), ("Origin", b"null"),
           ("Stream-TTL", b"-1"), ("Stream-TTL", b"9" * 40),
           ("Stream-Expires-At", b"never"), ("Stream-Seq", b"\xff"),
           ("Stream-Key", b"\xff"), ("Stream-Timestamp", b"x"),
           ("Producer-Id", b"p"), ("Producer-Epoch", b"-1"),
           ("Producer-Seq", b"x"), ("Stream-Forked-From", b"../../x"),
           ("Stream-Fork-Offset", b"x"), ("Stream-Closed", b"perhaps"),
           ("Last-Event-ID", b"\x7f"), ("Content-Length", b"x"),
           ("Content-Length", b"-1"), ("Transfer-Encoding", b"zip"),
           ("X", b"y" * 70000), ("Host", b"a b"), (" ", b"x"), ("X Y", b"z")]
# Headers of which nginx refuses the request, or loses the frame.
UNFRAMED = {"content-length", "transfer-encoding", "x", "host", " ", "x y",
            "expect", "upgrade", "connection"}
TOKENS = [None, b"", b"Bearer", b"Bearer ", b"Bearer x.y.z", b"Basic eDp5",
          b"Bearer " + b"x" * 5000, b"\xff\xfe", b"Bearer null",
          b"Bearer eyJhbGciOiJub25lIn0.e30.", b"Negotiate x"]


class Good:
    """A route's good call, as bytes."""

    def __init__(self, route, call, made, token):
        self.method, self.pattern, self.name, self.access = route
        self.call, self.made = call, made
        self.path, _, self.query = made.path.partition("?")
        self.value = made.body
        self.body = b"" if made.body is None else json.dumps(
            made.body).encode()
        self.token = b"Bearer " + token.encode()

    def request(self, method=None, path=None, query=None, body=None,
                headers=(), token=True, **more):
        body = self.body if body is None else body
        query = self.query if query is None else query
        sent = [(b"Host", b"localhost")]
        if token is True:
            sent.append((b"Authorization", self.token))
        elif token is not None:
            sent.append((b"Authorization", token))
        own = {name.lower() for name, _ in headers}
        if body and "content-type" not in own:
            sent.append((b"Content-Type", b"application/json"))
        if not own & {"content-length", "transfer-encoding"} and (
                body or self.method in ("POST", "PUT")):
            sent.append((b"Content-Length", b"%d" % len(body)))
        sent += [(name.encode(), value) for name, value in headers]
        path = (path or self.path) + (f"?{query}" if query else "")
        return Request(method or self.method, path, sent, body, **more)


def places(value, way=()):
    """The ways to all values of a JSON value, the whole one first."""
    yield way
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*way, name))


def written(value, way, raw):
    """JSON, with raw bytes at the end of the way."""
    if not way:
        return raw
    if isinstance(value, dict):
        return b"{" + b",".join(
            json.dumps(name).encode() + b":" + (
                written(item, way[1:], raw) if name == way[0]
                else json.dumps(item).encode())
            for name, item in value.items()) + b"}"
    return b"[" + b",".join(
        written(item, way[1:], raw) if place == way[0]
        else json.dumps(item).encode()
        for place, item in enumerate(value)) + b"]"


def objects(value):
    return [way for way in places(value)
            if isinstance(at(value, way), dict)]


def at(value, way):
    for name in way:
        value = value[name]
    return value


# Each takes a Good and a random.Random, and gives (Request, what is known).

def another_value(good, chance):
    way = chance.choice(list(places(good.value)))
    raw = json.dumps(chance.choice(VALUES)).encode()
    return good.request(body=written(good.value, way, raw)), None


def no_value(good, chance):
    way = chance.choice(list(places(good.value)))
    return good.request(body=written(good.value, way,
                                     chance.choice(RAW))), None


def a_member_less(good, chance):
    way = chance.choice(objects(good.value))
    members = dict(at(good.value, way))
    if members:
        members.pop(chance.choice(list(members)))
    return good.request(body=written(
        good.value, way, json.dumps(members).encode())), None


def a_member_more(good, chance):
    way = chance.choice(objects(good.value))
    members = dict(at(good.value, way))
    name = chance.choice(["unknown", "", "__proto__", "Topic", "id ", "\0",
                          *members])
    doubled = json.dumps(members)[:-1].encode() + \
        (b"," if members else b"") + json.dumps(name).encode() + b":" + \
        json.dumps(chance.choice(VALUES)).encode() + b"}"
    return good.request(body=written(good.value, way, doubled)), None


def cut_off(good, chance):
    return good.request(body=good.body[:chance.randrange(len(good.body))]), \
        None


def other_bytes(good, chance):
    body = bytearray(good.body)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(body) + 1)
        body[place:place + chance.randrange(3)] = bytes(
            chance.choice(b'{}[]",:\\\0\x01\xff\xc3\x80 0-e.tn')
            for _ in range(chance.randrange(3)))
    return good.request(body=bytes(body)), None


def deep_or_huge(good, chance):
    size = chance.choice([100, 1000, 20000])
    raw = chance.choice([
        b"[" * size, b"[" * size + b"]" * size, b'{"a":' * size,
        b'"' + b"x" * (size * 10) + b'"', b"[" + b"1," * size + b"1]",
        b"{" + b",".join(b'"%d":1' % n for n in range(size)) + b"}",
        b'"' + b"\\u0000" * size + b'"', b"-" * size, b"1" * size])
    way = chance.choice(list(places(good.value)))
    return good.request(body=written(good.value, way, raw)), None


def another_method(good, chance):
    return good.request(method=chance.choice(METHODS)), None


def another_segment(good, chance):
    parts = good.path.split("/")
    parts[chance.randrange(1, len(parts))] = chance.choice(SEGMENTS)
    return good.request(path="/".join(parts)), None


def another_path(good, chance):
    path = chance.choice([
        "{0}/", "/{0}", "{0}/..", "{0}/../..", "/..{0}", "/.{0}", "{0}/x",
        "{0}//", "{0}%00", "{0}%2F", "{0};x", "{0}.json", "/api{0}",
        "{0}#x", "/%2e%2e{0}", "{0}" + "/x" * 2000, "{0}\\x"]).format(
            good.path)
    return good.request(path=path), None


def another_query(good, chance):
    query = "&".join(chance.choice(QUERIES)
                     for _ in range(chance.choice([1, 1, 2])))
    if good.query and chance.random() < 0.5:
        query = good.query + "&" + query
    return good.request(query=query), None


def another_header(good, chance):
    name, value = chance.choice(HEADERS)
    return good.request(headers=[(name, value)],
                        framed=name.lower() not in UNFRAMED,
                        half_close=name.lower() in UNFRAMED), None


def another_token(good, chance):
    if good.access == "open":
        return another_header(good, chance)
    return good.request(token=chance.choice(TOKENS)), REFUSED


def a_body_that_ends_early(good, chance):
    size = len(good.body) + chance.randrange(1, 1000)
    return good.request(headers=[("Content-Length", b"%d" % size)],
                        framed=False, half_close=True), REFUSED


def a_bad_chunk(good, chance):
    body = chance.choice([
        b"x\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n", b"5\r\nab",
        b"2\r\nabc\r\n0\r\n\r\n", b"1\r\n", b"0x2\r\n{}\r\n0\r\n\r\n"])
    return good.request(body=body,
                        headers=[("Transfer-Encoding", b"chunked")],
                        framed=False, half_close=True), REFUSED


def no_request(good, chance):
    data = good.request().data()
    place = chance.randrange(4, 12)
    line = data.split(b"\r\n")[0]
    raw = chance.choice([
        b"\0" * 50, data[:place] + b"\0" + data[place:],
        line.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n\r\n",
        line + b"\r\nHost: x\r\nHost: y\r\n\r\n",
        line + b"\r\n\r\n", line.replace(b" ", b"\t") + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00" * 9, b"GET\r\n\r\n", b"\r\n\r\n",
        line + b"\r\nHost: x\r\nno colon\r\n\r\n",
        line + b"\r\nHost: x\r\nContent-Length: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"])
    return good.request(raw=raw, framed=False, half_close=True), None


ALWAYS = [another_method, another_segment, another_segment, another_path,
          another_query, another_query, another_header, another_token]
UNFRAMED_KINDS = [a_body_that_ends_early, a_bad_chunk, no_request]
OF_BODIES = [another_value, another_value, no_value, no_value, a_member_more,
             a_member_less, other_bytes, other_bytes, cut_off, deep_or_huge]


def make(good, chance):
    kinds = list(ALWAYS)
    if good.value is not None:
        kinds += OF_BODIES if objects(good.value) else \
            [another_value, no_value, other_bytes, cut_off, deep_or_huge]
    if chance.random() < 0.02:
        kinds = UNFRAMED_KINDS
    kind = chance.choice(kinds)
    if kind is a_body_that_ends_early and not good.body:
        kind = a_bad_chunk
    return kind.__name__.replace("_", " "), *kind(good, chance)
