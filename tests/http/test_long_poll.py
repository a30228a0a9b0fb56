"""POST /api/messages/dequeue with wait_seconds."""

import json
import socket
import time

from harness.context import Call, Failure, eventually, same, within


def wait_beside(t, topic, **more):
    return Call(t.fresh_admin().dequeue, topic, **{"wait_seconds": 15, **more})


def test_an_enqueue_wakes_who_waits(t):
    topic = t.topic()
    for _ in range(5):
        waiting = wait_beside(t, topic)
        t.wait_for_parked(1)
        with within(2, "the wake-up"):
            id = t.admin.enqueue(topic)
            same([m["id"] for m in waiting.result()], [id])


def test_what_is_there_is_given_at_once(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    with within(2, "the dequeue"):
        same(len(t.admin.dequeue(topic, count=10, wait_seconds=15)), 1)


def test_waiting_in_vain_ends_in_time_with_nothing(t):
    topic = t.topic()
    started = time.monotonic()
    same(t.admin.dequeue(topic, wait_seconds=1), [])
    took = time.monotonic() - started
    same(1 <= took < 3, True, f"{took:.2f} s for a wait of 1 s")


def test_wait_seconds_goes_from_0_to_20(t):
    for seconds in (-1, 21):
        t.admin.post("/api/messages/dequeue", {
            "topic": t.topic(), "wait_seconds": seconds}).expect(400)
    with within(1, "no wait"):
        same(t.admin.dequeue(t.topic(), wait_seconds=0), [])


def test_each_message_wakes_one_of_many(t):
    """The waiters are spread over all worker processes, so this is also
    about wake-ups from one process to another."""
    topic = t.topic()
    waiting = [wait_beside(t, topic) for _ in range(12)]
    t.wait_for_parked(12)
    with within(5, "the wake-ups"):
        ids = [t.admin.enqueue(topic, str(n)) for n in range(12)]
        got = [call.result() for call in waiting]
    same([len(messages) for messages in got], [1] * 12)
    same(sorted(m["id"] for [m] in got), sorted(ids))


def test_waiters_are_spread_over_the_processes(t):
    topic = t.topic()
    log = t.instance.var / "log" / "sluice.log"
    seen = log.stat().st_size
    waiting = [wait_beside(t, topic) for _ in range(12)]
    t.wait_for_parked(12)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 12}).expect(201)
    for call in waiting:
        same(len(call.result()), 1)

    def waited_in():
        lines = log.read_bytes()[seen:].decode().splitlines()
        pids = [part for line in lines for part in line.split()
                if 'path="/api/messages/dequeue"' in line
                and part.startswith("pid=")]
        return len(pids) == 12 and pids

    pids = eventually(waited_in, what="the log's lines")
    same(sorted(pids.count(pid) > 2 for pid in set(pids)), [True, True],
         f"both processes had waiters, of {pids}: this")


def test_first_come_is_first_served(t):
    """Among those who wait in one process; between processes it is chance."""
    topic = t.topic()
    waiting = []
    for n in range(4):
        client = t.instance.worker_client(0, t.admin.token)
        waiting.append(Call(client.dequeue, topic, wait_seconds=15))
        t.wait_for_parked(n + 1)
    for call in waiting:
        id = t.admin.enqueue(topic)
        same([m["id"] for m in call.result(5)], [id])


def test_a_batch_goes_to_as_many_as_it_has_messages(t):
    topic = t.topic()
    waiting = [wait_beside(t, topic) for _ in range(6)]
    t.wait_for_parked(6)
    with within(5, "the wake-ups"):
        t.admin.post("/api/messages/batch", {
            "topic": topic, "messages": [{"payload": "x"}] * 6}).expect(201)
        same([len(call.result()) for call in waiting], [1] * 6)


def test_a_due_delay_wakes_who_waits(t):
    topic = t.topic()
    id = t.admin.enqueue(topic, delay_seconds=1)
    started = time.monotonic()
    same([m["id"] for m in t.admin.dequeue(topic, wait_seconds=15)], [id])
    took = time.monotonic() - started
    same(0.5 < took < 4, True, f"{took:.2f} s for a delay of 1 s")


