"""What can be seen of messages: one, lists, counts, statistics."""

from session import Statements, Topic, equal

BYTES = 1 << 25


def variety(s):
    """A topic with one message in each state there is; seqs say which."""
    t = Topic(s)
    t.enqueue([10, 11, 12, 13, 14, 15, 16, 17], delay_ms=[0] * 7 + [60000],
              keys=["k"] + [None] * 7)
    t.set([11, 14], "status = 1, visible_at = now() + interval '30 s'")
    t.set([12], "status = 3")
    t.set([13, 16], "status = 4")
    t.set([15], "status = 2, visible_at = now()")
    t.set([14, 15, 16], "dlq = true, dlq_moved_at = now()")
    return t, Statements(s)


def test_one_message_is_shown_whole(s):
    t, run = variety(s)
    row, = run("message_get", t.id, 10)
    equal(row[:6] + row[7:],
          ["10", "0", "0", "3", "0", None, None, None, "k", None, None,
           r"\x7061796c6f6164203130", None, "f"])
    equal(run("message_get", t.id, 15)[0][14], "t")
    equal(run("message_get", t.id, 99), [])


def test_the_state_of_one_message(s):
    t, run = variety(s)
    equal(run("message_state", t.id, 11), [["1", "f", "0"]])
    equal(run("message_state", t.id, 99), [])


def test_a_topic_is_listed_newest_first_in_pages(s):
    t, run = variety(s)

    def page(dlq, limit, offset):
        return [int(row[0]) for row in
                run("message_list", t.id, dlq, limit, offset, BYTES)]

    equal(page(False, 9, 0), [17, 13, 12, 11, 10])
    equal(page(False, 2, 1), [13, 12])
    equal(page(True, 9, 0), [16, 15, 14])
    equal(page(True, 2, 2), [14])
    equal(page(True, 2, 3), [])


def test_a_list_has_the_columns_of_a_message(s):
    t, run = variety(s)
    equal(run("message_list", t.id, True, 1, 1, BYTES),
          run("message_get", t.id, 15))


def test_a_page_is_bounded_by_its_bytes(s):
    s.rows("truncate sluice.messages")
    t, run = Topic(s), Statements(s)
    t.enqueue([1, 2, 3], payloads=["x" * 100000] * 3,
              metadata=["x" * 100] * 3)
    for limit, seqs in ((1, ["3"]), (100101, ["3", "2"]),
                        (BYTES, ["3", "2", "1"])):
        equal([row[0] for row in
               run("message_list", t.id, False, 9, 0, limit)], seqs)
        equal([row[0] for row in run("message_list_all", 9, 0, limit)], seqs)


def test_all_topics_are_listed_newest_first(s):
    run = Statements(s)
    s.rows("truncate sluice.messages")
    a, b, c = Topic(s), Topic(s), Topic(s)
    a.enqueue([1, 5, 6])
    b.enqueue([2, 4])
    c.enqueue([3])
    c.dequeue()
    c.nack([3], dead=1)

    def page(limit, offset):
        return [(int(row[0]), int(row[15])) for row in
                run("message_list_all", limit, offset, BYTES)]

    everything = [(6, a.id), (5, a.id), (4, b.id), (3, c.id), (2, b.id),
                  (1, a.id)]
    for limit in (1, 2, 6, 9):
        for offset in range(7):
            equal((limit, offset, page(limit, offset)),
                  (limit, offset, everything[offset:offset + limit]))
    row = run("message_list_all", 1, 3, BYTES)[0]
    equal(row[:15], run("message_get", c.id, 3)[0])
    equal(row[14:], ["t", str(c.id), c.name])


def test_counts_are_those_of_the_lists(s):
    t, run = variety(s)
    equal(run("message_count", t.id, False), [["5"]])
    equal(run("message_count", t.id, True), [["3"]])
    equal(run("message_count", 99, False), [["0"]])
    equal(run("message_count_all")[0],
          s.row("select count(*) from sluice.messages"))


def test_the_depth_counts_pending_and_processing_up_to_the_limit(s):
    t, run = variety(s)
    equal(run("message_depth", t.id, 100), [["3"]])
    t.enqueue(list(range(20, 30)))
    equal(run("message_depth", t.id, 5), [["7"]])


def test_statistics_by_topic_and_state(s):
    s.rows("truncate sluice.messages")
    t, run = variety(s)
    t.set([10], "created_at = now() - interval '1 day'")
    rows = run("stats")
    equal([row[:3] for row in rows],
          [[t.name, "expired", "1"], [t.name, "failed", "1"],
           [t.name, "pending", "2"], [t.name, "processing", "1"],
           [t.name + ".dlq", "expired", "1"],
           [t.name + ".dlq", "pending", "1"],
           [t.name + ".dlq", "processing", "1"]])
    equal(rows[2][3], t.get(10, "created_at")[0])


def test_the_views_tell_the_same(s):
    s.rows("truncate sluice.messages")
    t, run = variety(s)
    equal(s.rows("select topic, status, messages, oldest "
                 "from sluice.queue_depth"), run("stats"))
    equal(s.row("select pending, processing, failed, expired, dead_letters "
                f"from sluice.topic_overview where topic_id = {t.id}"),
          ["2", "1", "1", "1", "3"])
    equal(s.rows("select topic, seq, timed_out from sluice.in_flight"),
          [[t.name, "11", "f"], [t.name + ".dlq", "14", "f"]])
