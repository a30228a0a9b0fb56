"""
What a call for one stream touches does not depend on how many streams and
entries there are, whatever was known when its plan was made.
"""

from session import Statements, literal
from streams import Stream
from test_plans import pages

FEW = 150  # pages; a fork takes 100
MANY = 30000
OPEN_END = "\U0010ffff" * 257


def calls(s, big, ended):
    """A call of each function and of each statement."""
    fresh, fork, old = (Stream(s, f"plans-{word}")
                        for word in ("fresh", "fork", "old"))
    return {
        "stream_create": fresh.create_sql(data=["a"]),
        "stream_create again": big.create_sql(ttl_ms=60000),
        "stream_create a fork": fork.create_sql(
            fork=big, at=MANY // 2, sub=1, ttl_ms=60000),
        "stream_create another life": ended.create_sql(data=["b"]),
        "stream_end": big.end_sql(),
        "append": f"select sluice.append({literal(old.name)}, 'a')",
        "reap_life": f"select sluice.reap_life({ended.id}, 0, 100, 10, 1000)",
        "stream_touch": (big.id, 0),
        "streams_due": (10,),
        "lives_ended": (0, 0, 10),
        "stream_list": (['plans-2', 'plans-7'], ['plans-3', 'plans-8'],
                        ['plans-2%', 'plans-7%'], '', 3, 7),
        "stream_list all": ([""], [OPEN_END], None, 'plans-5', 0, 10),
    }


def touched(s, run, big, ended):
    result = {}
    for name, call in calls(s, big, ended).items():
        if isinstance(call, tuple):
            statement = name.split()[0]
            run.prepare(statement)
            call = (f"execute {statement}"
                    f"({', '.join(map(literal, call))})")
        s.rows("begin")
        result[name] = pages(s, call)
        s.rows("rollback")
    return result


def fill(s, big, ended):
    """Streams, living and ended, and two lives with many entries."""
    s.rows("insert into sluice.streams (stream_id, name, content_type, "
           "media_type, last_at, created_at, state, expires_at) "
           "select sluice.stream_id(name), name, 'a/b', 'a/b', now(), now(), "
           "n % 2 * 2, case when n % 4 = 0 then now() + interval '1 h' end "
           f"from (select n, 'plans-' || n as name from generate_series(1, "
           f"{MANY}) as n) as made")
    s.rows("insert into sluice.ended_streams (stream_id, incarnation, "
           "ended_at) select stream_id, 0, now() from sluice.streams "
           "where state = 2")
    for stream in (big, ended):
        s.rows("insert into sluice.entries (stream_id, incarnation, seq, at, "
               f"data) select {stream.id}, 0, n, now(), 'entry' "
               f"from generate_series(0, {MANY - 1}) as n")
        stream.set(f"next_seq = {MANY}")
    ended.end()


def analyse(s, big, ended):
    for table in ("streams", "entries", "ended_streams", "segments"):
        s.rows(f"vacuum analyze sluice.{table}")


def holds(s, *before):
    """Make plans after these steps; use them with many rows."""
    s.rows("set client_min_messages = warning")
    s.rows("truncate sluice.streams, sluice.entries, sluice.producers, "
           "sluice.segments, sluice.ended_streams")
    big, ended, old = (Stream(s, f"plans-{word}")
                       for word in ("big", "ended", "old"))
    big.create(ttl_ms=60000)
    ended.create()
    old.create()
    run = Statements(s)
    for step in before:
        step(s, big, ended)
    touched(s, run, big, ended)
    if fill not in before:
        fill(s, big, ended)
    seen = touched(s, run, big, ended)
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def test_plans_made_before_anything_was_known(s):
    holds(s)


def test_plans_made_while_the_tables_were_known_to_be_empty(s):
    holds(s, analyse)


def test_plans_made_with_many_rows(s):
    holds(s, fill, analyse)
