"""GET /v1/stream/{name}: one page."""

import urllib.parse

from harness.context import same
from streams import JSON, TEXT, Door, next_offset, path_of, refused

ZEROS = "0" * 26


def stream(t, *entries, kind=TEXT, **headers):
    """A door, and the name of a new stream with these entries."""
    door, name = Door(t.admin), t.fresh("read")
    same(door.put(name, None, kind, **headers).status, 201)
    for entry in entries:
        same(door.post(name, entry, kind).status, 204)
    return door, name


def read(t, name, query=""):
    return t.admin.get(path_of(name) + (query and "?" + query))


def body(t, name, query=""):
    reply = read(t, name, query)
    same(reply.status, 200)
    return reply.body.decode()


def insert(t, name, rows):
    """Entries as SQL gives them: (seq, at, key, data)."""
    t.sql("with added as (insert into sluice.entries (stream_id, "
          "incarnation, seq, at, key, data) select "
          f"sluice.stream_id('{name}'), 0, a.seq, a.at, a.key, a.data from "
          f"({rows}) a (seq, at, key, data) returning data) update "
          "sluice.streams set next_seq = next_seq + (select count(*) from "
          "added), bytes = bytes + (select sum(octet_length(data)) from "
          f"added) where stream_id = sluice.stream_id('{name}')")


def pages(t, name, query="", offset="-1"):
    """All replies, up to the one that is up to date."""
    replies = []
    while True:
        reply = read(t, name, f"offset={offset}{query}")
        same(reply.status, 200)
        replies.append(reply)
        if "Stream-Up-To-Date" in reply.headers:
            return replies
        same(next_offset(reply) > offset or offset == "-1", True, "progress")
        offset = next_offset(reply)


def test_the_whole_stream(t):
    door, name = stream(t, "ab", "cd")
    reply = read(t, name)
    same((reply.status, reply.body), (200, b"abcd"))
    same(reply.headers["Content-Type"], "text/plain")
    same(next_offset(reply), next_offset(door.head(name)))
    same(reply.headers["Stream-End-Offset"], next_offset(reply))
    same(reply.headers["Stream-Up-To-Date"], "true")
    same(reply.headers["Stream-Closed"], None)
    same(read(t, name, "offset=-1").body, b"abcd")
    same(read(t, name, f"offset={ZEROS}").body, b"abcd")


def test_from_an_offset_on(t):
    door, name = stream(t, "ab")
    offset = next_offset(door.head(name))
    door.post(name, "cd")
    same(body(t, name, f"offset={offset}"), "cd")
    same(body(t, name, f"offset={offset.lower()}"), "cd")


def test_at_the_end_there_is_nothing(t):
    door, name = stream(t, "ab")
    end = next_offset(door.head(name))
    reply = read(t, name, f"offset={end}")
    same((reply.status, reply.body, next_offset(reply)), (200, b"", end))
    same(reply.headers["Stream-Up-To-Date"], "true")


def test_behind_the_end_there_is_nothing_either(t):
    """A client asks again at once until it is told that it is up to date."""
    door, name = stream(t, "ab")
    beyond = "000000000000000000G0000000"
    reply = read(t, name, f"offset={beyond}")
    same((reply.status, reply.body, next_offset(reply)), (200, b"", beyond))
    same(reply.headers["Stream-Up-To-Date"], "true")
    same(reply.headers["Stream-Closed"], None)
    same(reply.headers["Stream-End-Offset"], next_offset(door.head(name)))
    same(door.post(name, None, None, stream_closed="true").status, 204)
    reply = read(t, name, f"offset={beyond}")
    same(reply.headers["Stream-Closed"], "true")


def test_an_empty_stream(t):
    door, name = stream(t)
    reply = read(t, name)
    same((reply.status, reply.body, next_offset(reply)), (200, b"", ZEROS))
    same(reply.headers["Stream-Up-To-Date"], "true")


def test_now_is_the_end(t):
    door, name = stream(t, "ab")
    reply = read(t, name, "offset=now")
    same((reply.status, reply.body), (200, b""))
    same(next_offset(reply), next_offset(door.head(name)))
    same(reply.headers["Cache-Control"], "no-store")
    same(reply.headers["ETag"], None)
    _, name = stream(t, "[1]", kind=JSON)
    same(read(t, name, "offset=now").json, [])


