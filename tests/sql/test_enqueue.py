"""Enqueue: places, delays, expiry, the depth limit, and keys."""

from session import Session, Topic, equal, refused


def test_messages_keep_the_place_they_were_given(s):
    t = Topic(s)
    equal(t.enqueue([20, 10, 30]), [20, 10, 30])
    equal(t.dequeue(3), [10, 20, 30])


def test_what_is_stored_is_what_was_sent(s):
    t = Topic(s)
    t.enqueue([1], payloads=[r"\x00ff"], metadata=['{"a": "b"}'],
              max_retries=7)
    equal(t.get(1, "payload, convert_from(metadata, 'UTF8'), max_retries, "
                "status, tries, retries, key, last_error, expires_at, "
                "now() - created_at < interval '1 min'"),
          [r"\x00ff", '{"a": "b"}', "7", "0", "0", "0", None, None, None,
           "t"])


def test_a_delayed_message_is_not_delivered_before(s):
    t = Topic(s)
    t.enqueue([1, 2], delay_ms=[60000, 0])
    equal(t.dequeue(2), [2])
    t.time_out([1])
    equal(t.dequeue(2), [1])
    equal(t.get(1, "tries, retries, last_error"), ["1", "0", None])


def test_a_time_to_live_of_nothing_is_for_ever(s):
    t = Topic(s)
    t.enqueue([1, 2, 3], ttl_ms=[0, None, 60000])
    equal(t.seqs("expires_at is null"), [1, 2])
    equal(t.seqs("expires_at > now()"), [3])


def test_one_value_holds_for_all_and_several_for_each(s):
    columns = "extract(epoch from expires_at - created_at)::int, max_retries"
    for keys in None, ["a", None, "b"]:
        t = Topic(s)
        t.enqueue([1, 2, 3], keys=keys, ttl_ms=[60000], max_retries=5)
        equal([t.get(seq, columns) for seq in (1, 2, 3)], [["60", "5"]] * 3)
        keys = keys and ["c", None, "d"]
        t.enqueue([4, 5, 6], keys=keys, ttl_ms=[60000, 0, None],
                  max_retries=[5, 6, 7])
        equal([t.get(seq, columns) for seq in (4, 5, 6)],
              [["60", "5"], [None, "6"], [None, "7"]])
        t.enqueue([7, 8], ttl_ms=[0])
        equal(t.get(8, columns), [None, "3"])
        t.enqueue([9, 10], ttl_ms=[60000, 30000])
        equal(t.get(10, columns), ["30", "3"])


def test_a_used_seq_is_refused_and_nothing_is_stored(s):
    t = Topic(s)
    t.enqueue([1])
    refused("23505", t.enqueue, [2, 1])
    equal(t.seqs(), [1])


def test_a_full_topic_takes_nothing(s):
    t = Topic(s)
    equal(t.enqueue([1, 2], depth=3), [1, 2])
    equal(t.enqueue([3, 4], depth=3), [])
    equal(t.seqs(), [1, 2])
    equal(t.enqueue([3], depth=3), [3])
    equal(t.enqueue([4], depth=3), [])
    equal(t.enqueue([4]), [4])


def test_processing_and_delayed_messages_count_for_the_depth(s):
    t = Topic(s)
    t.enqueue([1, 2], delay_ms=[0, 60000])
    t.dequeue(1)
    equal(t.enqueue([3], depth=2), [])
    t.ack([1])
    equal(t.enqueue([3], depth=2), [3])


def test_dead_failed_and_expired_messages_do_not_count(s):
    t = Topic(s)
    t.enqueue([1, 2, 3])
    t.dequeue(3)
    t.nack([1], dead=1)
    t.nack([2], dead=0)
    t.nack([2, 3], dead=0)
    t.set([2, 3], "status = 3, visible_at = null")
    equal(t.enqueue([4], depth=1), [4])


