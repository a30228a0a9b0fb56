"""Every route of the binary's own table with every kind of credential."""

import dataclasses
import time

import calls
from harness import token
from harness.client import Failure
from harness.context import eventually, same

ACTIONS = ("read", "write", "consume", "admin")


class Cast:
    """The users whose tokens are tried, made once."""

    def __init__(self, t):
        self.t = t
        self.secret = t.instance.jwt_secret
        self.plain = t.new_user()
        self.user_of = {
            action: t.new_user(
                (action, "topic-*"), (action, "stream:topic-*"),
                (action, "plate:topic-*"))
            for action in ACTIONS}
        self.grant_of = {action: t.client_for(user)
                         for action, user in self.user_of.items()}
        self.elsewhere_user = t.new_user(*[
            (action, pattern) for action in ACTIONS
            for pattern in ("other-*", "stream:other-*", "stream:topic",
                            "plate:other-*", "plate:topic")])
        self.elsewhere = t.client_for(self.elsewhere_user)
        self.demoted = t.new_user(is_admin=True)
        t.client_for(self.demoted, admin=True).get("/api/users").expect(200)
        t.admin.put(f"/api/users/{self.demoted['id']}", {
            "is_admin": False}).expect(200)
        self.deleted = t.new_user(is_admin=True)
        t.client_for(self.deleted, admin=True).get("/api/users").expect(200)
        t.admin.delete(f"/api/users/{self.deleted['id']}").expect(204)
        self.wait_until_all_processes_know()
        [self.admin] = [
            user for user in t.admin.get("/api/users").expect(200)["items"]
            if user["username"] == "admin"]

    def wait_until_all_processes_know(self):
        """A right that was taken away ends within a second."""
        for user, status in ((self.demoted, 403), (self.deleted, 401)):
            clients = [self.t.client_for(user, admin=True) for _ in range(8)]
            eventually(lambda: all(client.get("/api/users").status == status
                                   for client in clients), 3)

    def refused(self):
        """Headers that must be answered 401, by what is wrong with them."""
        admin = token.claims_of(self.admin, admin=True)
        good = token.hmac_token(admin, self.secret)
        head, body, mac = good.split(".")
        now = int(time.time())
        bad = {
            "garbage": "garbage",
            "dots": "..",
            "an expired one": token.hmac_token(
                {**admin, "iat": now - 900, "exp": now - 1}, self.secret),
            "one that never expires": token.hmac_token(
                {n: v for n, v in admin.items() if n != "exp"}, self.secret),
            "one not valid yet": token.hmac_token(
                {**admin, "nbf": now + 600}, self.secret),
            "one from the future": token.hmac_token(
                {**admin, "iat": now + 600}, self.secret),
            "alg none": token.unsigned_token(admin),
            "alg none with a mac": token.hmac_token(
                admin, self.secret, header={"alg": "none", "typ": "JWT"}),
            "HS384": token.hmac_token(admin, self.secret, "HS384"),
            "HS512": token.hmac_token(admin, self.secret, "HS512"),
            "HS256 that says HS512": token.hmac_token(
                admin, self.secret, header={"alg": "HS512", "typ": "JWT"}),
            "RS256": token.rsa_token(admin),
            "HS256 that says RS256": token.hmac_token(
                admin, self.secret, header={"alg": "RS256", "typ": "JWT"}),
            "another secret": token.hmac_token(admin, self.secret[::-1]),
            "an empty secret": token.hmac_token(admin, ""),
            "no signature": f"{head}.{body}.",
            "half a signature": f"{head}.{body}.{mac[:20]}",
            "claims of another": f"""{head}.{token.base64url(
                b'{"uid":"' + self.admin["id"].encode() + b'"}')}.{mac}""",
            "no user": token.hmac_token(
                {n: v for n, v in admin.items() if n != "uid"}, self.secret),
            "an unknown user": token.hmac_token(
                {**admin, "uid": "00000000-0000-4000-8000-000000000000"},
                self.secret),
            "a user that is no id": token.hmac_token(
                {**admin, "uid": "admin' or 1=1"}, self.secret),
            "a version of tomorrow": token.hmac_token(
                {**admin, "ver": 999}, self.secret),
            "a deleted user": token.hmac_token(
                token.claims_of(self.deleted, admin=True), self.secret),
            "two": f"{good} {good}",
            "a large one": "x" * 6000,
        }
        headers = {what: f"Bearer {text}" for what, text in bad.items()}
        return {
            **headers,
            "another scheme": f"Basic {good}",
            "no scheme": good,
            "nothing after the scheme": "Bearer ",
            "an empty header": "",
        }


