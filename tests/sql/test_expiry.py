"""Expiry: what is noted about times to live, and the reaper that reads it."""

import glob

from session import Session, Statements, Topic, equal, read

SECOND = 1024000000  # what seq grows in one
NOW = 78811648 * SECOND

EVERYTHING = 1000


def settle(s):
    """Nothing of other tests is due."""
    s.rows("truncate sluice.messages, sluice.message_keys, "
           "sluice.message_expiries")
    return Statements(s)


def reap(run, batch=EVERYTHING):
    """How many expired, and whether there may be more to walk."""
    expired, more = run("reap_expiries", batch)[0]
    return int(expired), more == "t"


def notes(t, columns="first_seq, end_seq"):
    return t.s.rows(f"select {columns} from sluice.message_expiries "
                    f"where topic_id = {t.id} order by due, first_seq")


def pass_time(t, seconds):
    """Let so much of the time of all messages go by."""
    ago = f"- interval '{seconds} s'"
    t.s.rows(f"update sluice.messages set expires_at = expires_at {ago} "
             f"where topic_id = {t.id}")
    t.s.rows(f"update sluice.message_expiries set due = due {ago} "
             f"where topic_id = {t.id}")


def late(s, seqs, **options):
    """A topic whose messages have just run out."""
    t = Topic(s)
    t.enqueue(seqs, ttl_ms=[60000], **options)
    pass_time(t, 120)
    return t


def uncovered(s, where="true"):
    """Messages that may expire and that no note tells of."""
    return s.rows(f"""
        select m.seq
        from sluice.messages m
        where m.expires_at is not null
        and m.status < 3
        and {where}
        and not exists (
            select from sluice.message_expiries e
            where e.topic_id = m.topic_id
            and m.seq >= e.first_seq
            and m.seq < e.end_seq
            and m.expires_at <= e.due)""")


# --- what is noted -------------------------------------------------------

def test_calls_of_one_span_share_a_note(s):
    settle(s)
    t = Topic(s)
    for n in range(5):
        t.enqueue([NOW + n, NOW + n + SECOND], ttl_ms=[86400000])
        t.enqueue([NOW + n + 10], keys=["k"], ttl_ms=[86400000])
    assert len(notes(t)) <= 2, notes(t)  # the second may begin at any moment
    equal(uncovered(s), [])


def test_what_never_expires_is_not_noted(s):
    t = Topic(s)
    t.enqueue([1])
    t.enqueue([2], ttl_ms=[0])
    t.enqueue([3, 4], ttl_ms=[0, None])
    equal(notes(t), [])


