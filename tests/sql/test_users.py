"""Users, grants, login attempts, and the epoch that says they changed."""

import itertools
import uuid

from session import Session, Statements, equal

numbers = itertools.count(1)


def new_id():
    return str(uuid.UUID(int=next(numbers)))


def add(run, name, is_admin=False):
    user = new_id()
    equal(len(run("user_create", user, name, "hash", is_admin)), 1)
    return user


def start(s):
    """No users but those of the test, and the statements."""
    s.rows("delete from sluice.users")
    return Statements(s)


def epoch(run):
    return int(dict(run("epochs_read"))["auth"])


def moves(run, wanted, *call):
    """Run a statement; the epoch moves by one, or not at all."""
    before = epoch(run)
    result = run(*call)
    equal((call, epoch(run) - before), (call, int(wanted)))
    return result


def test_a_user_is_created_and_found(s):
    run = start(s)
    user = new_id()
    row, = moves(run, True, "user_create", user, "ann", "secret", True)
    equal(row[:4], [user, "ann", "t", "1"])
    equal(run("user_by_name", "ann"), [[user, "ann", "t", "1", "secret"]])
    equal(run("user_get", user), [row])
    equal(run("user_by_name", "Ann"), [])
    equal(run("user_get", new_id()), [])


def test_a_name_belongs_to_one_user(s):
    run = start(s)
    add(run, "ann")
    equal(moves(run, False, "user_create", new_id(), "ann", "h", False), [])
    equal(run("user_count"), [["1"]])


def test_users_are_listed_by_name_in_pages(s):
    run = start(s)
    for name in ("bob", "ann", "Zoe", "eve"):
        add(run, name)
    equal([row[1] for row in run("user_list", 3, 0)], ["Zoe", "ann", "bob"])
    equal([row[1] for row in run("user_list", 3, 3)], ["eve"])


def test_an_update_changes_what_is_given(s):
    run = start(s)
    user = add(run, "ann")
    row, = moves(run, True, "user_update", user, "anna", None, None)
    equal(row[:4] + row[6:], [user, "anna", "f", "1", "updated"])
    equal(run("user_by_name", "anna")[0][4], "hash")
    row, = moves(run, True, "user_update", user, None, None, True)
    equal(row[:4] + row[6:], [user, "anna", "t", "1", "updated"])


def test_only_a_new_password_makes_a_new_version(s):
    run = start(s)
    user = add(run, "ann")
    row, = moves(run, True, "user_update", user, None, "other", None)
    equal(row[3], "2")
    equal(run("user_by_name", "ann")[0][3:], ["2", "other"])


def test_an_unknown_user_is_not_updated(s):
    run = start(s)
    equal(moves(run, False, "user_update", new_id(), "x", None, None), [])
    equal(moves(run, False, "user_delete", new_id()), [])


def test_a_taken_name_changes_nothing(s):
    run = start(s)
    add(run, "ann")
    bob = add(run, "bob")
    row, = moves(run, False, "user_update", bob, "ann", "new", True)
    equal(row[:4] + row[6:], [bob, "bob", "f", "1", "taken"])
    equal(run("user_by_name", "bob")[0][4], "hash")


def test_the_last_admin_stays(s):
    run = start(s)
    ann, bob = add(run, "ann", True), add(run, "bob", False)
    row, = moves(run, False, "user_update", ann, None, None, False)
    equal(row[:3] + row[6:], [ann, "ann", "t", "last_admin"])
    equal(moves(run, False, "user_delete", ann), [["last_admin"]])
    run("user_update", bob, None, None, True)
    equal(moves(run, True, "user_delete", ann), [["deleted"]])


def test_two_admins_cannot_take_each_other_out(s):
    run = start(s)
    ann, bob = add(run, "ann", True), add(run, "bob", True)
    with Session() as other:
        s.rows("begin")
        equal(run("user_update", ann, None, None, False)[0][6], "updated")
        other.send(f"select outcome from sluice.user_delete('{bob}')")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["last_admin"]])
    equal(run("user_count"), [["2"]])


