"""
Consumer groups: what is delivered to whom, what is pending, and how far a
group is, as Redis 7.2 counts it.
"""

from groups import Group, one
from session import Session, equal, literal

MAX = 1 << 63


# --- delivery ------------------------------------------------------------

def test_entries_are_delivered_once(s):
    g = Group(s, 3)
    equal(g.read("m", 2), ["1-0", "2-0"])
    equal(g.read("n", 2), ["3-0"])
    equal(g.read("m"), [])
    equal(g.pending(), [("1-0", "m", 1), ("2-0", "m", 1), ("3-0", "n", 1)])
    equal(g.place(), ("3-0", 3, 0))


def test_callers_of_one_call_are_served_in_order(s):
    g = Group(s, 5)
    status, found, more = g.read_many(["m", "n", "o"], [1, 3, 3])
    equal((status, found), (0, ["1-0", "2-0", "3-0", "4-0", "5-0"]))
    equal(set(more), {"f"})
    equal([o for _, o, _ in g.pending()], ["m", "n", "n", "n", "o"])


def test_who_wants_none_is_given_none(s):
    g = Group(s, 2)
    g.read_many(["gone", "m", "gone"], [0, 1, 0])
    equal(g.pending(), [("1-0", "m", 1)])
    g.read_many(["gone"], [0])
    equal(g.place(), ("1-0", 1, 1))


def test_more_is_said_while_entries_are_left(s):
    g = Group(s, 3)
    equal(g.read_many(["m"], [2])[2], ["t", "t"])
    equal(g.read_many(["m"], [1])[2], ["f"])


def test_a_call_is_bounded_in_entries_and_bytes(s):
    g = Group(s, 5)
    equal(g.read_many(["m"], [1000], entries_max=2)[1:],
          (["1-0", "2-0"], ["t", "t"]))
    equal(g.read_many(["m"], [1000], bytes_max=10)[1:],
          (["3-0", "4-0"], ["t", "t"]))


def test_noack_moves_on_and_leaves_nothing_pending(s):
    g = Group(s, 3)
    g.read_many(["m", "n"], [1, 1], [True, False])
    equal(g.pending(), [("2-0", "n", 1)])
    equal(g.place(), ("2-0", 2, 1))
    equal(g.members(), [("m", False), ("n", True)])


def test_members_are_made_even_if_nothing_is_there(s):
    g = Group(s)
    equal(g.read("m"), [])
    equal(g.members(), [("m", False)])
    g.add("1-0")
    g.read_many(["n", "m"], [1, 1])
    equal(g.members(), [("m", False), ("n", True)])


def test_one_member_may_call_twice(s):
    g = Group(s, 2)
    equal(g.read_many(["m", "m"], [1, 1])[1], ["1-0", "2-0"])
    equal(g.members(), [("m", True)])


def test_a_group_set_back_delivers_anew(s):
    g = Group(s, 2)
    g.read("m")
    g.claim("m", "1-0", deliveries=7)
    equal(g.call("group_set_id", one("0-0"), "null"), [["0"]])
    equal(g.read("n"), ["1-0", "2-0"])
    equal(g.pending(), [("1-0", "n", 1), ("2-0", "n", 1)])


def test_what_was_trimmed_is_not_delivered(s):
    g = Group(s, 4)
    g.trim(2)
    equal(g.read(), ["3-0", "4-0"])


def test_statuses(s):
    g = Group(s)
    equal(g.create("0-0"), 20)
    g.name = "other"
    equal(g.read_many(["m"], [1])[0], 3)
    for function, more in (("group_set_id", ("null", "null")),
                           ("group_destroy", ()),
                           ("member_create", ("'m'",)),
                           ("member_delete", ("'m'",))):
        equal(g.call(function, *more), [["3"]])
    g.key.set("last_id = null")
    equal(g.read_many(["m"], [1])[0], 2)
    g.key.set("state = 2")
    equal(g.read_many(["m"], [1])[0], 1)
    equal(g.create("0-0", make=False), 1)


def test_a_group_that_somebody_holds_is_busy(s):
    g = Group(s, 1)
    with Session() as other:
        other.rows("begin")
        other.rows(f"select * from sluice.group_open({g.key.id}, "
                   f"{literal(g.key.name)}, 'g')")
        equal(g.read_many(["m"], [1])[0], 11)
        equal(g.ack(["1-0"]), [0])
        other.rows("rollback")
    equal(g.read(), ["1-0"])


def test_a_new_life_has_no_groups(s):
    g = Group(s, 1)
    g.read()
    g.key.end()
    equal(g.read_many(["m"], [1])[0], 1)
    g.add("1-0")
    equal(g.read_many(["m"], [1])[0], 3)
    equal(g.create("0-0"), 0)
    equal(g.history(), [])


