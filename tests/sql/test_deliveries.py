"""Consumer groups: what each is delivered, and how that ends."""

from deliveries import GroupTopic
from session import Session, Statements, equal


def delivered(s, seqs, *groups, **options):
    """A topic whose groups have all been delivered these messages."""
    t = GroupTopic(s, *groups)
    t.enqueue(seqs, **options)
    for name in groups:
        t.deliver(name, len(seqs))
    return t


# --- fan-out ----------------------------------------------------------------

def test_a_new_message_is_given_to_every_group(s):
    t = GroupTopic(s, "a", "b")
    t.enqueue([1, 2], keys=[None, "k"], delay_ms=[None, 60000])
    t.enqueue([3, 4])
    for name in ("a", "b"):
        equal(t.deliveries(name), [1, 2, 3, 4])
        equal(t.delivery(name, 1, "status, visible_at, tries, retries"),
              ["0", None, "0", "0"])
        equal(s.row("select d.status, d.visible_at = m.visible_at from "
                    "sluice.deliveries d join sluice.messages m using "
                    f"(topic_id, seq) where topic_id = {t.id} and seq = 2 "
                    f"and group_id = {t.groups[name]}"), ["2", "t"])


def test_an_enqueue_says_where_groups_wait(s):
    t = GroupTopic(s, "a", "b")
    sql = ("select channels from sluice.enqueue({}, array[1::bigint], null, "
           "array['x'::bytea], null, null, null, array[3], null)")
    equal(s.one(sql.format(t.id)),
          f"{{{-t.groups['a']},{-t.groups['b']}}}")
    equal(s.one(sql.format(GroupTopic(s).id)), None)


def test_a_message_is_replaced_only_while_it_is_pending_for_all(s):
    t = GroupTopic(s, "a", "b")
    t.enqueue([1], keys=["k"])
    equal(t.enqueue([2], keys=["k"], payloads=["new"]), [1])
    t.deliver("a")
    equal(t.enqueue([3], keys=["k"]), [3])
    equal(t.enqueue([4], keys=["k"]), [3])
    t.group_ack("a", [1])
    t.deliver("a")
    t.group_ack("a", [3])
    # It is gone for a, and so would be what replaced it.
    equal(t.enqueue([5], keys=["k"]), [5])
    equal(t.deliveries("a"), [5])
    equal(t.deliveries("b"), [1, 3, 5])


def test_an_enqueue_waits_for_who_is_just_delivered_the_old_message(s):
    t = GroupTopic(s, "a")
    t.enqueue([1], keys=["k"])
    with Session() as other:
        s.rows("begin")
        equal(t.deliver("a"), [1])
        other.send(t.enqueue_sql([2], keys=["k"]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["2"]])


def test_who_dequeues_passes_by_what_is_just_replaced(s):
    t = GroupTopic(s, "a")
    t.enqueue([1], keys=["k"])
    with Session() as other:
        other.rows("begin")
        other.rows(t.enqueue_sql([2], keys=["k"], payloads=["new"]))
        equal(t.deliver("a"), [])
        other.rows("commit")
    equal(s.rows(t.deliver_sql("a", columns="seq, payload")),
          [["1", r"\x6e6577"]])


# --- dequeue ----------------------------------------------------------------

def test_each_group_is_delivered_each_message_once(s):
    t = GroupTopic(s, "a", "b")
    t.enqueue([1, 2, 3])
    equal(t.deliver("a", 2), [1, 2])
    equal(t.deliver("b", 9), [1, 2, 3])
    equal(t.deliver("a", 9), [3])
    equal(t.deliver("a", 9), [])
    equal(t.status(1), 0)


def test_a_delivery_has_the_columns_of_a_message(s):
    t = GroupTopic(s, "a")
    t.enqueue([1], keys=["k"], metadata=["{}"], max_retries=7)
    t.deliver("a")
    t.group_nack("a", [1], errors=["bad"])
    equal(s.rows(t.deliver_sql("a", columns=(
        "seq, tries, retries, max_retries, status, "
        "round(extract(epoch from visible_at - now())), "
        "created_at is null, expires_at, dlq_moved_at, key, last_error, "
        "metadata, payload, consumer_group, group_id"))),
        [["1", "2", "1", "7", "1", "30", "f", None, None, "k", "bad",
          r"\x7b7d", r"\x7061796c6f61642031", "a", str(t.groups["a"])]])


