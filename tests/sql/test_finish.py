"""Ack, nack and extend: receipts, permissions, and several at once."""

from session import Session, Topic, equal


def delivered(s, seqs, **options):
    t = Topic(s)
    t.enqueue(seqs, **options)
    t.dequeue(len(seqs))
    return t


def test_ack_removes_and_says_which(s):
    t = delivered(s, [1, 2, 3])
    equal(t.ack([3, 1]), [[2, 1, 1], [1, 3, 1]])
    equal(t.seqs(), [2])


def test_only_what_is_being_processed_can_be_finished(s):
    for state in ("status = 0, visible_at = null",
                  "status = 2", "status = 3, visible_at = null",
                  "status = 4, visible_at = null"):
        t = delivered(s, [1])
        t.set([1], state)
        equal((state, t.ack([1]), t.nack([1]), t.extend([1], [1000])),
              (state, [], [], []))
        equal(t.seqs(), [1])


def test_what_is_not_there_is_passed_over(s):
    t = delivered(s, [2])
    equal(t.ack([1, 2, 3]), [[2, 2, 1]])
    equal(t.ack([]), [])


def test_a_receipt_names_one_delivery(s):
    t = delivered(s, [1])
    t.time_out([1])
    t.dequeue()
    equal(t.ack([1], tries=[1]), [])
    equal(t.nack([1], tries=[1]), [])
    equal(t.extend([1], [1000], tries=[1]), [])
    equal(t.extend([1], [1000], tries=[2]), [[1, 1, 2, 1]])
    equal(t.ack([1], tries=[2]), [[1, 1, 2]])


def test_a_receipt_outlives_the_timeout_until_the_next_delivery(s):
    t = delivered(s, [1])
    t.time_out([1])
    equal(t.ack([1], tries=[1]), [[1, 1, 1]])


def test_one_of_several_that_name_a_message_wins(s):
    t = delivered(s, [1, 2, 3])
    equal(t.ack([1, 1, 1], tries=[7, None, 1]), [[2, 1, 1]])
    equal(t.nack([2, 2], errors=["first", "second"]), [[1, 2, 1, 2, 0, 0]])
    equal(t.get(2, "last_error, retries"), ["first", "1"])


def test_all_of_several_that_extend_a_message_succeed(s):
    t = delivered(s, [1])
    equal(t.extend([1, 1], [60000, 90000]), [[1, 1, 1, 60], [2, 1, 1, 90]])


def test_the_caller_needs_the_right_for_where_the_message_is(s):
    for home, dlq in ((True, False), (False, True)):
        t = delivered(s, [1])
        if dlq:
            t.nack([1], dead=1)
            t.dequeue(dlq=True)
        tries = 2 if dlq else 1
        equal(t.ack([1], base=[dlq], dlq=[home]), [])
        equal(t.nack([1], base=[dlq], dlq=[home]), [])
        equal(t.extend([1], [1000], base=[dlq], dlq=[home]), [])
        equal(t.extend([1], [1000], base=[home], dlq=[dlq]),
              [[1, 1, tries, 1]])
        equal(t.ack([1], base=[home], dlq=[dlq]), [[1, 1, tries]])


def test_extend_counts_from_now(s):
    t = delivered(s, [1, 2])
    equal(t.extend([2, 1], [600000, 5000]), [[2, 1, 1, 5], [1, 2, 1, 600]])
    equal(t.get(2, "tries, retries, status"), ["1", "0", "1"])


# --- nack ----------------------------------------------------------------

def test_nack_gives_back_at_once_or_after_a_delay(s):
    t = delivered(s, [1, 2, 3])
    equal(t.nack([1, 2, 3], errors=["e", None, "f"],
                 delay_ms=[None, 60000, 0]),
          [[1, 1, 1, 2, 0, 0], [2, 2, 1, 2, 0, 0], [3, 3, 1, 2, 0, 0]])
    equal(s.rows(t.dequeue_sql(3, columns="seq, tries, retries, last_error")),
          [["1", "2", "1", "e"], ["3", "2", "1", "f"]])


