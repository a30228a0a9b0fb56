"""PUT with Stream-Forked-From."""

from harness.context import same
from streams import JSON, Door, next_offset, refused

BEGINNING = "0000000000000000_0000000000000000"
BEHIND = "9999999999999999_9999999999999999"


def source(t, body="ab", kind=None, **headers):
    door, name = Door(t.admin), t.fresh("source")
    same(door.put(name, body, kind or {"Content-Type": "text/plain"},
                  **headers).status, 201)
    return door, name


def fork(t, door, of, body=None, kind=None, name=None, **headers):
    name = name or t.fresh("fork")
    return name, door.put(name, body, kind,
                          stream_forked_from=f"/v1/stream/{of}", **headers)


def test_a_fork_begins_at_its_sources_end(t):
    door, name = source(t)
    tail = next_offset(door.post(name, "cd"))
    copy, reply = fork(t, door, name)
    same(reply.status, 201)
    same(next_offset(reply), tail)
    same(reply.headers["Content-Type"], "text/plain")
    same([h for h in reply.headers if h.lower().startswith("stream-fork")],
         [])
    same(t.sql("select count(*) from sluice.entries "
               f"where stream_id = sluice.stream_id('{copy}')"), "0")


def test_an_offset_of_the_source_says_where(t):
    door, name = source(t)
    one = next_offset(door.head(name))
    two = next_offset(door.post(name, "cd"))
    for offset, begins in ((one, one), (two, two), (BEGINNING, "0" * 26),
                           ("-1", "0" * 26), ("0" * 26, "0" * 26),
                           (one.lower(), one)):
        _, reply = fork(t, door, name, stream_fork_offset=offset)
        same((offset, reply.status), (offset, 201))
        same((offset, next_offset(reply)), (offset, begins))
    beyond = next_offset(door.post(name, "ef"))
    _, name = source(t)
    door.delete(name)
    door.put(name, "ab")
    for offset in (beyond, BEHIND, one, "", "now", "1", "z" * 26,
                   BEGINNING + "0"):
        _, reply = fork(t, door, name, stream_fork_offset=offset)
        refused(reply, 400, "bad_value")
    same(door.delete(name).status, 204)
    same(door.head(name).status, 404)


def test_all_zeros_are_the_beginning_of_any_life(t):
    door, name = source(t)
    door.delete(name)
    same(door.put(name, "ab").status, 201)
    for offset in ("0" * 26, "-1", BEGINNING):
        copy, reply = fork(t, door, name, stream_fork_offset=offset)
        same((offset, reply.status), (offset, 201))
        _, reply = fork(t, door, name, name=copy, stream_fork_offset=offset)
        same((offset, reply.status), (offset, 200))


def test_a_sub_offset_counts_bytes_or_entries(t):
    door, name = source(t, "hello")
    _, reply = fork(t, door, name, "!", stream_fork_offset=BEGINNING,
                    stream_fork_sub_offset="3")
    same(reply.status, 201)
    for sub, status in (("5", 201), ("6", 400), ("0", 201)):
        _, reply = fork(t, door, name, stream_fork_offset=BEGINNING,
                        stream_fork_sub_offset=sub)
        same((sub, reply.status), (sub, status))
    door, name = source(t, "[1,2,3]", JSON)
    for sub, status in (("2", 201), ("3", 201), ("4", 400)):
        _, reply = fork(t, door, name, stream_fork_offset=BEGINNING,
                        stream_fork_sub_offset=sub)
        same((sub, reply.status), (sub, status))
    one = next_offset(door.put(t.fresh("one"), "[1]", JSON))
    for sub, status in (("2", 201), ("3", 400), (str((1 << 63) - 1), 400)):
        _, reply = fork(t, door, name, stream_fork_offset=one,
                        stream_fork_sub_offset=sub)
        same((sub, reply.status), (sub, status))


