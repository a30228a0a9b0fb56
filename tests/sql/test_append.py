"""Appends: together when nobody has wishes of his own, else one by one."""

from plates import Key
from session import Session, array, equal, literal
from streams import Stream

(DONE, NOT_FOUND, EXPIRED, GONE, CLOSED, OTHER_TYPE, STALE_SEQ, DUPLICATE,
 STALE_EPOCH, BAD_EPOCH, GAP, BUSY, OTHER_NAME) = range(13)


def stream(s, **wish):
    made = Stream(s)
    equal(made.create(**wish), 0)
    return made


def caller(data=("x",), media="text/plain", stream_seq=None, producer=None,
           at_us=None, close=False):
    """One of those who share a call; producer is (id, epoch, seq)."""
    return (list(data), media, stream_seq, producer or (None, None, None),
            at_us, close)


def alone_sql(of, *callers, columns="status, next_seq, number"):
    data = [entry for c in callers for entry in c[0]]
    return (f"select {columns} from sluice.append_turn({of.id}, "
            f"{literal(of.name)}, {array(data, 'bytea')}, null, "
            f"{array([c[1] for c in callers], 'text')}, "
            f"{array([sum(map(len, c[0])) for c in callers], 'bigint')}, "
            f"{array([c[2] for c in callers], 'text')}, "
            f"{array([len(c[0]) for c in callers], 'integer')}, "
            f"{array([c[3][0] for c in callers], 'text')}, "
            f"{array([c[3][1] for c in callers], 'bigint')}, "
            f"{array([c[3][2] for c in callers], 'bigint')}, "
            f"{array([c[4] for c in callers], 'bigint')}, "
            f"{array([c[5] for c in callers], 'boolean')}) order by caller")


def alone(of, *callers):
    return [tuple(v and int(v) for v in row)
            for row in of.s.rows(alone_sql(of, *callers))]


def statuses(of, *callers):
    return [row[0] for row in alone(of, *callers)]


def together(of, *data, bounds=None, media="text/plain"):
    """The seq of the first entry, or None when all was refused."""
    rows = of.s.rows(
        f"select next_seq from sluice.append_turn({of.id}, "
        f"{literal(of.name)}, {array(list(data), 'bytea')}, null, "
        f"array['{media}'], array[{sum(map(len, data))}], "
        f"{array(bounds, 'text')}, null, null, null, null, null, null)")
    return int(rows[0][0]) if rows else None


def test_together_all_or_none(s):
    of = stream(s)
    equal(together(of, "a"), 0)
    equal(together(of, "b", "c"), 1)
    equal(together(of, "d", media="text/html"), None)
    equal(of.own(), [(0, "a"), (1, "b"), (2, "c")])
    equal(of.get("next_seq, bytes"), ["3", "3"])
    of.set("closed = true")
    equal(together(of, "e"), None)
    of.set("closed = false, state = 1")
    equal(together(of, "e"), None)
    of.set("state = 0")
    of.expire()
    equal(together(of, "e"), None)
    equal(together(Stream(s), "e"), None)
    other = Stream(s)
    other.id = of.id
    equal(together(other, "e"), None)
    equal(len(of.own()), 3)


def test_together_the_lowest_stream_seq_is_above_the_last(s):
    of = stream(s)
    equal(together(of, "a", "b", bounds=["10", "2"]), 0)
    equal(of.get("stream_seq"), ["2"])
    equal(together(of, "c", bounds=["2", "2"]), None)
    equal(together(of, "c", bounds=["19", "3"]), None)
    # By bytes: all of ASCII is below the rest, Z below a.
    equal(together(of, "c", bounds=["Z", "a"]), 2)
    equal(together(of, "d", bounds=["B", "B"]), None)
    equal(together(of, "d", bounds=["\u00e4", "\u00e4"]), 3)


def test_keys_stand_beside_their_entries(s):
    of = stream(s)
    s.rows(f"select from sluice.append_turn({of.id}, {literal(of.name)}, "
           "array['a', 'b', 'c']::bytea[], array['k', null, 'l']::bytea[], "
           "array['text/plain'], array[3], null, null, null, null, null, "
           "null, null)")
    equal(of.keys(), ["k", None, "l"])


def test_alone_one_refusal_spoils_nothing(s):
    of = stream(s)
    equal(alone(of, caller("ab"), caller(media="text/html"), caller("c"),
                caller("d", stream_seq="5"), caller("e", stream_seq="5")),
          [(DONE, 2, None), (OTHER_TYPE, 2, None), (DONE, 3, None),
           (DONE, 4, None), (STALE_SEQ, 4, None)])
    equal(of.own(), [(0, "a"), (1, "b"), (2, "c"), (3, "d")])
    equal(of.get("next_seq, bytes, stream_seq"), ["4", "4", "5"])
    equal(s.row(alone_sql(of, caller(stream_seq="4"), columns="held")), ["5"])