def test_nack_at_the_threshold_makes_a_dead_letter(s):
    t = delivered(s, [1])
    equal(t.nack([1], dead=2), [[1, 1, 1, 2, 0, 0]])
    t.dequeue(dead=2)
    equal(t.nack([1], dead=2, errors=["twice"], delay_ms=[60000]),
          [[1, 1, 2, 2, 1, 1]])
    equal(t.get(1, "retries, max_retries, last_error, "
                "dlq_moved_at = visible_at, visible_at <= now()"),
          ["0", "0", "twice", "t", "t"])
    equal(t.dequeue(), [])
    equal(t.dequeue(dlq=True), [1])


def test_nack_without_a_threshold_fails_at_the_message_s_retries(s):
    t = delivered(s, [1, 2], max_retries=1)
    t.set([2], "max_retries = 0")
    equal(t.nack([1, 2], dead=0), [[1, 1, 1, 3, 0, 0], [2, 2, 1, 3, 0, 0]])
    equal(t.get(1, "retries, visible_at"), ["1", None])
    equal(t.dequeue(2), [])


def test_nack_of_a_dead_letter_gives_it_back_there(s):
    t = delivered(s, [1])
    t.nack([1], dead=1)
    for tries in range(2, 6):
        t.dequeue(dlq=True)
        equal(t.nack([1], dead=1), [[1, 1, tries, 2, 1, 0]])
    equal(t.get(1, "retries"), ["4"])


def test_one_call_may_promote_and_give_back(s):
    t = delivered(s, [1, 2])
    t.set([2], "retries = 2")
    equal(t.nack([1, 2]), [[1, 1, 1, 2, 0, 0], [2, 2, 1, 2, 1, 1]])


# --- at the same moment --------------------------------------------------

def test_two_acks_of_a_delivery_and_one_succeeds(s):
    t = delivered(s, [1])
    with Session() as other:
        s.rows("begin")
        equal(t.ack([1]), [[1, 1, 1]])
        other.send(t.ack_sql([1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [])


def test_an_ack_that_waited_for_a_nack_finds_nothing(s):
    t = delivered(s, [1])
    with Session() as other:
        s.rows("begin")
        t.nack([1])
        other.send(t.ack_sql([1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [])
    equal(t.status(1), 2)


def test_an_ack_that_waited_for_the_next_delivery_finds_its_receipt_stale(s):
    t = delivered(s, [1])
    t.time_out([1])
    with Session() as other:
        s.rows("begin")
        t.dequeue()
        other.send(t.ack_sql([1], tries=[1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [])
    equal(t.get(1, "status, tries"), ["1", "2"])


def test_an_ack_that_waited_for_an_extend_succeeds(s):
    t = delivered(s, [1])
    with Session() as other:
        s.rows("begin")
        t.extend([1], [90000])
        other.send(t.ack_sql([1], tries=[1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["1", "1", "1"]])
    equal(t.seqs(), [])


def test_calls_that_name_messages_in_other_orders_do_not_deadlock(s):
    t = delivered(s, [1, 2])
    with Session() as other:
        # Whatever is asked, messages are locked in one order: 1 goes first.
        s.rows("begin")
        t.ack([1])
        other.send(t.nack_sql([2, 1]))
        s.wait_until_blocked(other)
        equal(t.ack([2]), [[1, 2, 1]])
        s.rows("commit")
        equal(other.receive(), [])


def test_a_dequeue_passes_by_what_is_being_acked(s):
    t = delivered(s, [1, 2])
    t.time_out([1, 2])
    with Session() as other:
        other.rows("begin")
        other.rows(t.ack_sql([1]))
        equal(t.dequeue(2), [2])
        other.rows("commit")
