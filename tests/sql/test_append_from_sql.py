"""Appending from SQL, in somebody's own transaction."""

import contextlib

from plates import Key
from session import Session, equal, literal, refused
from streams import Stream

JSON = "application/json"


def made(s, **wish):
    x = Stream(s)
    x.create(**wish)
    return x


def append(x, data, more="", function="append", s=None):
    """[seq, next_offset]"""
    return (s or x.s).row(
        f"select seq, next_offset from sluice.{function}("
        f"{literal(x.name)}, {data}{more and ', ' + more})")


@contextlib.contextmanager
def role(s, *grants):
    s.rows("create role app")
    try:
        for grant in grants:
            s.rows(f"grant {grant} to app")
        s.rows("set role app")
        yield
    finally:
        s.rows("reset role")
        s.rows("drop owned by app")
        s.rows("drop role app")


# --- the same in C -------------------------------------------------------

def test_ids_are_those_of_the_workers(s):
    for name, wanted in (("", -2039914840885289964),
                         ("orders", 2023957755765852388),
                         ("shop/events", -7695484851948493005)):
        equal(s.one(f"select sluice.stream_id('{name}')"), str(wanted))


def test_offsets_are_those_of_the_workers(s):
    for incarnation, seq, wanted in (
            (0, -1, "00000000000000000000000000"),
            (0, 0, "0000000000000000000G000000"),
            (0, 1, "00000000000000000010000000"),
            (0, 2, "0000000000000000001G000000"),
            (0, 31, "000000000000000000G0000000"),
            (0, 999, "00000000000000000FM0000000"),
            (0, 2 ** 32 - 1, "00000000000020000000000000"),
            (0, 2 ** 53 - 1, "00000000400000000000000000"),
            (1, 0, "0000008000000000000G000000")):
        equal(s.one(f"select sluice.stream_offset({incarnation}, {seq})"),
              wanted)


# --- what is appended ----------------------------------------------------

def test_an_entry_is_appended_and_told_where_it_is(s):
    x = made(s, data=["a"])
    equal(append(x, "'b'"), ["1", "00000000000000000010000000"])
    equal(append(x, "'c'", "key => 'k'"), ["2", "0000000000000000001G000000"])
    equal((x.own(), x.keys()),
          ([(0, "a"), (1, "b"), (2, "c")], [None, None, "k"]))
    equal(x.get("next_seq, bytes"), ["3", "3"])


def test_several_entries_are_appended(s):
    x = made(s)
    equal(append(x, "array['a', 'b']::bytea[]", "key => 'k'", "append_all"),
          ["1", "00000000000000000010000000"])
    equal((x.own(), x.keys()), ([(0, "a"), (1, "b")], ["k", "k"]))


def test_json_is_appended_as_it_is_written(s):
    x = made(s, content_type=JSON)
    append(x, "' [1.0, {\"b\": 2, \"b\":\"\\u0000\"} , [3]]'",
           function="append_json")
    equal(append(x, "'{\"c\":  4}'", function="append_json")[0], "3")
    equal(append(x, "to_json(5)", function="append_json")[0], "4")
    equal(append(x, "'[6]'")[0], "5")
    equal([data for _, data in x.own()],
          ["1.0", '{"b": 2, "b":"\\u0000"}', "[3]", '{"c":  4}', "5", "[6]"])


def test_the_time_to_live_slides(s):
    x = made(s, ttl_ms=60000)
    x.set("expires_at = now() + interval '30 s'")
    append(x, "'a'")
    equal(x.get("round(extract(epoch from expires_at - now()))"), ["60"])


def test_times_do_not_go_back(s):
    x = made(s, data=["a"])
    x.set("last_at = '2099-01-01Z'")
    append(x, "'b'")
    equal(s.one("select at = '2099-01-01Z' from sluice.entries "
                f"where stream_id = {x.id} and seq = 1"), "t")


def test_it_is_part_of_the_transaction(s):
    x = made(s)
    with Session() as other:
        other.rows("begin")
        append(x, "'a'", s=other)
        append(x, "'b'", s=other)
        equal(x.own(), [])
        other.rows("rollback")
    equal((x.own(), x.get("next_seq")), ([], ["0"]))
    append(x, "'c'")
    equal(x.own(), [(0, "c")])


def test_it_waits_for_the_row_as_long_as_the_caller_likes(s):
    x = made(s)
    with Session() as other:
        other.rows("begin")
        append(x, "'a'", s=other)
        equal(x.append("b"), [])
        s.rows("set lock_timeout = '50ms'")
        refused("55P03", append, x, "'c'")
        s.rows("reset lock_timeout")
        s.send(f"select seq from sluice.append('{x.name}', 'd')")
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [["1"]])
    equal(x.own(), [(0, "a"), (1, "d")])