def test_a_note_is_due_a_short_part_of_the_life_later(s):
    for ttl_ms, latest in ((1, 4), (1000, 4), (60000, 4), (511000, 4),
                           (512000, 8), (3600000, 3600 // 64),
                           (86400000, 86400 // 64),
                           (365 * 86400000, 365 * 86400 // 64)):
        t = Topic(s)
        t.enqueue([NOW], ttl_ms=[ttl_ms])
        equal(s.rows(f"""
            select e.due > m.expires_at,
                e.due <= m.expires_at + {latest} * interval '1 s',
                e.first_seq <= m.seq and m.seq < e.end_seq,
                e.end_seq - e.first_seq <= {latest * SECOND}
            from sluice.message_expiries e
            join sluice.messages m
            on m.topic_id = e.topic_id
            where e.topic_id = {t.id}"""), [["t"] * 4])


def test_a_call_across_the_end_of_a_span_is_covered(s):
    settle(s)
    t = Topic(s)
    t.enqueue([4 * SECOND - 1, 4 * SECOND], ttl_ms=[60000])
    t.enqueue([8 * SECOND - 1, 8 * SECOND], ttl_ms=[60000, 61000])
    equal(uncovered(s), [])


def test_a_thousand_lives_make_fewer_notes(s):
    settle(s)
    t = Topic(s)
    lives = [1000 * n for n in range(1, 1001)]
    t.enqueue([NOW + n for n in range(1000)], ttl_ms=lives)
    equal(uncovered(s), [])
    # 128 of 4 s until 512 s, and 61 of 8 s.
    assert len(notes(t)) <= 128 + 61 + 2, len(notes(t))


def test_a_message_that_is_replaced_stays_noted(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], keys=["k"], ttl_ms=[60000])
    equal(t.enqueue([2], keys=["k"], ttl_ms=[3600000]), [1])
    pass_time(t, 120)
    equal(reap(run), (1, False))
    equal(t.status(1), 4)


# --- what the reaper does ------------------------------------------------

def test_what_is_late_is_marked_as_expired(s):
    run = settle(s)
    t = late(s, [1, 2, 3, 4])
    t.set([2], "status = 1, visible_at = now()")
    t.set([3], "status = 2, visible_at = now(), dlq = true, "
          "dlq_moved_at = now()")
    t.set([4], "status = 3")
    t.enqueue([5], ttl_ms=[60000])
    t.enqueue([6])
    equal(reap(run), (3, False))
    equal([t.status(seq) for seq in range(1, 7)], [4, 4, 4, 3, 0, 0])
    equal(t.get(2, "visible_at"), [None])
    equal(reap(run), (0, False))
    equal(uncovered(s), [])


def test_each_life_ends_in_its_time_and_no_note_is_left(s):
    run = settle(s)
    t = Topic(s)
    lives = [60, 120, 600, 7200, 86400]
    t.enqueue([1, 2, 3, 4, 5], ttl_ms=[1000 * life for life in lives])
    for n, life in enumerate(lives):
        pass_time(t, life + life // 64 + 4)
        equal((life, *reap(run)), (life, 1, False))
        equal(t.status(n + 1), 4)
        equal(len(notes(t)), len(lives) - n - 1)
        pass_time(t, -(life + life // 64 + 4))
    equal(t.seqs("status = 4"), [1, 2, 3, 4, 5])


def test_all_topics_are_looked_at(s):
    run = settle(s)
    topics = [late(s, [1, 2]) for _ in range(3)]
    equal(reap(run), (6, False))
    equal([t.seqs("status = 4") for t in topics], [[1, 2]] * 3)
    equal([notes(t) for t in topics], [[]] * 3)


def test_expiry_walks_in_batches_over_all_topics(s):
    run = settle(s)
    a = late(s, [1, 2, 3, 4, 5, 6, 7], max_retries=7)
    a.set([1, 3, 5, 7], "expires_at = now() + interval '1 h'")
    b = late(s, [8, 9])
    counts = []
    while not counts or counts[-1][1]:
        counts.append(reap(run, 2))
    assert all(expired <= 2 for expired, more in counts), counts
    assert len(counts) >= 4, counts
    equal(sum(expired for expired, more in counts), 5)
    equal(a.seqs("status = 4") + b.seqs("status = 4"), [2, 4, 6, 8, 9])
    equal(notes(a) + notes(b), [])


def test_notes_of_nothing_come_in_batches_too(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([n * 10 * SECOND for n in range(5)], ttl_ms=[60000])
    for n in range(5):
        t.enqueue([n * 10 * SECOND + 1], ttl_ms=[60000])
    pass_time(t, 120)
    s.rows("truncate sluice.messages")
    before = len(notes(t))
    equal(reap(run, 2), (0, True))
    equal(len(notes(t)), before - 2)
    while reap(run, 2)[1]:
        pass
    equal(notes(t), [])


def test_expiry_passes_by_what_is_locked_and_comes_back(s):
    run = settle(s)
    t = late(s, [1, 2])
    t.set([1], "status = 1, visible_at = now()")
    with Session() as other:
        other.rows("begin")
        other.rows(t.ack_sql([1]))
        equal(reap(run), (1, False))
        other.rows("rollback")
    equal(t.status(1), 1)
    equal(reap(run), (0, False))  # not at once
    equal(uncovered(s), [])
    equal(notes(t, "due > now() + interval '50 s' "
                   "and due < now() + interval '70 s'"), [["t"]])
    pass_time(t, 70)
    equal(reap(run), (1, False))
    equal(t.status(1), 4)
    equal(notes(t), [])


def test_two_reapers_do_not_wait_for_each_other(s):
    run = settle(s)
    t = late(s, [1, 2])
    with Session() as other:
        other.rows("begin")
        equal(reap(Statements(other)), (2, False))
        equal(reap(run), (0, False))
        other.rows("commit")
    equal(t.seqs("status = 4"), [1, 2])


def test_a_dead_letter_that_came_back_expires_in_its_time(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1, 2, 3], ttl_ms=[60000])
    t.dequeue(3)
    t.nack([1, 2, 3], dead=1)
    equal(run("message_requeue", t.id, 1, 5), [["requeued", None]])
    equal(run("topic_redrive", t.id, 1, 5, None), [["1", None]])
    equal(uncovered(s), [])
    pass_time(t, 120)
    equal(reap(run), (3, False))
    equal(t.seqs("status = 4"), [1, 2, 3])


# --- at the same moment --------------------------------------------------

def run_out(t, session):
    """The time of all that the session sees is up, now."""
    session.rows("update sluice.messages set expires_at = clock_timestamp() "
                 f"where topic_id = {t.id}")
    session.rows("update sluice.message_expiries set due = clock_timestamp() "
                 f"where topic_id = {t.id}")


def test_a_note_waits_for_who_may_have_seen_it(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], ttl_ms=[86400000])
    with Session() as other:
        other.rows("begin")
        other.rows(t.enqueue_sql([2], ttl_ms=[86400000]))
        run_out(t, s)
        equal(reap(run), (1, False))
        equal(len(notes(t)), 1)
        other.rows("update sluice.messages set expires_at = "
                   f"clock_timestamp() where topic_id = {t.id} and seq = 2")
        other.rows("commit")
    equal((t.status(1), t.status(2)), (4, 0))
    pass_time(t, 120)
    equal(reap(run), (1, False))
    equal(t.status(2), 4)
    equal(notes(t), [])


def test_a_reader_of_that_time_is_waited_for_too(s):
    """It cannot be told from one who has not written yet."""
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], ttl_ms=[60000])
    with Session() as other:
        other.rows("begin isolation level repeatable read")
        other.rows("select from sluice.topics")
        run_out(t, s)
        equal(reap(run), (1, False))
        equal(len(notes(t)), 1)
        other.rows("commit")


def test_who_begins_later_or_is_idle_is_not_waited_for(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], ttl_ms=[60000])
    with Session() as idle, Session() as other:
        idle.rows("begin")
        idle.rows("select from sluice.topics")
        run_out(t, s)
        other.rows("begin")
        other.rows(t.enqueue_sql([2], ttl_ms=[60000]))
        equal(reap(run), (1, False))
        equal(notes(t), [])
        other.rows("commit")
        idle.rows("commit")
    equal(uncovered(s), [])


def test_a_note_is_put_off_for_as_long_as_that_has_lasted(s):
    run = settle(s)
    t = Topic(s)
    t.enqueue([1], ttl_ms=[60000])
    with Session() as other:
        other.rows("begin isolation level repeatable read")
        other.rows("select from sluice.topics")
        run_out(t, s)
        equal(reap(run), (1, False))
        equal(notes(t, "round(extract(epoch from due - now()) / 10)"),
              [["6"]])
        other.rows("commit")


def test_the_first_of_a_span_is_waited_for_until_his_commit(s):
    settle(s)
    t = Topic(s)
    with Session() as other:
        s.rows("begin")
        t.enqueue([1], ttl_ms=[365 * 86400000])
        other.send(t.enqueue_sql([2], ttl_ms=[365 * 86400000]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["2"]])
    equal(len(notes(t)), 1)


def test_what_the_first_of_a_span_takes_back_the_next_one_notes(s):
    settle(s)
    t = Topic(s)
    with Session() as other:
        s.rows("begin")
        t.enqueue([1], ttl_ms=[365 * 86400000])
        other.send(t.enqueue_sql([2], ttl_ms=[365 * 86400000]))
        s.wait_until_blocked(other)
        s.rows("rollback")
        equal(other.receive(), [["2"]])
    equal(uncovered(s), [])
    equal(len(notes(t)), 1)


def test_calls_with_many_lives_do_not_deadlock(s):
    settle(s)
    t = Topic(s)
    year = 365 * 86400000
    with Session() as other:
        s.rows("begin")
        t.enqueue([1], ttl_ms=[year // 4])
        other.send(t.enqueue_sql([2, 3], ttl_ms=[year, year // 4]))
        s.wait_until_blocked(other)
        # Whatever was asked, it waits with the shorter life, holding none.
        equal(t.enqueue([4, 5], ttl_ms=[year, year // 4]), [4, 5])
        s.rows("commit")
        equal(other.receive(), [["2"], ["3"]])
    equal(uncovered(s), [])


# --- a database of before ------------------------------------------------

def test_the_messages_of_an_older_database_are_noted(s):
    s.rows("create database older")
    here = Session.environment
    Session.environment = {**here, "PGDATABASE": "older"}
    try:
        with Session() as o:
            upgrade(o)
    finally:
        Session.environment = here
    s.rows("drop database older with (force)")


def upgrade(o):
    files = sorted(glob.glob("migrations/*.sql"))
    this = files.index("migrations/0008_message_expiry.sql")
    o.rows("create schema sluice")
    for file in files[:this]:
        o.rows(read(file))
    t = Topic(o)
    old = ("insert into sluice.messages (topic_id, seq, status, created_at, "
           f"expires_at, max_retries, payload) select {t.id}, "
           "extract(epoch from now() - '2024-01-01Z')::bigint * 1024000000 "
           "+ n * bigint '{step}', 0, now(), now() + n * interval '{life}', 3, "
           "'payload' from generate_series({range}) as n")
    o.rows(old.format(step=-50 * SECOND, life="1 min", range="1, 1000"))
    o.rows("set client_min_messages = warning")
    o.rows("begin")
    for file in files[this:]:
        o.rows(read(file))
    # Written by the older function, before it is replaced.
    o.rows(old.format(step=SECOND, life="9 days", range="1, 40"))
    o.rows("commit")
    for file in glob.glob("sql/fn/*.sql"):
        o.rows(read(file))
    equal(uncovered(o), [])
    # Where ten minutes of making or of expiring end; and the twenty.
    assert len(notes(t)) <= 84 + 101 + 20, len(notes(t))
    run = Statements(o)
    pass_time(t, 500 * 60 + 600)
    expired, more = reap(run, 10000)
    assert 500 <= expired <= 510, expired  # of ten minutes, some are over
    pass_time(t, 800 * 86400)
    equal(reap(run, 10000), (1040 - expired, False))
    equal(notes(t), [])
