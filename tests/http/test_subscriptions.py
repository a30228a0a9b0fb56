"""Subscriptions: creating, comparing, seeing, patterns, streams by name."""

import ipaddress
import json
import socket

from harness.client import Failure
from harness.context import eventually, same
from harness.instance import Instance
from harness.receiver import Receiver, certificate_in
from harness.subscriptions import (
    BASE, BEGINNING, Subscription, append, error, path_of)

HOOK = {"url": "http://localhost:9/hook"}


def counted(t):
    return t.sql("select count(*) || '|' || (select count(*) from "
                 "sluice.subscription_streams) from sluice.subscriptions")


def test_a_subscription_is_created_and_confirmed(t):
    s = Subscription(t, webhook=HOOK, description="what it is for")
    reply = s.put()
    same(reply.status, 201)
    made = reply.json
    signing = made["webhook"].pop("signing")
    same(sorted(signing), ["alg", "jwks_url", "kid"])
    same({n: v for n, v in made.items() if n != "created_at"}, {
        "id": s.id, "subscription_id": s.id, "type": "webhook",
        "pattern": f"{s.root}/*", "streams": [], "webhook": HOOK,
        "wake_stream": None, "lease_ttl_ms": 30000, "status": "active",
        "description": "what it is for"})
    again = s.put()
    same(again.status, 200)
    same(again.json, s.get())
    same(again.json["created_at"], made["created_at"])
    same(s.put(pattern=f"/{s.root}/*/").status, 200)
    s.delete()
    error(t.admin.get(path_of(s.id)), 404, "SUBSCRIPTION_NOT_FOUND")
    s.delete()


def test_another_configuration_is_a_conflict(t):
    s = Subscription(t, webhook=HOOK, streams=["b", "a"],
                     description="d").create()
    same(s.put(streams=["a", "/b/", "a"]).status, 200)
    before = s.get()
    for other in ({"pattern": "x/*"}, {"pattern": None},
                  {"streams": ["a"]}, {"streams": None},
                  {"lease_ttl_ms": 30001}, {"description": None},
                  {"description": ""},
                  {"webhook": {"url": "http://localhost:9/other"}},
                  {"type": "pull-wake", "webhook": None,
                   "wake_stream": "w"}):
        error(s.put(**other), 409, "SUBSCRIPTION_ALREADY_EXISTS")
    same(s.get(), before)
    s.delete()


def test_what_is_there_already_is_not_told(t):
    s = Subscription(t, webhook=HOOK, streams=["not there"])
    end = append(t, s.stream("b"))
    append(t, s.stream("b/c"))
    append(t, s.root)
    named = t.fresh("named")
    named_end = append(t, named)
    s.wish["streams"] += [named, s.stream("b")]
    s.create()
    same(s.acked(), {s.stream("b"): end, named: named_end,
                     "not there": BEGINNING})
    same({x["path"]: x["link_type"] for x in s.get()["streams"]}[
        s.stream("b")], "explicit")
    s.delete()


def test_patterns_are_of_whole_segments(t):
    names = ["", "/a", "/a/b", "/a/b/c", "/b", "x", "/a.b", "/*"]
    for pattern, fits in (
            ("", [""]),
            ("/*", ["/a", "/b", "/a.b", "/*"]),
            ("/**", ["", "/a", "/a/b", "/a/b/c", "/b", "/a.b", "/*"]),
            ("/**/**", ["", "/a", "/a/b", "/a/b/c", "/b", "/a.b", "/*"]),
            ("/**/b", ["/a/b", "/b"]),
            ("/*/b", ["/a/b"]),
            ("/a/**", ["/a", "/a/b", "/a/b/c"]),
            ("/*/**", ["/a", "/a/b", "/a/b/c", "/b", "/a.b", "/*"]),
            ("/**/*", ["/a", "/a/b", "/a/b/c", "/b", "/a.b", "/*"]),
            ("/a.b", ["/a.b"]),
            ("/a%2Fb", []),
            ("/%2a", ["/*"])):
        s = Subscription(t, webhook=HOOK)
        for name in names:
            append(t, s.root + name)
        s.create(pattern=s.root + pattern)
        same(sorted(s.acked()), sorted(s.root + name for name in fits),
             f"what fits {pattern}")
        s.delete()
    s = Subscription(t, webhook=HOOK)
    append(t, f"a/{s.root}")
    append(t, f"a/b/{s.root}")
    append(t, f"{s.root}")
    for pattern, fits in ((f"**/{s.root}", ["", "a/", "a/b/"]),
                          (f"*/{s.root}", ["a/"]),
                          (f"**/b/{s.root}", ["a/b/"])):
        s.create(pattern=pattern)
        same(sorted(s.acked()), sorted(f"{x}{s.root}" for x in fits))
        s.delete()