def test_bad_queries(t):
    _, name = stream(t, "ab")
    for query in ("offset=", "offset=1", "offset=x", "offset=-2",
                  "offset=-1&offset=-1", f"offset={ZEROS}0",
                  "offset=%00", "live=yes", "live=long-poll", "live=sse",
                  "offset=-1&live=long-poll&timeout=soon",
                  "offset=-1&live=long-poll&timeout_ms=-1",
                  "format=xml", "format=json", "since=yesterday", "since=",
                  "key=" + "k" * 1025):
        reply = read(t, name, query)
        if reply.status != 400:
            raise AssertionError(f"{query}: {reply}")
    same(read(t, name, "color=blue&offset=-1").status, 200)


def test_a_stream_that_is_not_there(t):
    refused(read(t, t.fresh("nothing")), 404, "not_found")
    refused(read(t, t.fresh("nothing"), "offset=now"), 404, "not_found")


def test_an_offset_of_an_earlier_life_is_refused(t):
    door, name = stream(t, "ab")
    offset = next_offset(door.head(name))
    door.delete(name)
    door.put(name, "cd")
    refused(read(t, name, f"offset={offset}"), 410, "gone")
    same(body(t, name), "cd")
    # Who had read nothing has missed nothing.
    same(body(t, name, f"offset={ZEROS}"), "cd")


def test_records_keep_their_bytes(t):
    door, name = stream(t, kind=JSON)
    door.post(name, '[ {"b" :1, "a":1.0, "a":2},12345678901234567890 ]', JSON)
    door.post(name, '"x"', JSON)
    reply = read(t, name)
    same(reply.headers["Content-Type"], "application/json")
    same(reply.body.decode(),
         '[{"b" :1, "a":1.0, "a":2},12345678901234567890,"x"]')
    same(body(t, name, "format=json"), reply.body.decode())
    raw = read(t, name, "format=raw")
    same(raw.body.decode(),
         '{"b" :1, "a":1.0, "a":2}12345678901234567890"x"')
    same(raw.headers["Content-Type"], "application/octet-stream")


def test_a_page_ends_at_its_limit_of_bytes(t):
    _, name = stream(t)
    insert(t, name, "select n, now(), null::bytea, convert_to(repeat(chr("
           "97 + n), 300000), 'UTF8') from generate_series(0, 9) as n")
    replies = pages(t, name)
    same([len(reply.body) for reply in replies], [900000] * 3 + [300000])
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(chr(97 + n) * 300000 for n in range(10)))


def test_a_page_ends_at_its_limit_of_entries(t):
    _, name = stream(t)
    insert(t, name, "select n, now(), null::bytea, "
           "convert_to(to_char(n, 'FM00000,'), 'UTF8') "
           "from generate_series(0, 11999) as n")
    replies = pages(t, name)
    same([len(reply.body) // 6 for reply in replies], [5000, 5000, 2000])
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(f"{n:05}," for n in range(12000)))


def test_an_entry_that_is_longer_than_a_page_comes_alone(t):
    """Small ones before it and behind it; it is learnt of only on the way."""
    _, name = stream(t)
    insert(t, name, "select n, now(), null::bytea, convert_to(repeat(chr("
           "97 + n % 26), case when n % 20 = 19 then 3000000 else 1 end), "
           "'UTF8') from generate_series(0, 59) as n")
    got = b"".join(reply.body for reply in pages(t, name)).decode()
    want = "".join(chr(97 + n % 26) * (3000000 if n % 20 == 19 else 1)
                   for n in range(60))
    same(got == want, True, "the entries are whole and in order")


def test_entries_with_a_key(t):
    door, name = stream(t)
    for n in range(6):
        door.post(name, str(n), stream_key="even" if n % 2 == 0 else "odd")
    door.post(name, "none")
    end = next_offset(door.head(name))
    for query in ("key=even", "offset=-1&key=even"):
        reply = read(t, name, query)
        same((reply.body, next_offset(reply)), (b"024", end))
        same(reply.headers["Stream-Up-To-Date"], "true")
    reply = t.admin.get(path_of(name) + "/pk/odd?key=even")
    same((reply.body, next_offset(reply)), (b"135", end))
    same(body(t, name, "key=nobody%27s"), "")


def test_keys_of_any_letters(t):
    door, name = stream(t)
    key = "a/b c?%\u00e4"
    door.post(name, "x", stream_key=key.encode().decode("latin-1"))
    quoted = urllib.parse.quote(key, safe="")
    same(t.admin.get(f"{path_of(name)}/pk/{quoted}").body, b"x")
    same(body(t, name, f"key={quoted}"), "x")


def test_a_page_of_a_key_goes_on_where_it_ended(t):
    _, name = stream(t)
    insert(t, name, "select n, now(), convert_to('k' || n % 2, 'UTF8'), "
           "convert_to(repeat(chr(97 + n), 400000), 'UTF8') "
           "from generate_series(0, 9) as n")
    replies = pages(t, name, "&key=k1")
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(chr(97 + n) * 400000 for n in range(1, 10, 2)))
    same([len(reply.body) for reply in replies], [800000, 800000, 400000])


