"""The life of a stream: created, renewed, ended; forks: test_forks.py."""

from session import Session, Statements, equal
from streams import Stream, source

CREATED, SAME, OTHERWISE, EXPIRED = 0, 1, 2, 4
BUSY, OTHER_NAME = 11, 12


# --- create --------------------------------------------------------------

def test_a_stream_is_created_with_its_first_entries(s):
    x = Stream(s)
    equal(x.create(data=["a", "b"]), CREATED)
    equal(x.get("next_seq, bytes, incarnation, state, closed"),
          ["2", "2", "0", "0", "f"])
    equal(x.own(), [(0, "a"), (1, "b")])
    y = Stream(s)
    equal((y.create(closed=True), y.create(closed=True)), (CREATED, SAME))
    equal(y.get("next_seq, closed"), ["0", "t"])


def test_what_is_there_is_compared_and_told(s):
    x = Stream(s)
    for wish, other in (
            ({"content_type": "a/b; c=D"}, {"content_type": "a/c"}),
            ({"ttl_ms": 60000}, {"ttl_ms": 60001}),
            ({"ttl_ms": 60000}, {}),
            ({}, {"ttl_ms": 60000}),
            ({"expires_at": "2099-01-01Z"}, {"expires_at": "2099-01-02Z"}),
            ({"expires_at": "2099-01-01Z"}, {}),
            ({"expires_at": "2099-01-01Z"}, {"ttl_ms": 60000}),
            ({}, {"expires_at": "2099-01-01Z"}),
            ({"closed": True}, {})):
        x = Stream(s)
        equal((wish, x.create(data=["a"], **wish)), (wish, CREATED))
        equal((wish, x.create(data=["b"], **wish)), (wish, SAME))
        equal((wish, other, x.create(**other)), (wish, other, OTHERWISE))
        equal(x.own(), [(0, "a")])
    equal(x.created("status, incarnation, next_seq, closed, content_type"),
          ["2", "0", "1", "t", "text/plain"])


def test_a_time_to_live_begins_now(s):
    x = Stream(s)
    x.create(ttl_ms=60000)
    equal(x.get("round(extract(epoch from expires_at - now()))"), ["60"])


def test_another_name_of_the_same_id_is_refused(s):
    x = Stream(s)
    x.create()
    y = Stream(s)
    y.id = x.id
    equal(y.create(), OTHER_NAME)
    equal(y.end(), OTHER_NAME)
    x.end()
    equal(y.create(), OTHER_NAME)


def test_two_at_once_create_one(s):
    x = Stream(s)
    with Session() as other:
        other.rows("begin")
        other.rows(x.create_sql(data=["first"]))
        s.send(x.create_sql("status", data=["second"]))
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [["11"]])
    equal(x.create(), SAME)
    equal(x.own(), [(0, "first")])


def test_one_that_is_not_created_after_all_makes_room(s):
    x = Stream(s)
    with Session() as other:
        other.rows("begin")
        other.rows(x.create_sql(data=["first"]))
        s.send(x.create_sql("status", data=["second"]))
        other.wait_until_blocked(s)
        other.rows("rollback")
        equal(s.receive(), [["0"]])
    equal(x.own(), [(0, "second")])


def test_what_lives_is_compared_whoever_holds_its_row(s):
    x = Stream(s)
    x.create()
    s.rows("set lock_timeout = '50ms'")
    with Session() as other:
        other.rows("begin")
        equal(x.append("a"), [0])
        other.rows(x.append_sql("b"))
        equal(x.create(), SAME)
        equal(x.create(closed=True), OTHERWISE)
        other.rows("rollback")


def test_two_at_once_begin_one_life(s):
    x = Stream(s)
    x.create()
    x.end()
    with Session() as other:
        other.rows("begin")
        other.rows(x.create_sql(data=["first"]))
        equal(x.create(data=["second"]), BUSY)
        other.rows("commit")
    equal(x.create(), SAME)
    equal(x.own(), [(0, "first")])
    equal(x.get("incarnation"), ["1"])


# --- end -----------------------------------------------------------------

def test_a_stream_ends_once(s):
    x = Stream(s)
    equal(x.end(), 1)
    x.create()
    equal((x.end(), x.end()), (0, 2))
    equal(x.get("state"), ["2"])
    equal(x.ended(), [0])


def test_a_new_life_has_a_new_number_and_nothing_of_the_last(s):
    x = Stream(s)
    x.create(data=["a", "b"], ttl_ms=60000, closed=True)
    s.rows("update sluice.streams set stream_seq = 'z' "
           f"where stream_id = {x.id}")
    x.end()
    equal(x.create(data=["c"], content_type="a/b"), CREATED)
    equal(x.get("incarnation, next_seq, bytes, closed, content_type, "
                "media_type, stream_seq, ttl_ms, expires_at, state"),
          ["1", "1", "1", "f", "a/b", "a/b", None, None, None, "0"])
    equal(x.own(), [(0, "c")])
    equal(x.ended(), [0])
    x.end()
    equal(x.ended(), [0, 1])


def test_what_has_expired_is_ended_before_it_lives_again(s):
    x = Stream(s)
    x.create(data=["a"], expires_at="2020-01-01Z")
    equal(x.create(), EXPIRED)
    equal(x.end(), 4)
    equal((x.end(why=1), x.end(why=1)), (0, 2))
    equal(x.create(), CREATED)
    equal(x.end(why=1), 5)
    equal(x.get("incarnation, state"), ["1", "0"])


# --- renewal -------------------------------------------------------------

def test_a_read_renews_a_time_to_live(s):
    x = source(s, ttl_ms=60000)
    touch = Statements(s)
    seconds = "round(extract(epoch from expires_at - now()))"
    x.set("expires_at = now() + interval '30 s'")
    touch("stream_touch", x.id, 1)
    equal(x.get(seconds), ["30"])
    touch("stream_touch", x.id, 0)
    equal(x.get(seconds), ["60"])
    x.set("expires_at = now() + interval '58 s'")
    touch("stream_touch", x.id, 0)
    equal(x.get(seconds), ["58"])


def test_nothing_else_is_renewed(s):
    touch = Statements(s)
    for wish in ({"expires_at": "2099-01-01Z"}, {}):
        x = source(s, **wish)
        before = x.get("expires_at, ctid")
        touch("stream_touch", x.id, 0)
        equal(x.get("expires_at, ctid"), before)
    x = source(s, ttl_ms=60000)
    x.expire()
    before = x.get("expires_at, ctid")
    touch("stream_touch", x.id, 0)
    equal(x.get("expires_at, ctid"), before)


def test_a_renewal_does_not_wait(s):
    x = source(s, ttl_ms=60000)
    x.set("expires_at = now() + interval '30 s'")
    with Session() as other:
        other.rows("begin")
        other.rows("select from sluice.streams "
                   f"where stream_id = {x.id} for update")
        Statements(s)("stream_touch", x.id, 0)
        other.rows("commit")
    equal(x.get("expires_at < now() + interval '31 s'"), ["t"])
