"""PUT /v1/stream/{name}: creating, comparing."""

import datetime

from harness.context import same
from streams import JSON, TEXT, Door, next_offset, path_of, refused

START = "0" * 26
ONE = "0000000000000000000G000000"


def entries(t, name):
    """What is stored, in its present life: (seq, data)."""
    text = t.sql(
        "select coalesce(string_agg(e.seq || '=' || convert_from(e.data, "
        "'UTF8'), '|' order by e.seq), '') from sluice.streams s "
        "join sluice.entries e on e.stream_id = s.stream_id "
        "and e.incarnation = s.incarnation "
        f"where s.stream_id = sluice.stream_id('{name}')")
    return [tuple(part.split("=", 1)) for part in text.split("|") if part]


def test_a_stream_is_created(t):
    door, name = Door(t.admin), t.fresh("stream")
    reply = door.put(name)
    same(reply.status, 201)
    same(reply.body, b"")
    same(next_offset(reply), START)
    same(reply.headers["Content-Type"], "text/plain")
    same(reply.headers["Cache-Control"], "no-store")
    same(reply.headers["Location"],
         f"http://127.0.0.1:{t.instance.http_port}{path_of(name)}")
    same(reply.headers["Stream-Closed"], None)
    same(door.put(name).status, 200)
    same("Location" in door.put(name).headers, False)


def test_the_location_is_the_path_as_it_was_asked_for(t):
    name = t.fresh("shop")
    reply = Door(t.https()).put(f"{name}%2Fa%20b/c")
    same(reply.headers["Location"], f"https://127.0.0.1:"
         f"{t.instance.https_port}/v1/stream/{name}%2Fa%20b/c")
    same(Door(t.admin).head(f"{name}/a%20b%2Fc").status, 200)


def test_without_a_content_type_it_is_bytes(t):
    door, name = Door(t.admin), t.fresh("stream")
    for kind in (None, {"Content-Type": ""},
                 {"Content-Type": "application/octet-stream"}):
        reply = door.put(name, kind=kind)
        same(reply.headers["Content-Type"], "application/octet-stream")
    same(reply.status, 200)


def test_its_body_is_its_first_entries(t):
    door = Door(t.admin)
    for kind, body, stored in (
            (TEXT, "a b", ["a b"]),
            (TEXT, " [1, 2]", [" [1, 2]"]),
            (JSON, " [1, {\"b\": 2.0} ,[3]] ", ["1", '{"b": 2.0}', "[3]"]),
            (JSON, "12345678901234567890", ["12345678901234567890"]),
            (JSON, "[]", []),
            (JSON, "", [])):
        name = t.fresh("stream")
        reply = door.put(name, body, kind)
        same(reply.status, 201)
        same(entries(t, name),
             [(str(n), data) for n, data in enumerate(stored)])
        same(next_offset(reply), next_offset(door.head(name)))
    same(next_offset(door.put(t.fresh("stream"), "x")), ONE)


def test_a_body_that_is_no_json_creates_nothing(t):
    door, name = Door(t.admin), t.fresh("stream")
    for body in ("{", "[1,]", "1 2", "nul", "\ufeff1", b"\xff"):
        refused(door.put(name, body, JSON), 400, "bad_json")
    same(door.head(name).status, 404)


def test_it_can_be_created_closed(t):
    door, name = Door(t.admin), t.fresh("stream")
    for status in (201, 200):
        reply = door.put(name, "last", stream_closed="True")
        same(reply.status, status)
        same(reply.headers["Stream-Closed"], "true")
    refused(door.put(name), 409, "conflict", "stream config mismatch")
    refused(door.post(name, "more"), 409, "stream_closed")
    same(entries(t, name), [("0", "last")])


def test_what_is_there_is_not_changed(t):
    door, name = Door(t.admin), t.fresh("stream")
    same(door.put(name, "first", {"Content-Type": "Text/Plain; a=b"}).status,
         201)
    reply = door.put(name, "second", {"Content-Type": "text/PLAIN;c=d"})
    same(reply.status, 200)
    same(reply.headers["Content-Type"], "Text/Plain; a=b")
    same(next_offset(reply), ONE)
    refused(door.put(name, kind=JSON), 409, "conflict",
            "stream config mismatch")
    refused(door.put(name, stream_ttl="60"), 409, "conflict")
    same(entries(t, name), [("0", "first")])