def test_since_a_time(t):
    door, name = stream(t)
    for second in (10, 10, 20, 30, 30, 30, 40):
        door.post(name, str(second),
                  stream_timestamp=f"2040-01-01T00:00:{second}Z")
    for since, want in (("2039-01-01T00:00:00Z", "10102030303040"),
                        ("2040-01-01T00:00:10Z", "10102030303040"),
                        ("2040-01-01T00:00:10.000001Z", "2030303040"),
                        ("2040-01-01T00:00:30Z", "30303040"),
                        ("2040-01-01T00:00:40Z", "40"),
                        ("2040-01-01T01:00:30%2B01:00", "30303040"),
                        ("2208988830000000000", "30303040"),
                        ("2040-01-01T00:00:41Z", "")):
        same(body(t, name, f"since={since}"), want, since)
    end = next_offset(door.head(name))
    same(body(t, name, f"since=2040-01-01T00:00:30Z&offset={end}"), "")


def test_a_tag_is_good_until_something_changes(t):
    door, name = stream(t, "ab")

    def tag_changes(tag):
        reply = t.admin.get(path_of(name), headers={"If-None-Match": tag})
        same(reply.status, 200)
        return reply.headers["ETag"]

    tag = read(t, name).headers["ETag"]
    for have in (tag, tag[2:], f'"x", {tag}', "*"):
        reply = t.admin.get(path_of(name), headers={"If-None-Match": have})
        same((reply.status, reply.body), (304, b""))
        same(reply.headers["ETag"], tag)
        same(next_offset(reply), next_offset(door.head(name)))
    seen = {tag}
    door.post(name, "cd")
    seen.add(tag_changes(tag))
    door.post(name, None, None, stream_closed="true")
    seen.add(tag_changes(tag))
    door.delete(name)
    door.put(name, "ab")
    seen.add(tag_changes(tag))
    same(len(seen), 4, "different tags")


def test_tags_differ_by_what_was_chosen(t):
    door, name = stream(t, kind=JSON)
    door.post(name, "[1]", JSON, stream_key="a")
    tags = [read(t, name, query).headers["ETag"] for query in (
        "", "format=raw", "key=a", "key=", "key=%22,a", "key=b")]
    same(len(set(tags)), len(tags), "different tags")


def test_only_what_never_changes_is_immutable(t):
    def cache(name, query):
        return read(t, name, query).headers["Cache-Control"]

    rows = ("select n, now(), null::bytea, convert_to(repeat('x', 600000), "
            "'UTF8') from generate_series(0, 3) as n")
    _, name = stream(t)
    insert(t, name, rows)
    replies = pages(t, name)
    second = next_offset(replies[0])
    same(cache(name, f"offset={second}"),
         "private, max-age=31536000, immutable")
    # A name's next life would answer these otherwise.
    for query in ("", "offset=-1", f"offset={ZEROS}",
                  "since=2020-01-01T00:00:00Z"):
        same(cache(name, query), "private, no-cache", query)
    same(cache(name, f"offset={next_offset(replies[-2])}"),
         "private, no-cache")
    for lives in ({"stream_ttl": "1h"},
                  {"stream_expires_at": "2040-01-01T00:00:00Z"}):
        _, name = stream(t, **lives)
        insert(t, name, rows)
        same(cache(name, f"offset={second}"), "private, no-cache")


def test_a_closed_stream_says_so_at_its_end(t):
    door, name = stream(t)
    insert(t, name, "select n, now(), null::bytea, convert_to(repeat('x', "
           "900000), 'UTF8') from generate_series(0, 1) as n")
    door.post(name, None, None, stream_closed="true")
    same([reply.headers["Stream-Closed"] for reply in pages(t, name)],
         [None, "true"])
    same(read(t, name, "offset=now").headers["Stream-Closed"], "true")


def forks(t, *entries):
    """A fork of a fork of a fork, each with two entries of its own."""
    door, name = stream(t, *entries)
    for n in range(3):
        source, name = name, t.fresh("fork")
        same(door.put(name, None, None, stream_forked_from=path_of(
            source)).status, 201)
        for letter in "ab":
            door.post(name, f"{letter}{n} ")
    return door, name


