"""The reapers of streams."""

from session import Session, Statements, equal
from streams import Stream

ROWS = 100000
BATCH = 5000
BYTES = 32 << 20


def settle(s):
    s.rows("truncate sluice.streams, sluice.entries, sluice.producers, "
           "sluice.segments, sluice.ended_streams")
    return Statements(s)


def reap(s, run, x, incarnation=0, batch=BATCH, size=BYTES):
    """The count that each call of a whole reaping says."""
    counts, start = [], 0
    while start is not None:
        count, following = run("reap_life", x.id, incarnation, start, batch,
                               size)[0]
        counts.append(int(count))
        start = following and int(following)
    return counts


def left(s, x):
    """Rows of entries, producers, segments and ended lives."""
    return [int(s.one(f"select count(*) from sluice.{table} "
                      f"where stream_id = {x.id}"))
            for table in ("entries", "producers", "segments",
                          "ended_streams")]


def test_an_ended_life_is_removed_piece_by_piece(s):
    run = settle(s)
    x, y = Stream(s), Stream(s)
    y.create(data=["a", "b"])
    x.create(fork=y, data=["x"] * 7)
    s.rows("insert into sluice.producers (stream_id, incarnation, producer, "
           f"epoch, seq) select {x.id}, 0, 'p' || n, 0, 0 "
           "from generate_series(1, 5) as n")
    x.end()
    equal(left(s, x), [7, 5, 1, 1])
    equal(reap(s, run, x, batch=3), [3, 3, 1, 0, 0, 0])
    equal(left(s, x), [0, 0, 0, 0])
    equal(reap(s, run, x), [0])
    equal(y.own(), [(0, "a"), (1, "b")])


def test_large_entries_make_small_pieces(s):
    run = settle(s)
    x = Stream(s)
    x.create(data=["x" * 100] * 5)
    x.end()
    equal(reap(s, run, x, size=150), [2, 2, 1, 0])


def test_a_life_that_has_not_ended_is_not_touched(s):
    run = settle(s)
    x = Stream(s)
    x.create(data=["a"])
    equal(reap(s, run, x), [0])
    x.end()
    x.create(data=["b"])
    equal(reap(s, run, x), [1, 0])
    equal(reap(s, run, x, 1), [0])
    equal(x.own(), [(0, "b")])


def test_what_forks_live_on_is_kept(s):
    run = settle(s)
    x, y = Stream(s), Stream(s)
    x.create(data=["a"])
    y.create(fork=x)
    x.end()
    equal(reap(s, run, x), [0])
    equal(y.seen(), [(0, "a")])


def test_two_reapers_do_not_wait_for_each_other(s):
    run = settle(s)
    x = Stream(s)
    x.create(data=["a"])
    x.end()
    with Session() as other:
        other.rows("begin")
        Statements(other)("reap_life", x.id, 0, 0, BATCH, BYTES)
        equal(reap(s, run, x), [0])
        other.rows("commit")
    equal(reap(s, run, x), [0])


def test_those_that_are_due_are_found(s):
    run = settle(s)
    x, y, z, w = (Stream(s) for _ in range(4))
    x.create(ttl_ms=1000)
    y.create(ttl_ms=1000)
    y.expire()
    z.create()
    w.create(fork=z)
    z.end()
    equal(run("streams_due", 10), [[str(y.id), "1"]])
    w.end()
    equal(sorted(run("streams_due", 10)),
          sorted([[str(y.id), "1"], [str(z.id), "2"]]))
    y.end(why=1)
    z.end(why=2)
    equal(run("streams_due", 10), [])
    lives = sorted([y.id, z.id, w.id])
    equal([int(row[0]) for row in run("lives_ended", -(1 << 63), 0, 10)],
          lives)
    equal([int(row[0]) for row in run("lives_ended", lives[0], 0, 1)],
          [lives[1]])


def test_a_hundred_thousand_entries_go_in_bounded_pieces(s):
    run = settle(s)
    x, y = Stream(s), Stream(s)
    x.create()
    y.create(data=["stays"])
    s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
           f"data) select {x.id}, 0, n, now(), 'entry' "
           f"from generate_series(0, {ROWS - 1}) as n")
    x.end()
    equal(reap(s, run, x), [BATCH] * (ROWS // BATCH) + [0])
    equal((left(s, x), y.own()), ([0, 0, 0, 0], [(0, "stays")]))
