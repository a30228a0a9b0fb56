"""GET /v1/stream/{name}?live=long-poll."""

import time

from harness.context import Call, eventually, same, within
from streams import JSON, TEXT, Door, next_offset, path_of, refused


def stream(t, body=None, kind=TEXT, **headers):
    """A door, a new stream's name and its end."""
    door, name = Door(t.admin), t.fresh("poll")
    reply = door.put(name, body, kind, **headers)
    same(reply.status, 201)
    return door, name, next_offset(reply)


def poll(client, name, offset, more="", seconds=15):
    return client.get(f"{path_of(name)}?live=long-poll&offset={offset}"
                      f"&timeout={seconds}s{more}")


def waiting(t, name, offset, more="", client=None, parked=1):
    call = Call(poll, client or t.fresh_admin(), name, offset, more)
    t.wait_for_parked(parked)
    return call


def answered(call, body, status=200, seconds=2):
    with within(seconds, "the answer"):
        reply = call.result()
    same((reply.status, reply.body.decode()), (status, body))
    return reply


def test_what_is_there_is_given_at_once(t):
    door, name, end = stream(t, "ab")
    with within(2, "the answer"):
        reply = poll(t.admin, name, "-1")
    same((reply.status, reply.body), (200, b"ab"))
    same(next_offset(reply), end)
    same(reply.headers["Stream-Up-To-Date"], "true")
    same(reply.headers["Cache-Control"], "no-store")
    same(reply.headers["Content-Type"], "text/plain")
    same(reply.headers["Stream-Cursor"].isdigit(), True)


def test_an_append_wakes_who_waits(t):
    door, name, end = stream(t, "ab")
    for offset in (end, "now"):
        call = waiting(t, name, offset)
        new = next_offset(door.post(name, "cd"))
        reply = answered(call, "cd")
        same(next_offset(reply), new)
        same(reply.headers["Stream-Up-To-Date"], "true")


def test_an_append_in_another_process_wakes_who_waits(t):
    here = t.instance.worker_client(0, t.admin.token)
    there = t.instance.worker_client(1, t.admin.token)
    for _ in range(5):
        door, name, end = stream(t)
        call = waiting(t, name, end, client=there)
        Door(here).post(name, "ab")
        answered(call, "ab")


def test_a_record_comes_as_an_array(t):
    door, name, end = stream(t, kind=JSON)
    call = waiting(t, name, end)
    door.post(name, '[{"n": 1},2]', JSON)
    reply = answered(call, '[{"n": 1},2]')
    same(reply.headers["Content-Type"], "application/json")
    end = next_offset(reply)
    call = waiting(t, name, end, "&format=raw")
    door.post(name, '[3,{"n": 4}]', JSON)
    answered(call, '3{"n": 4}')


def test_waiting_in_vain_ends_in_time_with_nothing(t):
    _, name, end = stream(t, "ab")
    for more in ("timeout=1s", "timeout=1000", "timeout_ms=1000"):
        started = time.monotonic()
        reply = t.admin.get(f"{path_of(name)}?live=long-poll&offset={end}"
                            f"&{more}")
        took = time.monotonic() - started
        same((reply.status, reply.body), (204, b""))
        same(1 <= took < 3, True, f"{took:.2f} s for {more}")
        same(next_offset(reply), end)
        same(reply.headers["Stream-Up-To-Date"], "true")
        same(reply.headers["Stream-Closed"], None)
        same(reply.headers["Stream-Cursor"].isdigit(), True)
        same(reply.headers["Cache-Control"], "no-store")


def test_no_time_is_no_wait(t):
    _, name, end = stream(t)
    with within(1, "the answer"):
        same(poll(t.admin, name, end, seconds=0).status, 204)


def test_live_true_is_a_long_poll(t):
    _, name, end = stream(t)
    for word in ("true", "1"):
        same(t.admin.get(f"{path_of(name)}?live={word}&offset={end}"
                         "&timeout=1ms").status, 204)


def test_a_cursor_moves_on(t):
    _, name, end = stream(t, "ab")

    def cursor_after(more):
        return int(poll(t.admin, name, "-1", more).headers["Stream-Cursor"])

    now = int((time.time() - 1728432000) / 20)
    first = cursor_after("")
    same(now <= first <= now + 1, True, "it counts 20 seconds")
    for had in (first, first + 100):
        same(had < cursor_after(f"&cursor={had}") <= had + 181, True)
    for had in ("x", "-1", str(first - 5), "9" * 30):
        same(abs(cursor_after(f"&cursor={had}") - first) <= 1, True)


def test_a_close_ends_all_waiting(t):
    door, name, end = stream(t)
    calls = [waiting(t, name, end, parked=n + 1) for n in range(3)]
    door.post(name, None, None, stream_closed="true")
    for call in calls:
        reply = answered(call, "", 204)
        same(reply.headers["Stream-Closed"], "true")
        same(next_offset(reply), end)
    with within(1, "the answer"):
        reply = poll(t.admin, name, end)
    same((reply.status, reply.headers["Stream-Closed"]), (204, "true"))


