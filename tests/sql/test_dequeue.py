"""Dequeue: order, timeouts, dead letters, hints, and several at once."""

from session import Session, Topic, equal


def test_oldest_first_and_each_once(s):
    t = Topic(s)
    t.enqueue(list(range(1, 8)))
    equal(t.dequeue(3), [1, 2, 3])
    equal(t.dequeue(3), [4, 5, 6])
    equal(t.dequeue(3), [7])
    equal(t.dequeue(3), [])


def test_a_delivery_is_counted_and_hidden(s):
    t = Topic(s)
    t.enqueue([1], payloads=["body"], metadata=["{}"], keys=["k"])
    row, = s.rows(t.dequeue_sql(
        vt_ms=60000, columns="seq, tries, retries, max_retries, status, "
        "round(extract(epoch from visible_at - now())), expires_at, "
        "dlq_moved_at, key, last_error, metadata, payload"))
    equal(row, ["1", "1", "0", "3", "1", "60", None, None, "k", None,
                r"\x7b7d", r"\x626f6479"])
    equal(t.get(1, "status, tries"), ["1", "1"])


def test_a_topic_gives_only_its_own(s):
    a, b = Topic(s), Topic(s)
    a.enqueue([1])
    equal(b.dequeue(), [])
    equal(a.dequeue(), [1])


def test_an_expired_message_is_not_delivered(s):
    t = Topic(s)
    t.enqueue([1, 2, 3], ttl_ms=[60000, 60000, 60000])
    t.set([1], "expires_at = now() - interval '1 s'")
    equal(t.dequeue(1), [2])
    t.time_out([2])
    t.set([2], "expires_at = now() - interval '1 s'")
    equal(t.dequeue(2), [3])


def test_a_delivery_that_timed_out_is_delivered_again(s):
    t = Topic(s)
    t.enqueue([1])
    t.dequeue()
    equal(t.dequeue(), [])
    t.time_out([1])
    equal(s.rows(t.dequeue_sql(columns="seq, tries, retries, last_error")),
          [["1", "2", "1", "visibility timeout"]])


def test_due_messages_come_first_by_the_time_they_became_due(s):
    t = Topic(s)
    t.enqueue([1, 2, 3, 4])
    t.dequeue(3)
    t.time_out([3, 1, 2])
    equal(t.dequeue(4), [3, 1, 2, 4])


def test_due_at_one_moment_means_oldest_first(s):
    t = Topic(s)
    t.enqueue([3, 1, 2])
    t.dequeue(3)
    t.nack([3, 1, 2])
    equal(t.dequeue(3), [1, 2, 3])


def test_at_the_threshold_a_timeout_makes_a_dead_letter(s):
    t = Topic(s)
    t.enqueue([1, 2], keys=["k", None])
    for _ in range(2):
        t.dequeue(2)
        t.time_out([1, 2])
    equal(t.dequeue(2, dead=2), [])
    equal(t.get(1, "dlq, status, retries, max_retries, tries, last_error, "
                "dlq_moved_at = visible_at, visible_at <= now()"),
          ["t", "2", "0", "0", "2", "visibility timeout", "t", "t"])
    equal(t.dequeue(2), [])
    equal(t.dequeue(2, dlq=True), [1, 2])


def test_promotions_do_not_use_up_the_count(s):
    t = Topic(s)
    t.enqueue([1, 2, 3, 4, 5])
    t.dequeue(4)
    t.set([1, 2, 4], "retries = 2")
    t.time_out([1, 2, 3, 4])
    # 1, 2 and 4 become dead letters; 3 is delivered again, then 5.
    equal(t.dequeue(2), [3, 5])
    equal(t.seqs("dlq"), [1, 2, 4])


def test_without_a_threshold_a_message_fails_at_its_own_retries(s):
    t = Topic(s)
    t.enqueue([1], max_retries=2)
    t.dequeue(dead=0)
    t.time_out([1])
    equal(t.dequeue(dead=0), [1])
    t.time_out([1])
    equal(t.dequeue(dead=0), [])
    equal(t.get(1, "status, retries, visible_at, last_error, dlq"),
          ["3", "2", None, "visibility timeout", "f"])


