"""GET /v1/stream/{name}?live=sse."""

import base64
import json
import re
import socket
import threading
import time

from events import Events
from harness.client import raw_exchange
from harness.context import eventually, same, within
from streams import JSON, TEXT, Door, next_offset, path_of, refused

BYTES = {"Content-Type": "application/octet-stream"}


def stream(t, body=None, kind=TEXT, **headers):
    """A door, a new stream's name and its end."""
    door, name = Door(t.admin), t.fresh("events")
    reply = door.put(name, body, kind, **headers)
    same(reply.status, 201)
    return door, name, next_offset(reply)


def is_open(control, offset):
    cursor = control.pop("streamCursor")
    same(re.fullmatch("[0-9]+", cursor) is not None, True, "digits")
    same(control, {"streamNextOffset": offset, "upToDate": True})


def test_what_is_there_and_what_comes(t):
    door, name, end = stream(t, "ab")
    with Events(t.admin, name) as events:
        same(events.status, 200)
        same(events.headers["Content-Type"], "text/event-stream")
        same(events.headers["Cache-Control"], "no-cache, no-store")
        same(events.headers["Content-Length"], None)
        same(events.headers["X-Content-Type-Options"], "nosniff")
        same(events.headers["Stream-SSE-Data-Encoding"], None)
        data, control = events.data()
        same(data, "ab")
        is_open(control, end)
        for word in ("cd", "ef"):
            new = next_offset(door.post(name, word))
            data, control = events.data()
            same(data, word)
            is_open(control, new)


def test_an_empty_stream_says_where_it_is(t):
    door, name, end = stream(t)
    for query in ("offset=-1", "offset=now", f"offset={end}"):
        with Events(t.admin, name, query) as events:
            is_open(events.control(), end)


def test_now_leaves_out_what_is_there(t):
    door, name, end = stream(t, "ab")
    with Events(t.admin, name, "offset=now") as events:
        is_open(events.control(), end)
        door.post(name, "cd")
        same(events.data()[0], "cd")
        same(events.comments, 0, "heartbeats")


def test_a_reader_comes_back_with_its_offset(t):
    door, name, _ = stream(t, "ab")
    with Events(t.admin, name) as events:
        _, control = events.data()
    door.post(name, "cd")
    with Events(t.admin, name,
                f"offset={control['streamNextOffset']}") as events:
        same(events.data()[0], "cd")


def test_records_are_an_array(t):
    door, name, _ = stream(t, '[{"n": 1},\n 2]', JSON)
    with Events(t.admin, name) as events:
        same(json.loads(events.data()[0]), [{"n": 1}, 2])
        door.post(name, '{"n":\r\n 3}', JSON)
        same(json.loads(events.data()[0]), [{"n": 3}])


def test_bytes_are_base64(t):
    first = bytes(range(256))
    door, name, _ = stream(t, first, BYTES)
    with Events(t.admin, name) as events:
        same(events.headers["Stream-SSE-Data-Encoding"], "base64")
        same(base64.b64decode(events.data()[0], validate=True), first)
        for n in (1, 2, 3):
            door.post(name, b"\0" * n, BYTES)
            same(base64.b64decode(events.data()[0]), b"\0" * n)


def test_no_text_can_pretend_to_be_an_event(t):
    for end in ("\n", "\r", "\r\n"):
        text = end.join(["a", "", "event: control", 'data: {"x":1}', "",
                         " b", ""])
        door, name, _ = stream(t, text)
        with Events(t.admin, name) as events:
            same(events.data()[0], text.replace(end, "\n"))
            door.post(name, text)
            same(events.data()[0], text.replace(end, "\n"))


def test_a_close_is_the_end(t):
    door, name, end = stream(t, "ab")
    readers = [Events(t.admin, name) for _ in range(3)]
    for events in readers:
        events.data()
    last = next_offset(door.post(name, "cd", stream_closed="true"))
    for events in readers:
        data, control = events.data()
        same(data, "cd")
        same(control, {"streamNextOffset": last, "streamClosed": True})
        same(events.event(), None)
    with Events(t.admin, name, f"offset={last}") as events:
        same(events.control(),
             {"streamNextOffset": last, "streamClosed": True})
        same(events.event(), None)
    beyond = "000000000000000000G0000000"
    with Events(t.admin, name, f"offset={beyond}") as events:
        same(events.control(),
             {"streamNextOffset": beyond, "streamClosed": True})
        same(events.event(), None)


def test_a_close_without_an_entry(t):
    door, name, end = stream(t, "ab")
    with Events(t.admin, name, "offset=now") as events:
        events.control()
        door.post(name, None, None, stream_closed="true")
        same(events.control(),
             {"streamNextOffset": end, "streamClosed": True})
        same(events.event(), None)


def test_a_delete_is_the_end_too(t):
    door, name, _ = stream(t, "ab")
    with Events(t.admin, name) as events:
        events.data()
        door.delete(name)
        with within(2, "the end"):
            same(events.event(), None)


def test_in_the_other_process(t):
    here = t.instance.worker_client(0, t.admin.token)
    there = t.instance.worker_client(1, t.admin.token)
    door, name, _ = stream(t)
    with Events(there, name) as events:
        events.control()
        for n in range(20):
            Door(here).post(name, str(n % 10))
            with within(2, "the event"):
                same(events.data()[0], str(n % 10))


def test_refusals(t):
    door, name, _ = stream(t, "ab")
    for path, status in ((path_of(name) + "?live=sse", 400),
                         (path_of(t.fresh("no")) + "?live=sse&offset=-1",
                          404),
                         (path_of(name) + "?live=sse&offset=x", 400),
                         (path_of(name) + "?live=sse&offset=-1&format=json",
                          400)):
        reply = t.admin.get(path)
        same(reply.status, status, path)
        same(reply.headers["Content-Type"], "application/json")
        same(bool(reply.error), True)
    stranger = t.user(("write", f"stream:{name}"))
    refused(stranger.get(path_of(name) + "?live=sse&offset=-1"), 403,
            "forbidden")


