"""POST /v1/stream/{name}: appends, alone and together; HEAD."""

import threading

from harness.context import Call, eventually, same
from streams import JSON, TEXT, Door, next_offset, refused

FIRST = "0000000000000000000G000000"
SECOND = "00000000000000000010000000"
THIRD = "0000000000000000001G000000"


def stream(t, kind=TEXT, **headers):
    door, name = Door(t.admin), t.fresh("appended")
    door.put(name, kind=kind, **headers).expect(201)
    return door, name


def entries(t, name):
    """What the table has, as text."""
    rows = t.sql("select convert_from(e.data, 'UTF8') from sluice.entries e "
                 "where e.stream_id = sluice.stream_id("
                 f"'{name}') order by e.seq")
    return rows.split("\n") if rows else []


def test_an_append_is_one_entry_and_says_where_it_ends(t):
    door, name = stream(t)
    reply = door.post(name, "a")
    same((reply.status, reply.body, next_offset(reply)), (204, b"", FIRST))
    same(next_offset(door.post(name, "b")), SECOND)
    same(next_offset(door.head(name)), SECOND)
    same(entries(t, name), ["a", "b"])


def test_bytes_are_kept_as_they_came(t):
    door, name = stream(t, kind={"Content-Type": "application/x-any"})
    every = bytes(range(256)) * 40
    door.post(name, every, kind={
        "Content-Type": "Application/X-Any; charset=x"}).expect(204)
    same(t.sql("select encode(data, 'hex') from sluice.entries where "
               f"stream_id = sluice.stream_id('{name}')"), every.hex())


def test_a_json_array_is_an_entry_for_each_element(t):
    door, name = stream(t, kind=JSON)
    reply = door.post(name, '[1 , {"b": 2,"b":3.0}, [4,  5], "\\u0000", '
                      "12345678901234567890]", kind=JSON)
    same(reply.status, 204)
    same(entries(t, name), ["1", '{"b": 2,"b":3.0}', "[4,  5]", '"\\u0000"',
                            "12345678901234567890"])
    for body in ('{"a":1}', "7", '"text"', "null", "[[]]"):
        door.post(name, body, kind=JSON).expect(204)
    same(entries(t, name)[5:], ['{"a":1}', "7", '"text"', "null", "[]"])


def test_json_is_all_or_nothing(t):
    door, name = stream(t, kind=JSON)
    refused(door.post(name, "[]", kind=JSON), 400, "bad_value",
            "empty JSON array")
    for body in ("[1, 2", "[1] 2", "{", "nul", "[1,]", '["\\ud800"]', " "):
        refused(door.post(name, body, kind=JSON), 400, "bad_json",
                "the body is not JSON")
    refused(door.post(name, b'["\xff"]', kind=JSON), 400, "bad_json")
    refused(door.post(name, "[" * 200 + "]" * 200, kind=JSON), 400,
            "bad_json", "the body nests deeper than JSON_DEPTH_MAX (128)")
    refused(door.post(name, "[" + "1," * (1 << 17) + "1]", kind=JSON), 400,
            "bad_value",
            "an append has at most APPEND_ENTRIES_MAX (131072) entries")
    same(entries(t, name), [])


def test_what_an_append_needs(t):
    door, name = stream(t)
    refused(door.post(name, ""), 400, "bad_value", "the body is empty")
    refused(door.post(name, "x", kind=None), 400, "bad_value",
            "Content-Type is required")
    refused(door.post(name, "x", kind=JSON), 400, "bad_json")
    refused(door.post(name, "1", kind=JSON), 409, "conflict",
            "content-type mismatch")
    refused(door.post(t.fresh("no"), "x"), 404, "not_found",
            "stream not found")
    refused(door.post("__ds/x", "x"), 400, "bad_value",
            "__ds and what begins with __ds/ are reserved names")
    same(entries(t, name), [])


def test_ten_mebibytes_fit_and_more_do_not(t):
    door, name = stream(t)
    door.post(name, b"x" * (10 << 20)).expect(204)
    refused(door.post(name, b"x" * ((10 << 20) + 1)), 413, "too_large")
    same(next_offset(door.head(name)), FIRST)


