"""Registering consumer groups and unregistering them."""

from deliveries import GroupTopic
from session import Session, Statements, equal


def test_a_group_is_created_once(s):
    t = GroupTopic(s)
    equal(t.create("a")[0], "created")
    equal(t.create("a")[0], "joining")
    equal(t.create("b", most=2)[0], "created")
    equal(t.create("c", most=2), ["full", None])
    s.rows(f"update sluice.consumer_groups set state = 1 "
           f"where topic_id = {t.id}")
    equal(t.create("a")[0], "registered")


def test_what_is_there_is_given_in_pieces(s):
    t = GroupTopic(s)
    t.enqueue(list(range(1, 8)))
    t.begin("a")
    equal([t.join("a", batch=3) for _ in range(4)],
          [["joining", "7"]] * 3 + [["registered", "7"]])
    equal(t.deliveries("a"), list(range(1, 8)))
    equal(t.join("a"), ["registered", "7"])


def test_nothing_above_the_last_is_walked(s):
    t = GroupTopic(s)
    t.enqueue([1, 2, 3])
    t.begin("a")
    s.rows(f"delete from sluice.deliveries where topic_id = {t.id}")
    equal(t.join("a", last=2), ["joining", "2"])
    equal(t.join("a", last=2), ["registered", "2"])
    equal(t.deliveries("a"), [1, 2])


def test_an_empty_topic_is_joined_at_once(s):
    t = GroupTopic(s)
    t.begin("a")
    equal(t.join("a"), ["registered", None])


def test_a_group_is_given_what_others_have_yet_to_do(s):
    t = GroupTopic(s)
    t.enqueue([1, 2, 3, 4, 5, 6], delay_ms=[None, 60000] + [None] * 4)
    t.set([3], "status = 1, visible_at = now() + interval '30 s'")
    t.set([4], "status = 3")
    t.set([5], "status = 4")
    t.set([6], "status = 2, visible_at = now(), dlq = true, "
          "dlq_moved_at = now()")
    t.register("a")
    equal(s.rows("select d.seq, d.status, d.visible_at is not distinct from "
                 "m.visible_at from sluice.deliveries d join sluice.messages "
                 f"m using (topic_id, seq) where topic_id = {t.id} "
                 "order by 1"),
          [["1", "0", "t"], ["2", "2", "t"], ["3", "2", "t"]])


def test_what_comes_while_a_group_joins_is_its_own_too(s):
    t = GroupTopic(s)
    t.enqueue([1, 3])
    t.begin("a")
    t.enqueue([2, 4])
    equal(t.deliveries("a"), [2, 4])
    t.join("a")
    equal(t.deliveries("a"), [1, 2, 3, 4])


def test_who_removes_a_message_that_is_given_waits(s):
    t = GroupTopic(s)
    t.enqueue([1])
    t.begin("a")
    t.dequeue()
    with Session() as other:
        s.rows("begin")
        t.join("a")
        other.send(t.ack_sql([1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["1", "1", "1"]])
    equal(t.deliveries("a"), [])


def test_what_is_being_removed_is_not_given(s):
    t = GroupTopic(s)
    t.enqueue([1, 2])
    t.dequeue()
    t.begin("a")
    with Session() as other:
        s.rows("begin")
        t.ack([1])
        other.send("select outcome from sluice.consumer_group_join("
                   f"{t.id}, {t.groups['a']}, null, 9)")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["joining"]])
    equal(t.deliveries("a"), [2])


def test_who_dequeues_is_not_in_the_way_of_a_joining_group(s):
    t = GroupTopic(s)
    t.enqueue([1])
    t.begin("a")
    with Session() as other:
        other.rows("begin")
        other.rows(t.dequeue_sql())
        equal(t.join("a")[0], "joining")
        other.rows("commit")
        other.rows("begin")
        other.rows(t.dequeue_sql())
        other.rows("rollback")
    equal(t.deliveries("a"), [1])


def test_writers_are_those_who_may_not_see_the_group(s):
    run = Statements(s)
    t = GroupTopic(s)
    t.enqueue([1])
    equal(run("consumer_group_writers", None), [[None]])
    for statement in (t.enqueue_sql([2]), t.dequeue_sql(),
                      f"select from sluice.messages where topic_id = {t.id} "
                      "for key share"):
        with Session() as other, Session() as later:
            other.rows("begin")
            other.rows(statement)
            [[writers]] = run("consumer_group_writers", None)
            equal(len(writers.split()), 1)
            # Who comes later is not waited for.
            later.rows("begin")
            later.rows(t.enqueue_sql([3]))
            equal(run("consumer_group_writers", writers), [[writers]])
            equal(len(run("consumer_group_writers", None)[0][0].split()), 2)
            other.rows("rollback")
            equal(run("consumer_group_writers", writers), [[None]])
            later.rows("rollback")
    with Session() as reader:
        reader.rows("begin")
        reader.rows("select count(*) from sluice.messages")
        equal(run("consumer_group_writers", None), [[None]])
        reader.rows("rollback")