def test_due_ones_come_before_fresh_ones(s):
    t = delivered(s, [1, 2, 3], "a")
    t.enqueue([4])
    t.group_nack("a", [3])
    t.group_nack("a", [1])
    t.time_out_for("a", [2])
    equal(t.deliver("a", 9), [2, 3, 1, 4])
    equal(t.delivery("a", 2, "tries, retries, last_error"),
          ["2", "1", "visibility timeout"])


def test_the_last_row_tells_of_what_is_due_next(s):
    t = GroupTopic(s, "a")
    equal(t.deliver_told("nobody"), ["0", "-1", None])
    equal(t.deliver_told("nobody", dlq=True), ["0", "-1", None])
    equal(t.deliver_told("a"), ["0", "0", None])
    equal(t.deliver_told("a", dlq=True), ["0", "0", None])
    t.enqueue([1], delay_ms=[90000])
    equal(t.deliver_told("a"), ["0", "0", "90"])
    equal(t.deliver_told("a", due=False), ["0", "0", None])


def test_the_hints_leave_out_what_they_say(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3])
    equal(t.deliver("a", 9, first=2), [2, 3])
    t.time_out_for("a", [2])
    equal(t.deliver("a", 9, first=2, due=False), [])
    equal(t.deliver("a", 9, first=2, due_from="now"), [])
    equal(t.deliver("a", 9, first=2), [2])
    equal(t.deliver("a", 9), [1])


def test_hints_of_an_earlier_group_of_the_name_do_not_hold(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3])
    before = t.groups["a"]
    t.deliver("a", 1)
    t.end("a")
    t.register("a")
    hints = {"first": 3, "due": False, "due_from": "now"}
    equal(t.deliver("a", 1, known=before, **hints), [1])
    t.time_out_for("a", [1])
    equal(t.deliver("a", 2, **hints), [3])
    equal(t.deliver("a", 2, known=before, **hints), [1, 2])


def test_a_reply_is_bounded_by_its_bytes(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3, 4], payloads=["x" * 1000] * 4)
    equal(t.deliver("a", 9, bytes_max=1500), [1, 2])
    t.group_nack("a", [1, 2])
    equal(t.deliver("a", 9, bytes_max=1500), [1, 2])
    equal(t.deliver("a", 9, bytes_max=1500), [3, 4])


def test_a_limited_topic_gives_its_groups_no_more(s):
    t = GroupTopic(s, "a", "b")
    t.enqueue([1, 2, 3, 4])
    equal(t.deliver("a", 9, limit=3), [1, 2, 3])
    equal(t.deliver("b", 9, limit=3), [])
    equal(s.one(t.deliver_sql("b", last=True, columns="retries", limit=3)),
          "1")


def test_expired_gone_and_dead_messages_are_passed_by(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3, 4, 5])
    t.set([1], "expires_at = now()")
    t.set([2], "status = 4")
    t.set([3], "status = 2, visible_at = now(), dlq = true, "
          "dlq_moved_at = now()")
    equal(t.deliver("a", 9), [4, 5])
    t.set([4], "expires_at = now()")
    t.time_out_for("a", [4, 5])
    equal(t.deliver("a", 9), [5])
    s.rows(f"delete from sluice.deliveries where "
           f"topic_id = {t.id} and seq < 4")


def test_two_consumers_of_a_group_share_nothing(s):
    t = GroupTopic(s, "a")
    t.enqueue([1, 2, 3])
    with Session() as other:
        other.rows("begin")
        equal(other.rows(t.deliver_sql("a", 2)), [["1"], ["2"]])
        equal(t.deliver("a", 9), [3])
        other.rows("rollback")
    equal(t.deliver("a", 9), [1, 2])


def test_a_group_that_joins_or_has_ended_is_unknown(s):
    t = GroupTopic(s, "a")
    t.enqueue([1])
    t.begin("b")
    for name in ("b", "a"):
        if name == "a":
            t.end(name)
        equal(t.deliver_told(name)[1], "-1")
        equal(t.group_ack(name, [1]), [])


