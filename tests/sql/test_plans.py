"""
What a statement touches does not depend on how much there is. Plans are made
once a session and kept, so each is tried as it was made in the worst moments:
while the table was empty and nothing was known of it, and while it was empty
and that was known. A walk over the topic would touch thousands of pages.
"""

import json

from session import Statements, Topic, literal

FEW = 100  # pages; the calls for one message take 10 to 50

# In flight, failed and fresh ones, in that order.
ROWS = 60000


def pages(s, sql):
    rows = s.rows("explain (analyze, buffers, timing off, summary off, "
                  f"format json) {sql}")
    plan = json.loads("\n".join(row[0] for row in rows))[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def calls(t):
    """A call of each function for one message, and of each read."""
    return {
        "enqueue": t.enqueue_sql([900001]),
        "enqueue a new key": t.enqueue_sql([900002], keys=["new"]),
        "enqueue an old key": t.enqueue_sql([900003], keys=["new"]),
        "enqueue below a depth": t.enqueue_sql([900004], depth=100),
        "enqueue with a time to live": t.enqueue_sql([900005],
                                                     ttl_ms=[60000]),
        "dequeue": t.dequeue_sql(1),
        "dequeue with hints": t.dequeue_sql(1, first=ROWS // 2, due=False),
        "dequeue a dead letter": t.dequeue_sql(1, dlq=True),
        "ack": t.ack_sql([1]),
        "nack": t.nack_sql([2]),
        "extend": (f"select from sluice.extend({t.id}, array[3::bigint], "
                   "null, array[true], array[true], array[1000::bigint])"),
        "requeue": f"select sluice.requeue({t.id}, 4, 3)",
        "redrive": f"select sluice.redrive({t.id}, 1, 3, null)",
        "purge": (f"select from sluice.purge({t.id}, false, array[0, 1, 2], "
                  "1)"),
        "reap_expiries": "select from sluice.reap_expiries(1)",
        "reap_messages": f"select from sluice.reap_messages({t.id}, false, "
                         "-1, 1)",
        "reap_keys": "select from sluice.reap_keys(0, '', 1)",
        "message_get": (t.id, 5),
        "message_state": (t.id, 5),
        "message_list": (t.id, False, 2, 0, 1000),
        "message_list dead letters": (t.id, True, 2, 0, 1000),
        "message_list_all": (2, 0, 1000),
        "message_depth": (t.id, 5),
        "message_log_list": (t.id, False, "infinity", 1 << 62, 2, 0, 1000),
        "message_log_list from a place": (t.id, False, "2100-01-01", 0, 2, 0,
                                          1000),
        "topic_replay": (t.id, "2000-01-01", 0, "2100-01-01",
                         [900006, 900007], 1000, 0, 3),
        "message_log_trim": (t.id, False, "2100-01-01", 2),
        "reap_log": "select from sluice.reap_log(2)",
        "topic_config_get": (t.id,),
    }


def touched(s, run, t):
    """The pages that each call touches."""
    result = {}
    for name, call in calls(t).items():
        if isinstance(call, tuple):
            statement = name.split()[0]
            run.prepare(statement)
            call = (f"execute {statement}"
                    f"({', '.join(map(literal, call))})")
        result[name] = pages(s, call)
    return result


def fill_log(s, t, rows):
    s.rows("insert into sluice.message_log (topic_id, dlq, acked_at, seq, "
           "created_at, retries, max_retries, payload) "
           f"select {t.id}, false, timestamptz '2020-01-01Z' "
           "+ n * interval '1 min', n, now(), 0, 3, 'payload' "
           f"from generate_series(0, {rows} - 1) as n "
           "on conflict do nothing")


def fill(s, t):
    s.rows("insert into sluice.messages (topic_id, seq, status, visible_at, "
           "created_at, expires_at, max_retries, payload) "
           f"select {t.id}, seq, status, "
           "case when status = 1 then now() + interval '1 h' end, "
           "now(), now() + interval '1 day', 3, 'payload' "
           f"from (select seq, case seq * 3 / {ROWS} when 0 then 1 when 1 "
           f"then 3 else 0 end as status from generate_series(0, {ROWS - 1})"
           " as seq) as made")
    fill_log(s, t, ROWS)
    s.rows("insert into sluice.topic_configs (topic_id, replayable, "
           f"replay_window_seconds) values ({t.id}, true, 60)")
    # A note of them all is due, and as many are not.
    s.rows("insert into sluice.message_expiries "
           "(topic_id, due, first_seq, end_seq) "
           f"select {t.id}, now() + interval '1 min' * n, n, {ROWS} "
           f"from generate_series(0, {ROWS} - 1) as n")


def holds(s, *before, but=None):
    """Make plans after these steps; use them with ROWS rows."""
    s.rows("set client_min_messages = warning")
    s.rows("truncate sluice.messages, sluice.message_keys, "
           "sluice.message_expiries, sluice.message_log, sluice.topics "
           "cascade")
    t, run = Topic(s), Statements(s)
    for step in before:
        step(s, t)
    s.rows("begin")
    fill_log(s, t, 1)  # or a replay has nothing to plan
    touched(s, run, t)
    s.rows("rollback")
    if fill not in before:
        fill(s, t)
    seen = touched(s, run, t)
    seen.pop(but, None)
    assert max(seen.values()) <= FEW, \
        {name: n for name, n in seen.items() if n > FEW}


def analyse(s, t):
    s.rows("vacuum analyze sluice.messages")
    s.rows("vacuum analyze sluice.message_keys")
    s.rows("vacuum analyze sluice.message_log")
    s.rows("vacuum analyze sluice.message_expiries")


def use(s, t):
    t.enqueue([900011, 900012, 900013], keys=["a", None, None])
    t.dequeue(1)


def test_plans_made_before_anything_was_known(s):
    holds(s)


def test_plans_made_while_the_table_was_known_to_be_empty(s):
    holds(s, analyse)


def test_plans_made_with_a_few_rows_that_were_known(s):
    holds(s, use, analyse)


def test_plans_made_with_a_few_rows_that_were_not_known(s):
    holds(s, analyse, use)


def a_message_each(s, many):
    """So many topics, each with a message that is due."""
    s.rows("insert into sluice.topics (topic_id, name) "
           f"select 1000000 + n, 'each-' || n from generate_series(1, {many}) n")
    s.rows("insert into sluice.messages (topic_id, seq, status, visible_at, "
           "created_at, expires_at, max_retries, payload) select 1000000 + n, "
           "1, 1, now(), now(), now(), 3, '' "
           f"from generate_series(1, {many}) n")


def test_plans_made_while_topics_had_a_message_each(s):
    """The primary key is one page then, and indexes beside it are more."""
    for many in (180, 200, 250):
        holds(s, lambda s, t: a_message_each(s, many), analyse,
              but="message_list_all")


def test_plans_made_with_many_rows(s):
    holds(s, fill, analyse)
