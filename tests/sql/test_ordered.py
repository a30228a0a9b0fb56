"""Ordered keys: one message of a key at a time, in order; others beside it."""

from deliveries import GroupTopic
from session import Session, Statements, Topic, equal


class Ordered(Topic):
    def __init__(self, s):
        super().__init__(s)
        s.rows("insert into sluice.topic_configs (topic_id, ordered) "
               f"values ({self.id}, true)")

    def put(self, **lines):
        """put(a=[1, 3], b=[2]): messages of these keys, one call each."""
        for seq, key in sorted((seq, key) for key, seqs in lines.items()
                               for seq in seqs):
            equal(self.enqueue([seq], keys=[key]), [seq])

    def lines(self):
        """[key, group, whose turn it is] of every line."""
        return self.s.rows("select key, group_id, seq from sluice.key_heads "
                           f"where topic_id = {self.id} order by 1, 2")

    def behind(self):
        return self.seqs("visible_at = 'infinity'")

    def ack_all(self, seqs):
        """What an ack says: those removed, and what went on."""
        return [row[:2] for row in self.s.rows(self.ack_sql(seqs))]

    def drain(self):
        """All that comes, in its order, acked one by one."""
        order = []
        while got := self.dequeue(1):
            order += got
            self.ack_all(got)
        return order


def ordered_for(s, *groups):
    t = GroupTopic(s)
    s.rows("insert into sluice.topic_configs (topic_id, ordered) "
           f"values ({t.id}, true)")
    for name in groups:
        t.register(name)
    return t


def test_one_of_a_key_is_delivered_and_others_beside_it(s):
    t = Ordered(s)
    t.put(a=[1, 2, 5], b=[3], c=[6])
    t.enqueue([4, 7])
    equal(t.dequeue(10), [1, 3, 4, 6, 7])
    equal(t.dequeue(10), [])
    equal(t.behind(), [2, 5])


def test_an_ack_makes_the_next_one_due(s):
    t = Ordered(s)
    t.put(a=[1, 2, 3])
    for seq in (1, 2, 3):
        equal(t.dequeue(10), [seq])
        equal(t.ack_all([seq]),
              [["1", str(seq)]] + ([["0", "1"]] if seq < 3 else []))
    equal(t.lines(), [])
    equal(t.seqs(), [])


def test_one_call_may_have_a_key_more_than_once(s):
    t = Ordered(s)
    equal(t.enqueue([1, 2, 3, 4, 5], keys=["a", "b", "a", None, "a"]),
          [1, 2, 3, 4, 5])
    equal(t.dequeue(10), [1, 2, 4])
    equal(t.ack_all([1, 2]), [["1", "1"], ["2", "2"], ["0", "1"]])
    equal(t.drain(), [3, 5])


def test_a_nack_keeps_the_turn(s):
    t = Ordered(s)
    t.put(a=[1, 2])
    t.dequeue()
    t.nack([1], delay_ms=[60000])
    equal(t.dequeue(10), [])
    t.set([1], "visible_at = now()")
    equal(t.dequeue(10), [1])
    t.ack_all([1])
    equal(t.dequeue(10), [2])


def test_a_timeout_keeps_the_turn(s):
    t = Ordered(s)
    t.put(a=[1, 2])
    t.dequeue()
    t.time_out([1])
    equal(t.dequeue(10), [1])


def test_a_dead_letter_gives_the_turn_away(s):
    t = Ordered(s)
    t.put(a=[1, 2, 3])
    t.dequeue()
    rows = s.rows(t.nack_sql([1], dead=1))
    equal([row[0] for row in rows], ["1", "0"])
    equal(t.dequeue(10), [2])
    t.time_out([2])
    equal(t.dequeue(10, dead=1), [3])
    equal(t.dequeue(10, dlq=True), [1, 2])


def test_one_that_failed_gives_the_turn_away(s):
    t = Ordered(s)
    equal(t.enqueue([1, 2, 3], keys=["a"] * 3, max_retries=1), [1, 2, 3])
    t.dequeue()
    equal([row[0] for row in s.rows(t.nack_sql([1], dead=0))], ["1", "0"])
    equal(t.status(1), 3)
    equal(t.dequeue(10), [2])
    t.time_out([2])
    equal(t.dequeue(10, dead=0), [3])
    t.ack_all([3])
    equal(t.lines(), [])