def test_a_rehash_needs_the_old_hash_and_is_no_change(s):
    run = start(s)
    user = add(run, "ann")
    moves(run, False, "user_rehash", user, "another", "newer")
    equal(run("user_by_name", "ann")[0][4], "hash")
    moves(run, False, "user_rehash", user, "hash", "newer")
    equal(run("user_by_name", "ann")[0][3:], ["1", "newer"])


# --- grants --------------------------------------------------------------

def test_grants_are_given_listed_and_taken(s):
    run = start(s)
    user, one, two = add(run, "ann"), new_id(), new_id()
    equal(run("grant_list", user), [[None] * 6])
    row, = moves(run, True, "grant_create", user, one, "read", "a*", "", 9)
    equal(row[:5] + row[6:], [one, user, "read", "a*", "", "created"])
    moves(run, True, "grant_create", user, two, "consume", "*", "g", 9)
    equal([grant[0] for grant in run("grant_list", user)], [one, two])
    equal(sorted(run("user_by_id", user)),
          [[user, "ann", "f", "1", "consume", "*", "g"],
           [user, "ann", "f", "1", "read", "a*", ""]])
    equal(moves(run, True, "grant_delete", user, one), [[one]])
    equal(moves(run, False, "grant_delete", user, one), [])
    equal([grant[0] for grant in run("grant_list", user)], [two])


def test_a_user_without_grants_is_known(s):
    run = start(s)
    user = add(run, "ann")
    equal(run("user_by_id", user),
          [[user, "ann", "f", "1", None, None, None]])
    equal(run("user_by_id", new_id()), [])
    equal(run("grant_list", new_id()), [])


def test_the_same_grant_is_given_once(s):
    run = start(s)
    user = add(run, "ann")
    grant = ("read", "a", "", 9)
    moves(run, True, "grant_create", user, new_id(), *grant)
    row, = moves(run, False, "grant_create", user, new_id(), *grant)
    equal(row, [None, user, None, None, None, None, "exists"])


def test_grants_have_a_limit(s):
    run = start(s)
    user = add(run, "ann")
    moves(run, True, "grant_create", user, new_id(), "read", "a", "", 1)
    row, = moves(run, False, "grant_create", user, new_id(), "read", "b", "",
                 1)
    equal(row[6], "full")


def test_nobody_gets_no_grant(s):
    run = start(s)
    equal(moves(run, False, "grant_create", new_id(), new_id(), "read", "a",
                "", 9), [])


def test_a_grant_is_taken_from_its_own_user_only(s):
    run = start(s)
    ann, bob, grant = add(run, "ann"), add(run, "bob"), new_id()
    run("grant_create", ann, grant, "read", "a", "", 9)
    equal(moves(run, False, "grant_delete", bob, grant), [])
    equal(len(run("grant_list", ann)), 1)


def test_grants_go_with_their_user(s):
    run = start(s)
    add(run, "bob", True)
    user = add(run, "ann")
    run("grant_create", user, new_id(), "read", "a", "", 9)
    moves(run, True, "user_delete", user)
    equal(s.one("select count(*) from sluice.grants"), "0")


# --- login attempts ------------------------------------------------------

def test_attempts_are_counted_in_windows(s):
    run = Statements(s)
    first, = run("login_attempt", "1.2.3.4", 60000)
    second, = run("login_attempt", "1.2.3.4", 60000)
    equal([first[0], second[0]], ["1", "2"])
    equal(first[1], second[1])
    equal(first[2], "60000")
    assert 50000 < int(second[2]) <= 60000
    equal(run("login_attempt", "1.2.3.5", 60000)[0][0], "1")
    s.rows("update sluice.login_attempts set window_end = now()")
    third, = run("login_attempt", "1.2.3.4", 30000)
    equal([third[0], third[2]], ["1", "30000"])


def test_a_window_longer_than_the_setting_is_over(s):
    run = Statements(s)
    run("login_attempt", "1.2.3.4", 60000)
    run("login_attempt", "1.2.3.4", 60000)
    shorter, = run("login_attempt", "1.2.3.4", 2000)
    equal([shorter[0], shorter[2]], ["1", "2000"])
    equal(run("login_attempt", "1.2.3.4", 60000)[0][0], "2")