def test_a_close_ends_it_for_all_behind(s):
    of = stream(s)
    equal(alone(of, caller("a"), caller("b", close=True), caller("c"),
                caller((), close=True)),
          [(DONE, 1, None), (DONE, 2, None), (CLOSED, 2, None),
           (DUPLICATE, 2, None)])
    equal(of.own(), [(0, "a"), (1, "b")])
    equal(statuses(of, caller(media="text/html")), [CLOSED])


def test_a_producer_counts(s):
    of = stream(s)
    equal(alone(of, caller(producer=("p", 0, 1))), [(GAP, 0, 0)])
    equal(alone(of, caller(producer=("p", 3, 0)),
                caller(producer=("p", 3, 0)),
                caller(producer=("p", 3, 1)),
                caller(producer=("p", 3, 3)),
                caller(producer=("p", 2, 0)),
                caller(producer=("p", 4, 1)),
                caller(producer=("q", 0, 0)),
                caller(producer=("p", 4, 0))),
          [(DONE, 1, 0), (DUPLICATE, 1, 0), (DONE, 2, 1), (GAP, 2, 2),
           (STALE_EPOCH, 2, 3), (BAD_EPOCH, 2, 0), (DONE, 3, 0),
           (DONE, 4, 0)])
    equal(s.rows("select producer, epoch, seq from sluice.producers "
                 f"where stream_id = {of.id} order by producer"),
          [["p", "4", "0"], ["q", "0", "0"]])


def test_a_refused_append_takes_no_number_of_its_producer(s):
    of = stream(s)
    equal(statuses(of, caller(stream_seq="b")), [DONE])
    equal(statuses(of, caller(stream_seq="a", producer=("p", 0, 0)),
                   caller(media="a/b", producer=("p", 0, 0)),
                   caller(stream_seq="c", producer=("p", 0, 0)),
                   caller(stream_seq="c", producer=("p", 0, 0))),
          [STALE_SEQ, OTHER_TYPE, DONE, DUPLICATE])
    equal(len(of.own()), 2)


def test_who_closed_may_say_it_again(s):
    of = stream(s)
    closing = caller("z", producer=("p", 0, 0), close=True)
    equal(statuses(of, closing, closing, caller(producer=("p", 0, 1)),
                   caller(producer=("q", 0, 0))),
          [DONE, DUPLICATE, CLOSED, CLOSED])


def test_times_never_go_back(s):
    of = stream(s)
    year_2100 = 4102444800 * 1000000
    equal(statuses(of, caller("ab", at_us=year_2100), caller(at_us=1000000),
                   caller()), [DONE] * 3)
    equal(together(of, "t"), 4)
    equal(s.row("select count(distinct at), "
                "min(extract(epoch from at))::bigint from sluice.entries "
                f"where stream_id = {of.id}"), ["1", "4102444800"])


def test_what_there_is_no_more_says_why(s):
    of = stream(s)
    equal(statuses(Stream(s), caller(), caller()), [NOT_FOUND] * 2)
    of.expire()
    equal(statuses(of, caller()), [EXPIRED])
    of.set("expires_at = null, state = 1")
    equal(statuses(of, caller()), [GONE])
    of.set("state = 2")
    equal(statuses(of, caller()), [NOT_FOUND])
    other = Stream(s)
    other.id = of.id
    equal(statuses(other, caller()), [OTHER_NAME])
    equal(of.own(), [])


def test_who_holds_the_row_is_not_waited_for(s):
    of = stream(s)
    with Session() as holder:
        holder.rows("begin")
        holder.rows(f"select from sluice.streams where stream_id = {of.id} "
                    "for update")
        equal(together(of, "a"), None)
        equal(statuses(of, caller(), caller()), [BUSY] * 2)
        holder.rows("rollback")
    equal(together(of, "a"), 0)


def test_an_append_renews_a_time_to_live(s):
    of = stream(s, ttl_ms=60000)
    of.set("expires_at = now() + interval '1 s'")
    left = "extract(epoch from expires_at - now()) > 50"
    equal(together(of, "a"), 0)
    equal(of.get(left), ["t"])
    of.set("expires_at = now() + interval '1 s'")
    equal(statuses(of, caller(media="a/b")), [OTHER_TYPE])
    equal(of.get(left), ["f"])
    equal(statuses(of, caller((), close=True)), [DONE])
    equal(of.get(left), ["t"])


def test_an_expiry_that_does_not_slide_stays(s):
    of = stream(s, expires_at="2100-01-01")
    equal(together(of, "a"), 0)
    equal(statuses(of, caller()), [DONE])
    equal(of.get("expires_at = timestamptz '2100-01-01'"), ["t"])


