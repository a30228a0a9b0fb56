"""The life of a stream: created, forked, renewed, ended."""

from session import Session, Statements, equal
from streams import Stream

CREATED, SAME, OTHERWISE, GONE, EXPIRED = 0, 1, 2, 3, 4
NO_SOURCE, SOURCE_GONE, OTHER_TYPE, NO_PLACE, TOO_MUCH = 6, 7, 8, 9, 10
BUSY, OTHER_NAME, TOO_DEEP = 11, 12, 13


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


# --- forks ---------------------------------------------------------------

def source(s, data=("a", "b", "c"), **wish):
    x = Stream(s)
    x.create(data=list(data), **wish)
    return x


def test_a_fork_has_the_entries_up_to_its_place(s):
    x = source(s)
    for at, seen in ((0, []), (1, ["a"]), (3, ["a", "b", "c"]),
                     (None, ["a", "b", "c"])):
        y = Stream(s)
        equal(y.create(fork=x, at=at), CREATED)
        equal(y.seen(), list(enumerate(seen)))
        equal(y.own(), [])
        equal(y.get("next_seq, fork_seq"), [str(len(seen))] * 2)
    equal(x.get("forks"), ["4"])
    equal(y.create(fork=x, at=4), OTHERWISE)
    equal(Stream(s).create(fork=x, at=4), NO_PLACE)
    equal(Stream(s).create(fork=x, incarnation=1), NO_PLACE)
    equal(x.get("forks"), ["4"])


def test_a_fork_begins_with_its_own_after_its_place(s):
    x = source(s)
    y = Stream(s)
    y.create(fork=x, at=2, data=["d", "e"], closed=True)
    equal(y.seen(), list(enumerate("abde")))
    equal(y.get("next_seq, bytes, closed"), ["4", "2", "t"])


def test_a_fork_takes_over_what_it_is_not_told(s):
    x = source(s, content_type="A/b; c=d", ttl_ms=60000)
    y, z = Stream(s), Stream(s)
    y.create(fork=x, content_type=None)
    equal(y.get("content_type, media_type, ttl_ms, "
                "round(extract(epoch from expires_at - now()))"),
          ["A/b; c=d", "a/b", "60000", "60"])
    z.create(fork=x, content_type="a/B", expires_at="2099-01-01Z")
    equal(z.get("content_type, ttl_ms, expires_at = '2099-01-01Z'"),
          ["a/B", None, "t"])
    x = source(s, expires_at="2099-01-01Z", closed=True)
    y = Stream(s)
    y.create(fork=x)
    equal(y.get("ttl_ms, expires_at = '2099-01-01Z', closed"),
          [None, "t", "f"])


def test_no_fork_without_a_living_source_of_its_type(s):
    y = Stream(s)
    equal(y.create(fork=Stream(s)), NO_SOURCE)
    equal(y.create(fork=y), NO_SOURCE)
    x = source(s)
    equal(y.create(fork=x, content_type="a/b"), OTHER_TYPE)
    x.end()
    equal(y.create(fork=x), NO_SOURCE)
    x = source(s, expires_at="2020-01-01Z")
    equal(y.create(fork=x), NO_SOURCE)
    x = source(s)
    z = Stream(s)
    z.create(fork=x)
    x.end()
    equal(y.create(fork=x), SOURCE_GONE)
    equal(y.get("state"), None)
    equal(x.get("forks"), ["1"])


def test_a_fork_is_compared_too(s):
    x = source(s, ttl_ms=60000)
    y = Stream(s)
    equal(y.create(fork=x, at=2, sub=0), CREATED)
    for wish in ({}, {"at": 2}, {"at": 2, "incarnation": 0},
                 {"content_type": None}, {"ttl_ms": 60000}):
        equal((wish, y.create(fork=x, **wish)), (wish, SAME))
    for wish in ({"at": 1}, {"sub": 1}, {"incarnation": 1},
                 {"ttl_ms": 1}, {"content_type": "a/b"}):
        equal((wish, y.create(fork=x, **wish)), (wish, OTHERWISE))
    equal(y.create(fork=source(s)), OTHERWISE)
    equal(y.create(ttl_ms=60000), OTHERWISE)
    equal(x.create(ttl_ms=60000, fork=y), OTHERWISE)
    equal(x.get("forks"), ["1"])


