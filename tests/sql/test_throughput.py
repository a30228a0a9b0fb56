"""Topics that are delivered so many messages a second at most."""

from session import Session, Topic, equal, literal


def limited(s, limit, tokens=None, age=0):
    """A bucket that had so many tokens so many seconds ago."""
    t = Topic(s)
    if tokens is not None:
        s.rows("insert into sluice.topic_tokens values "
               f"({t.id}, {tokens}, now() - interval '{age} s')")
    t.limit = limit
    return t


def dequeue_sql(t, n=1, due=True, columns="seq", last=False):
    return (f"select {columns} from sluice.dequeue({t.id}, false, {n}, "
            f"30000, 3, 0, {literal(due)}, '-infinity', 1 << 25, {t.limit}) "
            f"where seq is {'' if last else 'not '}null")


def dequeue(t, n=1, **more):
    return [int(row[0]) for row in t.s.rows(dequeue_sql(t, n, **more))]


def tokens(t):
    return float(t.s.one("select tokens from sluice.topic_tokens "
                         f"where topic_id = {t.id}"))


def test_a_new_bucket_has_a_second_in_it(s):
    t = limited(s, 3)
    t.enqueue([1, 2, 3, 4, 5])
    equal(dequeue(t, 5), [1, 2, 3])
    equal(dequeue(t, 5), [])


def test_a_bucket_holds_no_more_than_a_second(s):
    t = limited(s, 3, tokens=0, age=100)
    t.enqueue([1, 2, 3, 4, 5])
    equal(dequeue(t, 5), [1, 2, 3])


def test_time_fills_it(s):
    t = limited(s, 10, tokens=0, age=0.25)
    t.enqueue([1, 2, 3, 4, 5])
    equal(dequeue(t, 5), [1, 2])


def test_a_smaller_limit_holds_at_once(s):
    t = limited(s, 2, tokens=1000)
    t.enqueue([1, 2, 3])
    equal(dequeue(t, 3), [1, 2])


def test_a_look_in_vain_takes_nothing(s):
    t = limited(s, 3, tokens=2)
    for _ in range(5):
        equal(dequeue(t), [])
    equal(tokens(t), 2.0)


def test_only_what_is_delivered_is_taken(s):
    t = limited(s, 100, tokens=50)
    t.enqueue([1, 2])
    equal(dequeue(t, 40), [1, 2])
    equal(48 <= tokens(t) < 60, True)


def test_deliveries_that_come_again_are_taken_too(s):
    t = limited(s, 2)
    t.enqueue([1, 2])
    equal(dequeue(t, 2), [1, 2])
    t.time_out([1, 2])
    equal(dequeue(t, 2), [])
    s.rows("update sluice.topic_tokens set tokens = 1 where topic_id = "
           f"{t.id}")
    equal(dequeue(t, 2), [1])


def test_the_last_row_says_when_the_next_one_may_be_delivered(s):
    t = limited(s, 2, tokens=0)
    t.enqueue([1])
    equal(dequeue(t), [])
    [row] = s.rows(dequeue_sql(t, last=True, columns=(
        "retries, visible_at between now() and now() + interval '0.5 s'")))
    equal(row, ["1", "t"])


def test_a_bucket_that_is_not_empty_limits_nothing(s):
    t = limited(s, 2)
    equal(s.rows(dequeue_sql(t, last=True, columns="retries, visible_at")),
          [["0", None]])


def test_a_clock_that_went_backwards_takes_nothing_away(s):
    t = limited(s, 5, tokens=3, age=-3600)
    t.enqueue([1, 2, 3, 4])
    equal(dequeue(t, 4), [1, 2, 3])


def test_two_at_once_share_one_bucket(s):
    t = limited(s, 3)
    t.enqueue([1, 2, 3, 4, 5])
    with Session() as other:
        s.rows("begin")
        equal(dequeue(t, 2), [1, 2])
        other.send(dequeue_sql(t, 5))
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["3"]])


def test_two_make_the_first_bucket_at_once(s):
    t = limited(s, 3)
    t.enqueue([1, 2, 3, 4, 5])
    with Session() as other:
        s.rows("begin")
        equal(dequeue(t, 1), [1])
        other.send(dequeue_sql(t, 5))
        s.wait_until_blocked(other)
        s.rows("rollback")
        equal(len(other.receive()), 3)