def test_one_that_expires_gives_the_turn_away(s):
    t, run = Ordered(s), Statements(s)
    equal(t.enqueue([1, 2, 3], keys=["a"] * 3, ttl_ms=[1000, 0, 0]),
          [1, 2, 3])
    t.set([1], "expires_at = now() - interval '1 s'")
    s.rows("update sluice.message_expiries set due = now() "
           f"where topic_id = {t.id}")
    equal(run("reap_expiries", 1000), [["1", "f"]])
    equal(t.dequeue(10), [2])


def test_who_expires_behind_is_passed_over(s):
    t = Ordered(s)
    t.put(a=[1, 2, 3])
    t.set([2], "expires_at = now() - interval '1 s'")
    equal(t.drain(), [1, 3])


def test_a_new_message_does_not_wait_for_one_whose_time_is_up(s):
    t = Ordered(s)
    t.put(a=[1, 2])
    t.set([1], "expires_at = now() - interval '1 s'")
    t.put(a=[3])
    equal(t.drain(), [2, 3])


def test_nor_for_one_whose_last_delivery_timed_out_as_well(s):
    t = Ordered(s)
    t.put(a=[1, 2])
    equal(t.dequeue(10), [1])
    t.set([1], "expires_at = now() - interval '1 s'")
    t.put(a=[3])
    equal(t.dequeue(10), [])
    t.time_out([1])
    t.put(a=[4])
    equal(t.drain(), [2, 3, 4])


def test_nor_does_a_group(s):
    t = ordered_for(s, "g")
    t.enqueue([1, 2], keys=["a"] * 2)
    equal(t.deliver("g", 10), [1])
    t.set([1], "expires_at = now() - interval '1 s'")
    t.enqueue([3], keys=["a"])
    equal(t.deliver("g", 10), [])
    s.rows("update sluice.deliveries set visible_at = now() - "
           f"interval '1 s' where topic_id = {t.id} and seq = 1")
    t.enqueue([4], keys=["a"])
    equal(t.deliver("g", 10), [2])


def test_a_purge_gives_the_turn_away(s):
    t, run = Ordered(s), Statements(s)
    t.put(a=[1, 2, 3], b=[4, 5])
    t.dequeue(10)
    equal(run("topic_purge", t.id, False, [1], 100), [["2", "f"]])
    equal(t.drain(), [2, 5, 3])
    t.put(a=[6, 7])
    equal(run("topic_purge", t.id, False, [0, 2], 1), [["1", "t"]])
    equal(t.drain(), [7])
    equal(t.lines(), [])


def test_a_delete_by_key_ends_the_line(s):
    t, run = Ordered(s), Statements(s)
    t.put(a=[1, 2], b=[3])
    t.dequeue(10)
    equal(run("message_delete_by_key", t.id, False, "a"), [["2"]])
    equal([line[0] for line in t.lines()], ["b"])
    t.put(a=[4])
    equal(t.dequeue(10), [4])


def test_a_message_enqueued_beside_a_delete_by_key_is_not_left_behind(s):
    t = Ordered(s)
    t.put(a=[1])
    with Session() as other:
        s.rows("begin")
        t.put(a=[2])
        other.send(f"select sluice.delete_by_key({t.id}, false, 'a')")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["1"]])
    equal(t.dequeue(10), [2])


def test_a_message_enqueued_beside_the_last_ack_is_not_left_behind(s):
    for first, second in ((0, 1), (1, 0)):
        t = Ordered(s)
        t.put(a=[1])
        t.dequeue()
        calls = [t.ack_sql([1]), t.enqueue_sql([2], keys=["a"])]
        with Session() as other:
            s.rows("begin")
            s.rows(calls[first])
            other.send(calls[second])
            s.wait_until_blocked(other)
            s.rows("commit")
            other.receive()
        equal(t.dequeue(10), [2])
        equal(t.lines(), [["a", "0", "2"]])


