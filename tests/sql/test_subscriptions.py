"""Subscriptions: wakes, leases, acks and fencing, as the database decides."""

import itertools

from session import Session, Statements, array, equal, literal
from streams import Stream

BIRTH = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
SETTLED, NO_SUCH, OTHER_KIND, OTHER_BIRTH, FENCED = 0, 1, 2, 3, 4
UNKNOWN_STREAM, NO_OFFSET, REGRESSES, BEYOND = 5, 6, 7, 8
NOTHING_DUE, BUSY, CALL, EVENT, NO_EVENT = 0, 1, 2, 3, 4
GO_ON, DONE, GIVE_BACK = 0, 1, 2


class Subscription:
    numbers = itertools.count(1)

    def __init__(self, s, kind="webhook", most=100, named=(), wakes=None):
        self.s = s
        self.kind = kind
        self.root = f"root-{next(Subscription.numbers)}"
        self.id = f"of {self.root}"
        self.wakes = wakes or f"{self.root}/wakes"
        self.status = self.create(most, named)

    def create(self, most=100, named=(), hash="x"):
        web = self.kind == "webhook"
        return int(self.s.one(
            f"select sluice.subscription_create({literal(self.id)}, "
            f"'{BIRTH}', {literal(self.kind)}, {literal(self.root + '/*')}, "
            f"{literal(f'^(?:{self.root}/[^/]+)$')}, "
            f"{literal(self.root + '/')}, "
            f"{literal('https://x/' if web else None)}, "
            f"{literal(None if web else self.wakes)}, 30000, null, "
            f"'{hash}', 'http://x', {array(list(named), 'text')}, 30000, "
            f"{most})"))

    def stream(self, word, *data):
        stream = Stream(self.s, f"{self.root}/{word}")
        stream.create(data=list(data))
        return stream

    def get(self, columns):
        return self.s.row(f"select {columns} from sluice.subscriptions "
                          f"where subscription_id = {literal(self.id)}")

    def set(self, assignments):
        self.s.rows(f"update sluice.subscriptions set {assignments} "
                    f"where subscription_id = {literal(self.id)}")

    def links(self):
        """{name: (acked, end, pending)}"""
        return {name: (int(acked), int(end), pending == "t")
                for name, acked, end, pending in self.s.rows(
                    "select name, acked_seq, tail_seq, pending from "
                    "sluice.subscription_links where subscription_id = "
                    f"{literal(self.id)} order by name")}

    def turn_sql(self, most=100):
        return ("select status, full_up from sluice.subscription_turn("
                f"{literal(self.id)}, 10000, 30000, {most})")

    def turn(self, most=100):
        """Its status; None when the subscription has gone."""
        rows = self.s.rows(self.turn_sql(most))
        return int(rows[0][0]) if rows else None

    def called(self, ok=True, done=False, generation=1):
        return self.s.one(
            f"select sluice.subscription_called({literal(self.id)}, "
            f"'{BIRTH}', {generation}, {literal(ok)}, {literal(done)})") == "t"

    def claim(self, worker="w"):
        return int(self.s.one("select status from sluice.subscription_claim("
                              f"{literal(self.id)}, {literal(worker)})"))

    def settle(self, acks=(), how=GO_ON, generation=None, wake=None,
               token=None, birth=BIRTH, kind=None):
        """[status, whether another wake has begun]"""
        now, wake_id = self.get("generation, wake_id")
        names, lives, seqs = ([ack[i] for ack in acks] for i in range(3))
        status, following = self.s.row(
            "select status, next from sluice.subscription_settle("
            f"{literal(self.id)}, {literal(kind or self.kind)}, '{birth}', "
            f"{token or now}, {generation or now}, "
            f"{literal(wake or wake_id)}, {array(names, 'text')}, "
            f"{array(lives, 'integer')}, {array(seqs, 'bigint')}, {how})")
        return int(status), following == "t"


def hear(s, *streams, most=100):
    """(the subscriptions to look at, the streams that are nobody's)"""
    rows = s.rows("select subscription_id, nobodys "
                  "from sluice.subscription_hear("
                  f"{array([x.id for x in streams], 'bigint')}, {most})")
    return (sorted(id for id, _ in rows if id),
            sorted(int(x) for _, x in rows if x))


