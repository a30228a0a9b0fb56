"""The views for people at psql: what each shows of something that is there."""

from session import Topic, equal


def rows_of(s, view, topic, columns):
    return s.rows(f"select {columns} from sluice.{view} where topic_id = "
                  f"{topic.id} order by seq")


def test_failed_messages_and_dead_letters(s):
    t = Topic(s)
    t.enqueue([1, 2, 3, 4, 5])
    t.set([2], "status = 3, last_error = 'broken'")
    t.set([3], "status = 2, visible_at = now(), dlq = true, "
          "dlq_moved_at = now(), last_error = 'dead'")
    t.set([4], "status = 1, visible_at = now(), dlq = true, "
          "dlq_moved_at = now()")
    t.set([5], "status = 4")
    equal(rows_of(s, "failed_messages", t, "seq, state, last_error"),
          [["2", "failed", "broken"], ["3", "dead letter", "dead"],
           ["4", "dead letter, being processed", None]])


def test_the_lag_of_a_queues_groups(s):
    t = Topic(s)
    t.enqueue([1])
    s.rows("insert into sluice.consumer_groups (topic_id, group_id, name, "
           f"channel, state) values ({t.id}, 1, 'a', 1, 1), "
           f"({t.id}, 2, 'b', 2, 0)")
    s.rows("insert into sluice.deliveries (topic_id, seq, group_id, status, "
           f"visible_at) values ({t.id}, 1024, 1, 0, null), "
           f"({t.id}, 2048, 1, 1, now()), ({t.id}, 3072, 1, 2, now()), "
           f"({t.id}, 4096, 1, 3, null)")
    equal(s.rows("select consumer_group, state, lag, pending, processing, "
                 "failed, oldest - timestamptz '2024-01-01Z' "
                 f"from sluice.queue_group_lag where topic_id = {t.id} "
                 "order by 1"),
          [["a", "registered", "3", "2", "1", "1", "00:00:00.000001"],
           ["b", "joining", "0", "0", "0", "0", None]])


def test_the_runs_of_reapers(s):
    s.rows("insert into sluice.reapers (name, schedule, due_at, started_at, "
           "ended_at, last_rows, runs, failures, last_error) values "
           "('test', '@daily', now() - interval '5 min', '2026-01-01Z', "
           "'2026-01-01 00:00:07Z', 3, 9, 1, 'no')")
    try:
        equal(s.rows("select schedule, overdue between '5 min' and '6 min', "
                     "running, took, last_rows, last_error, runs, failures "
                     "from sluice.reaper_runs where reaper = 'test'"),
              [["@daily", "t", "f", "00:00:07", "3", "no", "9", "1"]])
    finally:
        s.rows("delete from sluice.reapers where name = 'test'")


def test_statements_that_run_where_nothing_counts_them(s):
    equal(s.rows("select source from sluice.slow_statements"), [])


def test_spare_room_after_many_went(s):
    """A topic of 20,000 messages, of which one in ten stays."""
    t = Topic(s)
    s.rows("insert into sluice.messages (topic_id, seq, created_at, "
           "max_retries, status, payload) "
           f"select {t.id}, n, now(), 3, 0, convert_to(repeat('x', 200), "
           "'UTF8') from generate_series(1, 20000) n")
    s.rows("vacuum analyze sluice.messages")

    def spare(relation):
        return float(s.one("select spare_share from sluice.bloat "
                           f"where relation = '{relation}'"))

    full = spare("messages"), spare("messages_pkey")
    assert full[0] < 0.3 and full[1] < 0.5, full
    s.rows(f"delete from sluice.messages where topic_id = {t.id} "
           "and seq % 10 > 0")
    # An autovacuum that began before may still write what it has seen.
    for _ in range(10):
        s.rows("vacuum analyze sluice.messages")
        if spare("messages") > 0.7:
            break
    assert spare("messages") > 0.7, spare("messages")
    assert spare("messages_pkey") > 0.6, spare("messages_pkey")