def test_streams_are_added_and_removed_by_name(t):
    s = Subscription(t, webhook=HOOK).create()
    streams = path_of(s.id, "/streams")
    both, named = s.stream("both"), t.fresh("named")
    end = append(t, both)
    eventually(lambda: both in s.acked())
    same(t.admin.post(streams, {"streams": [f"/{named}", both]}).status, 204)
    same(t.admin.post(streams, {"streams": [named]}).status, 204)
    kinds = {x["path"]: x["link_type"] for x in s.get()["streams"]}
    same(kinds, {both: "explicit", named: "explicit"})
    same(s.acked()[both], BEGINNING, "it stays where it was")
    for name in (named, both, named):
        path = f"{streams}/{name.replace('/', '%2F')}"
        same(t.admin.delete(path).status, 204)
    kinds = {x["path"]: x["link_type"] for x in s.get()["streams"]}
    same(kinds, {both: "glob"})
    same(len(end), 26)
    s.delete()
    error(t.admin.post(streams, {"streams": ["x"]}), 404,
          "SUBSCRIPTION_NOT_FOUND")
    error(t.admin.delete(f"{streams}/x"), 404, "SUBSCRIPTION_NOT_FOUND")


def test_nonsense_is_refused_and_changes_nothing(t):
    before = counted(t)
    s = Subscription(t, webhook=HOOK)
    pull = {"type": "pull-wake", "webhook": None, "wake_stream": "w"}
    for bad in (
            {"type": None}, {"type": "push"}, {"type": 7},
            {"pattern": None}, {"pattern": ""}, {"pattern": "/"},
            {"pattern": 7}, {"pattern": "a*"}, {"pattern": "a//b"},
            {"pattern": "a/***"}, {"pattern": "a\nb"},
            {"pattern": "x" * 513}, {"pattern": "/".join("a" * 33)},
            {"streams": "a"}, {"streams": [1]}, {"streams": [""]},
            {"streams": ["/"]}, {"streams": ["x" * 1025]},
            {"streams": ["__ds"]}, {"streams": ["/__ds/x"]},
            {"streams": ["a\0"]},
            {"streams": [f"s{n}" for n in range(1001)]},
            {"pattern": None, "streams": []},
            {"lease_ttl_ms": 999}, {"lease_ttl_ms": 600001},
            {"lease_ttl_ms": "1000"}, {"lease_ttl_ms": 1000.5},
            {"description": 7}, {"description": "x" * 1025},
            {"description": "\0"},
            {"webhook": None}, {"webhook": "x"}, {"webhook": {}},
            {"webhook": {"url": ""}}, {"webhook": {"url": 7}},
            {"webhook": {**HOOK, "more": 1}}, {"wake_stream": "w"},
            {**pull, "wake_stream": None}, {**pull, "wake_stream": ""},
            {**pull, "wake_stream": "__ds/w"}, {**pull, "webhook": HOOK},
            {**pull, "streams": ["w"]}, {"more": 1}):
        reply = s.put(**bad)
        error(reply, 400, "INVALID_REQUEST")
    for raw in (b"", b"[]", b"{", b"7", b'{"type":"webhook"}x'):
        error(t.admin.put(path_of(s.id), raw), 400, "INVALID_REQUEST")
    error(t.admin.put(path_of("x" * 256), s.wish), 400, "INVALID_REQUEST")
    error(t.admin.put(path_of("a\tb"), s.wish), 400, "INVALID_REQUEST")
    same(counted(t), before)
    same(t.admin.post(path_of(s.id)).status, 405)
    s.create()
    before = counted(t)
    for bad in ({}, {"streams": []}, {"streams": [7]}, {"streams": None},
                {"streams": ["a"], "more": 1},
                {"streams": [f"s{n}" for n in range(1001)]}):
        error(t.admin.post(path_of(s.id, "/streams"), bad), 400,
              "INVALID_REQUEST")
    same(counted(t), before)
    s.delete()