def test_what_is_there_is_linked_at_its_end(s):
    before = Subscription(s)
    before.stream("a", "1", "2")
    before.stream("a/b", "1")
    gone = before.stream("gone", "1")
    gone.end()
    expired = before.stream("expired", "1")
    expired.expire()
    s.rows(f"delete from sluice.subscriptions "
           f"where subscription_id = {literal(before.id)}")
    equal(before.create(named=["elsewhere"]), 0)
    equal(before.links(), {f"{before.root}/a": (2, 2, False),
                           "elsewhere": (0, 0, False)})
    equal((before.create(), before.create(hash="y")), (1, 2))


def test_too_many_streams_are_refused(s):
    x = Subscription(s)
    for word in "abc":
        x.stream(word, "1")
    s.rows("delete from sluice.subscriptions "
           f"where subscription_id = {literal(x.id)}")
    equal(x.create(most=2), 3)
    equal(s.one("select count(*) from sluice.subscriptions "
                f"where subscription_id = {literal(x.id)}"), "0")
    equal(x.create(most=3), 0)


def test_the_rest_is_not_linked_when_there_are_too_many(s):
    x = Subscription(s, most=2)
    x.turn()
    streams = [x.stream(word, "1") for word in "abc"]
    equal(hear(s, *streams[:2], most=2), ([x.id], []))
    equal(hear(s, streams[2], most=2), ([x.id], []))
    equal(len(x.links()), 2)
    x.set("look_at = now()")
    equal(s.row(x.turn_sql(2))[1], "t")
    equal(len(x.links()), 2)
    x.set("look_at = now()")
    equal(s.row(x.turn_sql(3))[1], "f")
    equal(len(x.links()), 3)


def test_who_is_heard_of_first_is_linked_from_its_beginning(s):
    x, y = Subscription(s), Subscription(s)
    a, b = x.stream("a", "1", "2"), x.stream("a/b", "1")
    equal(hear(s, a, b), ([x.id], [b.id]))
    equal(x.links(), {a.name: (0, 2, True)})
    equal(y.links(), {})
    equal(hear(s, a), ([x.id], []))
    dead = x.stream("dead", "1")
    dead.end()
    equal(hear(s, dead), ([], []))


def test_a_wake_is_called_once_and_again_after_its_time(s):
    x = Subscription(s)
    equal(x.turn(), NOTHING_DUE)
    equal(x.get("wake_id, due_at = look_at"), [None, "t"])
    a = x.stream("a", "1")
    hear(s, a)
    equal(x.turn(), CALL)
    equal(x.get("generation, woken_by, round(extract(epoch from lease_until "
                "- now())), round(extract(epoch from due_at - now()))"),
          ["1", a.name, "30", "10"])
    equal(x.turn(), NOTHING_DUE)
    x.set("attempt_at = now()")
    equal((x.turn(), x.get("generation")), (CALL, ["1"]))


def test_a_good_answer_waits_for_the_callback(s):
    x = Subscription(s)
    hear(s, x.stream("a", "1"))
    x.turn()
    equal(x.called(), False)
    equal(x.get("attempt_at, due_at <= lease_until, wake_id is null"),
          [None, "t", "f"])


def test_done_acks_what_the_wake_told_and_no_more(s):
    x = Subscription(s)
    a = x.stream("a", "1")
    hear(s, a)
    x.turn()
    a.append("2")
    equal(x.called(done=True), True)
    equal(x.links(), {a.name: (1, 2, True)})
    equal(x.get("generation, wake_id is null"), ["2", "f"])
    equal(x.turn(), CALL)
    equal(x.called(done=True, generation=2), False)
    equal(x.links(), {a.name: (2, 2, False)})
    equal(x.get("wake_id, lease_until, attempt_at, due_at = look_at"),
          [None, None, None, "t"])


def test_failures_are_spaced_out_up_to_a_minute(s):
    x = Subscription(s)
    hear(s, x.stream("a", "1"))
    for failures in range(1, 10):
        x.set("attempt_at = now(), lease_until = now() + interval '1 h'")
        equal(x.turn(), CALL)
        equal(x.called(ok=False), False)
        seconds = float(x.get("extract(epoch from attempt_at - now())")[0])
        base = min(2 ** (failures - 1), 60)
        assert 0.75 * base < seconds < 1.25 * base, (failures, seconds)
    equal(x.get("attempts, generation"), ["9", "1"])
    # Another wake does not come sooner for it.
    x.set("lease_until = now()")
    equal(x.turn(), NOTHING_DUE)
    equal(x.get("generation, attempt_at > now() + interval '30 s'"),
          ["2", "t"])
    x.called(generation=2)
    equal(x.get("attempts"), ["0"])


