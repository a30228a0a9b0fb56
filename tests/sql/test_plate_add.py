"""XADD: ids that increase, and what each of several callers is told."""

from plates import Adder, Key, add, add_sql, counted, ids, row
from session import Session, equal
from streams import Stream

DONE, NO_KEY, OTHER_TYPE, GONE, NO_PLATE, CLOSED, EXHAUSTED, SMALL = range(8)
BUSY = 11
LAST = "18446744073709551615"


def statuses(key, *adders, **trim):
    return [status for status, _ in add(key, *adders, **trim)]


def test_ids_increase_each_caller_has_his_own_answer(s):
    key = Key(s)
    equal(add(key, Adder("5-1", data="[1]"), Adder("5-1"), Adder("5-0"),
              Adder("5-2", data="[22]"), Adder("4-9")),
          [(DONE, "5-1"), (SMALL, None), (SMALL, None), (DONE, "5-2"),
           (SMALL, None)])
    equal(key.own(), [(0, "[1]"), (1, "[22]")])
    equal(ids(key), ["5-1", "5-2"])
    equal(row(key), (2, 2, 2, 0, 7, "5-2", "0-0"))
    equal(counted(key), (2, 7))
    equal(key.entries("fields"), [["t"], ["t"]])
    equal(statuses(key, Adder("5-2")), [SMALL])
    equal(row(key), (2, 2, 2, 0, 7, "5-2", "0-0"))


def test_the_milliseconds_alone(s):
    key = Key(s)
    any_seq = [Adder(f"{ms}-0", any_seq=True) for ms in (0, 0, 7, 7, 6)]
    equal(add(key, *any_seq),
          [(DONE, "0-1"), (DONE, "0-2"), (DONE, "7-0"), (DONE, "7-1"),
           (SMALL, None)])
    equal(add(key, Adder(f"7-{LAST}"), Adder("7-0", any_seq=True),
              Adder("8-0", any_seq=True)),
          [(DONE, f"7-{LAST}"), (SMALL, None), (DONE, "8-0")])


def test_ids_of_now(s):
    key = Key(s)
    before = int(s.one("select floor(extract(epoch from clock_timestamp()) "
                       "* 1000)"))
    first, second = (id for _, id in add(key, Adder(), Adder()))
    assert before <= int(first.split("-")[0]) <= before + 60000, first
    equal(second, first[:-1] + "1")
    far = before * 2
    equal(add(key, Adder(f"{far}-3"), Adder(), Adder(f"{far + 1}-0"),
              Adder()),
          [(DONE, f"{far}-3"), (DONE, f"{far}-4"), (DONE, f"{far + 1}-0"),
           (DONE, f"{far + 1}-1")])


def test_no_id_is_left_behind_the_last(s):
    key = Key(s)
    equal(add(key, Adder(f"{LAST}-{LAST}"), Adder(), Adder("1-1"),
              Adder(f"{LAST}-0", any_seq=True)),
          [(DONE, f"{LAST}-{LAST}")] + [(EXHAUSTED, None)] * 3)
    other = Key(s)
    add(other, Adder(f"{LAST}-18446744073709551614"))
    equal(add(other, Adder(), Adder()),
          [(DONE, f"{LAST}-{LAST}"), (EXHAUSTED, None)])


def test_who_needs_the_key_does_not_begin_it(s):
    key = Key(s)
    absent = Adder(must_exist=True)
    equal(statuses(key, absent, absent), [NO_KEY, NO_KEY])
    equal(key.get("1"), None)
    equal(add(key, absent, Adder("1-1"), Adder("1-2", must_exist=True)),
          [(NO_KEY, None), (DONE, "1-1"), (DONE, "1-2")])
    equal(ids(key), ["1-1", "1-2"])
    other = Key(s)
    equal(statuses(other, absent, Adder()), [NO_KEY, DONE])
    assert ids(other)[0].endswith("-0"), "nobody had the first id of now"


def test_all_are_refused_alike(s):
    key = Key(s)
    key.open()
    key.set("closed = true")
    equal(statuses(key, Adder(), Adder()), [CLOSED] * 2)
    key.set("last_id = null")
    equal(statuses(key, Adder(), Adder()), [CLOSED] * 2)
    key.set("closed = false")
    equal(statuses(key, Adder(), Adder(must_exist=True)), [OTHER_TYPE] * 2)
    equal(statuses(Key(s, "nowhere-/x"), Adder("1-1")), [DONE])
    s.rows("delete from sluice.plates where plate = 'nowhere-'")
    nowhere = Stream(s, "nowhere-/y")
    equal(statuses(nowhere, Adder(), Adder()), [NO_PLATE] * 2)
    gone, fork = Key(s), Stream(s)
    gone.open()
    fork.create(fork=gone, content_type=None)
    gone.end()
    equal(statuses(gone, Adder(must_exist=True), Adder()), [NO_KEY, GONE])


def test_a_held_row_is_not_waited_for(s):
    key = Key(s)
    key.open()
    with Session() as holder:
        holder.rows("begin")
        holder.rows(key.open_sql())
        equal(statuses(key, Adder(), Adder()), [BUSY] * 2)
        holder.rows("rollback")
    equal(statuses(key, Adder()), [DONE])


def test_who_comes_together_begins_a_key_once(s):
    key = Key(s)
    with Session() as other:
        s.rows("begin")
        equal(statuses(key, Adder("1-1")), [DONE])
        other.send(add_sql(key, [Adder("1-2")], "status"))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [[str(BUSY)]])
    equal(statuses(key, Adder("1-2")), [DONE])
    equal(row(key)[:3], (2, 2, 2))


def test_an_add_renews_a_time_to_live(s):
    key = Key(s)
    key.open()
    key.set("ttl_ms = 60000, expires_at = now() + interval '1 s'")
    left = "extract(epoch from expires_at - now()) > 50"
    equal(statuses(key, Adder("1-1"), Adder("1-1")), [DONE, SMALL])
    equal(key.get(left), ["t"])
    key.set("expires_at = now() + interval '1 s'")
    equal(statuses(key, Adder("1-1")), [SMALL])
    equal(key.get(left), ["f"])


def test_the_time_of_entries_never_goes_back(s):
    key = Key(s)
    key.open()
    key.set("last_at = now() + interval '1 h'")
    add(key, Adder())
    equal(key.entries("e.at = s.last_at, e.at > now()"), [["t", "t"]])


def test_all_trim_once_behind_the_last(s):
    key = Key(s)
    adders = [Adder(f"{n}-0", data="[]") for n in range(1, 6)]
    equal(statuses(key, *adders, max_length=2), [DONE] * 5)
    equal(ids(key), ["4-0", "5-0"])
    equal(row(key), (2, 5, 5, 3, 4, "5-0", "0-0"))
    equal(statuses(key, Adder("6-0"), min_id="6-0"), [DONE])
    equal(row(key)[:4], (1, 6, 6, 5))
    equal(statuses(key, Adder("7-0"), max_length=0), [DONE])
    equal(row(key), (0, 7, 7, 7, 0, "7-0", "0-0"))
    equal(statuses(key, Adder("7-0"), max_length=0), [SMALL])


def test_a_limit_is_each_callers(s):
    key = Key(s)
    add(key, *[Adder(f"{n}-0") for n in range(1, 399)])
    equal(statuses(key, Adder("500-0"), Adder("501-0"), max_length=0,
                   nodes=True, limit=100), [DONE] * 2)
    equal(row(key)[:4], (200, 400, 400, 200))