def test_acks_of_the_wrong_shape_are_refused(t):
    s = Subscription(t, type="pull-wake").create()
    append(t, s.stream())
    eventually(lambda: s.acked())
    wake = s.claimed()
    for bad in ({"acks": "x"}, {"acks": [7]}, {"acks": [{}]},
                {"acks": [{"stream": "a"}]}, {"acks": [{"offset": "x"}]},
                {"acks": [{"stream": "a", "path": "a", "offset": "x"}]},
                {"acks": [{"stream": 7, "offset": "x"}]},
                {"acks": [{"stream": "a", "offset": 7}]},
                {"acks": [{"stream": "a", "offset": "x", "more": 1}]},
                {"done": 1}, {"generation": "1"}, {"wake_id": 7},
                {"more": 1}):
        error(s.say("ack", wake["token"], {
            "wake_id": wake["wake_id"], "generation": wake["generation"],
            **bad}), 400, "INVALID_REQUEST")
    for bad in ({}, {"worker": ""}, {"worker": 7}, {"worker": "x" * 256},
                {"worker": "w", "more": 1}):
        error(t.admin.post(path_of(s.id, "/claim"), bad), 400,
              "INVALID_REQUEST")
    s.delete()


def test_urls_that_are_not_for_webhooks_are_refused(t):
    before = counted(t)
    s = Subscription(t)
    for url in ("http://10.0.0.1/hook", "http://example.com/", "ftp://x/",
                "http://192.168.1.1/", "http://[fe80::1]/", "x", "/hook",
                "https://", "http://user@localhost/", "file:///etc/passwd",
                "https://example.com/#x", "https://u:p@example.com/",
                "http://localhost.example.com/", "http://0.0.0.0/",
                "gopher://localhost/", "http://169.254.169.254/"):
        error(s.put(webhook={"url": url}), 400, "WEBHOOK_URL_REJECTED")
    error(s.put(webhook={"url": "https://x/" + "x" * 2048}), 400,
          "INVALID_REQUEST")
    same(counted(t), before)


def test_subscriptions_are_listed_in_pages(t):
    made = sorted((Subscription(t, webhook=HOOK).create()
                   for _ in range(3)), key=lambda s: s.id)
    seen, after = [], ""
    while after is not None:
        page = t.admin.get(f"{BASE}?limit=1&after={after}").json
        seen += [one["id"] for one in page["subscriptions"]]
        after = page["next"]
    same([id for id in seen if id in {s.id for s in made}],
         [s.id for s in made])
    same(t.user(("admin", "stream:*")).get(BASE).status, 403)
    for s in made:
        s.delete()


def test_it_takes_a_grant_on_all_that_can_be_had(t):
    for grants, root, status in (
            ((("consume", "stream:{}*"),), "", 201),
            ((("write", "stream:{}/*"),), "", 201),
            ((("consume", "{}*"),), "", 403),
            ((("read", "stream:{}*"),), "", 403),
            ((("consume", "stream:{}/a*"),), "", 403),
            ((("consume", "stream:{}/?"),), "", 403),
            ((("consume", "stream:{}/?*"),), "", 201),
            ((("consume", "stream:{}/??*"),), "", 403)):
        s = Subscription(t, webhook=HOOK)
        s.client = t.user(*((action, pattern.format(s.root))
                            for action, pattern in grants))
        reply = s.put()
        if reply.status != status:
            raise Failure(f"{reply} with {grants}, expected {status}")
        if status == 201:
            same(s.put().status, 200)
            other = t.user(("consume", "stream:other*"))
            for method in ("GET", "PUT", "DELETE"):
                same(other.request(method, path_of(s.id), s.wish).status, 403)
            error(s.put(streams=["elsewhere"]), 403, "forbidden")
            error(s.client.post(path_of(s.id, "/streams"),
                                {"streams": ["elsewhere"]}), 403, "forbidden")
            t.admin.post(path_of(s.id, "/streams"),
                         {"streams": ["elsewhere"]})
            same(s.client.get(path_of(s.id)).status, 403)
            same(t.admin.delete(path_of(s.id)).status, 204)
    s = Subscription(t, type="pull-wake")
    s.client = t.user(("consume", f"stream:{s.root}*"))
    error(s.put(), 403, "forbidden")
    s.client = t.user(("consume", f"stream:{s.root}*"),
                      ("write", f"stream:{s.wish['wake_stream']}"))
    same(s.put().status, 201)
    error(s.claim(), 409, "NO_PENDING_WORK")
    error(t.user(("consume", "stream:x")).post(
        path_of(s.id, "/claim"), {"worker": "w"}), 403, "forbidden")
    s.delete()


