"""Requeue and redrive: dead letters come back to their topic."""

from session import Session, Statements, Topic, equal


def dead(s, seqs, **options):
    t = Topic(s)
    t.enqueue(seqs, **options)
    t.dequeue(len(seqs))
    t.nack(seqs, dead=1, errors=["bad"] * len(seqs))
    return t, Statements(s)


def test_a_requeued_message_is_pending_in_its_topic(s):
    t, run = dead(s, [1])
    equal(run("message_requeue", t.id, 1, 5), [["requeued", None]])
    equal(t.get(1, "dlq, dlq_moved_at, status, retries, max_retries, "
                "last_error, tries"),
          ["f", None, "2", "0", "5", "bad", "1"])
    equal(t.dequeue(dlq=True), [])
    equal(t.dequeue(), [1])


def test_only_a_dead_letter_can_be_requeued(s):
    t, run = dead(s, [1])
    t.enqueue([2])
    equal(run("message_requeue", t.id, 2, 5), [["not_dlq", None]])
    equal(run("message_requeue", t.id, 3, 5), [["missing", None]])
    run("message_requeue", t.id, 1, 5)
    equal(run("message_requeue", t.id, 1, 5), [["not_dlq", None]])


def test_an_expired_dead_letter_is_not_requeued(s):
    t, run = dead(s, [1, 2])
    t.set([1], "status = 4, visible_at = null")
    t.set([2], "expires_at = now()")
    equal(run("message_requeue", t.id, 1, 5), [["expired", None]])
    equal(run("message_requeue", t.id, 2, 5), [["expired", None]])
    equal(t.seqs("dlq"), [1, 2])


def test_a_requeue_ends_the_delivery_of_the_dead_letter(s):
    t, run = dead(s, [1])
    t.dequeue(dlq=True)
    equal(run("message_requeue", t.id, 1, 5), [["requeued", None]])
    equal(t.ack([1], tries=[2]), [])
    t.dequeue()
    equal(t.ack([1], tries=[2]), [])
    equal(t.ack([1], tries=[3]), [[1, 1, 3]])


def test_a_requeued_message_stands_beside_a_newer_one_of_its_key(s):
    t, run = dead(s, [1], keys=["k"])
    equal(t.enqueue([2], keys=["k"]), [2])
    equal(run("message_requeue", t.id, 1, 5), [["requeued", None]])
    equal(sorted(t.dequeue(2)), [1, 2])


def test_two_requeues_at_once_and_one_succeeds(s):
    t, run = dead(s, [1])
    with Session() as other:
        s.rows("begin")
        run("message_requeue", t.id, 1, 5)
        other.send(f"select outcome from sluice.requeue({t.id}, 1, 5)")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["not_dlq"]])


def test_redrive_takes_the_oldest_and_counts(s):
    t, run = dead(s, [3, 1, 2])
    equal(run("topic_redrive", t.id, 2, 5, None), [["2", None]])
    equal(t.seqs("dlq"), [3])
    equal(t.dequeue(3), [1, 2])
    equal(t.get(1, "dlq, dlq_moved_at, retries, max_retries, last_error"),
          ["f", None, "0", "5", "bad"])
    equal(run("topic_redrive", t.id, 2, 5, None), [["1", None]])
    equal(run("topic_redrive", t.id, 2, 5, None), [["0", None]])


def test_redrive_leaves_what_is_processed_expired_or_locked(s):
    t, run = dead(s, [1, 2, 3, 4])
    t.set([1], "status = 1, visible_at = now() + interval '1 min'")
    t.set([2], "expires_at = now()")
    with Session() as other:
        other.rows("begin")
        other.rows(f"select from sluice.messages where topic_id = {t.id} "
                   "and seq = 3 for update")
        equal(run("topic_redrive", t.id, 9, 5, None), [["1", None]])
        other.rows("rollback")
    equal(t.seqs("dlq"), [1, 2, 3])


def test_redrive_takes_what_has_timed_out(s):
    t, run = dead(s, [1, 2, 3])
    equal(t.dequeue(2, dlq=True), [1, 2])
    t.time_out([1])
    equal(run("topic_redrive", t.id, 9, 5, None), [["2", None]])
    equal(t.seqs("dlq"), [2])
    equal(t.get(1, "status, retries, last_error, tries"),
          ["2", "0", "bad", "2"])
    # Its earlier delivery is none any more.
    equal(t.ack([1], tries=[2]), [])
    equal(sorted(t.dequeue(9)), [1, 3])
    equal(t.ack([1], tries=[2]), [])
    equal(t.ack([1], tries=[3]), [[1, 1, 3]])
