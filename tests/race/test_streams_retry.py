"""Who asks again with producer headers writes once, whatever happened."""

import random

from harness import streams
from harness.context import Call, same
from harness.streams import BROKEN


def asked_and_gone(client, name, entry, producer):
    """Ask for an append and hang up before the answer, sooner or later."""
    asking = client.with_token(client.token)
    asking.timeout = random.choice((0.0002, 0.001, 0.003))
    connection = asking.connection = asking.connect()
    connection.timeout = 60
    connection.connect()
    connection.timeout = asking.timeout
    connection.sock.settimeout(asking.timeout)
    try:
        streams.append(asking, name, entry, producer)
    except BROKEN:
        pass
    asking.close()


def test_a_producer_that_hangs_up_and_asks_again_writes_once(t):
    name = t.fresh("retry")
    streams.create(t.admin, name)
    count = 50
    statuses = []

    def produce(number):
        client = t.fresh_admin()
        for n in range(count):
            producer = f"p{number}", 0, n
            for _ in range(random.randrange(3)):
                asked_and_gone(client, name, [number, n], producer)
            reply = streams.append(client, name, [number, n], producer)
            statuses.append(reply.status)
            same(reply.status in (200, 204), True, str(reply))
            same(reply.headers["Producer-Seq"], str(n), "its seq")

    for call in [Call(produce, number) for number in range(16)]:
        call.result(120)
    same(set(statuses), {200, 204}, "some had been written, some had not")
    entries, _ = streams.whole(t.admin, name)
    for number in range(16):
        same([n for p, n in entries if p == number], list(range(count)),
             f"entries of p{number}")


def test_of_many_equal_appends_of_a_producer_one_is_new(t):
    name = t.fresh("retry")
    streams.create(t.admin, name)
    for n in range(20):
        statuses = [call.result().status for call in [
            Call(streams.append, t.fresh_admin(), name, n, ("p", 0, n))
            for _ in range(8)]]
        same(sorted(statuses), [200] + [204] * 7, f"answers to {n}")
    same(streams.whole(t.admin, name)[0], list(range(20)))


def test_a_refused_append_is_not_remembered(t):
    name = t.fresh("retry")
    streams.create(t.admin, name)

    def append(seq, stream_seq):
        return t.admin.post(streams.path_of(name), [seq], headers={
            "Producer-Id": "p", "Producer-Epoch": "0",
            "Producer-Seq": str(seq), "Stream-Seq": stream_seq}).status

    same(append(0, "b"), 200)
    same(append(1, "a"), 409)
    same(append(1, "c"), 200, "the same sequence, once it may")
    same(streams.whole(t.admin, name)[0], [0, 1])


def test_what_was_written_before_the_end_is_a_duplicate_after_it(t):
    name = t.fresh("retry")
    streams.create(t.admin, name)
    for n in range(3):
        same(streams.append(t.admin, name, n, ("p", 0, n), n == 2).status, 200)
    for n in range(3):
        reply = streams.append(t.admin, name, n, ("p", 0, n), n == 2)
        same(reply.status, 204, str(reply))
        same(reply.headers["Producer-Seq"], "2")
        same(reply.headers["Stream-Closed"], "true")
    same(streams.append(t.admin, name, 3, ("p", 0, 3)).status, 409)


def test_of_two_lives_of_a_producer_the_later_writes(t):
    """Each new epoch fences the one before, which then hears 403."""
    name = t.fresh("epochs")
    streams.create(t.admin, name)

    def live(epoch):
        client, n = t.fresh_admin(), 0
        while True:
            reply = streams.append(client, name, [epoch, n],
                                   ("p", epoch, n))
            if reply.status == 403:
                same(int(reply.headers["Producer-Epoch"]) > epoch, True)
                return n
            same(reply.status, 200)
            n += 1
            if epoch == 9 and n == 20:
                return n

    written = [call.result(60) for call in [Call(live, epoch)
                                            for epoch in range(10)]]
    entries, _ = streams.whole(t.admin, name)
    same([epoch for epoch, _ in entries],
         sorted(epoch for epoch, _ in entries), "epochs, which never fall")
    for epoch in range(10):
        same([n for e, n in entries if e == epoch],
             list(range(written[epoch])), f"entries of epoch {epoch}")


def test_one_append_closes_and_the_others_hear_of_it(t):
    for _ in range(10):
        name = t.fresh("close")
        streams.create(t.admin, name)
        replies = [call.result() for call in [
            Call(streams.append, t.fresh_admin(), name, n, None, n % 4 == 3)
            for n in range(16)]]
        entries, offset = streams.whole(t.admin, name)
        same([r.status for r in replies].count(204), len(entries), "204s")
        same({r.status for r in replies} <= {204, 409}, True, "statuses")
        same(entries[-1] % 4, 3, "the last, which closes")
        same([n % 4 for n in entries[:-1]].count(3), 0, "closes before it")
        for reply in replies:
            if reply.status == 409:
                same(reply.headers["Stream-Closed"], "true")
                same(reply.headers["Stream-Next-Offset"], offset)