def test_a_page_goes_through_all_sources_of_a_fork(t):
    _, name = forks(t, "s ", "t ")
    want = "s t a0 b0 a1 b1 a2 b2 "
    same(body(t, name), want)
    offset = "-1"
    for n in range(8):
        reply = read(t, name, f"offset={offset}")
        same(reply.body.decode(), want[want.index("stab"[n]) if n < 2 else
                                       4 + 3 * (n - 2):], f"from entry {n}")
        same(reply.headers["Stream-Up-To-Date"], "true")
        offset = offset_of(n)


def offset_of(seq):
    """In a name's first life; seq below 16 is the last entry read."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = (seq + 1) << 34
    return "".join(digits[bits >> 5 * n & 31] for n in reversed(range(26)))


def test_a_page_of_a_fork_ends_at_its_limits_too(t):
    door, name = stream(t)
    insert(t, name, "select n, now(), convert_to('k' || n % 2, 'UTF8'), "
           "convert_to(repeat(chr(97 + n), 300000), 'UTF8') "
           "from generate_series(0, 4) as n")
    copy = t.fresh("fork")
    door.put(copy, None, None, stream_forked_from=path_of(name))
    door.post(name, "not the fork's")
    for n in range(5, 10):
        door.post(copy, chr(97 + n) * 300000, stream_key=f"k{n % 2}")
    replies = pages(t, copy)
    same([len(reply.body) for reply in replies], [900000] * 3 + [300000])
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(chr(97 + n) * 300000 for n in range(10)))
    replies = pages(t, copy, "&key=k0")
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(chr(97 + n) * 300000 for n in range(0, 10, 2)))


def test_a_page_ends_after_so_many_sources(t):
    """READ_SEGMENTS_MAX, 16; the rest comes with the next page."""
    door, name = stream(t, "0 ")
    for n in range(20):
        source, name = name, t.fresh("fork")
        door.put(name, f"{n + 1} ", None, stream_forked_from=path_of(source),
                 Content_Type="text/plain")
    replies = pages(t, name)
    same(len(replies), 2)
    same(b"".join(reply.body for reply in replies).decode(),
         "".join(f"{n} " for n in range(21)))


def test_since_a_time_in_a_fork(t):
    door, name = stream(t)
    for second in (10, 20):
        door.post(name, str(second),
                  stream_timestamp=f"2040-01-01T00:00:{second}Z")
    copy = t.fresh("fork")
    door.put(copy, None, None, stream_forked_from=path_of(name))
    door.post(copy, "30", stream_timestamp="2040-01-01T00:00:30Z")
    for since, want in ((5, "102030"), (15, "2030"), (20, "2030"),
                        (25, "30"), (35, "")):
        same(body(t, copy, f"since=2040-01-01T00:00:{since:02}Z"), want)


def test_reading_renews_what_slides(t):
    door, name = stream(t, "a", stream_ttl="2")

    def left():
        return float(t.sql("select extract(epoch from expires_at - now()) "
                           "from sluice.streams where name = "
                           f"'{name}'"))

    for query in ("", "offset=now", f"offset={next_offset(door.head(name))}"):
        t.sql("update sluice.streams set expires_at = now() + "
              f"interval '1 s' where name = '{name}'")
        same(read(t, name, query).status, 200)
        same(left() > 1.5, True, f"{query} renewed it")
    door, name = stream(t, "a", stream_expires_at="2040-01-01T00:00:00Z")
    before = door.head(name).headers["Stream-Expires-At"]
    read(t, name)
    same(door.head(name).headers["Stream-Expires-At"], before)


def test_what_has_expired_is_not_there(t):
    door, name = stream(t, "a", stream_ttl="1h")
    t.sql("update sluice.streams set expires_at = now() where name = "
          f"'{name}'")
    refused(read(t, name), 404, "not_found", "stream expired")


def test_a_reader_needs_the_right_to(t):
    door, name = stream(t, "a")
    for grant, status in ((("read", f"stream:{name}"), 200),
                          (("read", "stream:*"), 200),
                          (("write", f"stream:{name}"), 403),
                          (("read", name), 403)):
        reader = t.user(grant)
        for query in ("", "?offset=now", "?offset=-1&live=long-poll",
                      "?since=2020-01-01T00:00:00Z"):
            same(reader.get(path_of(name) + query).status, status,
                 f"{grant} {query}")
    same(t.anonymous().get(path_of(name)).status, 401)


def test_what_is_appended_is_read_at_once(t):
    door, name = stream(t)
    here = t.instance.worker_client(0, t.admin.token)
    there = t.instance.worker_client(1, t.admin.token)
    for n in range(20):
        Door(here).post(name, str(n % 10))
        same(there.get(path_of(name)).body.decode(),
             "".join(str(m % 10) for m in range(n + 1)))