# --- entries-read and lag ------------------------------------------------

def test_entries_read_is_known_again_at_the_end(s):
    g = Group(s, 4, at="2-0")
    equal(g.place(), ("2-0", None, None))
    g.read(count=1)
    equal(g.place(), ("3-0", None, None))
    g.read(count=1)
    equal(g.place(), ("4-0", 4, 0))


def test_entries_read_is_known_again_at_the_first_entry(s):
    g = Group(s, 5)
    g.trim(2)
    equal(g.place(), ("0-0", None, 3))
    g.read(count=2)
    equal(g.place(), ("4-0", 4, 1))


def test_a_deleted_entry_ahead_makes_it_unknown(s):
    g = Group(s, 5)
    g.read(count=1)
    equal(g.place(), ("1-0", 1, 4))
    g.delete("3-0")
    equal(g.place(), ("1-0", 1, None))
    g.read(count=1)
    equal(g.place(), ("2-0", None, None))
    g.read(count=1)
    equal(g.place(), ("4-0", None, None))
    g.read(count=1)
    equal(g.place(), ("5-0", 5, 0))


def test_a_deleted_entry_behind_does_not(s):
    g = Group(s, 5)
    g.read(count=3)
    g.delete("2-0")
    g.read(count=1)
    equal(g.place(), ("4-0", 4, 1))


def test_lag_of_streams_that_are_empty(s):
    g = Group(s)
    equal(g.place(), ("0-0", None, 0))
    g.add("1-0", "2-0")
    g.read(count=1)
    g.delete("1-0", "2-0")
    equal(g.place(), ("1-0", 1, 1))


# --- history, XACK -------------------------------------------------------

def test_history_is_ones_own_and_counts(s):
    g = Group(s, 3)
    g.read_many(["m", "n", "m"], [1, 1, 1])
    equal(g.history("m"), [("1-0", True), ("3-0", True)])
    equal(g.history("m", after="1-0"), [("3-0", True)])
    equal(g.pending(), [("1-0", "m", 2), ("2-0", "n", 1), ("3-0", "m", 3)])
    equal(g.history("o"), [])
    equal(g.members()[-1], ("o", False))


def test_history_of_an_entry_that_is_gone(s):
    g = Group(s, 3)
    g.read()
    g.delete("2-0")
    g.trim(1)
    equal(g.history(), [("1-0", False), ("2-0", False), ("3-0", True)])
    equal([d for _, _, d in g.pending()], [1, 1, 2])