# --- ack ---------------------------------------------------------------------

def test_a_message_goes_with_its_last_delivery(s):
    t = delivered(s, [1, 2], "a", "b", keys=["k", None])
    equal(t.group_ack("a", [2, 1]), [[2, 1, 1], [1, 2, 1]])
    equal((t.seqs(), t.deliveries("a"), t.deliveries("b")),
          ([1, 2], [], [1, 2]))
    equal(t.group_ack("b", [1]), [[1, 1, 1]])
    equal((t.seqs(), t.deliveries("b"), t.keys()), ([2], [2], {}))


def test_one_call_acks_for_several_groups(s):
    t = delivered(s, [1, 2], "a", "b")
    equal(t.group_ack(["a", "b", "a", "c", "b"], [1, 1, 1, 1, 2]),
          [[1, 1, 1], [2, 1, 1], [5, 2, 1]])
    equal((t.seqs(), t.deliveries("a")), ([2], [2]))


def test_only_what_a_group_processes_can_be_finished_by_it(s):
    for state in ("status = 0, visible_at = null", "status = 2",
                  "status = 3, visible_at = null"):
        t = delivered(s, [1], "a", "b")
        t.set_delivery("a", [1], state)
        equal((state, t.group_ack("a", [1]), t.group_nack("a", [1]),
               t.group_extend("a", [1], [1000])), (state, [], [], []))
        equal(t.group_ack("b", [1]), [[1, 1, 1]])
        equal(t.seqs(), [1])


def test_a_receipt_names_one_delivery_of_a_group(s):
    t = delivered(s, [1], "a", "b")
    t.time_out_for("a", [1])
    t.deliver("a")
    equal(t.group_ack("a", [1], tries=[1]), [])
    equal(t.group_nack("a", [1], tries=[1]), [])
    equal(t.group_extend("a", [1], [1000], tries=[1]), [])
    equal(t.group_ack("b", [1], tries=[1]), [[1, 1, 1]])
    equal(t.group_ack("a", [1], tries=[2]), [[1, 1, 2]])


def test_a_receipt_of_an_earlier_group_of_the_name_names_none(s):
    t = delivered(s, [1], "a", "b")
    before = {"tries": [1], "group_ids": [t.groups["a"]]}
    t.end("a")
    t.register("a")
    equal(t.deliver("a"), [1])
    equal(t.group_ack("a", [1], **before), [])
    equal(t.group_nack("a", [1], **before), [])
    equal(t.group_extend("a", [1], [1000], **before), [])
    equal(t.group_ack("a", [1], tries=[1]), [[1, 1, 1]])


def test_the_caller_of_a_group_needs_the_right_too(s):
    t = delivered(s, [1], "a")
    equal(t.group_ack("a", [1], base=[False]), [])
    equal(t.group_nack("a", [1], base=[False]), [])
    equal(t.group_extend("a", [1], [1000], base=[False]), [])
    equal(t.group_extend("a", [1], [9000], dlq=[False]), [[1, 1, 1, 9]])
    equal(t.group_ack("a", [1], dlq=[False]), [[1, 1, 1]])


