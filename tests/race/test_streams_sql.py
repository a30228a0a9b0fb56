"""Users' own transactions that hold a stream."""

from harness import streams
from harness.context import Call, same, within
from transaction import Transaction


def hold(name):
    return f"select from sluice.streams where name = '{name}' for update"


def test_a_held_stream_stalls_no_other(t):
    held, others = t.fresh("held"), [t.fresh("free") for _ in range(20)]
    for name in (held, *others):
        streams.create(t.admin, name)

    def append_all(number):
        client = t.fresh_admin()
        for name in others:
            with within(2, f"an append to {name}"):
                same(streams.append(client, name, number).status, 204)

    with Transaction(t, hold(held)) as transaction:
        waiting = [Call(streams.append, t.fresh_admin(), held, n)
                   for n in range(8)]
        for call in [Call(append_all, number) for number in range(16)]:
            call.result()
        with within(1, "a read of the held stream"):
            same(streams.whole(t.admin, held)[0], [])
        transaction.commit()
        with within(3, "the held appends"):
            same([call.result().status for call in waiting], [204] * 8)
    same(sorted(streams.whole(t.admin, held)[0]), list(range(8)))
    for name in others:
        same(sorted(streams.whole(t.admin, name)[0]), list(range(16)))


def test_a_stream_that_stays_held_is_503_and_not_appended_to(t):
    name = t.fresh("held")
    streams.create(t.admin, name)
    with Transaction(t, hold(name)):
        reply = streams.append(t.admin, name, 0)
        same(reply.status, 503, str(reply))
        same(int(reply.headers["Retry-After"]) >= 1, True, "Retry-After")
    same(streams.append(t.admin, name, 1).status, 204)
    same(streams.whole(t.admin, name)[0], [1])
