"""Subscriptions that call a webhook: what it is told, when, how often."""

import threading
import time

from harness.context import eventually, same
from harness.receiver import Receiver
from harness.subscriptions import (
    BEGINNING, Subscription, about, append, check_signature, error, tails,
    thumbprint)


def webhook(t, receiver, **more):
    return Subscription(t, webhook={"url": receiver.url}, **more)


def test_a_new_entry_calls_the_webhook(t):
    with Receiver() as receiver:
        s = webhook(t, receiver).create()
        end = append(t, s.stream())
        call = receiver.next()
        same(call.path, "/hook")
        same(call.headers["Content-Type"], "application/json")
        base = f"http://127.0.0.1:{t.instance.http_port}"
        wake_id, token = call.body["wake_id"], call.body["callback_token"]
        same(call.body, {
            "subscription_id": s.id, "wake_id": wake_id, "generation": 1,
            "streams": [{
                "path": s.stream(), "link_type": "glob",
                "acked_offset": BEGINNING, "tail_offset": end,
                "has_pending": True}],
            "callback_url": f"{base}/v1/stream/__ds/subscriptions/{s.id}"
                            "/callback",
            "callback_token": token})
        s.delete()


def test_calls_are_signed(t):
    with Receiver() as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        at, key = check_signature(t, receiver.next())
        same(abs(at - time.time()) < 60, True, "the time")
        same({n: v for n, v in key.items() if n not in ("x", "kid")}, {
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"})
        same(key["kid"], thumbprint(key))
        signing = s.get()["webhook"]["signing"]
        same(signing, {
            "alg": "ed25519", "kid": key["kid"], "jwks_url":
            f"http://127.0.0.1:{t.instance.http_port}"
            "/v1/stream/__ds/jwks.json"})
        s.delete()


def test_a_retired_key_is_followed_by_another(t):
    with Receiver(lambda call: (200, b'{"done": true}')) as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        _, old = check_signature(t, receiver.next())
        t.sql("update sluice.webhook_keys set retired_at = now()")
        new = s.get()["webhook"]["signing"]["kid"]
        same(new != old["kid"], True, "it is another key")
        time.sleep(1.1)  # the dispatcher looks once a second
        append(t, s.stream())
        _, key = check_signature(t, receiver.next())
        same(key["kid"], new)
        keys = t.anonymous().get("/v1/stream/__ds/jwks.json").json["keys"]
        same(new == keys[0]["kid"] and old in keys, True, "both published")
        s.delete()


def test_an_answer_done_acks_what_was_told(t):
    with Receiver(lambda call: (200, b'{"done": true}')) as receiver:
        s = webhook(t, receiver).create()
        end = append(t, s.stream())
        receiver.next()
        eventually(lambda: s.acked() == {s.stream(): end})
        end = append(t, s.stream())
        same(receiver.next().body["generation"], 2)
        eventually(lambda: s.acked() == {s.stream(): end})
        same(receiver.calls.empty(), True, "no more calls")
        s.delete()


def test_what_comes_after_the_snapshot_wakes_again(t):
    ended = []

    def answer(call):
        if not ended:
            ended.append(append(t, call.body["streams"][0]["path"]))
        return 200, b'{"done": true}'

    with Receiver(answer) as receiver:
        s = webhook(t, receiver).create()
        first = append(t, s.stream())
        same(tails(receiver.next().body), {s.stream(): first})
        second = receiver.next().body
        same(second["generation"], 2)
        same(second["streams"][0]["acked_offset"], first)
        same(tails(second), {s.stream(): ended[0]})
        eventually(lambda: s.acked() == {s.stream(): ended[0]})
        s.delete()


def test_a_callback_acks_and_ends_the_wake(t):
    with Receiver() as receiver:
        s = webhook(t, receiver).create()
        end = append(t, s.stream())
        wake = receiver.next().body
        body = about(wake, {s.stream(): end}, done=True)
        reply = s.say("callback", wake["callback_token"], body)
        same((reply.status, reply.json), (200, {"ok": True,
                                                "next_wake": False}))
        same(s.acked(), {s.stream(): end})
        error(s.say("callback", wake["callback_token"], body), 409, "FENCED")
        s.delete()


def test_done_without_acks_wakes_again(t):
    with Receiver() as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        wake = receiver.next().body
        reply = s.say("callback", wake["callback_token"],
                      about(wake, done=True))
        same(reply.json, {"ok": True, "next_wake": True})
        again = receiver.next().body
        same(again["generation"], 2)
        same(again["wake_id"] != wake["wake_id"], True, "another wake")
        s.delete()


def test_while_a_wake_is_under_way_there_is_no_other(t):
    with Receiver() as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        wake = receiver.next().body
        end = append(t, s.stream())
        reply = s.say("callback", wake["callback_token"],
                      about(wake, {s.stream(): end}))
        same(reply.json, {"ok": True, "next_wake": False})
        same(receiver.calls.empty(), True, "no more calls")
        reply = s.say("callback", wake["callback_token"],
                      about(wake, done=True))
        same(reply.json, {"ok": True, "next_wake": False})
        s.delete()


def test_a_lease_that_runs_out_wakes_again(t):
    with Receiver() as receiver:
        s = webhook(t, receiver, lease_ttl_ms=1000).create()
        append(t, s.stream())
        first = receiver.next().body
        started = time.monotonic()
        second = receiver.next().body
        took = time.monotonic() - started
        same(0.8 < took < 3, True, f"{took} s")
        same(second["generation"], first["generation"] + 1)
        error(s.say("callback", first["callback_token"], about(first)), 409,
              "FENCED")
        s.delete()


def test_callbacks_keep_the_lease(t):
    with Receiver() as receiver:
        s = webhook(t, receiver, lease_ttl_ms=1000).create()
        append(t, s.stream())
        wake = receiver.next().body
        ends = time.monotonic() + 2
        while time.monotonic() < ends:
            reply = s.say("callback", wake["callback_token"], about(wake))
            same(reply.status, 200, str(reply))
            time.sleep(0.2)
        same(receiver.calls.empty(), True, "no other wake")
        s.delete()


def test_what_fails_is_tried_again_later_and_later(t):
    """Pauses of 1 and 2 seconds, give or take a fifth."""
    times = []

    def answer(call):
        times.append(time.monotonic())
        return (503, b"") if len(times) < 3 else (200, b'{"done": true}')

    with Receiver(answer) as receiver:
        s = webhook(t, receiver).create()
        end = append(t, s.stream())
        first = receiver.next().body
        eventually(lambda: s.get()["status"] == "failed")
        second, third = receiver.next().body, receiver.next().body
        same(second["wake_id"], first["wake_id"])
        same(third["generation"], 1)
        pauses = [b - a for a, b in zip(times, times[1:])]
        same(0.7 < pauses[0] < 1.5 and 1.5 < pauses[1] < 2.8, True,
             f"{pauses}")
        eventually(lambda: s.acked() == {s.stream(): end})
        same(s.get()["status"], "active")
        s.delete()


def test_redirects_and_endless_answers_are_not_followed(t):
    with Receiver() as other:
        answers = iter([
            (302, b"", ("Location", other.url)),
            (200, b"x" * (1 << 20)),
        ])
        with Receiver(lambda call: next(answers)) as receiver:
            s = webhook(t, receiver, lease_ttl_ms=600000).create()
            append(t, s.stream())
            receiver.next()
            eventually(lambda: s.get()["status"] == "failed")
            receiver.next()
            # An answer that is too long is still an answer: accepted.
            eventually(lambda: s.get()["status"] == "active")
            same(other.calls.empty(), True, "the redirect")
            s.delete()


def test_nobody_there_is_a_failure(t):
    receiver = Receiver()
    url = receiver.url
    receiver.close()
    s = Subscription(t, webhook={"url": url}).create()
    append(t, s.stream())
    eventually(lambda: s.get()["status"] == "failed")
    s.delete()


def test_a_deleted_subscription_is_not_called_back(t):
    go_on = threading.Event()

    def answer(call):
        go_on.wait(10)
        return 200, b'{"done": true}'

    with Receiver(answer) as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        wake = receiver.next().body
        s.delete()
        error(s.say("callback", wake["callback_token"],
                    about(wake, done=True)), 404, "SUBSCRIPTION_NOT_FOUND")
        # Its successor is another one, whose first wake that was not.
        s.create(pattern=f"{s.root}/nothing")
        error(s.say("callback", wake["callback_token"],
                    about(wake, done=True)), 401, "TOKEN_INVALID")
        go_on.set()
        append(t, s.stream("nothing"))
        same(receiver.next().body["generation"], 1)
        s.delete()


def test_streams_named_later_wake_too(t):
    with Receiver() as receiver:
        name = t.fresh("named")
        s = webhook(t, receiver, streams=[name]).create(pattern=None)
        other = t.fresh("named")
        append(t, other)
        same(s.client.post(f"/v1/stream/__ds/subscriptions/{s.id}/streams",
                           {"streams": [other]}).status, 204)
        end = append(t, other)
        wake = receiver.next().body
        found = {stream["path"]: stream for stream in wake["streams"]}
        same(found[other]["tail_offset"], end)
        same(found[other]["link_type"], "explicit")
        same(found[name]["has_pending"], False)
        s.delete()


def test_a_stream_that_lives_again_wakes_from_its_beginning(t):
    with Receiver(lambda call: (200, b'{"done": true}')) as receiver:
        s = webhook(t, receiver).create()
        append(t, s.stream())
        append(t, s.stream())
        end = append(t, s.stream())
        eventually(lambda: s.acked().get(s.stream()) == end)
        same(t.admin.delete(f"/v1/stream/{s.stream()}").status, 204)
        while not receiver.calls.empty():
            receiver.next()
        end = append(t, s.stream())
        [stream] = receiver.next().body["streams"]
        same((stream["acked_offset"], stream["tail_offset"]),
             (BEGINNING, end))
        s.delete()


def test_entries_written_through_any_worker_are_heard(t):
    """Also in a stream that has concerned nobody before."""
    with Receiver(lambda call: (200, b'{"done": true}')) as receiver:
        other = webhook(t, receiver).create(pattern=t.fresh("nothing"))
        s = webhook(t, receiver)
        for number in t.instance.workers():
            client = t.instance.worker_client(number, t.admin.token)
            path = f"/v1/stream/{s.stream(f'of-{number}')}"
            same(client.put(path, {}).status, 201)
            same(client.post(path, {}).status, 204)
        s.create()
        for number in t.instance.workers():
            client = t.instance.worker_client(number, t.admin.token)
            path = f"/v1/stream/{s.stream(f'of-{number}')}"
            same(client.post(path, {}).status, 204)
            [told] = [stream for stream in receiver.next(5).body["streams"]
                      if stream["has_pending"]]
            same(told["path"], s.stream(f"of-{number}"))
        s.delete()
        other.delete()