def test_history_is_whole_or_refused(s):
    g = Group(s, 4)
    g.read()
    g.delete("4-0")
    equal(g.history(count=2), [("1-0", True), ("2-0", True)])
    before = g.pending()
    whole = 4 * 64 + 3 * len('{"a":"1"}')
    for bytes_max in (0, 64, whole - 1):
        equal(g.history(bytes_max=bytes_max, refused=True), [])
    equal(g.pending(), before)
    equal(g.history(count=1, bytes_max=whole // 3), [("1-0", True)])
    equal(len(g.history(bytes_max=whole)), 4)


def test_an_acknowledged_entry_counts_once(s):
    g = Group(s, 4)
    g.read()
    equal(g.ack(["1-0", "1-0", "9-0"], ["1-0"], ["2-0", "3-0"]), [1, 0, 2])
    equal(g.ack(["1-0"]), [0])
    equal([i for i, _, _ in g.pending()], ["4-0"])


def test_acknowledging_in_no_group_or_key(s):
    g = Group(s, 1)
    g.name = "other"
    equal(g.ack(["1-0"]), [0])
    g.key.end()
    equal(g.ack(["1-0"], ["1-0"]), [0, 0])


def test_several_streams_are_read_together_or_not_at_all(s):
    a, b = Group(s, 2), Group(s, 2)

    def read(*after, second=None, history_max=1000):
        return [r[:2] + r[2:3] for r in s.rows(
            "select place, status, sluice.entry_id_text(id) "
            f"from sluice.group_read_many(array[{a.key.id}, {b.key.id}]"
            f"::bigint[], array[{literal(a.key.name)}, "
            f"{literal(second or b.key.name)}], 'g', 'm', "
            f"array[{','.join(map(one, after))}]::bytea[], 1, false, 9, 1000, "
            f"{history_max})")]

    equal(read(None, None, second="plate/other"), [["2", "2", None]])
    equal(a.pending(), [])
    equal(read(None, None),
          [["0", "0", None], ["1", None, "1-0"], ["2", None, "1-0"]])
    equal(read("0-0", None),
          [["0", "0", None], ["1", None, "1-0"], ["2", None, "2-0"]])
    before = a.pending(), b.pending()
    equal(read("0-0", "0-0", history_max=145), [["2", "12", None]])
    equal(read(None, "0-0", history_max=72), [["2", "12", None]])
    equal((a.pending(), b.pending()), before)
    equal(read("0-0", "0-0", history_max=146),
          [["0", "0", None], ["1", None, "1-0"], ["2", None, "1-0"]])
    with Session() as other:
        other.rows("begin")
        other.rows("select * from sluice.consumers where stream_id = "
                   f"{a.key.id} for update")
        equal(read(None, None), [["1", "11", None]])
        equal(read(None, None, second="plate/other"), [["2", "2", None]])


# --- claims --------------------------------------------------------------

def test_claims_change_the_owner(s):
    g = Group(s, 3)
    g.read()
    equal(g.claim("n", "3-0", "1-0", "9-0"), ["3-0", "1-0"])
    equal(g.pending(), [("1-0", "n", 2), ("2-0", "m", 1), ("3-0", "n", 2)])
    equal(g.members(), [("m", True), ("n", True)])


def test_claims_take_what_is_idle(s):
    g = Group(s, 2)
    g.read()
    g.age("2-0", ms=5000)
    equal(g.claim("n", "1-0", "2-0", idle=4000), ["2-0"])
    equal(g.claim("o", "1-0", "2-0", idle=4000), [])
    equal(g.claim("o", "1-0", idle=MAX - 1), [])
    equal(g.members(), [("m", True), ("n", True), ("o", False)])


def test_claims_options(s):
    g = Group(s, 4)
    g.read(count=2)
    equal(g.claim("n", "1-0", just_id=True), ["1-0"])
    equal(g.claim("n", "2-0", deliveries=9, last_id="3-0"), ["2-0"])
    equal(g.pending(), [("1-0", "n", 1), ("2-0", "n", 9)])
    equal(g.place()[0], "3-0")
    equal(g.claim("n", "2-0", last_id="1-0"), ["2-0"])
    equal(g.place()[0], "3-0")
    equal(g.claim("n", "2-0", deliveries=MAX - 1), ["2-0"])
    equal(g.claim("n", "2-0"), ["2-0"])
    equal(g.pending()[1], ("2-0", "n", MAX - 1))


def test_claims_set_the_time(s):
    g = Group(s, 1)
    g.read()

    def age(**how):
        g.claim("m", "1-0", just_id=True, **how)
        return int(s.one(
            "select floor(extract(epoch from now() - delivered_at)) "
            f"from sluice.pending where stream_id = {g.key.id}"))

    equal(age(ago_ms=100500), 100)
    equal(age(at_ms=0) > 1600000000, True)
    equal(age(at_ms=-5) <= 0, True)
    equal(age(at_ms=1 << 52) <= 0, True)
    equal(age(ago_ms=-1 << 52) <= 0, True)


def test_forced_claims(s):
    g = Group(s, 3)
    equal(g.claim("m", "1-0"), [])
    equal(g.claim("m", "1-0", "9-0", force=True, idle=1000), ["1-0"])
    equal(g.claim("m", "2-0", force=True, just_id=True), ["2-0"])
    equal(g.pending(), [("1-0", "m", 2), ("2-0", "m", 1)])


def test_claims_of_one_entry_twice(s):
    g = Group(s, 1)
    g.read()
    equal(g.claim("n", "1-0", "1-0"), ["1-0", "1-0"])
    equal(g.pending(), [("1-0", "n", 3)])
    g.age("1-0", ms=1000)
    equal(g.claim("n", "1-0", "1-0", idle=500), ["1-0"])
    equal(g.pending(), [("1-0", "n", 4)])


def test_claims_drop_what_is_gone(s):
    g = Group(s, 3)
    g.read()
    g.delete("2-0")
    equal(g.claim("n", "1-0", "2-0", "2-0", force=True), ["1-0"])
    equal([i for i, _, _ in g.pending()], ["1-0", "3-0"])


def test_claims_are_bounded(s):
    g = Group(s, 3)
    g.read()
    equal(g.claim("n", "1-0", "2-0", "3-0", bytes_max=10), ["1-0", "2-0"])
    equal(g.pending()[2], ("3-0", "m", 1))


def test_autoclaims_walk(s):
    g = Group(s, 5)
    g.read()
    g.age("1-0", "3-0", "4-0", ms=5000)
    equal(g.autoclaim("n", idle=4000, count=2), ("4-0", ["1-0", "3-0"], []))
    equal(g.autoclaim("n", start="4-0", idle=4000), (None, ["4-0"], []))
    equal(g.pending(), [("1-0", "n", 2), ("2-0", "m", 1), ("3-0", "n", 2),
                        ("4-0", "n", 2), ("5-0", "m", 1)])
    equal(g.autoclaim("o", idle=4000, look=3), ("4-0", [], []))
    equal(g.members()[-1], ("o", False))
    equal(g.autoclaim("o", just_id=True, start="5-0"), (None, ["5-0"], []))
    equal(g.pending()[-1], ("5-0", "o", 1))


def test_autoclaims_tell_what_is_gone(s):
    g = Group(s, 4)
    g.read()
    g.delete("1-0", "3-0")
    equal(g.autoclaim("n", count=2), ("3-0", ["2-0"], ["1-0"]))
    equal(g.autoclaim("n", start="3-0"), (None, ["4-0"], ["3-0"]))
    equal([i for i, _, _ in g.pending()], ["2-0", "4-0"])


def test_autoclaims_are_bounded(s):
    g = Group(s, 3)
    g.read()
    equal(g.autoclaim("n", bytes_max=10), ("3-0", ["1-0", "2-0"], []))


# --- groups and members --------------------------------------------------

def test_members_are_made_and_deleted(s):
    g = Group(s, 3)
    equal(g.call("member_create", "'m'", columns="created"), [["t"]])
    equal(g.call("member_create", "'m'", columns="created"), [["f"]])
    g.read_many(["m", "n"], [2, 1])
    equal(g.call("member_delete", "'m'", columns="dropped"), [["2"]])
    equal(g.call("member_delete", "'m'", columns="dropped"), [["0"]])
    equal(g.pending(), [("3-0", "n", 1)])
    equal(g.members(), [("n", True)])
    equal(g.read("m"), [])


def test_a_group_that_is_destroyed_leaves_nothing(s):
    g = Group(s, 2)
    g.read()
    equal(g.call("group_destroy"), [["0"]])
    equal((g.pending(), g.members()), ([], []))
    equal(g.create("0-0"), 0)
    equal(g.read("n"), ["1-0", "2-0"])


def test_groups_are_moved(s):
    g = Group(s, 3)
    equal(g.call("group_set_id", "null", "null"), [["0"]])
    equal(g.place(), ("3-0", None, 0))
    equal(g.call("group_set_id", one("1-0"), "7"), [["0"]])
    equal(g.place(), ("1-0", 7, -4))


def test_what_is_left_of_groups_is_reaped(s):
    g = Group(s, 3)
    g.read_many(["m", "n"], [1, 1])
    g.key.end()
    sizes = []
    start = 0
    while start is not None:
        start = s.one("select next_from from sluice.reap_life("
                      f"{g.key.id}, 0, {start}, 1, 1000)")
        sizes.append(s.row(
            "select (select count(*) from sluice.consumers where stream_id = "
            f"{g.key.id}), (select count(*) from sluice.pending where "
            f"stream_id = {g.key.id}), (select count(*) from "
            f"sluice.consumer_members where stream_id = {g.key.id})"))
    equal(sizes[0], ["0", "2", "2"])
    equal(sizes[-1], ["0", "0", "0"])
    equal(sorted(set(map(tuple, sizes)), reverse=True),
          [("0", "2", "2"), ("0", "1", "2"), ("0", "0", "2"),
           ("0", "0", "1"), ("0", "0", "0")])


def test_a_group_in_use_is_reaped_later(s):
    g = Group(s, 1)
    with Session() as other:
        other.rows("begin")
        other.rows(f"select * from sluice.group_open({g.key.id}, "
                   f"{literal(g.key.name)}, 'g')")
        g.key.end()
        equal(s.row("select count, next_from from sluice.reap_life("
                    f"{g.key.id}, 0, 0, 10, 1000)"), ["0", None])
        other.rows("rollback")
    equal(s.row("select count, next_from from sluice.reap_life("
                f"{g.key.id}, 0, 0, 10, 1000)"), ["0", "0"])


def test_the_view_of_groups(s):
    g = Group(s, 3)
    g.read(count=2)
    g.ack(["1-0"])
    equal(s.row("select consumer_group, last_delivered, entries_read, lag, "
                "consumers, pending, oldest_pending, oldest_owner "
                "from sluice.group_lag where stream = "
                f"{literal(g.key.name)}"),
          ["g", "2-0", "2", "1", "1", "1", "2-0", "m"])
    g.key.end()
    equal(s.rows("select 1 from sluice.group_lag where stream = "
                 f"{literal(g.key.name)}"), [])