def test_stream_seq_only_rises(t):
    door, name = stream(t)
    door.post(name, "a", stream_seq="2").expect(204)
    reply = door.post(name, "b", stream_seq="10")
    refused(reply, 409, "conflict")
    same(reply.headers["Stream-Expected-Seq"], "2")
    same(reply.headers["Stream-Received-Seq"], "10")
    refused(door.post(name, "b", stream_seq="2"), 409, "conflict")
    refused(door.post(name, "b", stream_seq=""), 400, "bad_value",
            "Stream-Seq must not be empty")
    refused(door.post(name, "b", stream_seq="z" * 1025), 400, "bad_value",
            "Stream-Seq must have at most STREAM_SEQ_BYTES_MAX (1024) "
            "bytes")
    door.post(name, "b", stream_seq="3").expect(204)
    same(entries(t, name), ["a", "b"])


def producer(number, id="p", epoch=0):
    return {"producer_id": id, "producer_epoch": epoch,
            "producer_seq": number}


def test_a_producer_writes_once(t):
    door, name = stream(t)
    reply = door.post(name, "a", **producer(0))
    same((reply.status, reply.headers["Producer-Epoch"],
          reply.headers["Producer-Seq"]), (200, "0", "0"))
    reply = door.post(name, "a", **producer(0))
    same((reply.status, reply.headers["Producer-Seq"], next_offset(reply)),
         (204, "0", FIRST))
    reply = door.post(name, "c", **producer(2))
    refused(reply, 409, "conflict")
    same((reply.headers["Producer-Expected-Seq"],
          reply.headers["Producer-Received-Seq"]), ("1", "2"))
    door.post(name, "b", **producer(0, epoch=1)).expect(200)
    reply = door.post(name, "c", **producer(1))
    refused(reply, 403, "stale_epoch")
    same(reply.headers["Producer-Epoch"], "1")
    refused(door.post(name, "c", **producer(1, epoch=2)), 400, "bad_value",
            "a new epoch begins with Producer-Seq 0")
    same(entries(t, name), ["a", "b"])


def test_a_producers_headers_are_numbers_and_go_together(t):
    door, name = stream(t)
    for headers in ({"producer_id": "p"},
                    {"producer_id": "p", "producer_seq": 0},
                    {"producer_epoch": 0, "producer_seq": 0}):
        refused(door.post(name, "x", **headers), 400, "bad_value",
                "Producer-Id, Producer-Epoch and Producer-Seq go together")
    for bad in ("-1", "1abc", "0xyz", "1e3", "+1", "1.5", "",
                "9223372036854775807", "99999999999999999999"):
        refused(door.post(name, "x", **producer(bad)), 400, "bad_value",
                "Producer-Seq must be a non-negative integer")
        refused(door.post(name, "x", **producer(0, epoch=bad)), 400,
                "bad_value",
                "Producer-Epoch must be a non-negative integer")
    refused(door.post(name, "x", **producer(0, id="")), 400, "bad_value",
            "Producer-Id must not be empty")
    same(entries(t, name), [])


def test_a_closed_stream_takes_no_more(t):
    door, name = stream(t)
    reply = door.post(name, "last", stream_closed="True")
    same((reply.status, reply.headers["Stream-Closed"]), (204, "true"))
    reply = door.post(name, "x")
    refused(reply, 409, "stream_closed")
    same((reply.headers["Stream-Closed"], next_offset(reply)),
         ("true", FIRST))
    for _ in range(2):
        reply = door.post(name, kind=None, stream_closed="true")
        same((reply.status, next_offset(reply)), (204, FIRST))
    same(door.head(name).headers["Stream-Closed"], "true")


def test_only_the_word_true_closes(t):
    door, name = stream(t)
    for word in ("false", "1", "yes", "trueish"):
        same(door.post(name, "x", stream_closed=word).status, 204)
    same(door.head(name).headers["Stream-Closed"], None)


def test_times_are_given_in_two_ways(t):
    door, name = stream(t)
    for given in ("2030-01-02T03:04:05.678Z", "1893553446678000000"):
        door.post(name, "x", stream_timestamp=given).expect(204)
    same(t.sql("select string_agg(to_char(at at time zone 'UTC', "
               "'YYYY-MM-DD HH24:MI:SS.MS'), ' and ' order by seq) "
               "from sluice.entries where stream_id = "
               f"sluice.stream_id('{name}')"),
         "2030-01-02 03:04:05.678 and 2030-01-02 03:04:06.678")
    for bad in ("yesterday", "-5", "2030-01-02", "1e9"):
        refused(door.post(name, "x", stream_timestamp=bad), 400, "bad_value",
                "Stream-Timestamp must be an RFC 3339 time or Unix "
                "nanoseconds")