def test_two_who_begin_a_line_at_once_have_one(s):
    t = Ordered(s)
    with Session() as other:
        s.rows("begin")
        t.put(a=[1])
        other.send(t.enqueue_sql([2], keys=["a"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["2"]])
    equal(t.dequeue(10), [1])
    equal(t.drain(), [])
    t.ack_all([1])
    equal(t.drain(), [2])


def test_a_late_clock_does_not_put_a_message_before_earlier_ones(s):
    t = Ordered(s)
    t.put(a=[5 << 10 | 7, 6 << 10 | 7])
    equal(t.enqueue([2 << 10 | 9, 3 << 10 | 9], keys=["a", "a"]),
          [7 << 10 | 9, 8 << 10 | 9])
    equal(t.drain(), [5 << 10 | 7, 6 << 10 | 7, 7 << 10 | 9, 8 << 10 | 9])


def test_nor_before_those_that_a_group_has_ended(s):
    """Its line begins anew with what the clock is late for."""
    t = ordered_for(s, "quick", "slow")
    t.enqueue([5 << 10], keys=["a"])
    equal(t.deliver("quick", 10), [5 << 10])
    s.rows(t.group_ack_sql("quick", [5 << 10]))
    equal(t.enqueue([4 << 10 | 1, 5 << 10 | 1], keys=["a"] * 2),
          [6 << 10 | 1, 7 << 10 | 1])
    equal(t.enqueue([8 << 10], keys=["a"]), [8 << 10])
    for seq in (6 << 10 | 1, 7 << 10 | 1, 8 << 10):
        equal(t.deliver("quick", 10), [seq])
        s.rows(t.group_ack_sql("quick", [seq]))
    for seq in (5 << 10, 6 << 10 | 1, 7 << 10 | 1, 8 << 10):
        equal(t.deliver("slow", 10), [seq])
        s.rows(t.group_ack_sql("slow", [seq]))
    equal(t.seqs(), [])


def test_a_late_clock_leaves_no_message_behind(s):
    """The plain consumers' line has ended, and the group's goes on."""
    t = ordered_for(s, "g")
    t.enqueue([5 << 10], keys=["a"], max_retries=1)
    t.dequeue()
    t.nack([5 << 10], dead=0)
    equal(t.enqueue([3 << 10, 4 << 10], keys=["a"] * 2),
          [3 << 10, 4 << 10])
    for seq in (5 << 10, 3 << 10, 4 << 10):
        equal(t.deliver("g", 10), [seq])
        s.rows(t.group_ack_sql("g", [seq]))
    equal(t.seqs(), [])


def test_a_dead_letter_that_comes_back_takes_its_turn(s):
    for bring in ("requeue", "redrive"):
        t, run = Ordered(s), Statements(s)
        t.put(a=[1, 2, 3])
        t.dequeue()
        t.s.rows(t.nack_sql([1], dead=1))
        equal(t.dequeue(10), [2])
        if bring == "requeue":
            equal(run("message_requeue", t.id, 1, 3)[0][0], "requeued")
        else:
            equal(run("topic_redrive", t.id, 10, 3, None)[0][0], "1")
        equal(t.dequeue(10), [])
        t.ack_all([2])
        equal(t.drain(), [1, 3])
        equal(t.lines(), [])


def test_a_dead_letter_that_comes_back_to_an_empty_line_is_due(s):
    for bring in ("requeue", "redrive"):
        t, run = Ordered(s), Statements(s)
        t.put(a=[1])
        t.dequeue()
        t.s.rows(t.nack_sql([1], dead=1))
        equal(t.lines(), [])
        if bring == "requeue":
            run("message_requeue", t.id, 1, 3)
        else:
            run("topic_redrive", t.id, 10, 3, None)
        equal(t.drain(), [1])


def test_a_replay_keeps_the_order_of_each_key(s):
    t, run = Ordered(s), Statements(s)
    s.rows("update sluice.topic_configs set replayable = true "
           f"where topic_id = {t.id}")
    t.put(a=[1, 2, 3], b=[4])
    equal(t.drain(), [1, 2, 3, 4])
    equal(run("topic_replay", t.id, "-infinity", -1, None,
              [11, 12, 13, 14], 1 << 20, 0, 3)[0][0], "4")
    equal(t.dequeue(10), [11, 14])
    t.ack_all([11])
    equal(t.drain(), [12, 13])


def test_who_may_not_wait_passes_over_a_line_that_is_held(s):
    """A delivery that timed out for good, while its line is locked."""
    t = Ordered(s)
    t.put(a=[1], b=[2])
    t.dequeue(10)
    t.time_out([1, 2])
    with Session() as other:
        other.rows("begin")
        other.rows("select from sluice.key_heads where key = 'a' and "
                   f"topic_id = {t.id} for update")
        equal(t.dequeue(10, dead=1), [])
        equal(t.status(1), 1)
        equal(t.get(2, "dlq"), ["t"])
        other.rows("rollback")
    equal(t.dequeue(10, dead=1), [])
    equal(t.get(1, "dlq"), ["t"])
    equal(t.lines(), [])


def test_whoever_has_the_next_one_locked_gives_it_its_turn(s):
    t = Ordered(s)
    t.put(a=[1, 2, 3])
    t.dequeue()
    with Session() as other:
        other.rows("begin")
        other.rows("select from sluice.messages where seq = 2 and "
                   f"topic_id = {t.id} for update")
        equal(t.ack_all([1]), [["1", "1"]])
        equal(t.dequeue(10), [])
        other.rows(f"select sluice.release({t.id}, array['a'])")
        other.rows("commit")
    equal(t.drain(), [2, 3])


def test_the_reaper_makes_good_what_somebody_did_by_hand(s):
    t, run = Ordered(s), Statements(s)
    t.put(a=[1, 2], b=[3])
    s.rows("delete from sluice.messages where seq = 1 and topic_id = "
           f"{t.id}")
    equal(t.dequeue(10), [3])
    run("reap_keys", t.id - 1, "", 1000)
    equal(t.dequeue(10), [2])


def test_it_looks_at_all_lines_of_a_key(s):
    """A batch is full with the first of them."""
    t, run = ordered_for(s, "g"), Statements(s)
    t.enqueue([1, 2], keys=["a"] * 2)
    s.rows("delete from sluice.deliveries where seq = 1 and topic_id = "
           f"{t.id}")
    equal(t.deliver("g", 10), [])
    run("reap_keys", t.id, "", 1)
    equal(t.deliver("g", 10), [2])


def test_nothing_is_due_at_the_end_of_time(s):
    t = Ordered(s)
    t.put(a=[1, 2])
    t.set([1], "status = 3")
    equal(t.dequeue_told(), ["0", None])


def test_other_topics_have_no_lines(s):
    t = Topic(s)
    t.enqueue([1], keys=["a"])
    equal(t.enqueue([2], keys=["a"]), [1])
    t.dequeue()
    t.ack([1])
    equal(s.rows("select from sluice.key_heads "
                 f"where topic_id = {t.id}"), [])


def test_a_dead_snapshot_is_not_walked_by_each_release(s):
    """While a transaction is open, what has gone stays in the indexes."""
    t = Ordered(s)
    n = 3000
    with Session() as other:
        other.rows("begin isolation level repeatable read")
        other.rows("select count(*) from sluice.messages")
        t.enqueue(list(range(1, n + 1)), keys=["a"] * n)
        s.rows(f"""
            do $$
            begin
                for i in 1 .. {n - 2} loop
                    perform sluice.dequeue({t.id}, false, 1, 30000, 3, 0,
                        true, now() - interval '1 s', 1 << 20);
                    perform sluice.ack({t.id}, array[i]::bigint[], null,
                        array[true], array[true]);
                end loop;
            end
            $$""")
        t.dequeue(1, due_from=s.one("select now() - interval '1 ms'"))
        plan = s.rows("explain (analyze, buffers, timing off, summary off, "
                      "costs off, format text) "
                      f"select sluice.next_message({t.id}, 'a', {n - 1}, "
                      "now())")
        pages = sum(int(word.split("=")[1]) for [line] in plan
                    for word in line.split() if word.startswith("hit="))
        assert pages < 100, plan
