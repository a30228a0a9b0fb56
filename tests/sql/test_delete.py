"""Purge, delete by key, and the reapers of keys and logins."""

from session import Session, Statements, Topic, equal

PENDING, PROCESSING, EXPIRED = [0, 2], [1], [4]


def variety(s):
    """All states twice, in the topic (below 20) and as dead letters."""
    t = Topic(s)
    t.enqueue([10, 11, 12, 13, 14, 21, 22, 23, 24])
    t.set([21, 22, 23, 24], "dlq = true, dlq_moved_at = now(), "
          "status = 2, visible_at = now()")
    t.set([11, 21], "status = 1, visible_at = now()")
    t.set([12, 22], "status = 2, visible_at = now()")
    t.set([13, 23], "status = 3, visible_at = null")
    t.set([14, 24], "status = 4, visible_at = null")
    return t, Statements(s)


def test_purge_deletes_the_states_that_are_named(s):
    for dlq, statuses, gone in (
            (False, PENDING, [10, 12]), (False, PROCESSING, [11]),
            (False, EXPIRED, [14]), (True, PENDING, [22]),
            (True, PENDING + PROCESSING + EXPIRED, [21, 22, 24])):
        t, run = variety(s)
        before = t.seqs()
        equal(run("topic_purge", t.id, dlq, statuses, 100),
              [[str(len(gone)), "f"]])
        equal(t.seqs(), [seq for seq in before if seq not in gone])


def test_purge_goes_in_batches(s):
    t, run = Topic(s), Statements(s)
    t.enqueue([1, 2, 3, 4, 5])
    t.dequeue(2)
    everything = PENDING + PROCESSING + EXPIRED
    equal(run("topic_purge", t.id, False, everything, 3), [["3", "t"]])
    equal(run("topic_purge", t.id, False, everything, 3), [["2", "f"]])


def test_purge_waits_for_a_dequeue_and_heeds_its_outcome(s):
    t, run = Topic(s), Statements(s)
    t.enqueue([1, 2])
    run("topic_purge", t.id, False, EXPIRED, 10)
    with Session() as other:
        other.rows("begin")
        other.rows(t.dequeue_sql())
        s.send(f"execute topic_purge({t.id}, false, array[0, 2], 10)")
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [["1", "f"]])
    equal(t.seqs(), [1])


def test_delete_by_key_takes_every_state_of_that_key(s):
    t, run = Topic(s), Statements(s)
    t.enqueue([1], keys=["k"])
    t.dequeue()
    t.enqueue([2, 3, 4], keys=["k", "other", None])
    t.enqueue([5], keys=["dead"])
    t.set([5], "key = 'k', dlq = true, dlq_moved_at = now(), status = 2, "
          "visible_at = now()")
    equal(run("message_delete_by_key", t.id, False, "k"), [["2"]])
    equal(t.seqs(), [3, 4, 5])
    equal(run("message_delete_by_key", t.id, True, "k"), [["1"]])
    equal(run("message_delete_by_key", t.id, True, "k"), [["0"]])
    equal(t.enqueue([6], keys=["k"]), [6])


# --- the reapers ---------------------------------------------------------

def settle(s):
    """Nothing of other tests is left."""
    s.rows("truncate sluice.messages, sluice.message_keys")
    return Statements(s)


def test_key_rows_without_a_message_are_removed(s):
    run = settle(s)
    a, b = Topic(s), Topic(s)
    a.enqueue([1, 2, 3], keys=["a", "b", "c"])
    b.enqueue([4], keys=["a"])
    s.rows("delete from sluice.messages where seq in (1, 3, 4)")
    seen = []
    place = [-(1 << 63), ""]
    while place[0] is not None:
        count, topic, key = run("reap_keys", *place, 2)[0]
        place = [topic and int(topic), key]
        seen.append((int(count), topic, key))
    equal(seen, [(1, str(a.id), "b"), (2, str(b.id), "a"), (0, None, None)])
    equal((a.keys(), b.keys()), ({"b": 2}, {}))


def test_a_key_row_that_an_enqueue_holds_stays(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], keys=["k"])
    s.rows("truncate sluice.messages")
    with Session() as other:
        other.rows("begin")
        other.rows(t.enqueue_sql([2], keys=["k"]))
        equal(run("reap_keys", 0, "", 10)[0][0], "0")
        other.rows("commit")
    equal(run("reap_keys", 0, "", 10)[0][0], "0")
    equal(t.keys(), {"k": 2})


def test_login_attempts_of_past_windows_are_forgotten(s):
    run = Statements(s)
    run("login_attempt", "past", 1000)
    run("login_attempt", "present", 60000)
    s.rows("update sluice.login_attempts set window_end = now() "
           "where client = 'past'")
    equal(run("login_attempts_reap"), [["1"]])
    equal(s.rows("select client from sluice.login_attempts"), [["present"]])
    s.rows("truncate sluice.login_attempts")