def test_neighbours_in_a_turn_do_not_suffer(t):
    """Good and bad appends at once: the good ones all come through."""
    door, name = stream(t)
    barrier = threading.Barrier(16)

    def good(number):
        mine = Door(t.fresh_admin())
        barrier.wait()
        for n in range(20):
            mine.post(name, f"{number}/{n}").expect(204)

    def bad(number):
        mine = Door(t.fresh_admin())
        barrier.wait()
        for n in range(20):
            refused(mine.post(name, b"1", kind=JSON), 409, "conflict")
            refused(mine.post(name, b"x", **producer(5, id=f"{number}")),
                    409, "conflict")

    for call in [Call(good if n % 2 else bad, n) for n in range(16)]:
        call.result()
    seen = entries(t, name)
    same(len(seen), 160)
    for number in range(1, 16, 2):
        same([e for e in seen if e.startswith(f"{number}/")],
             [f"{number}/{n}" for n in range(20)], "a client's order")


def test_a_row_that_is_held_is_waited_for_but_not_for_ever(t):
    door, name = stream(t)
    other = t.fresh("appended")
    door.put(other).expect(201)
    holder = Call(t.sql, "begin; select from sluice.streams where stream_id = "
                  f"sluice.stream_id('{name}') for update; "
                  "select pg_sleep(1); rollback")
    eventually(lambda: t.sql("select count(*) from pg_stat_activity where "
                             "query like '%pg_sleep(1)%' and "
                             "pid <> pg_backend_pid()") == "1")
    waiting = Call(Door(t.fresh_admin()).post, name, "x")
    for n in range(20):
        door.post(other, f"{n}").expect(204)
    same(waiting.result().status, 204)
    holder.result()


def test_head_has_no_body_and_is_not_kept(t):
    door, name = stream(t, stream_ttl=3600)
    reply = door.head(name)
    same((reply.status, reply.body), (200, b""))
    same({key: reply.headers[key] for key in (
        "Content-Type", "Cache-Control", "Stream-TTL", "Stream-Next-Offset",
        "X-Content-Type-Options")}, {
            "Content-Type": "text/plain", "Cache-Control": "no-store",
            "Stream-TTL": "3600",
            "Stream-Next-Offset": "0" * 26,
            "X-Content-Type-Options": "nosniff"})
    same(door.head(t.fresh("no")).status, 404)


def test_grants_are_the_streams_own(t):
    name = t.fresh("granted")
    Door(t.admin).put(name).expect(201)
    writer = Door(t.user(("write", "stream:granted*")))
    reader = Door(t.user(("read", "stream:granted*")))
    queue = Door(t.user(("admin", "granted*"), ("admin", "*")))
    writer.post(name, "x").expect(204)
    same(writer.head(name).status, 403)
    same(reader.head(name).status, 200)
    refused(reader.post(name, "x"), 403, "forbidden")
    refused(queue.post(name, "x"), 403, "forbidden")
    same(queue.head(name).status, 403)
    refused(Door(t.anonymous()).post(name, "x"), 401, "unauthenticated")


def test_what_is_not_committed_is_not_acknowledged(t):
    """The commit comes after the statement's answer, and may fail."""
    door, name = stream(t)
    t.sql("create function public.refuse() returns trigger "
          "language plpgsql as $$ begin raise exception using "
          "errcode = 'disk_full', message = 'no commit'; end $$")
    try:
        t.sql("create constraint trigger refuse after update "
              "on sluice.streams deferrable initially deferred for each row "
              f"when (new.name = '{name}') execute function public.refuse()")
        refused(door.post(name, "a"), 503, "busy")
        refused(door.post(name, "b", stream_closed="true"), 503, "busy")
    finally:
        t.sql("drop function public.refuse cascade")
    same(entries(t, name), [])
    same(next_offset(door.post(name, "c")), FIRST)