def test_a_last_append_comes_before_the_close(t):
    door, name, end = stream(t)
    call = waiting(t, name, end)
    door.post(name, "ab", stream_closed="true")
    reply = answered(call, "ab")
    same(reply.headers["Stream-Closed"], "true")


def test_a_delete_ends_all_waiting(t):
    door, name, end = stream(t)
    here = t.instance.worker_client(0, t.admin.token)
    calls = [waiting(t, name, end, client=t.instance.worker_client(
        n, t.admin.token), parked=n + 1) for n in range(2)]
    Door(here).delete(name)
    for call in calls:
        with within(2, "the answer"):
            refused(call.result(), 404, "not_found")


def test_a_new_life_is_not_the_one_that_was_waited_for(t):
    door, name, end = stream(t, "ab")
    call = waiting(t, name, end)
    t.sql("begin; "
          f"select sluice.stream_end(sluice.stream_id('{name}'), '{name}', "
          "0::smallint); update sluice.streams set state = 0, "
          f"incarnation = incarnation + 1 where name = '{name}'; commit")
    door.post(name, "cd")
    with within(2, "the answer"):
        refused(call.result(), 410, "gone")


def test_what_expires_ends_its_waiters(t):
    door, name, end = stream(t)
    t.sql("update sluice.streams set expires_at = now() + interval '1 s' "
          f"where name = '{name}'")
    call = Call(poll, t.fresh_admin(), name, end)
    with within(4, "the answer"):
        refused(call.result(), 404, "not_found", "stream expired")


def test_who_waits_renews_what_slides(t):
    door, name, end = stream(t, stream_ttl="1")
    call = waiting(t, name, end)
    ends = time.monotonic() + 3
    eventually(lambda: time.monotonic() > ends or not call.is_alive())
    door.post(name, "ab")
    answered(call, "ab")


def test_only_the_key_that_is_waited_for(t):
    door, name, end = stream(t)
    call = waiting(t, name, end, "&key=b")
    other = next_offset(door.post(name, "1", stream_key="a"))
    eventually(lambda: t.metric("sluice_parked_requests") >= 1)
    door.post(name, "2", stream_key="b")
    answered(call, "2")
    reply = poll(t.admin, name, end, "&key=c", seconds=0)
    same(reply.status, 204)
    same(next_offset(reply) > other, True, "it has looked at all of them")
    call = Call(t.fresh_admin().get, f"{path_of(name)}/pk/c?live=long-poll"
                f"&offset={end}&timeout=15s")
    t.wait_for_parked(1)
    door.post(name, "3", stream_key="c")
    answered(call, "3")


def test_many_who_wait_at_one_end(t):
    door, name, end = stream(t)
    calls = [waiting(t, name, end, parked=0) for _ in range(40)]
    t.wait_for_parked(40)
    new = next_offset(door.post(name, "ab"))
    for call in calls:
        same(next_offset(answered(call, "ab")), new)


def test_who_waits_behind_the_end_gets_what_comes_there(t):
    door, name, end = stream(t)
    second = "0000000000000000000G000000"
    call = waiting(t, name, second)
    same(next_offset(door.post(name, "1")), second)
    eventually(lambda: t.metric("sluice_parked_requests") >= 1)
    same(call.is_alive(), True)
    door.post(name, "2")
    answered(call, "2")


def test_a_right_that_is_taken_away_ends_the_wait(t):
    door, name, end = stream(t)
    user = t.new_user(("read", f"stream:{name}"))
    call = waiting(t, name, end, client=t.client_for(user))
    path = f"/api/users/{user['id']}/grants"
    [grant] = t.admin.get(path).expect(200)["items"]
    t.admin.delete(f"{path}/{grant['id']}").expect(204)
    with within(3, "the answer"):
        same(call.result().status, 403)


def test_a_lost_note_costs_time_but_no_entry(t):
    """An append that nobody is told of: rows that come by themselves."""
    door, name, end = stream(t)
    call = Call(poll, t.fresh_admin(), name, end, "", 60)
    t.wait_for_parked(1)
    t.sql("with s as (update sluice.streams set next_seq = next_seq + 1 "
          f"where name = '{name}' returning stream_id, next_seq) "
          "insert into sluice.entries (stream_id, incarnation, seq, at, data)"
          " select stream_id, 0, next_seq - 1, now(), 'ab' from s")
    answered(call, "ab", seconds=35)


def test_a_key_is_looked_for_in_all_that_a_fork_has(t):
    """More sources than one page looks into (READ_SEGMENTS_MAX)."""
    door, name, end = stream(t, "a")
    # Who parks where nobody does may be called once more for other reasons.
    other = waiting(t, name, end)
    first = name
    for _ in range(18):
        source, name = name, t.fresh("fork")
        same(door.put(name, "a", stream_forked_from=path_of(source)).status,
             201)
    door.post(name, "b", stream_key="k")
    for _ in range(20):
        with within(2, "the answer"):
            reply = poll(t.admin, name, "-1", "&key=k", seconds=3)
        same((reply.status, reply.body), (200, b"b"))
    door.post(first, "c")
    answered(other, "c")
