"""The log of what was acknowledged, of topics that are replayable."""

from session import Session, Statements, Topic, equal

COLUMNS = ("seq, dlq, retries, max_retries, key, last_error, "
           "convert_from(metadata, 'UTF8'), convert_from(payload, 'UTF8'), "
           "consumer_group")


def replayable(s, window=None, name=None):
    t = Topic(s, name)
    s.rows("insert into sluice.topic_configs (topic_id, replayable, "
           f"replay_window_seconds) values ({t.id}, true, "
           f"{'null' if window is None else window})")
    return t


def log(t, columns="seq"):
    rows = t.s.rows(f"select {columns} from sluice.message_log "
                    f"where topic_id = {t.id} order by seq")
    return [int(row[0]) for row in rows] if columns == "seq" else rows


def test_an_acked_message_is_kept_as_it_was(s):
    t = replayable(s)
    t.enqueue([1], keys=["k"], payloads=["data"], metadata=['{"a":"b"}'],
              max_retries=7)
    t.dequeue()
    t.nack([1], errors=["first try"])
    t.dequeue()
    created = t.get(1, "created_at")
    equal(t.ack([1]), [[1, 1, 2]])
    equal(t.seqs(), [])
    equal(log(t, COLUMNS), [["1", "f", "1", "7", "k", "first try",
                             '{"a":"b"}', "data", None]])
    equal(log(t, "created_at"), [created])
    equal(log(t, "acked_at between now() - interval '1 min' and now() "
                 "+ interval '1 s'"), [["t"]])


def test_what_is_not_acked_is_not_kept(s):
    t = replayable(s)
    t.enqueue([1, 2, 3])
    t.dequeue(2)
    equal(t.ack([1, 2, 3], tries=[1, 2, 1]), [[1, 1, 1]])
    equal(log(t), [1])
    equal(t.ack([1, 2], base=[False, False]), [])
    equal(log(t), [1])
    equal(t.seqs(), [2, 3])


def test_other_topics_keep_nothing(s):
    t = Topic(s)
    t.enqueue([1])
    t.dequeue()
    t.ack([1])
    s.rows("insert into sluice.topic_configs (topic_id) "
           f"values ({t.id})")
    t.enqueue([2])
    t.dequeue()
    t.ack([2])
    equal(log(t), [])


def test_a_dead_letter_is_kept_as_one(s):
    t = replayable(s)
    t.enqueue([1])
    t.dequeue()
    t.nack([1], dead=1, errors=["bad"])
    t.dequeue(dlq=True)
    t.ack([1])
    equal(log(t, "seq, dlq, last_error"), [["1", "t", "bad"]])


def test_an_ack_that_is_undone_keeps_nothing(s):
    t = replayable(s)
    t.enqueue([1])
    t.dequeue()
    s.rows("begin")
    t.ack([1])
    s.rows("rollback")
    equal(log(t), [])
    equal(t.seqs(), [1])


def test_two_acks_at_once_keep_one(s):
    t = replayable(s)
    t.enqueue([1])
    t.dequeue()
    with Session() as other:
        s.rows("begin")
        t.ack([1])
        other.send(t.ack_sql([1]))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [])
    equal(log(t), [1])


def logged(t, ages, dlq=False):
    """Entries that were acked so many seconds ago; seq 1, 2, ..."""
    for seq, age in enumerate(ages, 1):
        t.s.rows("insert into sluice.message_log (topic_id, dlq, acked_at, "
                 "seq, created_at, retries, max_retries, payload) values "
                 f"({t.id}, {dlq}, now() - interval '{age} s', {seq}, now(), "
                 "0, 3, '')")


def test_a_log_is_trimmed_in_batches_oldest_first(s):
    t, run = replayable(s), Statements(s)
    logged(t, [50, 10, 40, 20, 30])
    logged(t, [50], dlq=True)
    before = s.one("select now() - interval '15 s'")
    equal(run("message_log_trim", t.id, False, before, 3), [["3", "t"]])
    equal(log(t), [1, 2, 4])
    equal(run("message_log_trim", t.id, False, before, 3), [["1", "f"]])
    equal(run("message_log_trim", t.id, False, before, 3), [["0", "f"]])
    equal(log(t, "seq, dlq"), [["1", "t"], ["2", "f"]])


