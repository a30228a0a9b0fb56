"""Pull-wake subscriptions: wake streams, claims, acks, releases, fencing."""

import time

from harness.context import Call, eventually, same
from harness.subscriptions import (
    BEGINNING, Subscription, about, append, error, path_of, tails,
    wait_for_wake, wakes_in)

JSON = {"Content-Type": "application/json"}


def pull(t, **more):
    s = Subscription(t, type="pull-wake", **more)
    same(t.admin.put(f"/v1/stream/{s.wish['wake_stream']}", b"[]").status,
         201)
    return s.create()


def test_a_new_entry_is_told_in_the_wake_stream(t):
    s = pull(t)
    append(t, s.stream())
    [event] = wait_for_wake(t, s)
    same(abs(event.pop("ts") / 1000 - time.time()) < 60, True, "the time")
    same(event, {"type": "wake", "subscription_id": s.id,
                 "stream": s.stream(), "generation": 1})
    s.delete()


def test_a_wake_is_claimed_once(t):
    s = pull(t)
    end = append(t, s.stream())
    wait_for_wake(t, s)
    wake = s.claimed("one")
    same({name: wake[name] for name in ("generation", "streams",
                                        "lease_ttl_ms")}, {
        "generation": 1, "lease_ttl_ms": 30000, "streams": [{
            "path": s.stream(), "link_type": "glob",
            "acked_offset": BEGINNING, "tail_offset": end,
            "has_pending": True}]})
    reply = s.claim("two")
    error(reply, 409, "ALREADY_CLAIMED")
    same((reply.json["error"]["current_holder"],
          reply.json["error"]["generation"]), ("one", 1))
    s.delete()


def test_who_comes_before_the_dispatcher_claims_the_next_wake(t):
    s = pull(t)
    error(s.claim(), 409, "NO_PENDING_WORK")
    first = append(t, s.stream())
    wait_for_wake(t, s)
    wake = s.claimed()
    same(s.say("ack", wake["token"], about(
        wake, {s.stream(): first}, done=True)).json,
        {"ok": True, "next_wake": False})
    second = append(t, s.stream())
    wake = s.claimed()
    same((wake["generation"], tails(wake)), (2, {s.stream(): second}))
    s.delete()


def test_of_many_who_claim_at_once_one_gets_it(t):
    s = pull(t)
    append(t, s.stream())
    wait_for_wake(t, s)
    calls = [Call(t.fresh_admin().post, path_of(s.id, "/claim"),
                  {"worker": f"w{n}"}) for n in range(8)]
    same(sorted(call.result().status for call in calls),
         [200] + [409] * 7)
    s.delete()


def test_acks_move_forward_only_and_not_beyond_the_end(t):
    s = pull(t)
    ends = [append(t, s.stream(), n) for n in range(3)]
    append(t, s.stream("b"))
    wait_for_wake(t, s)
    wake = s.claimed()

    def ack(offset, name=s.stream()):
        return s.say("ack", wake["token"], about(wake, {name: offset}))

    same(ack(ends[1]).json, {"ok": True, "next_wake": False})
    same(s.acked()[s.stream()], ends[1])
    for offset, name in (
            (ends[0], s.stream()), (BEGINNING, s.stream()),
            ("0" * 26, s.stream()), ("Z" * 26, s.stream()),
            ("x", s.stream()), ("", s.stream()),
            (ends[2][:10] + "1" + ends[2][11:], s.stream()),
            (ends[2], "elsewhere"), (ends[2], s.stream("b"))):
        error(ack(offset, name), 409, "INVALID_OFFSET")
    # One that is refused takes the others with it.
    error(s.say("ack", wake["token"], about(
        wake, {s.stream(): ends[2], "elsewhere": ends[2]}, done=True)),
        409, "INVALID_OFFSET")
    same(s.acked()[s.stream()], ends[1])
    same(ack(ends[1]).status, 200)
    same(ack(ends[2], f"/{s.stream()}/").status, 200)
    same(s.acked()[s.stream()], ends[2])
    s.delete()


def test_done_with_work_left_wakes_again(t):
    s = pull(t)
    ends = [append(t, s.stream(), n) for n in range(2)]
    wait_for_wake(t, s)
    wake = s.claimed()
    same(s.say("ack", wake["token"], about(
        wake, {s.stream(): ends[0]}, done=True)).json,
        {"ok": True, "next_wake": True})
    events = wait_for_wake(t, s, 2)
    same([event["generation"] for event in events], [1, 2])
    s.delete()