def test_an_ended_group_is_given_nothing_and_has_no_name(s):
    run = Statements(s)
    t = GroupTopic(s, "a")
    old = t.groups["a"]
    equal(run("consumer_group_end", t.id, "a"), [[str(old)]])
    equal(run("consumer_group_end", t.id, "a"), [])
    t.enqueue([1])
    equal(t.deliveries("a"), [])
    equal(t.join("a")[0], "gone")
    equal(t.create("a")[0], "created")


def test_a_joining_group_can_be_ended(s):
    run = Statements(s)
    t = GroupTopic(s)
    t.enqueue([1])
    t.begin("a")
    equal(run("consumer_group_end", t.id, "a"), [[str(t.groups["a"])]])
    equal(t.join("a"), ["gone", "1"])
    equal(t.deliveries("a"), [])


def test_clearing_goes_in_pieces_whatever_the_states(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3, 4, 5])
    t.deliver("a", 2)
    t.group_nack("a", [1])
    t.set_delivery("a", [3], "status = 3")
    t.end("a")
    equal([t.clear("a", 2) for _ in range(3)],
          [["2", "t"], ["2", "t"], ["1", "f"]])
    # No groups: they are for plain consumers.
    equal((t.deliveries("a"), t.seqs()), ([], [1, 2, 3, 4, 5]))


def test_what_only_an_ended_group_had_to_do_goes_with_it(s):
    t = GroupTopic(s, "a", "b")
    t.enqueue([1, 2])
    t.deliver("b", 2)
    t.group_ack("b", [1])
    t.end("a")
    equal(t.clear("a"), ["2", "f"])
    equal(t.seqs(), [2])
    # While another one joins, nothing is known of what it has to do.
    t.end("b")
    t.begin("c")
    equal(t.clear("b"), ["1", "f"])
    equal(t.seqs(), [2])


def test_a_list_has_the_registered_ones_in_order(s):
    run = Statements(s)
    t = GroupTopic(s, "b", "a", "c")
    t.end("a")
    t.begin("d")
    equal(run("consumer_group_list", t.id, 9, 0), [["b"], ["c"]])
    equal(run("consumer_group_list", t.id, 1, 1), [["c"]])
    equal(run("consumer_group_count", t.id), [["2"]])


def test_the_state_of_a_delivery(s):
    run = Statements(s)
    t = GroupTopic(s, "a", "b")
    t.enqueue([1, 2])
    t.deliver("a")
    t.deliver("b")
    t.group_nack("b", [1], dead=1)
    [letter] = t.letters("b")
    for seq, name, told in (
            (1, "a", ["t", "f", "1"]), (2, "a", ["t", "f", "0"]),
            (1, "b", ["t", "f", None]), (1, "c", ["f", "f", None]),
            (9, "a", ["t", None, None]), (letter, "b", ["t", "t", "2"]),
            (letter, "a", ["t", "t", None]), (letter, "c", ["f", "t", None])):
        equal((seq, name, run("delivery_state", t.id, seq, name)),
              (seq, name, [told]))
    t.end("b")
    equal(run("delivery_state", t.id, letter, "b"), [["t", "t", "2"]])


def test_a_reaper_finds_what_is_unfinished(s):
    run = Statements(s)
    s.rows("delete from sluice.consumer_groups where state <> 1")
    t = GroupTopic(s, "a", "b")
    t.begin("c")
    t.begin("d")
    s.rows("update sluice.consumer_groups set created_at = now() - "
           f"interval '2 min' where topic_id = {t.id} and name = 'd'")
    t.end("b")
    found = run("groups_unfinished", t.id, 0)
    equal(found, [[str(t.id), str(t.groups["b"]), "2", "f"]])
    equal(run("groups_unfinished", t.id, t.groups["b"]),
          [[str(t.id), str(t.groups["d"]), "0", "f"]])
    equal(run("groups_unfinished", t.id, t.groups["d"]), [])
    s.rows("update sluice.consumer_groups set ended_at = now() - "
           f"interval '2 min' where topic_id = {t.id} and name = 'b'")
    equal(run("groups_unfinished", t.id, 0)[0][3], "t")


def test_a_group_is_forgotten_when_it_is_settled(s):
    run = Statements(s)
    t = GroupTopic(s, "a")
    equal(run("group_forget", t.id, t.groups["a"]), [])
    t.end("a")
    equal(run("group_forget", t.id, t.groups["a"]), [[str(t.groups["a"])]])
