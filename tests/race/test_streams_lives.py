"""Streams that are created, forked and deleted while they are in use."""

import os
import random
import threading

from harness import streams
from harness.context import Call, eventually, same
from harness.streams import append, path_of


def together(*calls):
    """The replies of calls that begin at the same moment."""
    barrier = threading.Barrier(len(calls))

    def begin(call):
        barrier.wait()
        return call()

    return [call.result() for call in [Call(begin, call) for call in calls]]


def putting(t, name, body=None, **headers):
    client = t.fresh_admin()
    sent = {"Content-Type": "application/json",
            **{key.replace("_", "-"): value for key, value in headers.items()}}
    return lambda: client.put(path_of(name), body, headers=sent)


def deleting(t, name):
    client = t.fresh_admin()
    return lambda: client.delete(path_of(name))


def test_of_many_creations_one_creates(t):
    for _ in range(10):
        name = t.fresh("created")
        replies = together(*[putting(t, name, [n]) for n in range(8)])
        statuses = [reply.status for reply in replies]
        same(sorted(statuses), [200] * 7 + [201])
        same(streams.whole(t.admin, name)[0], [statuses.index(201)])


def storm(t, name, goes_on):
    """What is answered to creations, deletions and appends at once."""
    def one(number):
        client, told, n = t.fresh_admin(), set(), 0
        while goes_on(n):
            method = random.choice(("PUT", "PUT", "DELETE", "POST"))
            reply = client.request(
                method, path_of(name),
                None if method == "DELETE" else [[number, n]],
                {"Content-Type": "application/json"})
            told.add((method, reply.status))
            n += 1
        return told

    return [Call(one, number) for number in range(12)]


def check_storm(t, name, calls):
    told = set().union(*[call.result(60) for call in calls])
    same(told - {("PUT", 200), ("PUT", 201), ("DELETE", 204),
                 ("DELETE", 404), ("POST", 204), ("POST", 404)}, set(),
         "other answers")
    putting(t, name)()
    entries, offset = streams.whole(t.admin, name)
    same(streams.seq_of(offset), len(entries) - 1, "the last seq")
    same(len(set(map(tuple, entries))), len(entries), "entries, each once")


def test_a_storm_of_creations_and_deletions_leaves_one_life(t):
    name = t.fresh("storm")
    check_storm(t, name, storm(t, name, lambda n: n < 40))


def test_a_restart_in_a_storm_fails_nothing(t):
    name, stop = t.fresh("storm"), threading.Event()
    old = set(t.instance.workers().values())
    calls = storm(t, name, lambda n: not stop.is_set())
    try:
        t.instance.restart_workers()
        # They go when nginx has closed the last connection to them.
        eventually(lambda: not any(os.path.exists(f"/proc/{pid}")
                                   for pid in old), 30, "their end")
    finally:
        stop.set()
    check_storm(t, name, calls)


def test_a_reader_of_a_life_sees_nothing_of_the_next(t):
    name = t.fresh("lives")
    stop = threading.Event()

    def live():
        client, life = t.fresh_admin(), 0
        while not stop.is_set():
            same(client.put(path_of(name), [life], headers={
                "Content-Type": "application/json"}).status, 201)
            for _ in range(5):
                same(append(client, name, life).status, 204)
            same(client.delete(path_of(name)).status, 204)
            life += 1
        return life

    def read():
        client, seen = t.fresh_admin(), 0
        while seen < 100:
            offset, life = streams.START, []
            while True:
                reply = client.get(path_of(name, offset=offset))
                if reply.status in (404, 410):
                    break
                life += reply.expect(200)
                offset = reply.headers["Stream-Next-Offset"]
            same(len(set(life)) <= 1, True, f"lives seen as one: {life}")
            seen += bool(life)

    lives = Call(live)
    try:
        for call in [Call(read) for _ in range(4)]:
            call.result(60)
    finally:
        stop.set()
    same(lives.result() > 1, True, "several lives")


def test_forks_of_a_busy_stream_are_beginnings_of_it(t):
    name = t.fresh("source")
    streams.create(t.admin, name)
    stop = threading.Event()

    def write(number):
        client, n = t.fresh_admin(), 0
        while not stop.is_set():
            same(append(client, name, [number, n]).status, 204)
            n += 1

    writers = [Call(write, number) for number in range(8)]
    forks = [t.fresh("fork") for _ in range(20)]
    try:
        eventually(lambda: len(streams.whole(t.admin, name)[0]) > 50)

        def fork(number):
            reply = putting(t, forks[number], [["own", number]],
                            Stream_Forked_From=path_of(name))()
            same(reply.status, 201, str(reply))

        for call in [Call(fork, number) for number in range(len(forks))]:
            call.result()
    finally:
        stop.set()
        for writer in writers:
            writer.result()
    source, _ = streams.whole(t.admin, name)
    for number, fork in enumerate(forks):
        entries, offset = streams.whole(t.admin, fork)
        same(entries[:-1], source[:len(entries) - 1], fork)
        same(entries[-1], ["own", number])
        same(streams.seq_of(offset), len(entries) - 1, "its last seq")


def test_chains_of_forks_end_whole_in_whatever_order(t):
    for _ in range(10):
        names = [t.fresh("chain") for _ in range(6)]
        streams.create(t.admin, names[0])
        for source, fork in zip(names, names[1:]):
            same(append(t.admin, source, source).status, 204)
            same(putting(t, fork, Stream_Forked_From=path_of(source))()
                 .status, 201)
        same(streams.whole(t.admin, names[-1])[0], names[:-1])
        replies = together(*[deleting(t, name) for name in names])
        same([reply.status for reply in replies], [204] * len(names))
        for name in names:
            eventually(lambda: t.admin.request(
                "HEAD", path_of(name)).status == 404, what=f"{name}'s end")
        t.instance.reap()
        same(t.sql(f"""select count(*) from sluice.segments
            where stream_id in (select sluice.stream_id(n) from unnest(
                array['{"','".join(names)}']) as n)"""), "0", "segments")


def test_forks_and_the_end_of_their_source_agree(t):
    """A fork that was made has all it was promised, or was not made."""
    for _ in range(10):
        name, forks = t.fresh("source"), [t.fresh("fork") for _ in range(6)]
        putting(t, name, [1, 2, 3])()
        *made, ended = together(
            *[putting(t, fork, Stream_Forked_From=path_of(name))
              for fork in forks], deleting(t, name))
        same(ended.status, 204)
        for fork, reply in zip(forks, made):
            same(reply.status in (201, 404, 409), True, str(reply))
            if reply.status == 201:
                same(streams.whole(t.admin, fork)[0], [1, 2, 3])
        lives_on = any(reply.status == 201 for reply in made)
        same(t.admin.request("HEAD", path_of(name)).status,
             410 if lives_on else 404, "the source")
        for fork in forks:
            deleting(t, fork)()
        eventually(lambda: t.admin.request(
            "HEAD", path_of(name)).status == 404, what="the source's end")
