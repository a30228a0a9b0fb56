"""Getting a token, and what ends it."""

import base64
import json
import time

from harness import token
from harness.context import Call, eventually, same, within


def login(t, username, password):
    return t.anonymous().post("/api/auth/login", {
        "username": username, "password": password})


def claims_in(text):
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_status_says_that_a_token_is_needed(t):
    same(t.anonymous().get("/api/auth/status").expect(200),
         {"auth_required": True})


def test_a_name_and_a_password_get_a_token(t):
    user = t.new_user(("write", "*"))
    text = login(t, user["username"], "correct horse battery").expect(
        200)["token"]
    claims = claims_in(text)
    same((claims["uid"], claims["sub"], claims["adm"]),
         (user["id"], user["username"], False))
    same(claims["exp"] - claims["iat"], 900)
    same(abs(claims["iat"] - time.time()) < 5, True, "issued now")
    t.admin.with_token(text).enqueue(t.topic())
    same(claims_in(login(t, "admin", t.instance.password).expect(200)["token"])["adm"],
         True)


def test_wrong_names_and_passwords_get_the_same_answer(t):
    user = t.new_user()
    for name, password in ((user["username"], "incorrect horse battery"),
                           ("nobody-at-all", "correct horse battery"),
                           (user["username"], "correct horse battery "),
                           (user["username"].upper(),
                            "correct horse battery"),
                           (user["username"], "x")):
        login(t, name, password).expect(401, "invalid credentials")


def test_both_are_required(t):
    for body in ({}, {"username": "admin"}, {"password": "x"},
                 {"username": "", "password": "x"},
                 {"username": "admin", "password": ""},
                 {"username": None, "password": None}):
        t.anonymous().post("/api/auth/login", body).expect(
            400, "username and password are required")


def test_no_cache_keeps_a_token(t):
    for reply in (login(t, "admin", t.instance.password),
                  t.admin.post("/api/auth/refresh")):
        reply.expect(200)
        same(reply.headers["Cache-Control"], "no-store")


def test_a_refreshed_token_is_as_good(t):
    user = t.new_user(("write", "*"))
    old = t.token_for(user, iat=int(time.time()) - 600,
                      exp=int(time.time()) + 300)
    new = t.admin.with_token(old).post("/api/auth/refresh").expect(
        200)["token"]
    same(claims_in(new)["exp"] > claims_in(old)["exp"], True, "lasts longer")
    t.admin.with_token(new).enqueue(t.topic())
    t.admin.with_token(old).enqueue(t.topic())


def test_a_refresh_needs_a_token(t):
    t.anonymous().post("/api/auth/refresh").expect(
        401, "missing authorization header")


def test_a_deleted_user_is_out_at_once(t):
    user = t.new_user(("write", "*"))
    clients = [t.client_for(user) for _ in range(8)]
    topic = t.topic()
    for client in clients:
        client.enqueue(topic)
    t.admin.delete(f"/api/users/{user['id']}").expect(204)
    with within(2, "the end of the token"):
        eventually(lambda: all(
            client.post("/api/messages", {"topic": topic, "payload": "x"}
                        ).status == 401 for client in clients), 3)
    clients[0].post("/api/auth/refresh").expect(401, "user no longer exists")
    login(t, user["username"], "correct horse battery").expect(401)


def test_a_new_password_ends_the_old_tokens(t):
    user = t.new_user(("write", "*"))
    clients = [t.client_for(user) for _ in range(8)]
    topic = t.topic()
    for client in clients:
        client.enqueue(topic)
    t.admin.put(f"/api/users/{user['id']}", {
        "password": "another horse battery"}).expect(200)
    with within(2, "the end of the token"):
        eventually(lambda: all(
            client.post("/api/messages", {"topic": topic, "payload": "x"}
                        ).status == 401 for client in clients), 3)
    login(t, user["username"], "correct horse battery").expect(401)
    new = login(t, user["username"], "another horse battery").expect(
        200)["token"]
    t.admin.with_token(new).enqueue(topic)


def test_a_revoked_grant_is_gone_within_a_second(t):
    user = t.new_user(("write", "*"))
    [grant] = t.admin.get(f"/api/users/{user['id']}/grants").expect(
        200)["items"]
    clients = [t.client_for(user) for _ in range(8)]
    topic = t.topic()
    for client in clients:
        client.enqueue(topic)
    t.admin.delete(f"/api/users/{user['id']}/grants/{grant['id']}").expect(204)
    with within(2, "the end of the grant"):
        eventually(lambda: all(
            client.post("/api/messages", {"topic": topic, "payload": "x"}
                        ).status == 403 for client in clients), 3)


def test_a_new_grant_works_at_once_everywhere(t):
    user = t.new_user()
    clients = [t.client_for(user) for _ in range(8)]
    topic = t.topic()
    for client in clients:
        client.post("/api/messages", {"topic": topic, "payload": "x"}).expect(
            403, "insufficient permissions")
    t.admin.post(f"/api/users/{user['id']}/grants", {
        "action": "write", "topic_pattern": topic}).expect(201)
    for client in clients:
        client.enqueue(topic)


def test_a_demoted_admin_loses_everything_within_a_second(t):
    user = t.new_user(is_admin=True)
    clients = [t.client_for(user, admin=True) for _ in range(8)]
    for client in clients:
        client.get("/api/users").expect(200)
    t.admin.put(f"/api/users/{user['id']}", {"is_admin": False}).expect(200)
    with within(2, "the demotion"):
        eventually(lambda: all(client.get("/api/users").status == 403
                               for client in clients), 3)
    t.admin.put(f"/api/users/{user['id']}", {"is_admin": True}).expect(200)
    for client in clients:
        client.get("/api/users").expect(200)


def test_what_a_token_says_of_admins_counts_for_nothing(t):
    user = t.new_user()
    claims = token.claims_of(user, admin=True)
    client = t.admin.with_token(token.hmac_token(claims,
                                                 t.instance.jwt_secret))
    client.get("/api/users").expect(403, "admin access required")


def test_many_logins_at_once_all_succeed(t):
    user = t.new_user()
    calls = [Call(login, t, user["username"], "correct horse battery")
             for _ in range(24)]
    same([call.result().status for call in calls], [200] * 24)


def test_logins_say_what_is_left_of_the_window(t):
    for password in (t.instance.password, "wrong, but long enough"):
        headers = login(t, "admin", password).headers
        same(headers["X-RateLimit-Limit"], "100000")
        same(0 < int(headers["X-RateLimit-Remaining"]) < 100000, True)
        same(0 < int(headers["X-RateLimit-Reset"]) <= 60, True)