def test_a_part_of_an_entry_is_copied(s):
    x = source(s, ["hello", "world"])
    for at, sub, seen, own in (
            (0, 2, ["he"], 1), (0, 5, ["hello"], 0),
            (1, 3, ["hello", "wor"], 1), (1, 5, ["hello", "world"], 0)):
        y = Stream(s)
        equal(y.create(fork=x, at=at, sub=sub, data=["!"]), CREATED)
        equal(y.seen(), list(enumerate(seen + ["!"])))
        equal(len(y.own()), own + 1)
        equal(y.get("bytes"), [str(1 + own * sub)])
    for at, sub in ((0, 6), (1, 6), (2, 1)):
        equal(Stream(s).create(fork=x, at=at, sub=sub), TOO_MUCH)


def test_a_part_comes_from_where_the_entry_lies_with_its_key(s):
    x = source(s, ["hello"])
    s.rows(f"update sluice.entries set key = 'k' where stream_id = {x.id}")
    y, z, w = Stream(s), Stream(s), Stream(s)
    y.create(fork=x, data=["world"])
    equal(z.create(fork=y, at=0, sub=1), CREATED)
    equal((z.seen(), z.keys()), ([(0, "h")], ["k"]))
    equal(w.create(fork=y, at=1, sub=1, data=["x"]), CREATED)
    equal((w.seen(), w.keys()), (list(enumerate(["hello", "w", "x"])),
                                 [None, None]))


def test_of_json_a_part_is_entries(s):
    x = source(s, ["1", "22", "3"], content_type="application/json")
    y = Stream(s)
    equal(y.create(fork=x, at=1, sub=2, content_type=None), CREATED)
    equal((y.seen(), y.own()), (list(enumerate(["1", "22", "3"])), []))
    equal(y.get("fork_offset, fork_sub"), ["1", "2"])
    equal(Stream(s).create(fork=x, at=1, sub=3, content_type=None), TOO_MUCH)


def test_segments_are_flat_however_long_the_chain(s):
    x = source(s, "ab")
    y, z, w, v = (Stream(s) for _ in range(4))
    y.create(fork=x, data=["c", "d"])
    z.create(fork=y)
    w.create(fork=z, data=["e"])
    v.create(fork=w, at=3, data=["f"])
    equal(w.seen(), list(enumerate("abcde")))
    equal(w.segments(), [(0, 2, x.id), (2, 4, y.id)])
    equal(v.seen(), list(enumerate("abcf")))
    equal(v.segments(), [(0, 2, x.id), (2, 3, y.id)])


def test_the_number_of_segments_is_bounded(s):
    x = source(s, "a")
    for _ in range(3):
        y = Stream(s)
        equal(y.create(fork=x, data=["b"], segments_max=3), CREATED)
        x = y
    equal(Stream(s).create(fork=x, data=["b"], segments_max=3), TOO_DEEP)
    equal(Stream(s).create(fork=x, at=3, segments_max=3), TOO_DEEP)
    equal(Stream(s).create(fork=x, at=2, segments_max=3), CREATED)


def test_a_fork_does_not_see_what_its_source_does_later(s):
    x = source(s, "a")
    y = Stream(s)
    y.create(fork=x)
    x.append("b")
    equal(y.seen(), [(0, "a")])
    y.append("c")
    equal((y.seen(), x.seen()), ([(0, "a"), (1, "c")], [(0, "a"), (1, "b")]))


def test_a_fork_lives_in_the_life_of_its_source_or_a_later_one(s):
    x, y, z = source(s), Stream(s), Stream(s)
    x.end()
    x.create(data=["n"])
    y.create(fork=x)
    equal(y.get("incarnation, fork_incarnation"), ["1", "1"])
    z.create()
    z.end()
    z.create()
    z.end()
    z.create(fork=x)
    equal(z.get("incarnation, fork_incarnation"), ["2", "1"])
    equal(z.seen(), [(0, "n")])