def test_a_message_whose_retries_end_below_the_threshold_fails(s):
    t = Topic(s)
    t.enqueue([1], max_retries=2)
    t.dequeue(dead=5)
    t.time_out([1])
    equal(t.dequeue(dead=5), [1])
    t.time_out([1])
    equal(t.dequeue(dead=5), [])
    equal(t.get(1, "dlq, status"), ["f", "3"])


def test_the_last_row_counts_the_new_dead_letters(s):
    t = Topic(s)
    t.enqueue([1, 2, 3])
    t.dequeue(3)
    t.set([1, 2], "retries = 2")
    t.time_out([1, 2, 3])
    equal(t.dequeue_told(3)[0], "2")
    equal(t.dequeue_told(3)[0], "0")


def test_the_last_row_says_when_something_is_due(s):
    t = Topic(s)
    equal(t.dequeue_told()[1], None)
    t.enqueue([1, 2, 3], delay_ms=[0, 90000, 0])
    equal(t.dequeue_told(1, vt_ms=60000)[1], None)
    equal(t.dequeue_told(2, vt_ms=60000)[1], "60")
    equal(t.dequeue_told(2, due=False)[1], None)
    equal(t.dequeue_told(1, dlq=True)[1], None)
    t.set([3], "dlq = true, dlq_moved_at = now()")
    equal(t.dequeue_told(1, dlq=True)[1], "60")


def test_dead_letters_are_delivered_again_for_ever(s):
    t = Topic(s)
    t.enqueue([1])
    t.dequeue()
    t.nack([1], dead=1)
    for retries in range(5):
        equal(s.rows(t.dequeue_sql(dlq=True, dead=1,
                                   columns="seq, retries")),
              [["1", str(retries)]])
        t.time_out([1])
    equal(t.dequeue(dlq=False), [])


def test_the_bytes_of_a_call_are_bounded(s):
    t = Topic(s)
    body = "x" * 100
    t.enqueue([1, 2, 3, 4], payloads=[body] * 4, metadata=[body] * 4)
    equal(t.dequeue(4, bytes_max=1), [1])
    equal(t.dequeue(4, bytes_max=201), [2, 3])
    equal(t.dequeue(4, bytes_max=1 << 20), [4])
    # The same for what is due, and for both together.
    t.time_out([1, 2, 3, 4])
    t.enqueue([5, 6], payloads=[body] * 2)
    equal(t.dequeue(4, bytes_max=200), [1])
    equal(t.dequeue(9, bytes_max=601), [2, 3, 4, 5])


def test_long_payloads_count_with_all_their_bytes(s):
    """Also where they are stored compressed, and apart from the row."""
    t = Topic(s)
    t.enqueue([1, 2], payloads=["x" * 1000000] * 2)
    equal(t.dequeue(2, bytes_max=900000), [1])


def test_fresh_messages_below_the_hint_are_not_looked_at(s):
    t = Topic(s)
    t.enqueue([1, 2, 3])
    equal(t.dequeue(1, first=2), [2])
    equal(t.dequeue(5, first=0), [1, 3])


def test_due_messages_before_the_hint_are_not_looked_at(s):
    t = Topic(s)
    t.enqueue([1, 2])
    t.dequeue(2)
    t.set([1], "visible_at = now() - interval '2 h'")
    t.set([2], "visible_at = now() - interval '1 h'")
    hint = s.one("select now() - interval '90 min'")
    equal(t.dequeue(5, due_from=hint), [2])
    equal(t.dequeue(5, due=False), [])
    equal(t.dequeue(5), [1])


def test_concurrent_dequeues_share_the_messages(s):
    t = Topic(s)
    t.enqueue([1, 2, 3, 4])
    t.dequeue(2)
    t.time_out([1, 2])
    with Session() as other:
        s.rows("begin")
        equal(t.dequeue(1), [1])
        equal([int(row[0]) for row in other.rows(t.dequeue_sql(2))], [2, 3])
        s.rows("commit")
    equal(t.dequeue(2), [4])


def test_a_dequeue_that_is_undone_gives_its_messages_back(s):
    t = Topic(s)
    t.enqueue([1])
    s.rows("begin")
    t.dequeue()
    s.rows("rollback")
    equal(t.dequeue(), [1])
