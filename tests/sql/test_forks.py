"""Forks: what they have from their source, and what keeps it."""

from session import Session, equal
from streams import Stream, source

CREATED, SAME, OTHERWISE, GONE, EXPIRED = 0, 1, 2, 3, 4
NO_SOURCE, SOURCE_GONE, OTHER_TYPE, NO_PLACE, TOO_MUCH = 6, 7, 8, 9, 10
BUSY, TOO_DEEP = 11, 13


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


def test_who_ends_what_is_gone_waits_for_its_row(s):
    """Else it would stay until the reaper comes."""
    x = source(s)
    y = Stream(s)
    y.create(fork=x)
    x.end()
    equal(y.ended_next(), (0, x.id))
    with Session() as other:
        other.rows("begin")
        other.rows(f"select from sluice.streams where stream_id = {x.id} "
                   "for update")
        s.send(x.end_sql(2))
        other.wait_until_blocked(s)
        other.rows("rollback")
        equal(s.receive()[0][0], "0")
    equal(x.get("state"), ["2"])


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
