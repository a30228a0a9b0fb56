"""New entries reach who waits: in this process, in another, on another host."""

from harness import streams
from harness.context import Call, eventually, same, within
from harness.streams import LongPollReader, SseReader
from test_two_hosts import another_host


def readers_of(name, clients):
    return [kind(client(), name) for client in clients
            for kind in (LongPollReader, SseReader) for _ in range(3)]


def has_read(readers, count):
    return all(len(reader.entries) >= count or reader.fault
               for reader in readers)


def follow(name, readers, writers):
    """Each entry reaches all of them, and soon."""
    for n in range(30):
        writer = writers[n % len(writers)]
        with within(3, f"entry {n}"):
            same(streams.append(writer, name, n).status, 204)
            eventually(lambda: has_read(readers, n + 1), 20, f"entry {n}")
    with within(3, "the end"):
        same(streams.read_to_the_end(writers[0], name, readers),
             list(range(30)))


def test_entries_reach_readers_in_both_processes(t):
    name = t.fresh("wake")
    streams.create(t.admin, name)

    def worker(number):
        return lambda: t.instance.worker_client(number, t.admin.token)

    readers = readers_of(name, [worker(0), worker(1)])
    t.wait_for_parked(len(readers))
    follow(name, readers, [worker(0)(), worker(1)()])


def test_entries_reach_readers_on_another_host(t):
    with another_host(t) as other:
        name = t.fresh("wake")
        streams.create(t.admin, name)
        readers = readers_of(name, [t.fresh_admin, other.fresh_admin])
        t.wait_for_parked(len(readers) // 2)
        other.wait_for_parked(len(readers) // 2)
        follow(name, readers, [t.fresh_admin(), other.fresh_admin()])


def test_two_hosts_write_one_stream(t):
    with another_host(t) as other:
        name = t.fresh("two")
        streams.create(t.admin, name)
        readers = readers_of(name, [t.fresh_admin, other.fresh_admin])

        def write(number):
            client = (t, other)[number % 2].fresh_admin()
            for n in range(50):
                same(streams.append(client, name, [number, n]).status, 204)

        for call in [Call(write, number) for number in range(32)]:
            call.result(60)
        entries = streams.read_to_the_end(other.admin, name, readers)
        same(sorted(entries), [[number, n] for number in range(32)
                               for n in range(50)])


def test_a_lost_listen_connection_loses_no_entry(t):
    name = t.fresh("listen")
    streams.create(t.admin, name)
    readers = readers_of(name, [t.fresh_admin])
    for n in range(5):
        t.sql("""select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'sluice wake'""")
        with within(10, f"entry {n}"):
            same(streams.append(t.admin, name, n).status, 204)
            eventually(lambda: has_read(readers, n + 1), 10, f"entry {n}")
    same(streams.read_to_the_end(t.admin, name, readers), list(range(5)))