def call_with(client, method, made, **more):
    return client.request(method, made.path, made.body, **more)


def test_every_call_we_know_is_a_route(t):
    known = {(method, pattern) for method, pattern, _, _ in calls.routes()}
    same([call for call in calls.CALLS if call not in known], [],
         "calls without a route")


def test_without_a_good_token_nothing_closed_opens(t):
    cast = Cast(t)
    refused = cast.refused()
    for method, pattern, name, access in calls.routes():
        made = calls.call_of(method, pattern).make(t)
        for what, header in {"no header": None, **refused}.items():
            reply = call_with(t.anonymous(), method, made,
                              headers={"Authorization": header})
            if access == "open":
                if reply.status in (401, 403):
                    raise Failure(f"{name} with {what}: {reply}")
            elif reply.status != 401:
                raise Failure(f"{name} with {what}: {reply}, expected 401")
            else:
                reply.expect(401)
                same("WWW-Authenticate" in reply.headers, True, what)
        if access == "plate":
            without_a_key(t, method, made)
        elif access not in ("open", "wake"):
            call_with(t.anonymous(), method, made).expect(
                401, "missing authorization header")
            call_with(t.anonymous(), method, made, headers={
                "Authorization": "Basic eDp5"}).expect(
                401, "unsupported auth scheme")
            call_with(t.anonymous(), method, made, headers={
                "Authorization": "Bearer x.y.z"}).expect(
                401, "invalid or expired token")


def without_a_key(t, method, made):
    """One code for what is missing, one for all that is wrong."""
    denied = {"ok": False, "error": {"code": "invalid_authorization",
                                     "message": "authorization denied"}}
    reply = call_with(t.anonymous(), method, made)
    reply.expect(401, "authorization header is required")
    same(reply.json["error"]["code"], "missing_authorization")
    elsewhere = t.admin.post("/api/plates", {
        "id": t.fresh("plate")}).expect(201)["key"]["key"]
    nowhere = dataclasses.replace(made, path="/no-such-plate/" +
                                  made.path.split("/", 2)[2])
    for header in (elsewhere, f"Bearer {elsewhere}", f"Basic {elsewhere}",
                   elsewhere[:-1], "x" * 64, "Bearer x.y.z", "Basic eDp5"):
        for asked in (made, nowhere):
            reply = call_with(t.anonymous(), method, asked,
                              headers={"Authorization": header})
            reply.expect(401)
            same(reply.json, denied, header)
    call_with(t.admin, method, nowhere).expect(404, "there is no such plate")


def expect_of_user(name, call, access, holds):
    """The status for a plain user who holds that grant on the topic."""
    if access in ("open", "user"):
        return call.status
    if access in ("admin", "self"):
        return 403  # calls.py speaks of another user
    if access == "wake":
        return 401
    if not call.grants:
        raise Failure(f"tests/http/calls.py names no grants for {name}")
    return call.status if holds in call.grants else 403


def is_forbidden(reply, pattern, access):
    """403; a batch says it of each of its items."""
    if pattern in ("/api/messages/ack", "/api/messages/nack"):
        return reply.status == 200 and all(
            result.get("code") == "forbidden"
            for result in reply.json["results"])
    return reply.status == 403 and (reply.asked.startswith("HEAD ") or reply.error == (
        "admin access required" if access == "admin"
        else "insufficient permissions"))


def succeeded(reply, pattern, status):
    if pattern in ("/api/messages/ack", "/api/messages/nack"):
        return reply.status == 200 and all(
            result["ok"] for result in reply.json["results"])
    return reply.status == status