# --- what is refused -----------------------------------------------------

def test_without_a_living_stream_it_is_refused(s):
    x = Stream(s)
    refused("42704", append, x, "'a'")
    x.create(ttl_ms=1000)
    x.expire()
    refused("42704", append, x, "'a'")
    x.end(why=1)
    refused("42704", append, x, "'a'")
    x.create()
    y = made(s, fork=x)
    x.end()
    refused("42704", append, x, "'a'")
    equal((x.own(), append(y, "'b'")[0]), ([], "0"))
    refused("55000", append, made(s, closed=True), "'a'")


def test_a_plate_that_is_deleted_takes_no_more(s):
    key = Key(s, "closing/key")
    key.open()
    equal(append(key, "'1'")[0], "0")
    with Session() as old:
        # An append does not keep the plate from being deleted.
        old.rows("begin")
        append(key, "'2'", s=old)
        equal(s.one("select sluice.plate_drop('closing')"), "t")
        refused("42704", append, key, "'3'", "", "append", old)
        old.rows("rollback")
    for function in ("append", "append_all", "append_json"):
        refused("42704", append, key,
                "'{3}'" if function == "append_all" else "'3'", "", function)
    s.rows("delete from sluice.plates where plate = 'closing'")
    refused("42704", append, key, "'3'")
    equal(key.own(), [(0, "1")])


def test_an_old_snapshot_does_not_hide_a_plates_end(s):
    key = Key(s, "snapshot/key")
    key.open()
    with Session() as old:
        old.rows("begin isolation level repeatable read")
        old.rows("select from sluice.plates")
        s.rows("select sluice.plate_drop('snapshot')")
        refused("40001", append, key, "'1'", "", "append", old)
        old.rows("rollback")
        old.rows("begin isolation level repeatable read")
        refused("42704", append, key, "'1'", "", "append", old)
        old.rows("rollback")
    equal(key.own(), [])


def test_what_does_not_fit_the_stream_is_refused(s):
    x, y = made(s, content_type="Text/Plain; a=b"), made(s, content_type=JSON)
    append(x, "'a'", "content_type => 'text/PLAIN;c=d'")
    refused("42809", append, x, "'a'", "content_type => 'text/html'")
    refused("42809", append, x, "'1'", "", "append_json")
    refused("22P02", append, y, "'{'")
    refused("22P02", append, y, "array['1', '']::bytea[]", "", "append_all")
    refused("22021", append, y, "'\\xff'")
    equal((len(x.own()), y.own()), (1, []))


def test_what_is_no_append_is_refused(s):
    x = made(s)
    for data, more, function in (
            ("null", "", "append"), ("null", "", "append_all"),
            ("'{}'", "", "append_all"), ("'{a,null}'", "", "append_all"),
            ("'a'", "key => ''", "append"), ("null", "", "append_json"),
            ("'[]'", "", "append_json")):
        refused("22023", append, x, data, more, function)
    for data, more, function in (
            ("convert_to(repeat('x', (10 << 20) + 1), 'UTF8')", "", "append"),
            ("array_fill('x'::bytea, array[131073])", "", "append_all"),
            ("'a'", "key => repeat('k', 1025)", "append")):
        refused("54000", append, x, data, more, function)
    equal(x.own(), [])


# --- who may, and who is told --------------------------------------------

def test_who_may_execute_it_needs_no_rights_on_tables(s):
    x = made(s)
    with role(s, "usage on schema sluice"):
        for function in ("append", "append_all", "append_json"):
            refused("42501", append, x, "null", "", function)
    with role(s, "usage on schema sluice",
              "execute on function sluice.append"):
        equal(append(x, "'a'")[0], "0")
        refused("42501", s.rows, "select from sluice.streams")
        refused("42501", s.rows, "select from sluice.append_entries("
                f"{x.id}, '{x.name}', '{{a}}', null, null, true)")


def test_workers_are_told_at_the_commit_once_or_not(s):
    x = Stream(s, "shop/events")
    x.create()
    note = "0 0 0 3.-7695484851948493005.4294967295.0;"
    with Session() as other:
        other.rows("listen sluice_wake")
        s.rows("begin")
        append(x, "'a'")
        append(x, "'b'")
        equal(other.rows("select 1"), [["1"]])
        s.rows("commit")
        told = [line for line, in other.rows("select 1") if note in line]
        equal(len(told), 1)
        append(x, "'c'", "wake => false")
        s.rows("begin")
        append(x, "'d'")
        s.rows("rollback")
        equal(other.rows("select 1"), [["1"]])
