"""
What a call for one group touches does not depend on how much of it is pending,
or on how many entries its stream has, whatever was known when its plan was
made. Only what counts all that is pending reads all of it, and what forgets
a member may.
"""

from groups import Group, ids
from plates import Key
from session import Statements, array, literal
from test_plans import pages

FEW = 200  # pages
MANY = 30000
MIDDLE = f"{MANY // 2}-0"
ALL = ("group_list", "member_list", "pending_summary", "member_delete")


def calls(g):
    """A call of each function and of each statement."""
    key = f"{g.key.id}, {literal(g.key.name)}, 'g'"
    last = "\\x" + "ff" * 16
    first = "\\x" + "00" * 16
    life = (g.key.id, 0, "g")
    return {
        "group_read": f"select * from sluice.group_read({key}, "
            f"{array(['m'], 'text')}, {array([2], 'bigint')}, "
            "array[false], 1000, 100000)",
        "group_read_many": "select * from sluice.group_read_many("
            f"array[{g.key.id}]::bigint[], array[{literal(g.key.name)}], "
            f"'g', 'many', {ids(MIDDLE)}, 2, false, 100, 100000, 100000)",
        "group_ack": f"select * from sluice.group_ack({key}, 1, "
            f"array[1, 1], {ids(MIDDLE, '7-0')})",
        "group_claim": f"select * from sluice.group_claim({key}, 'n', "
            f"{ids(MIDDLE, '8-0')}, 0, null, null, null, true, false, null, "
            "100000)",
        "group_autoclaim": f"select * from sluice.group_autoclaim({key}, "
            f"'n', sluice.entry_id('{MIDDLE}'), 0, 2, 20, false, 100000)",
        "group_history_bytes": "select sluice.group_history_bytes("
            f"{g.key.id}, 0, 'g', 'few', '', 10, 1000)",
        "group_history": "select * from sluice.group_history("
            f"{g.key.id}, 0, 'g', 'few', '', 10)",
        "group_set_id": f"select sluice.group_set_id({key}, null, null)",
        "group_create": f"select sluice.group_create({g.key.id}, "
            f"{literal(g.key.name)}, 'new', null, null, true)",
        "member_create": f"select sluice.member_create({key}, 'new')",
        "member_delete": f"select sluice.member_delete({key}, 'few')",
        "reap_life": f"select sluice.reap_life({g.key.id}, 1, 0, 10, 1000)",
        "group_get": (g.key.id, "g"),
        "pending_list": (*life, first, last, 0, 10),
        "pending_list_member": (*life, first, last, 0, 10, "few"),
        "pending_of_members": (*life, 2, 10),
        "group_list": (g.key.id, 0, 10),
        "member_list": (*life, 10),
        "pending_summary": life,
    }


def touched(s, run, g):
    result = {}
    for name, call in calls(g).items():
        if isinstance(call, tuple):
            run.prepare(name)
            call = f"execute {name}({', '.join(map(literal, call))})"
        s.rows("begin")
        result[name] = pages(s, call)
        s.rows("rollback")
    return result


def fill(s, g):
    """All but ten of the entries are pending; other groups have as many."""
    one = ("sluice.entry_id(n || '-0')")
    s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
           f"data, id, fields) select {g.key.id}, 0, n - 1, now(), "
           f"'{{}}', {one}, true "
           f"from generate_series(1, {MANY}) as n")
    g.key.set(f"next_seq = {MANY}, length = {MANY}, added = {MANY}, "
              f"last_id = sluice.entry_id('{MANY}-0')")
    s.rows("insert into sluice.pending (stream_id, incarnation, consumer, "
           "id, owner, delivered_at, deliveries) "
           f"select {g.key.id}, 0, name, {one}, "
           "case n when 5 then 'few' else 'many' end, now(), 1 "
           f"from generate_series(1, {MANY - 10}) as n, "
           "unnest(array['f', 'g', 'h']) as name")
    s.rows("insert into sluice.consumer_members (stream_id, incarnation, "
           f"consumer, member, seen_at) select {g.key.id}, 0, 'g', "
           "name, now() from unnest(array['few', 'many']) as name")
    s.rows("update sluice.consumers set last_id = "
           f"sluice.entry_id('{MANY - 10}-0') where stream_id = {g.key.id}")


def analyse(s, g):
    for table in ("streams", "entries", "consumers", "consumer_members",
                  "pending"):
        s.rows(f"vacuum analyze sluice.{table}")


def holds(s, *before):
    """Make plans after these steps; use them with many rows."""
    s.rows("set client_min_messages = warning")
    s.rows("truncate sluice.streams, sluice.entries, sluice.consumers, "
           "sluice.consumer_members, sluice.pending, sluice.ended_streams")
    g = Group(s)
    s.rows(f"insert into sluice.ended_streams values ({g.key.id}, 1, now())")
    run = Statements(s)
    for step in before:
        step(s, g)
    touched(s, run, g)
    if fill not in before:
        fill(s, g)
    seen = touched(s, run, g)
    for name in ALL:
        del seen[name]
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def test_plans_made_before_anything_was_known(s):
    holds(s)


def test_plans_made_while_the_tables_were_known_to_be_empty(s):
    holds(s, analyse)


def test_plans_made_while_streams_had_an_entry_each(s):
    """At 210 the primary key is one page, and the index of ids is more."""
    for many in (210, MANY):
        holds(s, lambda s, g: s.rows(
            "insert into sluice.entries (stream_id, incarnation, seq, at, "
            "data, id, fields) select 1000000 + n, 0, 0, now(), '{}', "
            "sluice.entry_id(n || '-0'), true "
            f"from generate_series(1, {many}) n"), analyse)


def test_plans_made_with_many_rows(s):
    holds(s, fill, analyse)