def test_only_one_key(t):
    door, name, end = stream(t)
    with Events(t.admin, name, "offset=-1&key=b") as events:
        events.control()
        for n in range(6):
            door.post(name, str(n), stream_key="ab"[n % 2])
        events.until("135")
    with Events(t.admin, None, "offset=-1",
                path_of(name) + "/pk/a") as events:
        same(events.data()[0], "024")


def test_a_long_stream_comes_in_many_events(t):
    """Each with its control event; only the last says that it is up to
    date."""
    door, name, _ = stream(t)
    lines = [f"{n:04}" + "x" * 995 + "\n" for n in range(1000)]
    for n in range(0, 1000, 100):
        for line in lines[n:n + 100]:
            door.post(name, line)
    got, up_to_date, events_seen = "", [], 0
    with Events(t.admin, name) as events:
        while len(got) < 1000000:
            data, control = events.data()
            got += data
            up_to_date.append(control.get("upToDate", False))
    same(got == "".join(lines), True, "all lines in order")
    same(len(up_to_date) > 10, True)
    same(up_to_date, [False] * (len(up_to_date) - 1) + [True])


def test_readers_and_writers_at_once(t):
    """Each reader gets every entry once, in order, wherever it began and
    whichever process it is in."""
    door, name, _ = stream(t, kind=JSON)
    writers, each = 4, 50
    got, faults = [[] for _ in range(12)], []

    def read(n):
        client = t.instance.worker_client(n % 2, t.admin.token)
        try:
            with Events(client, name) as events:
                while len(got[n]) < writers * each:
                    kind, data = events.event(20)
                    if kind == "data":
                        got[n] += json.loads(data)
        except BaseException as fault:
            faults.append(fault)

    def write(w):
        here = Door(t.instance.worker_client(w % 2, t.admin.token))
        for n in range(each):
            same(here.post(name, json.dumps([[w, n]]), JSON).status, 204)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(12)]
    threads += [threading.Thread(target=write, args=(w,))
                for w in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(faults, [])
    want = t.admin.get(path_of(name)).json
    same(len(want), writers * each)
    for reader in got:
        same(reader, want)


def test_a_reader_that_takes_nothing_costs_others_nothing(t):
    door, name, _ = stream(t)
    with socket.create_connection(("127.0.0.1",
                                   t.instance.http_port)) as slow:
        slow.sendall(f"GET {path_of(name)}?live=sse&offset=-1 HTTP/1.1\r\n"
                     "Host: x\r\nAuthorization: Bearer "
                     f"{t.admin.token}\r\n\r\n".encode())
        t.wait_for_parked(1)
        with Events(t.admin, name) as events:
            events.control()
            big = "x" * 1000000
            for n in range(20):
                door.post(name, big)
                with within(3, "the event"):
                    same(len(events.data()[0]), len(big))
        # And the slow one has all of it when it reads on.
        got, want = 0, 20 * len(big)
        slow.settimeout(10)
        while got < want:
            chunk = slow.recv(1 << 16)
            same(bool(chunk), True, "the reply goes on")
            got += chunk.count(b"x")


def test_a_right_that_is_taken_away_ends_it(t):
    door, name, _ = stream(t, "ab")
    user = t.new_user(("read", f"stream:{name}"))
    with Events(t.client_for(user), name) as events:
        events.data()
        t.admin.delete(f"/api/users/{user['id']}").expect(204)
        with within(3, "the end"):
            same(events.event(), None)


def test_a_token_that_ends_is_the_end(t):
    door, name, _ = stream(t, "ab")
    user = t.new_user(("read", f"stream:{name}"))
    client = t.admin.with_token(t.token_for(
        user, exp=int(time.time()) + 2))
    with Events(client, name) as events:
        events.data()
        with within(4, "the end"):
            same(events.event(), None)


def test_a_quiet_stream_has_a_heartbeat(t):
    door, name, _ = stream(t)
    with Events(t.admin, name) as events:
        events.control()
        started = time.monotonic()
        events.connection.sock.settimeout(20)
        same(events.answer.readline(), b":\n")
        same(events.answer.readline(), b"\n")
        took = time.monotonic() - started
        same(14 < took < 17, True, f"a comment after {took:.1f} s")
        door.post(name, "ab")
        same(events.data()[0], "ab")


def test_a_head_does_not_wait(t):
    door, name, end = stream(t, "ab")
    with within(2, "the answer"):
        reply = t.admin.request("HEAD",
                                path_of(name) + "?live=sse&offset=-1")
    same((reply.status, next_offset(reply)), (200, end))


def test_who_hangs_up_is_forgotten(t):
    door, name, end = stream(t)
    for _ in range(10):
        with Events(t.admin, name) as events:
            events.control()
    eventually(lambda: t.metric("sluice_parked_requests") == 0)
    with Events(t.admin, name) as events:
        events.control()
        door.post(name, "ab")
        same(events.data()[0], "ab")


def test_http_1_0_gets_events_too(t):
    door, name, _ = stream(t, "ab", stream_closed="true")
    answer = raw_exchange(
        t.instance.http_port,
        f"GET {path_of(name)}?live=sse&offset=-1 HTTP/1.0\r\n"
        f"Authorization: Bearer {t.admin.token}\r\n\r\n".encode())
    same(b"\nevent: data\ndata:ab\n\nevent: control\n" in answer, True)