def test_an_answer_to_a_wake_that_is_over_acks_nothing(s):
    x = Subscription(s)
    a = x.stream("a", "1")
    hear(s, a)
    x.turn()
    x.set("lease_until = now()")
    equal(x.turn(), CALL)
    equal(x.called(done=True, generation=1), True)
    equal((x.links(), x.get("generation")), ({a.name: (0, 1, True)}, ["2"]))


def test_what_is_said_must_be_about_the_present_wake(s):
    x = Subscription(s)
    a = x.stream("a", "1", "2")
    hear(s, a)
    equal(x.settle()[0], FENCED)
    x.turn()
    equal(x.settle(generation=2)[0], FENCED)
    equal(x.settle(token=2)[0], FENCED)
    equal(x.settle(wake="w_")[0], FENCED)
    equal(x.settle(birth=OTHER)[0], OTHER_BIRTH)
    equal(x.settle(kind="pull-wake")[0], OTHER_KIND)
    equal(x.settle([(a.name, 0, 1)], DONE), (SETTLED, True))
    equal(x.settle(generation=1, token=1)[0], FENCED)
    equal(x.settle([(a.name, 0, 2)], DONE), (SETTLED, False))
    equal(x.settle()[0], FENCED)
    s.rows("delete from sluice.subscriptions "
           f"where subscription_id = {literal(x.id)}")
    equal(s.one("select status from sluice.subscription_settle("
                f"{literal(x.id)}, 'webhook', '{BIRTH}', 1, 1, 'w', '{{}}', "
                "'{}', '{}', 0)"), "1")


def test_acks_are_of_offsets_between_the_last_and_the_end(s):
    x = Subscription(s)
    a, b = x.stream("a", "1", "2", "3"), x.stream("b", "1")
    hear(s, a, b)
    x.turn()
    equal(x.settle([(a.name, 0, 2)]), (SETTLED, False))
    for ack, status in (((a.name, 0, 1), REGRESSES),
                        ((a.name, 0, 4), BEYOND),
                        ((a.name, 1, 2), NO_OFFSET),
                        ((a.name, None, None), NO_OFFSET),
                        (("other", 0, 1), UNKNOWN_STREAM)):
        equal((ack, x.settle([(b.name, 0, 1), ack], DONE)[0]), (ack, status))
    equal(x.links(), {a.name: (2, 3, True), b.name: (0, 1, True)})
    equal(x.settle([(a.name, 0, 2), (a.name, 0, 3), (b.name, 0, 1)], DONE),
          (SETTLED, False))


def test_another_life_is_pending_from_its_beginning(s):
    x = Subscription(s)
    a = x.stream("a", "1", "2")
    hear(s, a)
    x.turn()
    x.called(done=True)
    a.end()
    equal(x.links(), {a.name: (0, 0, False)})
    a.create(data=["3"])
    equal(x.links(), {a.name: (0, 1, True)})
    x.turn()
    equal(x.settle([(a.name, 0, 1)])[0], NO_OFFSET)
    equal(x.settle([(a.name, 1, 1)], DONE), (SETTLED, False))


def test_what_is_gone_is_forgotten_unless_it_was_named(s):
    x = Subscription(s, named=["named"])
    a = x.stream("a", "1")
    hear(s, a)
    a.end()
    x.set("look_at = now()")
    x.turn()
    equal(list(x.links()), ["named"])


def test_a_pull_wake_is_told_claimed_and_given_back(s):
    x = Subscription(s, "pull-wake", wakes="wakes of one")
    wakes = Stream(s, x.wakes)
    wakes.create(content_type="application/json")
    equal(x.claim(), 4)
    a = x.stream("a", "1")
    hear(s, a)
    equal(x.turn(), EVENT)
    equal(x.turn(), NOTHING_DUE)
    equal(len(wakes.own()), 1)
    equal(x.settle()[0], FENCED)
    equal((x.claim("one"), x.claim("two")), (0, 3))
    equal(x.settle(how=GIVE_BACK), (SETTLED, True))
    equal(x.turn(), EVENT)
    equal(x.claim("two"), 0)
    equal(x.settle([(a.name, 0, 1)], DONE), (SETTLED, False))
    equal(x.claim("two"), 4)
    equal(Subscription(s).claim(), 2)


