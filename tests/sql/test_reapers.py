"""The reaper of expired messages, and who runs a reaper when."""

from session import Session, Statements, Topic, equal

LOWEST = -(2 ** 63)
BEGIN = [LOWEST, False, -1]


def expired(s, seqs, dead=()):
    """A topic with expired messages and expired dead letters."""
    t = Topic(s)
    t.enqueue(seqs)
    t.set(seqs, "status = 4, visible_at = null")
    t.set(list(dead), "dlq = true, dlq_moved_at = now()")
    return t


def settle(s):
    s.rows("truncate sluice.messages, sluice.deliveries, sluice.reapers")
    s.rows("truncate sluice.topics cascade")
    return Statements(s)


def walk(run, batch, place=BEGIN):
    """The count of each call of a whole walk."""
    counts = []
    while place[0] is not None:
        deleted, *place = run("reap_messages", *place, batch)[0]
        counts.append(int(deleted))
        if place[0] is not None:
            place = [int(place[0]), place[1] == "t", int(place[2])]
    return counts


def test_expired_messages_of_all_topics_are_deleted(s):
    run = settle(s)
    one, other = expired(s, [1, 2, 3], [3]), expired(s, [1, 2])
    other.enqueue([7, 8, 9])
    other.set([8], "status = 1, visible_at = now()")
    other.set([9], "status = 3, visible_at = null")
    equal(walk(run, 100), [5])
    equal((one.seqs(), other.seqs()), ([], [7, 8, 9]))


def test_it_goes_in_batches(s):
    run = settle(s)
    one = expired(s, list(range(1, 9)), [2, 3, 4])
    other = expired(s, [1, 2, 3])
    # A topic counts as one row: else ten thousand would be one call.
    equal(walk(run, 3), [3, 3, 2, 3, 0])
    equal((one.seqs(), other.seqs()), ([], []))


def test_a_batch_of_one_and_many_empty_topics(s):
    run = settle(s)
    for _ in range(5):
        Topic(s)
    expired(s, [1, 2])
    for _ in range(5):
        Topic(s)
    equal(sum(walk(run, 1)), 2)
    equal(walk(run, 4)[-1], 0)


def test_what_is_locked_is_left_for_the_next_time(s):
    run = settle(s)
    t = expired(s, [1, 2, 3])
    with Session() as other:
        other.rows("begin")
        other.rows(f"select from sluice.messages where topic_id = {t.id} "
                   "and seq = 2 for update")
        equal(walk(run, 10), [2])
        other.rows("commit")
    equal(walk(run, 10), [1])


def test_two_share_the_work(s):
    run = settle(s)
    t = expired(s, [1, 2, 3, 4])
    with Session() as other:
        other.rows("begin")
        equal(Statements(other)("reap_messages", *BEGIN, 2)[0][0], "2")
        equal(walk(run, 10), [2])
        other.rows("commit")
    equal(t.seqs(), [])


def test_deliveries_go_with_their_message(s):
    run = settle(s)
    t = expired(s, [1, 2])
    t.enqueue([3])
    s.rows("insert into sluice.deliveries (topic_id, seq, group_id) "
           f"select {t.id}, n, g from generate_series(1, 3) n, "
           "generate_series(1, 2) g")
    walk(run, 10)
    equal(s.rows("select seq, count(*) from sluice.deliveries group by 1"),
          [["3", "2"]])


# --- leases --------------------------------------------------------------

def reaper(s, run, name="r"):
    run("reaper_add", [name])
    return s.one(f"select done_until from sluice.reapers where name = '{name}'"
                 )


def test_a_due_run_is_taken_once(s):
    run = settle(s)
    done = reaper(s, run)
    equal(run("reaper_take", "r", "a", 60000, done), [["r"]])
    equal(run("reaper_take", "r", "b", 60000, done), [])
    run("reaper_end", "r", "a", 5, 10, "", s.one("select now()"))
    # It is free again, but that run is done.
    equal(run("reaper_take", "r", "b", 60000, done), [])
    equal(s.row("select runs, failures, rows_done, last_rows, leased_by, "
                "leased_until from sluice.reapers"),
          ["1", "0", "5", "5", "", "-infinity"])


def test_two_who_take_at_once_do_not_both_get_it(s):
    run = settle(s)
    done = reaper(s, run)
    with Session() as other:
        other.rows("begin")
        theirs = Statements(other)
        equal(theirs("reaper_take", "r", "a", 60000, done), [["r"]])
        run.prepare("reaper_take")
        s.send(f"execute reaper_take('r', 'b', 60000, '{done}')")
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [])


def test_a_lease_ends_and_another_goes_on(s):
    run = settle(s)
    done = reaper(s, run)
    equal(run("reaper_take", "r", "a", 0, done), [["r"]])
    equal(run("reaper_take", "r", "b", 60000, done), [["r"]])
    equal(run("reaper_renew", "r", "a", 60000), [])
    equal(run("reaper_renew", "r", "b", 60000), [["r"]])
    # The first one's end gives nothing back that is not its own.
    run("reaper_end", "r", "a", 1, 10, "", None)
    equal(s.row("select leased_by, leased_until > now(), done_until "
                "from sluice.reapers"), ["b", "t", done])


def test_a_failure_is_counted_and_leaves_the_run_due(s):
    run = settle(s)
    done = reaper(s, run)
    run("reaper_take", "r", "a", 60000, done)
    run("reaper_end", "r", "a", 3, 10, "why", None)
    equal(s.row("select runs, failures, last_error, leased_by, done_until "
                "from sluice.reapers"), ["1", "1", "why", "", done])


def test_a_new_schedule_counts_from_now_on(s):
    run = settle(s)
    done = reaper(s, run)
    run("reaper_plan", "r", "@hourly", s.one("select now()"), done)
    equal(s.row("select schedule, due_at is null from sluice.reapers"),
          ["@hourly", "f"])
    run("delete_reaper_schedule_put", "r", "@daily")
    equal(s.row("select schedule_set, schedule, due_at is null, "
                f"done_until > '{done}' from sluice.reapers"),
          ["@daily", "@daily", "t", "t"])
    # What was reckoned before is not shown any more.
    run("reaper_plan", "r", "@hourly", s.one("select now()"), done)
    equal(s.one("select schedule from sluice.reapers"), "@daily")
    equal(run("delete_reaper_schedule_get", "r"), [["@daily"]])


def test_runs_by_hand_need_no_row(s):
    run = settle(s)
    run("reaper_end", "r", "", 7, 10, "", None)
    run("reaper_end", "r", "", 1, 10, "", None)
    equal(s.row("select runs, rows_done, last_rows, schedule_set "
                "from sluice.reapers"), ["2", "8", "1", None])
