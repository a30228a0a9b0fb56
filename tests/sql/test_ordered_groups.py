"""Ordered keys and consumer groups: what comes back, and who joins."""

from session import Session, Statements, equal
from test_ordered import ordered_for


def bring_back(s, t, how, letter):
    run = Statements(s)
    if how == "requeue":
        equal(run("message_requeue", t.id, letter, 3)[0][0], "requeued")
    else:
        equal(run("topic_redrive", t.id, 10, 3, "g")[0][0], "1")


def test_a_dead_letter_of_a_group_that_comes_back_takes_its_turn(s):
    """As often as it does; the copies are of the message's microsecond."""
    first, *later = [n << 10 | 1023 for n in range(1, 6)]
    for how in ("requeue", "redrive"):
        for others in ([], ["h"]):
            t = ordered_for(s, "g", *others)
            t.enqueue([first, *later], keys=["a"] * 5)
            dead = first
            for seq in later[:-1]:
                equal(t.deliver("g", 10), [dead])
                s.rows(t.group_nack_sql("g", [dead], dead=1))
                equal(t.deliver("g", 10), [seq])
                [dead] = t.letters("g")
                bring_back(s, t, how, dead)
                equal(t.deliver("g", 10), [])
                s.rows(t.group_ack_sql("g", [seq]))
            for seq in (dead, later[-1]):
                equal(t.deliver("g", 10), [seq])
                s.rows(t.group_ack_sql("g", [seq]))
            for seq in [first, *later] if others else []:
                equal(t.deliver("h", 10), [seq])
                s.rows(t.group_ack_sql("h", [seq]))
            equal(t.seqs(), [])
            equal(s.rows("select from sluice.key_heads "
                         f"where topic_id = {t.id}"), [])


def test_dead_letters_of_a_group_come_back_in_their_order(s):
    seqs = [n << 10 for n in range(1, 5)]
    t, run = ordered_for(s, "g"), Statements(s)
    t.enqueue(seqs, keys=["a"] * 4)
    for seq in seqs[:3]:
        equal(t.deliver("g", 10), [seq])
        s.rows(t.group_nack_sql("g", [seq], dead=1))
    letters = t.letters("g")
    equal(t.deliver("g", 10), seqs[3:])
    equal(run("topic_redrive", t.id, 10, 3, "g")[0][0], "3")
    s.rows(t.group_ack_sql("g", seqs[3:]))
    for seq in letters:
        equal(t.deliver("g", 10), [seq])
        s.rows(t.group_ack_sql("g", [seq]))


def test_a_joining_group_does_not_wait_for_whoever_waits_for_its_line(s):
    """He has removed the delivery whose turn it was, and says whose is next."""
    t = ordered_for(s)
    t.begin("g")
    t.enqueue([1, 2], keys=["a"] * 2)
    equal(t.dequeue(), [1])
    equal(t.join("g", batch=1), ["joining", "2"])
    with Session() as other:
        s.rows("begin")
        s.rows(f"select from sluice.key_heads where topic_id = {t.id} "
               "order by group_id for update")
        other.send(t.ack_sql([1]))
        s.wait_until_blocked(other)
        equal(t.join("g"), ["joining", "2"])
        s.rows("commit")
        equal([row[0] for row in other.receive()][0], "1")
    equal(t.join("g"), ["registered", "2"])
    equal(t.deliver("g", 10), [2])