def test_a_time_to_live_is_seconds_or_has_a_unit(t):
    door = Door(t.admin)
    for text, seconds in (("0", 0), ("3600", 3600), ("24h", 86400),
                          ("30m", 1800), ("15s", 15), ("2d", 172800),
                          ("5000ms", 5), ("0s", 0),
                          ("315360000", 315360000)):
        name = t.fresh("stream")
        same((text, door.put(name, stream_ttl=text).status), (text, 201))
        if seconds:
            same(door.head(name).headers["Stream-TTL"], str(seconds))
            same(door.put(name, stream_ttl=f"{seconds}s").status, 200)
    for text in ("", "00060", "+60", "-1", "60.5", "1e3", "abc", "1h30m",
                 "05s", " 5 s", "h", "1500ms", "5S", "315360001", "3651d",
                 "9223372036854775807", "9223372036854775807d",
                 "99999999999999999999"):
        reply = door.put(t.fresh("stream"), stream_ttl=text)
        same((text, reply.status), (text, 400))


def test_an_expiry_is_a_time_with_a_zone(t):
    door = Door(t.admin)
    name = t.fresh("stream")
    same(door.put(name, stream_expires_at="2099-01-02T03:04:05.678Z").status,
         201)
    same(door.head(name).headers["Stream-Expires-At"],
         "2099-01-02T03:04:05.678000Z")
    same(door.put(name, stream_expires_at="2099-01-02T05:04:05.678+02:00")
         .status, 200)
    for text in ("", "tomorrow", "2099-01-02", "2099-01-02T03:04:05",
                 "2099-13-02T03:04:05Z", "4070995445"):
        refused(door.put(t.fresh("stream"), stream_expires_at=text), 400,
                "bad_value")
    refused(door.put(t.fresh("stream"), stream_ttl="60",
                     stream_expires_at="2099-01-02T03:04:05Z"), 400,
            "bad_value", "Stream-TTL and Stream-Expires-At exclude each other")


def test_after_its_end_a_name_lives_again(t):
    door, name = Door(t.admin), t.fresh("stream")
    first = door.put(name, "old")
    same(door.delete(name).status, 204)
    same(door.head(name).status, 404)
    again = door.put(name, "new", JSON | {"Content-Type": "text/html"})
    same(again.status, 201)
    same(entries(t, name), [("0", "new")])
    same(next_offset(first) < next_offset(again), True)


def test_after_it_expired_a_name_lives_again(t):
    door, name = Door(t.admin), t.fresh("stream")
    past = datetime.datetime.now(datetime.timezone.utc).isoformat()
    door.put(name, "old", stream_expires_at=past)
    refused(door.post(name, "x"), 404, "not_found", "stream expired")
    refused(door.delete(name), 404, "not_found", "stream expired")
    same(door.put(name, "[1]", JSON).status, 201)
    same(entries(t, name), [("0", "1")])


def test_reserved_and_long_names_are_refused(t):
    door = Door(t.admin)
    for name in ("__ds", "__ds/x", "__ds%2Fx"):
        refused(door.put(name), 400, "bad_value")
    refused(door.put("x" * 1025), 400, "bad_path")
    same(door.put("x" * 1024).status in (200, 201), True)
    same(door.put("__dsx").status in (200, 201), True)


def test_a_type_that_cannot_be_told_is_refused(t):
    """It comes back as a header of each reply."""
    door = Door(t.admin)
    for kind in ("a/\x01b", "a/b; x=\x7f", ";", "a/b;" + "x" * 256,
                 "a/\xff"):
        name = t.fresh("stream")
        refused(door.put(name, "x", {"Content-Type": kind}), 400, "bad_value")
        same(door.head(name).status, 404)
    same(door.put(t.fresh("stream"), "x", {"Content-Type": "a/b;\tc"}).status,
         201)
