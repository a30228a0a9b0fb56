"""GET /v1/streams."""

import urllib.parse

from harness.context import same, within
from streams import Door, refused

SEVERAL = 100000


def listed(client, **query):
    reply = client.get("/v1/streams?" + urllib.parse.urlencode(query))
    same(reply.status, 200)
    return reply.json


def names(client, **query):
    return [stream["name"] for stream in listed(client, **query)]


def several(t, *suffixes):
    """Streams with a prefix of their own, which is returned."""
    prefix = t.fresh("list")
    for suffix in suffixes:
        same(Door(t.admin).put(prefix + urllib.parse.quote(suffix)).status,
             201)
    return prefix


def test_a_stream_is_described(t):
    prefix = several(t, "/a")
    door = Door(t.admin)
    door.post(prefix + "/a", "x")
    door.put(prefix + "/b", stream_expires_at="2099-01-02T03:04:05Z")
    first, second = listed(t.admin, prefix=prefix)
    same(list(first), ["name", "created_at", "expires_at", "epoch",
                       "next_offset", "sealed_through", "uploaded_through",
                       "profile"])
    same((first["name"], first["expires_at"], first["epoch"],
          first["next_offset"], first["profile"]),
         (prefix + "/a", None, 0, "1", "generic"))
    same(first["created_at"][-1], "Z")
    same(second["expires_at"], "2099-01-02T03:04:05Z")
    door.delete(prefix + "/a")
    door.put(prefix + "/a")
    same(listed(t.admin, prefix=prefix)[0]["epoch"], 1)


def test_they_come_in_the_order_of_their_bytes(t):
    prefix = several(t, "b", "a", "B", "\u00e9", "a/b", "a b", "_")
    same([name[len(prefix):] for name in names(t.admin, prefix=prefix)],
         ["B", "_", "a", "a b", "a/b", "b", "\u00e9"])


def test_what_has_ended_is_not_listed(t):
    prefix = several(t, "a", "b", "c")
    door = Door(t.admin)
    door.delete(prefix + "a")
    door.put(prefix + "d", stream_ttl="0")
    door.put(prefix + "e", stream_forked_from=f"/v1/stream/{prefix}b")
    door.delete(prefix + "b")
    same(names(t.admin, prefix=prefix), [prefix + "c", prefix + "e"])


def test_pages_follow_each_other(t):
    prefix = several(t, *"abcdefg")
    everything = names(t.admin, prefix=prefix)
    same(len(everything), 7)
    same(names(t.admin, prefix=prefix, limit=3, offset=2), everything[2:5])
    same(names(t.admin, prefix=prefix, offset=7), [])
    same(names(t.admin, prefix=prefix, limit=0), [])
    same(names(t.admin, prefix=prefix, limit=-5), [])
    same(names(t.admin, prefix=prefix, limit=100000), everything)
    same(names(t.admin, prefix=prefix, after=everything[2], limit=2),
         everything[3:5])
    same(names(t.admin, prefix=prefix, after=everything[2], offset=1),
         everything[4:])
    same(names(t.admin, prefix=prefix, after=prefix + "cc"), everything[3:])
    same(names(t.admin, prefix=prefix, unknown="x"), everything)


def test_what_is_no_page_is_refused(t):
    for query in ("limit=x", "limit=", "offset=x", "offset=-1",
                  "offset=100001", "prefix=%ff", "limit=1&limit=2"):
        reply = t.admin.get("/v1/streams?" + query)
        same((query, reply.status), (query, 400))
    refused(t.admin.post("/v1/streams"), 405, "method_not_allowed")


def test_only_what_the_caller_may_read_is_listed(t):
    prefix = several(t, "a/1", "a/2", "b/1", "b/2", "c", "%", "%1", "_/1")
    for patterns, seen in (
            (["a/*"], ["a/1", "a/2"]),
            (["c", "b/?"], ["b/1", "b/2", "c"]),
            (["*1"], ["%1", "_/1", "a/1", "b/1"]),
            (["a/*", "a/1", "*/2"], ["a/1", "a/2", "b/2"]),
            (["%"], ["%"]), (["_*"], ["_/1"]), (["d"], [])):
        user = t.user(*[("read", f"stream:{prefix}{p}") for p in patterns])
        same((patterns, [name[len(prefix):] for name in
                         names(user, prefix=prefix)]), (patterns, seen))
        same((patterns, [name[len(prefix):] for name in names(user)]),
             (patterns, seen))
    for grants in ([], [("write", "stream:*")], [("consume", "stream:*")],
                   [("admin", "*")], [("read", f"{prefix}*")]):
        same((grants, names(t.user(*grants))), (grants, []))
    for grant in (("read", "stream:*"), ("admin", "stream:*")):
        same(len(names(t.user(grant), prefix=prefix)), 8)


def test_a_right_that_was_just_given_shows_at_once(t):
    prefix = several(t, "a")
    user = t.new_user()
    client = t.client_for(user)
    same(names(client), [])
    t.admin.post(f"/api/users/{user['id']}/grants", {
        "action": "read", "topic_pattern": f"stream:{prefix}*"}).expect(201)
    same(names(client), [prefix + "a"])


def test_many_streams_do_not_make_it_slow(t):
    prefix = t.fresh("many")
    t.sql("insert into sluice.streams (stream_id, name, content_type, "
          "media_type, last_at, created_at) select sluice.stream_id(name), "
          "name, 'text/plain', 'text/plain', now(), now() from ("
          f"select '{prefix}' || n as name "
          f"from generate_series({SEVERAL}, {2 * SEVERAL - 1}) as n) as made")
    user = t.user(("read", f"stream:{prefix}1*"))
    names(user)
    for client in (t.admin, user):
        for query in ({"prefix": prefix}, {"after": f"{prefix}150000"},
                      {"prefix": f"{prefix}1999", "limit": 1000}):
            with within(0.2, query):
                assert len(names(client, **query)) == 100
    same(names(t.admin, prefix=prefix, offset=SEVERAL - 1),
         [f"{prefix}{2 * SEVERAL - 1}"])
    t.sql(f"delete from sluice.streams where name like '{prefix}%'")