def test_what_makes_no_sense_is_refused(t):
    door, name = source(t)
    for bad in ("-1", "abc", "1.5", "05", "+1", "", "9" * 30):
        _, reply = fork(t, door, name, stream_fork_offset=BEGINNING,
                        stream_fork_sub_offset=bad)
        same((bad, reply.status), (bad, 400))
    _, reply = fork(t, door, name, stream_fork_sub_offset="1")
    refused(reply, 400, "bad_value")
    _, reply = fork(t, door, name, stream_fork_sub_offset="0")
    same(reply.status, 201)
    for headers in ({"stream_fork_offset": BEGINNING},
                    {"stream_fork_sub_offset": "0"}):
        refused(door.put(t.fresh("fork"), **headers), 400, "bad_value")
    for path in ("", "x", "/v1/stream/", "/v1/streams/x", "/v1/stream/%ff",
                 "/v1/stream/" + "x" * 1025):
        refused(door.put(t.fresh("fork"), stream_forked_from=path), 400,
                "bad_value")


def test_a_source_has_to_live(t):
    door = Door(t.admin)
    _, reply = fork(t, door, t.fresh("nobody"))
    refused(reply, 404, "not_found", "source stream not found")
    door, name = source(t)
    door.delete(name)
    _, reply = fork(t, door, name)
    refused(reply, 404, "not_found")
    door, name = source(t)
    fork(t, door, name)
    door.delete(name)
    _, reply = fork(t, door, name)
    refused(reply, 409, "conflict", "the source stream is deleted")


def test_its_type_is_its_sources(t):
    door, name = source(t, "[1]", JSON | {
        "Content-Type": "application/json; charset=utf-8"})
    copy, reply = fork(t, door, name, "[2,3]")
    same(reply.headers["Content-Type"], "application/json; charset=utf-8")
    same(t.sql("select count(*) from sluice.entries "
               f"where stream_id = sluice.stream_id('{copy}')"), "2")
    _, reply = fork(t, door, name, "[2,3]", JSON)
    same(reply.headers["Content-Type"], "application/json")
    _, reply = fork(t, door, name, "{")
    refused(reply, 400, "bad_json")
    _, reply = fork(t, door, name, kind={"Content-Type": "text/plain"})
    refused(reply, 409, "conflict")


def test_a_fork_is_compared(t):
    door, name = source(t, stream_ttl="60")
    copy, reply = fork(t, door, name)
    same(door.head(copy).headers["Stream-TTL"], "60")
    at = next_offset(reply)
    for headers, status in (
            ({}, 200), ({"stream_fork_offset": at}, 200),
            ({"stream_fork_offset": BEGINNING}, 409),
            ({"stream_fork_offset": at.replace("G", "0", 1)}, 409),
            ({"stream_fork_offset": BEHIND}, 409),
            ({"stream_fork_sub_offset": "0"}, 200),
            ({"stream_ttl": "60"}, 200), ({"stream_ttl": "61"}, 409),
            ({"stream_closed": "true"}, 409)):
        _, reply = fork(t, door, name, name=copy, **headers)
        same((headers, reply.status), (headers, status))
    same(door.put(copy, stream_ttl="60").status, 409)
    same(fork(t, door, t.fresh("other"), name=copy)[1].status, 409)


def test_who_forks_a_stream_reads_it(t):
    _, name = source(t)
    for grants, status in (
            ([("write", "stream:fork-*")], 403),
            ([("write", "stream:fork-*"), ("write", f"stream:{name}")], 403),
            ([("write", "stream:fork-*"), ("read", f"stream:{name}")], 201)):
        _, reply = fork(t, Door(t.user(*grants)), name)
        same((grants, reply.status), (grants, status))


def test_names_are_decoded_as_in_a_url(t):
    name = t.fresh("a")
    door = Door(t.admin)
    door.put(f"{name}%2Fb%20c", "x")
    for path in (f"{name}/b%20c", f"{name}%2fb%20c", f"{name}/b%20c/"):
        _, reply = fork(t, door, path)
        same((path, reply.status), (path, 201))
