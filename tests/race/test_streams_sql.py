"""Users' own transactions: those that hold a stream, those that append."""

from harness import streams
from harness.context import Call, eventually, same, within
from harness.streams import LongPollReader, SseReader
from harness.transaction import Transaction
from test_two_hosts import another_host


def hold(name):
    return f"select from sluice.streams where name = '{name}' for update"


def appending(name, entry):
    return (f"select next_offset from sluice.append('{name}', "
            f"convert_to('{entry}', 'UTF8'))")


def readers_in_both_processes(t, name):
    readers = [kind(t.instance.worker_client(number, t.admin.token), name)
               for number in (0, 1) for kind in (LongPollReader, SseReader)]
    t.wait_for_parked(len(readers))
    return readers


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


def test_a_full_backlog_is_429_until_it_empties(t):
    """Eight bodies of 10 MiB wait at one worker, which holds 64 MiB."""
    name = t.fresh("held")
    streams.create(t.admin, name, "application/octet-stream")
    replies, entry = [], b"x" * (10 << 20)

    def append():
        reply = t.instance.worker_client(0, t.admin.token).request(
            "POST", f"/v1/stream/{name}", entry,
            {"Content-Type": "application/octet-stream"})
        replies.append(reply)
        return reply

    def refused():
        for call in [Call(append) for _ in range(8)]:
            call.result()
        return any(reply.status == 429 for reply in replies)

    with Transaction(t, hold(name)):
        eventually(refused, 60, "a refusal")
    same({reply.status for reply in replies} - {429, 503}, set())
    for reply in replies:
        if reply.status == 429:
            same(reply.json["error"]["code"], "overloaded")
            same("APPEND_BACKLOG_BYTES_MAX" in reply.json["error"]["message"], True,
                 str(reply))
            same(int(reply.headers["Retry-After"]) >= 1, True, "Retry-After")
    for call in [Call(append) for _ in range(6)]:
        same(call.result().status, 204)
    same(t.sql("select next_seq from sluice.streams "
               f"where name = '{name}'"), "6")


def test_an_append_in_sql_wakes_readers_when_it_commits(t):
    name = t.fresh("sql")
    streams.create(t.admin, name)
    readers = readers_in_both_processes(t, name)
    with Transaction(t, appending(name, '"in sql"')) as transaction:
        # Appends to other streams wake others, and these stay asleep.
        other = t.fresh("other")
        streams.create(t.admin, other)
        for n in range(10):
            same(streams.append(t.admin, other, n).status, 204)
        same([reader.entries for reader in readers], [[]] * 4, "too early")
        transaction.commit()
        with within(2, "the wake-up"):
            eventually(lambda: all(reader.entries for reader in readers))
    same(streams.append(t.admin, name, "by http").status, 204)
    same(streams.read_to_the_end(t.admin, name, readers),
         ["in sql", "by http"])


def test_an_append_in_sql_that_is_rolled_back_was_never_there(t):
    name = t.fresh("sql")
    streams.create(t.admin, name)
    readers = readers_in_both_processes(t, name)
    with Transaction(t, appending(name, '"never"')) as transaction:
        transaction.run("rollback")
    same(streams.append(t.admin, name, "ever").status, 204)
    same(streams.whole(t.admin, name)[1], streams.offset_of(0), "its offset")
    same(streams.read_to_the_end(t.admin, name, readers), ["ever"])


def test_appends_in_sql_and_by_http_are_one_order(t):
    name = t.fresh("both")
    streams.create(t.admin, name)
    readers = readers_in_both_processes(t, name)

    def in_sql():
        for n in range(100):
            with Transaction(t, appending(name, f'["sql", {n}]')) as own:
                own.commit()

    def by_http():
        client = t.fresh_admin()
        for n in range(100):
            same(streams.append(client, name, ["http", n]).status, 204)

    for call in [Call(in_sql), Call(by_http)]:
        call.result()
    entries = streams.read_to_the_end(t.admin, name, readers)
    for word in ("sql", "http"):
        same([n for where, n in entries if where == word], list(range(100)))


def test_an_append_in_sql_reaches_another_host(t):
    with another_host(t) as other:
        name = t.fresh("sql")
        streams.create(t.admin, name)
        readers = [kind(other.fresh_admin(), name)
                   for kind in (LongPollReader, SseReader)]
        other.wait_for_parked(2)
        with within(2, "the wake-up"):
            t.sql(appending(name, "1"))
            eventually(lambda: all(reader.entries for reader in readers))
        same(streams.read_to_the_end(t.admin, name, readers), [1])