def test_an_upsert_counts_for_the_depth(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    equal(t.enqueue([2], keys=["k"], depth=1), [])
    equal(t.get(1, "convert_from(payload, 'UTF8')"), ["payload 1"])


# --- keys ----------------------------------------------------------------

def test_a_pending_message_of_the_key_is_replaced(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"], metadata=['{"old": "1"}'], ttl_ms=[60000])
    before = t.get(1, "created_at, expires_at")
    equal(t.enqueue([2], keys=["k"], payloads=["new"], max_retries=9), [1])
    equal(t.get(1, "created_at, expires_at"), before)
    equal(t.get(1, "convert_from(payload, 'UTF8'), metadata, max_retries"),
          ["new", None, "9"])
    equal(t.seqs(), [1])


def test_a_message_that_waits_again_is_replaced_and_keeps_its_retries(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    t.nack([1], delay_ms=[60000])
    equal(t.enqueue([2], keys=["k"], payloads=["new"]), [1])
    equal(t.get(1, "convert_from(payload, 'UTF8'), retries, status"),
          ["new", "1", "2"])


def test_a_message_under_processing_is_left_alone(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    equal(t.enqueue([2], keys=["k"]), [2])
    equal(t.keys(), {"k": 2})
    equal(t.enqueue([3], keys=["k"]), [2])
    # What comes back stays beside the newer one, and both are delivered.
    t.nack([1])
    equal(t.dequeue(2), [1, 2])
    equal([row[1] for row in t.ack([1, 2])], [1, 2])


def test_dead_failed_and_expired_messages_are_left_alone(s):
    for state in ("status = 3", "status = 4",
                  "status = 2, dlq = true, dlq_moved_at = now(), "
                  "visible_at = now()",
                  "expires_at = now() - interval '1 s'"):
        t = Topic(s)
        t.enqueue([1], keys=["k"])
        t.set([1], state)
        equal((state, t.enqueue([2], keys=["k"])), (state, [2]))
        equal(t.keys(), {"k": 2})


def test_an_empty_key_is_a_key_and_none_is_none(s):
    t = Topic(s)
    equal(t.enqueue([1, 2, 3], keys=["", None, None]), [1, 2, 3])
    equal(t.enqueue([4, 5], keys=[None, ""]), [4, 1])
    equal(t.keys(), {"": 1})


def test_each_topic_has_its_own_keys(s):
    a, b = Topic(s), Topic(s)
    a.enqueue([1], keys=["k"])
    equal(b.enqueue([2], keys=["k"]), [2])


def test_new_old_and_no_keys_go_together(s):
    t = Topic(s)
    t.enqueue([1, 2], keys=["b", "d"])
    t.dequeue(1)
    equal(t.enqueue([3, 4, 5, 6, 7], keys=["d", None, "a", "b", "é"],
                    payloads=["for d", "for none", "for a", "for b", "for é"]),
          [2, 4, 5, 6, 7])
    equal([t.get(seq, "key, convert_from(payload, 'UTF8')")
           for seq in (2, 4, 5, 6, 7)],
          [["d", "for d"], [None, "for none"], ["a", "for a"],
           ["b", "for b"], ["é", "for é"]])
    equal(t.keys(), {"a": 5, "b": 6, "d": 2, "é": 7})


def test_ack_removes_the_key(s):
    t = Topic(s)
    t.enqueue([1, 2], keys=["a", "b"])
    t.dequeue(1)
    t.ack([1])
    equal(t.keys(), {"b": 2})
    equal(t.enqueue([3], keys=["a"]), [3])


def test_ack_leaves_the_key_of_a_newer_message(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    t.enqueue([2], keys=["k"])
    t.ack([1])
    equal(t.keys(), {"k": 2})


# --- keys, at the same moment --------------------------------------------

def test_two_enqueues_of_a_new_key_make_one_message(s):
    t = Topic(s)
    with Session() as other:
        s.rows("begin")
        equal(t.enqueue([1], keys=["k"]), [1])
        other.send(t.enqueue_sql([2], keys=["k"], payloads=["second"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["1"]])
    equal(t.seqs(), [1])
    equal(t.get(1, "convert_from(payload, 'UTF8')"), ["second"])


def test_an_enqueue_that_was_undone_leaves_the_key_free(s):
    t = Topic(s)
    with Session() as other:
        s.rows("begin")
        t.enqueue([1], keys=["k"])
        other.send(t.enqueue_sql([2], keys=["k"]))
        s.wait_until_blocked(other)
        s.rows("rollback")
        equal(other.receive(), [["2"]])
    equal(t.keys(), {"k": 2})


def test_enqueues_of_the_same_keys_in_other_orders_do_not_deadlock(s):
    t = Topic(s)
    with Session() as other:
        # Whatever is asked, keys are locked in one order: a goes first.
        s.rows("begin")
        t.enqueue([1], keys=["a"])
        other.send(t.enqueue_sql([2, 3], keys=["b", "a"]))
        s.wait_until_blocked(other)
        equal(t.enqueue([4], keys=["b"]), [4])
        s.rows("commit")
        equal(other.receive(), [["4"], ["1"]])
    equal(t.seqs(), [1, 4])


def test_an_enqueue_waits_for_a_dequeue_and_adds_a_message(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    with Session() as other:
        s.rows("begin")
        equal(t.dequeue(), [1])
        other.send(t.enqueue_sql([2], keys=["k"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["2"]])
    equal(t.seqs("status = 1"), [1])
    equal(t.get(1, "convert_from(payload, 'UTF8')"), ["payload 1"])


def test_an_enqueue_waits_for_an_ack_and_adds_a_message(s):
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    with Session() as other:
        s.rows("begin")
        t.ack([1])
        other.send(t.enqueue_sql([2], keys=["k"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["2"]])
    equal(t.seqs(), [2])
    equal(t.keys(), {"k": 2})


def test_an_ack_does_not_wait_for_a_key(s):
    """Or it could wait for an enqueue that waits for its message."""
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    with Session() as other:
        other.rows("begin")
        other.rows("select from sluice.message_keys where "
                   f"topic_id = {t.id} for update")
        equal(t.ack([1]), [[1, 1, 1]])
        other.rows("rollback")
    equal(t.keys(), {"k": 1})
    equal(t.enqueue([2], keys=["k"]), [2])


def test_a_dequeue_passes_by_a_message_that_is_being_replaced(s):
    t = Topic(s)
    t.enqueue([1, 2], keys=["a", "b"])
    with Session() as other:
        other.rows("begin")
        other.rows(t.enqueue_sql([3], keys=["a"], payloads=["newer"]))
        equal(t.dequeue(2), [2])
        other.rows("commit")
    equal(t.dequeue(2), [1])
    equal(t.get(1, "convert_from(payload, 'UTF8')"), ["newer"])