def test_a_delay_set_while_waiting_wakes_when_due(t):
    topic = t.topic()
    waiting = [wait_beside(t, topic) for _ in range(4)]
    t.wait_for_parked(4)
    with within(6, "the wake-ups"):
        for _ in range(4):
            t.admin.enqueue(topic, delay_seconds=1)
        same([len(call.result()) for call in waiting], [1] * 4)


def test_a_visibility_timeout_wakes_who_waits(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic, visibility_timeout_seconds=1)
    waiting = [wait_beside(t, topic, wait_seconds=5) for _ in range(3)]
    got = [call.result() for call in waiting]
    same([m["id"] for messages in got for m in messages], [id])
    first = min(call.ended_at - call.started_at
                for call, messages in zip(waiting, got) if messages)
    same(first < 4, True, f"{first:.2f} s for a timeout of 1 s")


def test_a_nack_wakes_who_waits(t):
    topic = t.topic()
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    waiting = wait_beside(t, topic)
    t.wait_for_parked(1)
    with within(2, "the wake-up"):
        t.admin.nack(id).expect(204)
        same([m["id"] for m in waiting.result()], [id])


def test_a_move_to_the_dead_letters_wakes_who_waits_there(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    waiting = wait_beside(t, topic + ".dlq")
    t.wait_for_parked(1)
    with within(2, "the wake-up"):
        t.admin.nack(id).expect(204)
        same([m["id"] for m in waiting.result()], [id])


def test_who_hangs_up_takes_nothing_along(t):
    topic = t.topic()
    body = json.dumps({"topic": topic, "wait_seconds": 20}).encode()
    gone = []
    for _ in range(4):
        s = socket.create_connection(("127.0.0.1", t.instance.http_port))
        s.sendall(b"POST /api/messages/dequeue HTTP/1.1\r\nHost: x\r\n"
                  b"Authorization: Bearer " + t.admin.token.encode() +
                  b"\r\nContent-Type: application/json\r\nContent-Length: " +
                  str(len(body)).encode() + b"\r\n\r\n" + body)
        gone.append(s)
    t.wait_for_parked(4)
    for s in gone:
        s.close()
    id = t.admin.enqueue(topic)
    with within(5, "the next dequeue"):
        same([m["id"] for m in t.admin.dequeue(topic, wait_seconds=15)], [id])
    same(t.admin.message(id)["retry_count"], 0)


def test_waiting_holds_no_thread(t):
    topic = t.topic()
    waiting = [wait_beside(t, topic, wait_seconds=20) for _ in range(60)]
    t.wait_for_parked(60)
    with within(5, "requests beside 60 waiting ones"):
        for _ in range(20):
            other = t.topic()
            id = t.admin.enqueue(other)
            t.admin.dequeue(other)
            t.admin.ack(id).expect(204)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 60}).expect(201)
    for call in waiting:
        same(len(call.result()), 1)


def test_a_revoked_right_ends_the_wait(t):
    topic = t.topic()
    user = t.new_user(("consume", topic))
    waiting = Call(t.client_for(user).post, "/api/messages/dequeue", {
        "topic": topic, "wait_seconds": 20})
    t.wait_for_parked(1)
    with within(5, "the end of the wait"):
        t.admin.delete(f"/api/users/{user['id']}").expect(204)
        reply = waiting.result()
    if reply.status not in (401, 403):
        raise Failure(f"{reply}, expected 401 or 403")


def test_a_wait_does_not_outlive_its_token(t):
    topic = t.topic()
    user = t.new_user(("consume", topic))
    now = int(time.time())
    client = t.admin.with_token(t.token_for(user, iat=now, exp=now + 2))
    with within(8, "the end of the wait"):
        client.post("/api/messages/dequeue", {
            "topic": topic, "wait_seconds": 20}).expect(
            401, "invalid or expired token")
