"""API keys: whose they are, and how many there are."""

from session import Session, Statements, equal

HASH = "\\x" + "ab" * 32


def user(s, name):
    return s.one("insert into sluice.users (id, name, password_hash, "
                 f"is_admin) values (gen_random_uuid(), '{name}', 'x', false) "
                 "returning id")


def settle(s):
    s.rows("delete from sluice.users")
    return Statements(s), user(s, "a"), user(s, "b")


def new_id(s):
    return s.one("select gen_random_uuid()")


def epoch(s):
    return int(s.one("select value from sluice.epochs where name = 'auth'"))


def create(s, run, owner, hash=HASH, expires_at=None, most=10):
    id = new_id(s)
    return id, run("api_key_create", owner, id, "n", hash, expires_at, most)


def test_a_key_is_its_users(s):
    run, a, b = settle(s)
    s.rows("insert into sluice.grants (user_id, id, action, topic_pattern) "
           f"select '{a}', gen_random_uuid(), 'read', p "
           "from unnest(array['x', 'y']) p")
    create(s, run, a)
    rows = run("api_key_caller", HASH)
    equal(sorted(row[4:6] for row in rows), [["read", "x"], ["read", "y"]])
    equal({tuple(row[:3]) for row in rows}, {(a, "a", "f")})
    equal({row[7] for row in rows}, {None})
    equal(run("api_key_caller", "\\x" + "cd" * 32), [])


def test_a_user_without_grants_has_a_row(s):
    run, a, _ = settle(s)
    create(s, run, a, expires_at="2099-01-01 00:00:00+00")
    [[id, _, _, version, action, pattern, group, expires]] = run(
        "api_key_caller", HASH)
    equal((id, version, action, pattern, group, expires[:10]),
          (a, "1", None, None, None, "2099-01-01"))


def test_who_is_nobody_gets_none(s):
    run, _, _ = settle(s)
    equal(create(s, run, new_id(s))[1], [])


def test_there_are_so_many_also_when_two_ask(s):
    run, a, b = settle(s)
    for n in range(2):
        equal(create(s, run, a, f"\\x{n:064x}", most=3)[1][0][0] is None,
              False)
    with Session() as other:
        other.rows("begin")
        equal(create(other, Statements(other), a, most=3)[1][0][0] is None,
              False)
        # He counts when the other is done, not when he began to wait.
        run.prepare("api_key_create")
        s.send(f"execute api_key_create('{a}', gen_random_uuid(), 'n', "
               f"'\\x{9:064x}', null, 3)")
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [[None]])
    equal(create(s, run, a, f"\\x{8:064x}", most=3)[1], [[None]])
    equal(create(s, run, b, f"\\x{7:064x}", most=3)[1] == [[None]], False)


def test_a_deleted_one_moves_the_epoch(s):
    run, a, b = settle(s)
    before = epoch(s)
    id, _ = create(s, run, a)
    equal(epoch(s), before)
    equal(run("api_key_delete", b, id), [])
    equal(epoch(s), before)
    equal(run("api_key_delete", a, id), [[id]])
    equal(epoch(s), before + 1)
    equal(run("api_key_caller", HASH), [])


def test_keys_go_with_their_user(s):
    run, a, _ = settle(s)
    create(s, run, a)
    run("user_delete", a)
    equal(s.one("select count(*) from sluice.api_keys"), "0")


def test_the_list_is_the_users_own_and_pages(s):
    run, a, b = settle(s)
    for n in range(4):
        create(s, run, a, f"\\x{n:064x}")
    create(s, run, b, f"\\x{9:064x}")
    equal(len(run("api_key_list", a, 3, 2)), 2)
    equal(run("api_key_count", a), [["4"]])
    equal(run("api_key_count", b), [["1"]])
    equal(run("api_key_count", new_id(s)), [])
