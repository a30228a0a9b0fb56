"""
What a command touches does not depend on how many entries there are, whatever
was known when its plan was made. Some are missing in between.
"""

from plates import Adder, Key, add_sql, entry_id
from session import Statements, literal
from test_plans import pages

FEW = 200  # pages; a trim of a hundred entries takes 130
MANY = 30000


def id_bytes(n):
    return f"int8send({n}) || int8send(0)"


def trim_sql(key, length, min_id, nodes):
    return (f"select count from sluice.plate_trim({key.id}, "
            f"{literal(key.name)}, {literal(length)}, {entry_id(min_id)}, "
            f"{literal(nodes)}, 0, 10000, {1 << 26})")


def range_of(key, low, high, count):
    return (f"{key.id}, 0, {entry_id(low)}, {entry_id(high)}, {count}, "
            f"{1 << 20}")


def calls(s, key, fresh):
    length = int((key.get("length") or ["0"])[0])
    end = "18446744073709551615-18446744073709551615"
    some = f"array[{id_bytes(5)}, {id_bytes(70)}, {id_bytes(29000)}]"
    return {
        "plate_open": key.open_sql(),
        "plate_open a new one": fresh.open_sql(),
        "plate_add": add_sql(key, [Adder(), Adder()], "status"),
        "plate_add and trim": add_sql(key, [Adder()], "status",
                                      max_length=length - 5),
        "plate_add and trim nodes": add_sql(key, [Adder()], "status",
                                            max_length=length - 1000,
                                            nodes=True, limit=100),
        "plate_add and trim ids": add_sql(key, [Adder()], "status",
                                          min_id="30-0"),
        "plate_trim": trim_sql(key, length - 5, None, False),
        "plate_trim ids": trim_sql(key, None, "30-0", False),
        "plate_delete": (f"select from sluice.plate_delete({key.id}, "
                         f"{literal(key.name)}, {some})"),
        "plate_set_id": (f"select sluice.plate_set_id({key.id}, "
                         f"{literal(key.name)}, {entry_id('99999-0')}, "
                         "null, null)"),
        "plate_stream_get": f"{key.id}",
        "entry_range": range_of(key, "20000-0", end, 10),
        "entry_range narrow": range_of(key, "20000-0", "20010-0", 5000),
        "entry_range_reverse": range_of(key, "0-0", end, 10),
        "entry_page_sparse": f"{key.id}, 0, 20000, {1 << 40}, 10, {1 << 20}",
    }


def touched(s, run, key, fresh):
    result = {}
    for name, call in calls(s, key, fresh).items():
        if not call.startswith("select"):
            statement = name.split()[0]
            run.prepare(statement)
            call = f"execute {statement}({call})"
        s.rows("begin")
        result[name] = pages(s, call)
        s.rows("rollback")
    return result


def fill(s, key):
    """Every seventh is missing; and the same in another key."""
    other = Key(s, "plans/other")
    for k in (key, other):
        s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
               f"id, fields, data) select {k.id}, 0, n, now(), "
               f"{id_bytes('n')}, true, '{{}}' "
               f"from generate_series(0, {MANY - 1}) as n where n % 7 > 0")
    key.set(f"next_seq = {MANY}, last_id = {id_bytes(MANY)}, "
            f"length = {MANY - MANY // 7 - 1}, bytes = 2 * {MANY}")


def analyse(s, key):
    for table in ("streams", "entries", "plates"):
        s.rows(f"vacuum analyze sluice.{table}")


def holds(s, *before):
    """Make plans after these steps; use them with many rows."""
    s.rows("set client_min_messages = warning")
    s.rows("truncate sluice.streams, sluice.entries, sluice.producers, "
           "sluice.segments, sluice.ended_streams")
    key, fresh = Key(s, "plans/key"), Key(s, "plans/fresh")
    key.open()
    run = Statements(s)
    for step in before:
        step(s, key)
    touched(s, run, key, fresh)
    if fill not in before:
        fill(s, key)
    seen = touched(s, run, key, fresh)
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def test_plans_made_before_anything_was_known(s):
    holds(s)


def test_plans_made_while_the_tables_were_known_to_be_empty(s):
    holds(s, analyse)


def test_plans_made_with_many_rows(s):
    holds(s, fill, analyse)