def test_the_second_of_two_groups_finds_that_it_is_the_last(s):
    t = delivered(s, [1], "a", "b")
    with Session() as other:
        s.rows("begin")
        equal(t.group_ack("a", [1]), [[1, 1, 1]])
        other.send(t.group_ack_sql("b", [1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["1", "1", "1"]])
    equal(t.seqs(), [])


def test_a_plain_ack_ends_the_deliveries(s):
    t = delivered(s, [1, 2], "a", "b")
    t.dequeue(2)
    equal(t.ack([1]), [[1, 1, 1]])
    equal((t.deliveries("a"), t.deliveries("b")), ([2], [2]))
    equal(t.group_ack("a", [1]), [])


def test_what_removes_messages_removes_their_deliveries(s):
    t = delivered(s, [1, 2, 3, 4], "a", keys=[None, "k", None, None])
    s.rows(f"select sluice.delete_by_key({t.id}, false, 'k')")
    equal(t.deliveries("a"), [1, 3, 4])
    s.rows(f"select sluice.purge({t.id}, false, array[0], 2)")
    equal(t.deliveries("a"), [4])
    # A plain dead letter has left its topic.
    t.dequeue()
    t.nack([4], dead=1)
    equal((t.deliveries("a"), t.seqs("dlq")), ([], [4]))


def test_an_expiry_ends_the_deliveries(s):
    t = delivered(s, [1, 2], "a", ttl_ms=[1000])
    t.set([1], "expires_at = now() - interval '1 s'")
    s.rows(f"update sluice.message_expiries set due = now() - interval '1 s' "
           f"where topic_id = {t.id}")
    s.rows("select sluice.reap_expiries(100000)")
    equal((t.status(1), t.deliveries("a")), (4, [2]))


def test_the_last_ack_goes_to_a_replayable_topic_s_log(s):
    t = GroupTopic(s, "a", "b")
    s.rows("insert into sluice.topic_configs (topic_id, replayable) "
           f"values ({t.id}, true)")
    t.enqueue([1])
    t.deliver("a")
    t.deliver("b")
    t.group_nack("b", [1], errors=["once"])
    t.deliver("b")
    logged = ("select seq, consumer_group, retries, last_error from "
              f"sluice.message_log where topic_id = {t.id}")
    t.group_ack("a", [1])
    equal(s.rows(logged), [])
    t.group_ack("b", [1])
    equal(s.rows(logged), [["1", "b", "1", "once"]])


# --- nack, timeouts and dead letters ------------------------------------------

def test_nack_gives_back_to_the_group_alone(s):
    t = delivered(s, [1, 2], "a", "b")
    equal(t.group_nack("a", [1, 2], errors=["e", "f"],
                       delay_ms=[None, 60000]),
          [[1, 1, 1, 2, 0, 0], [2, 2, 1, 2, 0, 0]])
    equal(t.deliver("a", 9), [1])
    equal(t.deliver("b", 9), [])
    equal(t.delivery("a", 1, "tries, retries, last_error"), ["2", "1", "e"])
    equal(t.delivery("b", 1, "tries, retries, last_error"), ["1", "0", None])


def test_a_dead_letter_of_a_group_is_a_copy(s):
    t = delivered(s, [1], "a", "b", keys=["k"], ttl_ms=[60000])
    equal(t.group_nack("a", [1], errors=["bad"], dead=1),
          [[1, 1, 1, 2, 1, 1]])
    [letter] = t.letters("a")
    equal(t.get(letter, "status, tries, retries, max_retries, key, "
                "last_error, payload, visible_at = dlq_moved_at"),
          ["2", "0", "0", "0", "k", "bad", r"\x7061796c6f61642031", "t"])
    equal(s.row("select count(distinct created_at), "
                "count(distinct expires_at) from sluice.messages "
                f"where topic_id = {t.id}"), ["1", "1"])
    equal((t.deliveries("a"), t.deliveries("b")), ([], [1]))
    # The reaper finds it in its time.
    equal(s.rows("select m.seq from sluice.messages m where "
                 f"topic_id = {t.id} and not exists (select from "
                 "sluice.message_expiries e where e.topic_id = m.topic_id "
                 "and m.seq >= e.first_seq and m.seq < e.end_seq "
                 "and e.due >= m.expires_at)"), [])


def test_a_message_goes_with_the_dead_letter_of_the_last_group(s):
    t = delivered(s, [1, 2], "a", "b")
    t.group_nack("a", [1], dead=1)
    t.group_ack("b", [1])
    t.group_ack("a", [2])
    t.group_nack("b", [2], dead=1)
    equal(t.seqs("not dlq"), [])
    equal((len(t.letters("a")), len(t.letters("b"))), (1, 1))


def test_many_dead_letters_at_one_moment_have_places_of_their_own(s):
    seqs = list(range(1, 101))
    t = delivered(s, seqs, "a")
    equal(len(t.group_nack("a", seqs, dead=1)), 100)
    equal(len(t.letters("a")), 100)


def test_timeouts_of_a_group_lead_to_its_dead_letters(s):
    t = delivered(s, [1, 2], "a", "b")
    t.set_delivery("a", [1], "retries = 2")
    t.time_out_for("a", [1, 2])
    equal(t.deliver_told("a", 9), ["1", "0", "30"])
    equal(t.deliveries("a"), [2])
    equal(t.get(t.letters("a")[0], "last_error"), ["visibility timeout"])
    equal(t.deliveries("b"), [1, 2])


def test_who_times_out_while_its_message_is_held_is_looked_at_later(s):
    t = delivered(s, [1], "a")
    t.time_out_for("a", [1])
    with Session() as other:
        other.rows("begin")
        other.rows(f"select from sluice.messages where topic_id = {t.id} "
                   "for update")
        equal(t.deliver("a"), [])
        other.rows("rollback")
    equal(t.deliver("a"), [1])


def test_without_a_threshold_a_delivery_fails_at_the_message_s_retries(s):
    t = delivered(s, [1], "a", "b", max_retries=1)
    equal(t.group_nack("a", [1], dead=0), [[1, 1, 1, 3, 0, 0]])
    equal(t.delivery("a", 1, "retries, visible_at"), ["1", None])
    equal(t.deliver("a"), [])
    equal(t.status(1), 0)


def test_a_group_s_dead_letters_are_delivered_to_it_and_settled_by_it(s):
    t = delivered(s, [1], "a", "b")
    t.group_nack("a", [1], dead=1)
    t.group_nack("b", [1], dead=1)
    [letter] = t.letters("a")
    equal(t.deliver("b", 9, dlq=True), t.letters("b"))
    equal(t.deliver("a", 9, dlq=True), [letter])
    equal(t.deliver("a", 9, dlq=True), [])
    equal(t.deliver_told("a", 9, dlq=True), ["0", "0", "30"])
    equal(t.group_ack("b", [letter]), [])
    equal(t.group_extend("b", [letter], [5000]), [])
    equal(t.group_extend("a", [letter], [5000]), [[1, letter, 1, 5]])
    equal(t.group_nack("a", [letter], dlq=[False]), [])
    equal(t.group_nack("a", [letter], errors=["x"]),
          [[1, letter, 1, 2, 1, 0]])
    t.deliver("a", dlq=True)
    t.time_out([letter])
    equal(t.deliver("a", dlq=True), [letter])
    equal(t.get(letter, "tries, retries"), ["3", "2"])
    equal(t.group_ack("a", [letter], tries=[3]), [])
    equal(t.group_ack("a", [letter], tries=[3], group_ids=[0]),
          [[1, letter, 3]])
    # Who names no group gets what there is.
    equal(t.dequeue(9, dlq=True), [])
    t.time_out(t.letters("b"))
    equal(t.dequeue(9, dlq=True), t.letters("b"))


def test_a_requeued_dead_letter_is_for_its_group(s):
    run = Statements(s)
    t = delivered(s, [1], "a", "b")
    t.group_nack("a", [1], dead=1)
    t.group_ack("b", [1])
    [letter] = t.letters("a")
    equal(run("message_requeue", t.id, letter, 5),
          [["requeued", f"{{{-t.groups['a']}}}"]])
    equal(t.get(letter, "dlq, consumer_group, max_retries"),
          ["f", None, "5"])
    equal((t.deliver("b"), t.deliver("a")), ([], [letter]))
    t.group_ack("a", [letter])
    equal(t.seqs(), [])


def test_a_redrive_brings_back_what_is_whose(s):
    run = Statements(s)
    t = delivered(s, [1, 2], "a", "b")
    t.group_nack("a", [1], dead=1)
    t.group_nack("b", [1, 2], dead=1)
    t.dequeue(9)
    t.nack([2], dead=1)
    [of_a], of_b = t.letters("a"), t.letters("b")
    equal(run("topic_redrive", t.id, 9, 3, "b"),
          [["2", f"{{{-t.groups['b']}}}"]])
    equal((t.deliver("a", 9), t.deliver("b", 9)), ([], of_b))
    t.end("a")
    t.clear("a")
    [[count, channels]] = run("topic_redrive", t.id, 9, 3, None)
    # a's is plain now, and the topic's own is for all who are left.
    equal((count, channels), ("2", f"{{{-t.groups['b']}}}"))
    equal(t.deliver("b", 9), [2])
    equal(sorted(t.dequeue(9)), sorted([2, of_a] + of_b))
