"""Without dead letters: messages that consumer groups have failed."""

from deliveries import GroupTopic
from session import Session, equal

FAILED = ["3", None, "1", "bad"]


def delivered(s, seqs, *groups):
    """Each group may fail them once."""
    t = GroupTopic(s, *groups)
    t.enqueue(seqs, max_retries=1)
    for name in groups:
        t.deliver(name, len(seqs))
    return t


def message(t, seq):
    return t.get(seq, "status, visible_at, retries, last_error")


def test_a_message_is_failed_when_all_groups_have_failed_it(s):
    t = delivered(s, [1], "a", "b")
    t.group_nack("a", [1], dead=0, errors=["good"])
    equal(t.status(1), 0)
    t.group_nack("b", [1], dead=0, errors=["bad"])
    equal(message(t, 1), FAILED)
    equal(t.dequeue(), [])
    t.register("c")
    equal(t.deliveries("c"), [])


def test_a_message_is_failed_when_the_others_have_acked_it(s):
    for replayable in ("false", "true"):
        t = delivered(s, [1, 2], "a", "b")
        s.rows("insert into sluice.topic_configs (topic_id, replayable) "
               f"values ({t.id}, {replayable})")
        t.group_ack("a", [2])
        t.group_nack("a", [1], dead=0, errors=["bad"])
        t.group_ack("b", [1])
        t.group_nack("b", [2], dead=0, errors=["bad"])
        equal((message(t, 1), message(t, 2)), (FAILED, FAILED))
        # Not all have acked it, so it is in no log.
        equal(s.one("select count(*) from sluice.message_log "
                    f"where topic_id = {t.id}"), "0")


def test_a_message_is_failed_by_the_last_timeout(s):
    t = delivered(s, [1], "a")
    t.time_out_for("a", [1])
    equal(t.deliver("a", dead=0), [])
    equal(message(t, 1), ["3", None, "1", "visibility timeout"])


def test_a_message_is_failed_when_the_last_group_that_waits_ends(s):
    t = delivered(s, [1], "a", "b")
    t.group_nack("a", [1], dead=0, errors=["bad"])
    t.end("b")
    t.clear("b")
    equal(message(t, 1), FAILED)


def test_a_message_that_a_plain_consumer_has_is_left_to_him(s):
    t = delivered(s, [1], "a")
    equal(t.dequeue(), [1])
    t.group_nack("a", [1], dead=0, errors=["bad"])
    equal(t.status(1), 1)
    equal(t.ack([1]), [[1, 1, 1]])
    equal(t.deliveries("a"), [])


def test_a_message_that_groups_failed_can_be_purged(s):
    t = delivered(s, [1, 2], "a")
    t.group_nack("a", [1], dead=0, errors=["bad"])
    equal(s.row(f"select * from sluice.purge({t.id}, false, array[3], 10)"),
          ["1", "f"])
    equal((t.seqs(), t.deliveries("a")), ([2], [2]))


def test_the_second_of_two_groups_finds_that_it_fails_the_message(s):
    t = delivered(s, [1], "a", "b")
    with Session() as other:
        s.rows("begin")
        t.group_nack("a", [1], dead=0, errors=["good"])
        other.send(t.group_nack_sql("b", [1], dead=0, errors=["bad"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        other.receive()
    equal(message(t, 1), FAILED)


def test_a_dead_letter_of_one_group_leaves_what_another_has_failed(s):
    t = delivered(s, [1], "a", "b")
    t.group_nack("a", [1], dead=0, errors=["bad"])
    t.group_nack("b", [1], dead=1)
    equal(message(t, 1), FAILED)
    equal(len(t.letters("b")), 1)