def test_a_wake_stream_that_cannot_be_written_is_tried_later(s):
    x = Subscription(s, "pull-wake", wakes="wakes of two")
    hear(s, x.stream("a", "1"))
    equal(x.turn(), NO_EVENT)
    equal(x.get("attempts, attempt_at > now()"), ["1", "t"])
    wakes = Stream(s, x.wakes)
    wakes.create()
    with Session() as other:
        other.rows(f"begin; select from sluice.streams where stream_id = "
                   f"{wakes.id} for update")
        x.set("attempt_at = now()")
        equal(x.turn(), NO_EVENT)
    x.set("attempt_at = now()")
    equal(x.turn(), EVENT)
    equal(x.get("attempts"), ["0"])


def test_its_own_wake_stream_does_not_wake_it(s):
    x = Subscription(s, "pull-wake")
    wakes = Stream(s, x.wakes)
    wakes.create(data=["1"])
    equal(hear(s, wakes), ([], [wakes.id]))
    x.set("look_at = now()")
    x.turn()
    equal(x.links(), {})


def test_a_row_that_somebody_has_is_left_to_him(s):
    x = Subscription(s)
    with Session() as other:
        other.rows("begin; select from sluice.subscriptions where "
                   f"subscription_id = {literal(x.id)} for no key update")
        equal(x.turn(), BUSY)
        hear(s, x.stream("a", "1"))
        other.rows("rollback")
    equal(x.turn(), CALL)
    s.rows("delete from sluice.subscriptions "
           f"where subscription_id = {literal(x.id)}")
    equal(x.turn(), None)
    equal(s.one("select count(*) from sluice.subscription_streams "
                f"where subscription_id = {literal(x.id)}"), "0")


def test_one_of_two_who_claim_at_once_gets_it(s):
    x = Subscription(s, "pull-wake", wakes="wakes of three")
    hear(s, x.stream("a", "1"))
    claim = (f"select status from sluice.subscription_claim("
             f"{literal(x.id)}, 'other')")
    with Session() as other:
        s.rows("begin")
        equal(x.claim(), 0)
        other.send(claim)
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["3"]])


def test_streams_are_added_and_removed(s):
    run = Statements(s)
    x = Subscription(s)
    a = x.stream("a", "1")
    hear(s, a)
    equal(run("subscription_add", x.id, [a.name, "b"], 2), [["0"]])
    equal(run("subscription_add", x.id, ["b"], 2), [["0"]])
    equal(run("subscription_add", x.id, ["c"], 2), [["2"]])
    equal(run("subscription_add", "none", ["c"], 2), [["1"]])
    equal(run("subscription_named", x.id), [["b"], [a.name]])
    equal(run("subscription_remove", x.id, a.name), [["t"]])
    equal(run("subscription_remove", x.id, "b"), [["t"]])
    equal(run("subscription_remove", x.id, "b"), [["f"]])
    equal(run("subscription_remove", "none", "b"), [])
    equal(x.links(), {a.name: (0, 1, True)})


def test_a_lease_is_one_holders_until_it_runs_out(s):
    run = Statements(s)
    s.rows("insert into sluice.leases values ('test', null, '-infinity')")

    def take(holder, ms):
        return len(run("lease_take", "test", holder, ms))

    equal((take(BIRTH, 60000), take(OTHER, 60000), take(BIRTH, 60000)),
          (1, 0, 1))
    equal((take(BIRTH, 0), take(OTHER, 60000), take(BIRTH, 60000)),
          (1, 1, 0))


def test_one_key_signs(s):
    run = Statements(s)
    s.rows("delete from sluice.webhook_keys")
    key = "'\\x" + "00" * 32 + "'"

    def add(name):
        return len(s.rows(
            "insert into sluice.webhook_keys (key_id, private_key, "
            f"public_key) values ('{name}', {key}, {key}) "
            "on conflict do nothing returning key_id"))

    equal((add("one"), add("two")), (1, 0))
    s.rows("update sluice.webhook_keys set retired_at = now()")
    equal(add("two"), 1)
    equal([row[0] for row in run("webhook_key_list")], ["two", "one"])


def test_all_are_looked_at_when_something_was_missed(s):
    run = Statements(s)
    x = Subscription(s)
    x.turn()
    equal(x.get("due_at > now()"), ["t"])
    run("subscription_look_all")
    equal(x.get("due_at > now()"), ["f"])
    equal([id for id, us in run("subscription_due", 1000)
           if id == x.id and int(us) <= 0], [x.id])
