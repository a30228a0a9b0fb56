"""What a user has at most, asked for by many at once."""

import threading

from harness.context import Call, same

CALLS, ROOM = 16, 5


def at_once(t, path, body_of):
    """The statuses of so many calls that begin together."""
    barrier = threading.Barrier(CALLS)

    def create(n):
        client = t.fresh_admin()
        barrier.wait()
        return client.post(path, body_of(n)).status

    return sorted(call.result() for call in
                  [Call(create, n) for n in range(CALLS)])


def rounds(t, have, path_of, body_of):
    for _ in range(10):
        user = t.new_user()["id"]
        have(user)
        same(at_once(t, path_of(user), body_of),
             [201] * ROOM + [409] * (CALLS - ROOM))


def test_api_keys_do_not_pass_their_limit(t):
    rounds(
        t, lambda user: t.sql(
            "insert into sluice.api_keys (user_id, id, hash) "
            f"select '{user}', gen_random_uuid(), sha256(('{user}' || n)"
            f"::bytea) from generate_series(1, {100 - ROOM}) n"),
        lambda user: f"/api/users/{user}/api-keys",
        lambda n: {"name": f"key {n}"})


def test_grants_do_not_pass_their_limit(t):
    rounds(
        t, lambda user: t.sql(
            "insert into sluice.grants (user_id, id, action, topic_pattern) "
            f"select '{user}', gen_random_uuid(), 'read', 't' || n "
            f"from generate_series(1, {1000 - ROOM}) n"),
        lambda user: f"/api/users/{user}/grants",
        lambda n: {"action": "write", "topic_pattern": f"t{n}"})
