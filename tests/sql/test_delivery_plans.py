"""
What a call for a consumer group touches does not depend on how much there is:
as in test_plans.py, with plans made in the worst moments.
"""

from deliveries import GroupTopic
from session import Statements, literal
from test_plans import FEW, ROWS, a_message_each, pages

TABLES = ("sluice.messages", "sluice.message_keys", "sluice.message_expiries",
          "sluice.deliveries", "sluice.consumer_groups")


def calls(t):
    """A call of each function for one message, and of each read."""
    joining, ended = t.groups["joining"], t.groups["ended"]
    return {
        "enqueue": t.enqueue_sql([900001]),
        "enqueue a new key": t.enqueue_sql([900002], keys=["new"]),
        "enqueue an old key": t.enqueue_sql([900003], keys=["new"]),
        "dequeue": t.deliver_sql("a"),
        "dequeue with hints": t.deliver_sql("a", first=ROWS // 2, due=False),
        "dequeue a dead letter": t.deliver_sql("a", dlq=True),
        "plain dequeue": t.dequeue_sql(),
        "ack": t.group_ack_sql("a", [1]),
        "nack": t.group_nack_sql("a", [2]),
        "nack for the last time": t.group_nack_sql("b", [3], dead=1),
        "extend": ("select from sluice.delivery_extend("
                   f"{t._of('a', [4])}, "
                   "array[1000::bigint])"),
        "plain ack": t.ack_sql([5]),
        "requeue": f"select sluice.requeue({t.id}, 6, 3)",
        "redrive": f"select sluice.redrive({t.id}, 1, 3, 'a')",
        "purge": f"select from sluice.purge({t.id}, false, array[0], 1)",
        "join": ("select from sluice.consumer_group_join("
                 f"{t.id}, {joining}, null, 1)"),
        "clear": f"select from sluice.consumer_group_clear({t.id}, {ended}, 1)",
        "delivery_state": (t.id, 7, "a"),
        "consumer_group_list": (t.id, 9, 0),
        "consumer_group_count": (t.id,),
    }


def touched(s, run, t):
    result = {}
    for name, call in calls(t).items():
        if isinstance(call, tuple):
            run.prepare(name)
            call = f"execute {name}({', '.join(map(literal, call))})"
        result[name] = pages(s, call)
    return result


def fill(s, t):
    """In flight, failed and fresh for each group; and dead letters of "b"."""
    s.rows("insert into sluice.messages (topic_id, seq, status, created_at, "
           f"max_retries, payload) select {t.id}, n, 0, now(), 3, 'payload' "
           f"from generate_series(0, {ROWS - 1}) n")
    s.rows("insert into sluice.messages (topic_id, seq, status, visible_at, "
           "created_at, max_retries, payload, dlq, dlq_moved_at, "
           f"consumer_group) select {t.id}, {ROWS} + n, 2, now(), now(), 0, "
           f"'payload', true, now(), 'b' from generate_series(0, {ROWS}) n")
    s.rows("insert into sluice.deliveries (topic_id, seq, group_id, status, "
           f"visible_at) select {t.id}, n, g.group_id, status, "
           "case when status = 1 then now() + interval '1 h' end "
           f"from (select n, case n * 3 / {ROWS} when 0 then 1 when 1 then 3 "
           f"else 0 end as status from generate_series(0, {ROWS - 1}) n) m "
           f"cross join sluice.consumer_groups g where topic_id = {t.id} "
           "and g.state > 0")


def holds(s, *before):
    """Make plans after these steps; use them with ROWS rows."""
    s.rows("set client_min_messages = warning")
    s.rows(f"truncate {', '.join(TABLES)}, sluice.topics cascade")
    t, run = GroupTopic(s, "a", "b", "ended"), Statements(s)
    t.begin("joining")
    t.end("ended")
    for step in before:
        step(s, t)
    # Every statement is to have its plan from now.
    s.rows("begin")
    if fill not in before:
        t.enqueue(list(range(1, 8)))
    t.deliver("a", 7)
    t.deliver("b", 7)
    t.dequeue(5)
    touched(s, run, t)
    s.rows("rollback")
    if fill not in before:
        fill(s, t)
    seen = touched(s, run, t)
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def analyse(s, t):
    for table in TABLES:
        s.rows(f"vacuum analyze {table}")


def use(s, t):
    t.enqueue([900011, 900012, 900013], keys=["a", None, None])
    t.deliver("a")


def test_plans_made_before_anything_was_known(s):
    holds(s)


def test_plans_made_while_the_tables_were_known_to_be_empty(s):
    holds(s, analyse)


def test_plans_made_with_a_few_rows_that_were_known(s):
    holds(s, use, analyse)


def test_plans_made_with_a_few_rows_that_were_not_known(s):
    holds(s, analyse, use)


def test_plans_made_while_topics_had_a_delivery_each(s):
    """The primary key is one page then, and indexes beside it are more."""
    def a_delivery_each(s, t):
        a_message_each(s, many)
        s.rows("insert into sluice.deliveries (topic_id, seq, group_id, "
               "status, visible_at) select 1000000 + n, 1, 1, 1, now() "
               f"from generate_series(1, {many}) n")

    for many in (180, 250):
        holds(s, a_delivery_each, analyse)


def test_plans_made_with_many_rows(s):
    holds(s, fill, analyse)


def test_what_was_acked_is_not_walked_again(s):
    """With the hints; dead entries stay while nobody vacuums."""
    t = GroupTopic(s, "a")
    seqs = list(range(1, 5001))
    t.enqueue(seqs + [9001, 9002])
    t.deliver("a", 5000)
    t.group_ack("a", seqs)
    seen = pages(s, t.deliver_sql("a", first=9001, due=False))
    assert seen <= FEW, seen