def own_name():
    """A name that is nothing to look at, but leads to this machine."""
    name = socket.gethostname()
    addresses = {ipaddress.ip_address(found[4][0])
                 for found in socket.getaddrinfo(name, None)}
    same(any(address.is_global for address in addresses), False, name)
    return name


def test_private_addresses_are_not_called_unless_allowed(t):
    instance = Instance(processes=1).start()
    try:
        admin = instance.admin()
        with Receiver() as receiver:
            port = receiver.server.server_port
            for url in (receiver.url, f"https://localhost:{port}/",
                        f"https://127.0.0.1:{port}/", "https://[::1]/",
                        f"https://2130706433:{port}/", "https://10.1.2.3/",
                        f"https://127.1:{port}/", "https://[::ffff:7f00:1]/",
                        "https://100.64.0.1/", "https://[fd00::1]/"):
                error(admin.put(path_of("x"), {
                    "type": "webhook", "pattern": "x/*",
                    "webhook": {"url": url}}), 400, "WEBHOOK_URL_REJECTED")
            # A name that is public when it is asked for, and not when it
            # is called: the address that is connected to decides.
            same(admin.put(path_of("x"), {
                "type": "webhook", "pattern": "x/*",
                "webhook": {"url": "https://example.com/"}}).status, 201)
            instance.sql("update sluice.subscriptions set webhook_url = "
                         f"'https://{own_name()}:{port}/'")
            admin.put("/v1/stream/x/a", {"n": 1})
            eventually(lambda: admin.get(path_of("x")).json["status"]
                       == "failed")
            same(receiver.calls.empty(), True, "calls")
            log = (instance.var / "log" / "sluice.log").read_text()
            same("the address is not public" in log, True, "said so")
    finally:
        instance.stop()


def test_certificates_are_checked(t):
    folder = t.instance.var
    good, other = certificate_in(folder), certificate_in(folder, "other")
    instance = Instance(processes=1, webhook_private="on",
                        webhook_authorities=f"{good}.crt",
                        public_url="https://streams.example.com/").start()
    try:
        admin = instance.admin()
        for id, certificate in (("good", good), ("other", other)):
            with Receiver(certificate=certificate) as receiver:
                admin.put(path_of(id), {
                    "type": "webhook", "pattern": f"{id}/*",
                    "webhook": {"url": receiver.url}})
                admin.put(f"/v1/stream/{id}/a", {"n": 1})
                if id == "other":
                    eventually(lambda: admin.get(
                        path_of(id)).json["status"] == "failed")
                    same(receiver.calls.empty(), True, "calls")
                else:
                    call = receiver.next()
                    same(call.body["callback_url"],
                         "https://streams.example.com/v1/stream/__ds/"
                         "subscriptions/good/callback")
    finally:
        instance.stop()


def test_names_of_the_protocol_are_no_streams(t):
    for name in ("__ds", "__ds/subscriptions", "__ds/subscriptions/a/b/c",
                 "__ds/jwks.json", "__ds/x"):
        reply = t.admin.put(f"/v1/stream/{name}", {"n": 1})
        same(reply.status in (400, 405), True, str(reply))
    same(json.loads(t.anonymous().get("/v1/stream/__ds/jwks.json").body)
         .keys(), {"keys"})