def test_a_batch_ends_among_those_acked_at_once(s):
    t, run = replayable(s), Statements(s)
    t.enqueue([1, 2, 3])
    t.dequeue(3)
    t.ack([1, 2, 3])
    before = s.one("select clock_timestamp()")
    equal(run("message_log_trim", t.id, False, before, 2), [["2", "t"]])
    equal(log(t), [3])


def test_the_reaper_forgets_what_is_beyond_the_window(s):
    s.rows("truncate sluice.message_log")
    run = Statements(s)
    short, long, endless = (replayable(s, w) for w in (60, 3600, None))
    for t in (short, long, endless):
        logged(t, [7200, 1800, 10])
    logged(short, [7200, 1800, 10], dlq=True)
    equal(run("reap_log", 3), [["3", "t"]])
    equal(run("reap_log", 3), [["2", "f"]])
    equal(run("reap_log", 3), [["0", "f"]])
    equal(log(short, "seq, dlq"), [["3", "f"], ["3", "t"]])
    equal(log(long), [2, 3])
    equal(log(endless), [1, 2, 3])


def test_the_reaper_leaves_topics_that_are_no_longer_replayable(s):
    t, run = replayable(s, 60), Statements(s)
    logged(t, [7200])
    s.rows("update sluice.topic_configs set replayable = false "
           f"where topic_id = {t.id}")
    equal(run("reap_log", 3), [["0", "f"]])
    equal(log(t), [1])


def replay(t, seqs, at="-infinity", after=-1, until=None, bytes_max=1 << 24):
    [row] = Statements(t.s)("topic_replay", t.id, at, after, until, seqs,
                            bytes_max, 0, 3)
    return row[:5]


def test_a_replay_goes_on_from_where_it_ended(s):
    t = replayable(s)
    t.enqueue([1, 2, 3], payloads=["a", "b", "c"])
    t.dequeue(3)
    t.ack([1, 2, 3])
    count, until, last_at, last_seq, more = replay(t, [11, 12])
    equal([count, last_seq, more], ["2", "2", "t"])
    equal(t.seqs(), [11, 12])
    count, again, _, last_seq, more = replay(t, [13, 14], last_at, last_seq,
                                             until)
    equal([count, again, last_seq, more], ["1", until, "3", "f"])
    equal([t.get(seq, "convert_from(payload, 'UTF8')")
           for seq in t.seqs()], [["a"], ["b"], ["c"]])


def test_a_replay_leaves_what_was_acked_after_it_began(s):
    t = replayable(s)
    t.enqueue([1])
    t.dequeue()
    t.ack([1])
    _, until, last_at, last_seq, more = replay(t, [11])
    t.dequeue()
    t.ack([11])
    equal(replay(t, [12], last_at, last_seq, until)[0], "0")
    equal(log(t), [1, 11])


def test_a_number_that_is_used_replays_nothing(s):
    t = replayable(s)
    t.enqueue([1, 2])
    t.dequeue(2)
    t.ack([1, 2])
    t.enqueue([12])
    row = replay(t, [11, 12])
    equal([row[0], row[4]], [None, "t"])
    equal(t.seqs(), [12])


def test_one_message_alone_may_pass_the_bytes(s):
    t = replayable(s)
    t.enqueue([1, 2], payloads=["x" * 100, "y"])
    t.dequeue(2)
    t.ack([1, 2])
    equal(replay(t, [11, 12], bytes_max=10)[0], "1")


def test_a_replay_is_as_plain_as_its_messages(s):
    t = replayable(s)
    t.enqueue([1, 2], keys=["k", None], metadata=[None, '{"a":"b"}'])
    t.dequeue(2)
    t.ack([1, 2])
    equal(replay(t, [11, 12])[0], "2")
    equal([t.get(seq, "key, convert_from(metadata, 'UTF8'), status, dlq")
           for seq in (11, 12)],
          [["k", None, "0", "f"], [None, '{"a":"b"}', "0", "f"]])
    equal(t.enqueue([13], keys=["k"]), [13])
