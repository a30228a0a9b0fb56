"""Reading a stream: which entries a page has, and what it touches."""

from session import Statements, equal, literal
from streams import Stream
from test_plans import FEW, pages

ALL = 2 ** 63 - 1
COUNT, BYTES = 5000, 1 << 20


def stream(s, *lengths):
    """A stream of entries that are so long, each of its own letter."""
    x = Stream(s)
    x.create(data=[chr(97 + n % 26) * length
                   for n, length in enumerate(lengths)] or None)
    return x


def page(s, x, first=0, last=ALL, count=COUNT, most=BYTES, incarnation=0):
    """The lengths of its rows; None for one that comes unread."""
    rows = Statements(s)("entry_page", x.id, incarnation, first, last, count,
                         most)
    return [row[0] and (len(row[0]) - 2) // 2 for row in rows]


def test_a_page_begins_and_ends_where_it_is_told(s):
    x = stream(s, 1, 2, 3, 4, 5)
    equal(page(s, x), [1, 2, 3, 4, 5])
    equal(page(s, x, 2), [3, 4, 5])
    equal(page(s, x, 1, 3), [2, 3])
    equal(page(s, x, 5), [])
    equal(page(s, x, count=2), [1, 2])


def test_no_incarnation_is_the_present_one(s):
    x = stream(s, 1)
    x.end()
    x.create(data=["ab"])
    equal(page(s, x, incarnation=None), [2])
    equal(page(s, x, incarnation=1), [2])
    equal(page(s, x, incarnation=0), [1])
    equal(page(s, x, incarnation=2), [])


def test_a_page_has_enough_and_not_much_more(s):
    x = stream(s, *[100] * 300)
    for most in (1, 100, 101, 1000, 5000):
        got = page(s, x, most=most)
        assert most <= sum(got) <= most + 100, f"{most}: {sum(got)}"


def test_the_first_entry_is_always_read(s):
    for lengths in ([50000, 1, 1], [50000], [50000] * 9,
                    [50000] + [1] * 50):
        equal(page(s, stream(s, *lengths), most=10)[0], 50000)


def test_what_is_much_longer_than_the_first_few_is_left_unread(s):
    x = stream(s, *[10] * 20, 50000, *[10] * 20)
    equal(page(s, x), [10] * 20 + [None] + [10] * 20)
    equal(page(s, x, 20)[0], 50000)


def key_page(s, x, key, first=0, count=COUNT, most=BYTES):
    return [int(seq) for _, seq in Statements(s)(
        "entry_page_key", x.id, 0, first, ALL, count, most, key)]


def test_a_page_of_a_key(s):
    x = stream(s, *[10] * 20)
    s.rows("update sluice.entries set key = convert_to('k' || seq % 3, "
           f"'UTF8') where stream_id = {x.id} and seq < 15")
    equal(key_page(s, x, "k1"), [1, 4, 7, 10, 13])
    equal(key_page(s, x, "k1", 4), [4, 7, 10, 13])
    equal(key_page(s, x, "k1", count=2), [1, 4])
    equal(key_page(s, x, "k1", most=11), [1, 4])
    equal(key_page(s, x, "k"), [])


def since(s, x, at_us, first=0, last=20):
    return int(Statements(s)("entry_since", x.id, 0, first, last,
                             at_us)[0][0])


def test_since_a_time(s):
    x = stream(s, *[1] * 20)
    s.rows("update sluice.entries set at = timestamptz 'epoch' + seq / 3 * "
           f"interval '10 us' where stream_id = {x.id}")
    for at, want in ((-5, 0), (0, 0), (1, 3), (10, 3), (11, 6), (59, 18),
                     (60, 18), (61, 20), (10 ** 12, 20)):
        equal((at, since(s, x, at)), (at, want))
    equal(since(s, x, 10, 5, 9), 5)
    equal(since(s, x, 61, 5, 9), 9)
    equal(since(s, x, 10, 20), 20)
    # Where some are missing it leads to those behind the gap.
    s.rows(f"delete from sluice.entries where stream_id = {x.id} "
           "and seq between 2 and 10")
    for at, want in ((0, 0), (1, 11), (30, 11), (31, 12)):
        equal((at, s.one("select min(seq) from sluice.entries where "
                         f"stream_id = {x.id} and seq >= "
                         f"{since(s, x, at)}")), (at, str(want)))


def test_tails_of_many_streams(s):
    x, y, z = stream(s, 1), stream(s, 1, 1), stream(s)
    y.set("closed = true")
    z.expire()
    rows = s.rows(
        "prepare tails as " + open("sql/streams/stream_tails.sql").read())
    rows = s.rows(f"execute tails(array[{x.id}, {y.id}, {z.id}, 5])")
    equal(sorted(rows), sorted([[str(x.id), "0", "1", "f", "t"],
                                [str(y.id), "0", "2", "t", "t"],
                                [str(z.id), "0", "0", "f", "f"]]))


# --- plans ---------------------------------------------------------------

ROWS = 60000


def touched(s, x):
    """Buffers of each statement for a few entries in the middle."""
    run, calls = Statements(s), {
        "entry_page": (x.id, 0, ROWS // 2, ALL, 20, BYTES),
        "entry_page of any life": (x.id, None, ROWS // 2, ALL, 20, BYTES),
        "entry_page by bytes": (x.id, 0, ROWS // 2, ALL, COUNT, 100),
        "entry_page of a segment": (x.id, 0, ROWS // 2, ROWS // 2 + 20,
                                    COUNT, BYTES),
        "entry_page_key": (x.id, 0, ROWS // 2, ALL, 5, BYTES, "k7"),
        "entry_since": (x.id, 0, 0, ROWS, 10),
        "segment_list": (x.id, 0, 0),
        "stream_get": (x.id,),
    }
    seen = {}
    for name, arguments in calls.items():
        statement = name.split()[0]
        run.prepare(statement)
        seen[name] = pages(s, f"execute {statement}"
                           f"({', '.join(map(literal, arguments))})")
    return seen


def fill(s, x):
    s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
           f"key, data) select {x.id}, 0, n, timestamptz 'epoch' + n * "
           "interval '1 us', convert_to('k' || n % 10, 'UTF8'), 'data' "
           f"from generate_series(1, {ROWS}) n")
    # Many other streams, and their one entry.
    s.rows("insert into sluice.streams (stream_id, name, content_type, "
           "media_type, last_at, created_at) select n, 'other ' || n, 'a/b', "
           f"'a/b', now(), now() from generate_series(1, {ROWS}) n")
    s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
           f"data) select n, 0, 0, now(), 'x' from generate_series(1, {ROWS})"
           " n")


def holds(s, analyse_before, fill_before):
    """Plans made in that moment are good when there is much."""
    s.rows("set client_min_messages = warning")
    s.rows("truncate sluice.streams, sluice.entries, sluice.segments")
    s.rows("deallocate all")
    s.prepared.clear()
    x = stream(s, 1)
    if fill_before:
        fill(s, x)
    if analyse_before:
        s.rows("vacuum analyze sluice.entries")
        s.rows("vacuum analyze sluice.streams")
    touched(s, x)
    if not fill_before:
        fill(s, x)
    seen = touched(s, x)
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def test_plans_made_before_anything_was_known(s):
    holds(s, False, False)


def test_plans_made_while_it_was_known_to_be_empty(s):
    holds(s, True, False)


def test_plans_made_with_many_rows(s):
    holds(s, True, True)


def test_plans_made_with_many_rows_that_were_not_known(s):
    holds(s, False, True)