def test_a_chain_may_go_through_several_lives(s):
    x, y, z = source(s, "a"), Stream(s), Stream(s)
    for stream, lives in ((y, 2), (z, 3)):
        for _ in range(lives):
            stream.create()
            stream.end()
    y.create(fork=x, data=["b"])
    z.create(fork=y, data=["c"])
    equal([stream.get("incarnation")[0] for stream in (x, y, z)],
          ["0", "2", "3"])
    equal(z.seen(), list(enumerate("abc")))


# --- forks and the end ---------------------------------------------------

def test_a_source_is_gone_until_its_last_fork_ends(s):
    x = source(s)
    y, z = Stream(s), Stream(s)
    y.create(fork=x)
    z.create(fork=x)
    equal((x.end(), x.end()), (0, 3))
    equal(x.get("state, forks"), ["1", "2"])
    equal((x.create(), x.ended()), (GONE, []))
    equal(y.ended_next(), (0, None))
    equal(z.seen(), list(enumerate("abc")))
    equal(x.end(why=2), 5)
    equal(z.ended_next(), (0, x.id))
    equal((x.end(why=2), x.end(why=2)), (0, 2))
    equal((x.get("state"), x.ended()), (["2"], [0]))
    equal(x.create(), CREATED)


def test_the_end_goes_up_a_chain_step_by_step(s):
    x = source(s)
    y, z = Stream(s), Stream(s)
    y.create(fork=x)
    z.create(fork=y)
    x.end()
    y.end()
    equal(z.ended_next(), (0, y.id))
    equal(y.ended_next(why=2), (0, x.id))
    equal(x.ended_next(why=2), (0, None))


def test_the_middle_of_a_chain_stays_for_what_is_below(s):
    x = source(s, "a")
    y, z = Stream(s), Stream(s)
    y.create(fork=x, data=["b"])
    z.create(fork=y, data=["c"])
    equal(y.ended_next(), (0, None))
    equal(z.seen(), list(enumerate("abc")))
    equal(x.get("state, forks"), ["0", "1"])
    equal(z.ended_next(), (0, y.id))
    equal(y.ended_next(why=2), (0, None))
    equal(x.get("state, forks"), ["0", "0"])


def test_a_source_that_expires_is_gone_for_its_forks(s):
    x = source(s, ttl_ms=60000)
    y = Stream(s)
    y.create(fork=x, ttl_ms=600000)
    x.expire()
    equal(x.create(ttl_ms=60000), EXPIRED)
    equal(x.end(why=1), 0)
    equal((x.get("state"), x.create()), (["1"], GONE))
    equal(y.seen(), list(enumerate("abc")))


def test_a_fork_comes_again_after_the_end_of_its_source(s):
    x = source(s)
    y = Stream(s)
    with Session() as other:
        other.rows("begin")
        other.rows(x.end_sql())
        equal(y.create(fork=x), BUSY)
        other.rows("commit")
    equal(y.create(fork=x), NO_SOURCE)
    equal(y.get("state"), None)


def test_the_end_of_a_source_comes_again_after_a_fork(s):
    x = source(s)
    y = Stream(s)
    with Session() as other:
        other.rows("begin")
        other.rows(y.create_sql(fork=x))
        equal(x.end(), BUSY)
        other.rows("commit")
    equal(x.end(), 0)
    equal(x.get("state"), ["1"])
    equal(y.seen(), list(enumerate("abc")))


def test_the_end_of_a_fork_comes_again_after_its_source_is_free(s):
    x = source(s)
    y = Stream(s)
    y.create(fork=x)
    with Session() as other:
        other.rows("begin")
        other.rows(x.append_sql("d"))
        equal(y.end(), BUSY)
        equal(y.get("state"), ["0"])
        other.rows("rollback")
    equal(y.end(), 0)
    equal(x.get("forks"), ["0"])


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