def test_each_route_asks_for_its_grant(t):
    cast = Cast(t)
    holders = {
        "no grant": (t.client_for(cast.plain), None),
        "grants on other topics": (cast.elsewhere, None),
        "a demoted admin": (t.client_for(cast.demoted, admin=True), None),
        **{f"a {action} grant": (cast.grant_of[action], action)
           for action in ACTIONS}}
    for method, pattern, name, access in calls.routes():
        call = calls.call_of(method, pattern)
        for who, (client, holds) in holders.items():
            made = call.make(t)
            reply = call_with(client, method, made)
            status = expect_of_user(name, call, access, holds)
            good = is_forbidden(reply, pattern, access) if status == 403 \
                else succeeded(reply, pattern, status)
            if not good:
                raise Failure(f"{name} with {who}: {reply}, expected {status}")


def expect_of_key(name, status):
    return 403 if name == "auth_refresh" else status


def test_each_route_takes_the_keys_of_those_who_may(t):
    """What holds for a user's token holds for his key."""
    cast = Cast(t)
    holders = {
        "an admin": (cast.admin, None),
        "no grant": (cast.plain, None),
        "grants on other topics": (cast.elsewhere_user, None),
        "a demoted admin": (cast.demoted, None),
        **{f"a {action} grant": (cast.user_of[action], action)
           for action in ACTIONS}}
    for who, (user, holds) in holders.items():
        key = t.api_key_for(user)
        for method, pattern, name, access in calls.routes():
            call = calls.call_of(method, pattern)
            status = expect_of_user(name, call, access, holds)
            if user is cast.admin:
                status = 401 if access == "wake" else call.status
            status = expect_of_key(name, status)
            # Without a scheme it is good before plates.
            for scheme in ("Bearer ", "")[:2 if access == "plate" else 1]:
                reply = call_with(t.anonymous(), method, call.make(t),
                                  headers={"Authorization":
                                           scheme + key["key"]})
                good = succeeded(reply, pattern, status) \
                    or status == 403 and is_forbidden(reply, pattern, access)
                if not good:
                    raise Failure(f"{name} with a key of {who}: {reply}, "
                                  f"expected {status}")


def test_keys_that_are_good_no_more_open_nothing(t):
    user = t.new_user(is_admin=True)
    path = f"/api/users/{user['id']}/api-keys"
    deleted, expired, good = (t.api_key_for(user) for _ in range(3))
    gone = t.new_user(is_admin=True)
    orphan = t.api_key_for(gone)
    clients = [t.admin.with_token(key["key"])
               for key in (deleted, expired, orphan) for _ in range(4)]
    for client in clients:
        client.get("/api/users").expect(200)
    t.admin.delete(f"{path}/{deleted['id']}").expect(204)
    t.admin.delete(f"/api/users/{gone['id']}").expect(204)
    t.sql("update sluice.api_keys set expires_at = now() - interval '1 s' "
          f"where id = '{expired['id']}'")
    # So it is known everywhere, as if it had passed by itself.
    t.sql("update sluice.epochs set value = value + 1 where name = 'auth'")
    for client in clients:
        eventually(lambda: client.get("/api/users").status == 401, 3)
    wrong = good["key"][:-1] + ("A" if good["key"][-1] != "A" else "B")
    for method, pattern, name, access in calls.routes():
        if access == "open":
            continue
        made = calls.call_of(method, pattern).make(t)
        for what, key in (("a deleted", deleted["key"]),
                          ("an expired", expired["key"]),
                          ("a deleted user's", orphan["key"]),
                          ("nobody's", wrong), ("half a", good["key"][:30]),
                          ("a doubled", good["key"] * 2)):
            for scheme in ("Bearer ", ""):
                reply = call_with(t.anonymous(), method, made,
                                  headers={"Authorization": scheme + key})
                if reply.status != 401:
                    raise Failure(f"{name} with {what} key: {reply}")
                reply.expect(401)


def test_an_admin_may_do_everything(t):
    for method, pattern, name, access in calls.routes():
        call = calls.call_of(method, pattern)
        for scheme in ("Bearer", "bearer"):
            reply = call_with(t.anonymous(), method, call.make(t), headers={
                "Authorization": f"{scheme} {t.admin.token}"})
            status = 401 if access == "wake" else call.status
            if not succeeded(reply, pattern, status):
                raise Failure(f"{name} as admin: {reply}, "
                              f"expected {status}")