def many(s, *wishes, key=None, each=False):
    """(stream, entries) or (stream, entries, low, high); the first seqs.
    With each=True the call leaves out what goes without saying."""
    wishes = [(*w, None, None)[:4] for w in wishes]
    data = [entry for _, entries, *_ in wishes for entry in entries]
    place = [n for n, w in enumerate(wishes, 1) for _ in w[1]]
    rank = [n for w in wishes for n in range(len(w[1]))]
    row = s.row(
        "select first, incarnation from sluice.append_many("
        f"{array([w[0].id for w in wishes], 'bigint')}, "
        f"{array([w[0].name for w in wishes], 'text')}, "
        f"{array(['text/plain'] * len(wishes), 'text')}, "
        f"{array([len(w[1]) for w in wishes], 'integer')}, "
        f"{array([sum(map(len, w[1])) for w in wishes], 'bigint')}, "
        f"{array([w[2] for w in wishes], 'text')}, "
        f"{array([w[3] for w in wishes], 'text')}, "
        + ("null, null, " if each else
           f"{array(place, 'integer')}, {array(rank, 'integer')}, ") +
        f"{array(key, 'bytea')}, {array(data, 'bytea')})")
    return [int(n) for n in row[0].strip("{}").split(",")]


def test_many_streams_in_one_call(s):
    a, b, c = stream(s), stream(s), stream(s)
    equal(many(s, (b, ["x", "y"]), (a, ["z"]), (c, ["1", "2", "3"])),
          [0, 0, 0])
    equal(many(s, (a, ["4"]), (c, ["5"]), key=["k", "l"]), [1, 3])
    equal([of.own() for of in (a, b, c)],
          [[(0, "z"), (1, "4")], [(0, "x"), (1, "y")],
           [(0, "1"), (1, "2"), (2, "3"), (3, "5")]])
    equal(c.get("next_seq, bytes"), ["4", "4"])
    equal(c.keys(), [None, None, None, "l"])


def test_one_entry_for_each_of_many_streams(s):
    a, b = stream(s, ttl_ms=60000), stream(s)
    a.set("expires_at = now() + interval '1 s'")
    equal(many(s, (b, ["y"]), (a, ["zz"]), each=True), [0, 0])
    equal(many(s, (a, ["4"]), (b, ["5"]), key=["k", "l"], each=True), [1, 1])
    equal([of.own() for of in (a, b)],
          [[(0, "zz"), (1, "4")], [(0, "y"), (1, "5")]])
    equal(a.get("next_seq, bytes, expires_at > now() + interval '50 s'"),
          ["2", "3", "t"])
    equal(b.keys(), [None, "l"])


def cannot_be(s, each):
    good, closed, typed, gone, late = (stream(s) for _ in range(5))
    none, other = Stream(s), Stream(s)
    other.id = good.id
    closed.set("closed = true")
    typed.set("media_type = 'a/b'")
    gone.set("state = 1")
    late.expire()
    equal(many(s, *((of, ["x"]) for of in
                    (closed, typed, good, gone, late, none)), each=each),
          [-1, -1, 0, -1, -1, -1])
    equal(many(s, (other, ["x"]), each=each), [-1])
    equal([len(of.own()) for of in (good, closed, typed, gone, late)],
          [1, 0, 0, 0, 0])


def test_many_what_cannot_be_is_left_to_the_others(s):
    cannot_be(s, False)


def test_one_for_each_what_cannot_be_is_left_to_the_others(s):
    cannot_be(s, True)


def test_many_each_with_its_stream_seq(s):
    a, b = stream(s), stream(s)
    equal(many(s, (a, ["x", "y"], "1", "2"), (b, ["x"])), [0, 0])
    equal(many(s, (a, ["z"], "2", "2"), (b, ["y"], "2", "2")), [-1, 1])
    equal(a.get("stream_seq"), ["2"])


def held(s, each):
    a, b = stream(s), stream(s)
    with Session() as holder:
        holder.rows("begin")
        holder.rows(f"select from sluice.streams where stream_id = {a.id} "
                    "for update")
        equal(many(s, (a, ["x"]), (b, ["x"]), each=each), [-1, 0])
        holder.rows("rollback")
    equal(many(s, (a, ["x"]), (b, ["x"]), each=each), [0, 1])


def test_many_do_not_wait_for_one_that_is_held(s):
    held(s, False)


def test_one_for_each_does_not_wait_for_one_that_is_held(s):
    held(s, True)


def test_a_plate_that_is_deleted_takes_no_more(s):
    key, plain = Key(s, "taken/key"), stream(s)
    key.open()
    json = "application/json"
    equal(statuses(key, caller(["1"], json), caller(["2"], json)), [0, 0])
    s.rows("update sluice.plates set ended_at = now() where plate = 'taken'")
    equal(statuses(key, caller(["3"], json), caller([], json, close=True)),
          [NOT_FOUND, NOT_FOUND])
    equal(together(key, "3", media=json), None)
    s.rows("delete from sluice.plates where plate = 'taken'")
    equal(statuses(key, caller(["3"], json)), [NOT_FOUND])
    equal((key.own(), key.get("closed")), ([(0, "1"), (1, "2")], ["f"]))
    equal(statuses(plain, caller(["3"])), [DONE])