def test_a_wake_that_is_given_back_is_told_again(t):
    s = pull(t)
    append(t, s.stream())
    wait_for_wake(t, s)
    wake = s.claimed("one")
    reply = s.say("release", wake["token"], about(wake))
    same((reply.status, reply.body), (204, b""))
    wait_for_wake(t, s, 2)
    error(s.say("ack", wake["token"], about(wake)), 409, "FENCED")
    error(s.say("release", wake["token"], about(wake)), 409, "FENCED")
    same(s.claimed("two")["generation"], 2)
    s.delete()


def test_a_lease_that_runs_out_fences_its_holder(t):
    s = pull(t, lease_ttl_ms=1000)
    end = append(t, s.stream())
    wait_for_wake(t, s)
    wake = s.claimed("one")
    events = wait_for_wake(t, s, 2)
    same(events[1]["generation"], 2)
    error(s.say("ack", wake["token"], about(
        wake, {s.stream(): end}, done=True)), 409, "FENCED")
    same(s.acked(), {s.stream(): BEGINNING})
    same(s.claimed("two")["generation"], 2)
    s.delete()


def test_acks_keep_the_lease(t):
    s = pull(t, lease_ttl_ms=1000)
    append(t, s.stream())
    wait_for_wake(t, s)
    wake = s.claimed()
    ends = time.monotonic() + 2
    while time.monotonic() < ends:
        reply = s.say("ack", wake["token"], about(wake))
        same(reply.status, 200, str(reply))
        time.sleep(0.2)
    same(len(wakes_in(t, s.wish["wake_stream"])), 1, "wakes")
    s.delete()


def test_a_wake_stream_that_is_missing_is_waited_for(t):
    s = Subscription(t, type="pull-wake").create()
    append(t, s.stream())
    eventually(lambda: s.get()["status"] == "failed")
    name = s.wish["wake_stream"]
    same(t.admin.put(f"/v1/stream/{name}", b"[]").status, 201)
    wait_for_wake(t, s)
    same(s.get()["status"], "active")
    s.delete()


def test_only_what_names_the_present_wake_counts(t):
    s, other = pull(t), pull(t)
    append(t, s.stream())
    append(t, other.stream())
    wait_for_wake(t, s)
    wait_for_wake(t, other)
    wake, others = s.claimed(), other.claimed()
    for verb in ("ack", "release"):
        for bad in ({"generation": 2}, {"generation": 0}, {"wake_id": "w_"},
                    {"wake_id": others["wake_id"]}, {"wake_id": None},
                    {"generation": None}):
            error(s.say(verb, wake["token"], {**about(wake), **bad}), 409,
                  "FENCED")
        error(s.say(verb, wake["token"], None), 409, "FENCED")
        for token in (None, "", "x", "x" * 75, others["token"],
                      wake["token"][:-1], wake["token"] + "A",
                      "A" + wake["token"][1:], t.admin.token):
            error(s.say(verb, token, about(wake)), 401, "TOKEN_INVALID")
    error(s.say("callback", wake["token"], about(wake)), 400,
          "INVALID_REQUEST")
    same(s.say("ack", wake["token"], about(wake)).status, 200)
    s.delete()
    other.delete()


def test_the_token_of_a_wake_opens_nothing_else(t):
    s = pull(t)
    append(t, s.stream())
    wait_for_wake(t, s)
    token = s.claimed()["token"]
    client = t.admin.with_token(token)
    for method, path in (("GET", path_of(s.id)), ("DELETE", path_of(s.id)),
                         ("HEAD", f"/v1/stream/{s.stream()}"),
                         ("GET", "/api/topic-configs")):
        same(client.request(method, path).status, 401)
    s.delete()


def test_only_a_pull_wake_is_claimed(t):
    s = Subscription(t, webhook={"url": "http://localhost:9/"}).create()
    error(s.claim(), 400, "INVALID_REQUEST")
    s.delete()
    error(s.claim(), 404, "SUBSCRIPTION_NOT_FOUND")
    same(s.client.delete(path_of(s.id)).status, 204)
