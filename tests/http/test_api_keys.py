"""API keys: made, told once, used, and taken away."""

import datetime
import hashlib
import re
import time

from events import Events
from harness.context import Call, eventually, same, within

BAD = "invalid or expired token"


def keys_of(user):
    return f"/api/users/{user['id']}/api-keys"


def in_seconds(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + \
        datetime.timedelta(seconds=seconds)
    return at.isoformat()


def test_a_key_is_told_once(t):
    user = t.new_user()
    reply = t.admin.post(keys_of(user), {"name": "the biller"})
    made = reply.expect(201)
    same(list(made), ["id", "user_id", "name", "key", "created_at",
                      "expires_at"])
    same((made["user_id"], made["name"], made["expires_at"]),
         (user["id"], "the biller", None))
    same(bool(re.fullmatch("sluice_[A-Za-z0-9]{48}", made["key"])), True)
    same(reply.headers["Cache-Control"], "no-store")
    listed = t.admin.get(keys_of(user))
    same(made["key"] in listed.body.decode(), False, "it is told again")
    del made["key"]
    same(listed.expect(200), {"items": [made], "total": 1, "limit": 50,
                              "offset": 0})


def test_what_is_kept_is_its_hash(t):
    key = t.api_key_for(t.new_user())
    same(t.sql("select encode(hash, 'hex') from sluice.api_keys "
               f"where id = '{key['id']}'"),
         hashlib.sha256(key["key"].encode()).hexdigest())
    same(t.sql("select count(*) from sluice.api_keys k "
               f"where k::text like '%{key['key'][7:]}%'"), "0")


def test_the_list_pages(t):
    user = t.new_user()
    names = [t.api_key_for(user)["name"] for _ in range(5)]
    page = t.admin.get(keys_of(user) + "?limit=2&offset=1").expect(200)
    same([key["name"] for key in page["items"]], names[1:3])
    same((page["total"], page["limit"], page["offset"]), (5, 2, 1))
    t.admin.get(keys_of(user) + "?limit=x").expect(400)


def test_a_user_has_so_many_and_no_more(t):
    user = t.new_user()
    t.sql("insert into sluice.api_keys (user_id, id, hash) select "
          f"'{user['id']}', gen_random_uuid(), sha256(('{user['id']}' "
          "|| n)::bytea) from generate_series(1, 99) n")
    first = t.api_key_for(user)
    t.admin.post(keys_of(user), {"name": "x"}).expect(
        409, "a user has at most 100 API keys (API_KEYS_MAX)")
    t.admin.delete(f"{keys_of(user)}/{first['id']}").expect(204)
    t.api_key_for(user)


def test_it_is_good_at_all_doors(t):
    user = t.new_user(("write", "orders*"), ("read", "orders*"),
                      ("admin", "stream:orders*"), ("admin", "plate:shop-*"))
    client = t.admin.with_token(t.api_key_for(user)["key"])
    topic = t.fresh("orders")
    id = client.enqueue(topic)
    same([m["id"] for m in client.dequeue(topic)], [id])
    client.get(f"/api/messages?topic={topic}").expect(200)
    client.get("/api/messages?topic=invoices").expect(
        403, "insufficient permissions")
    client.get("/api/users").expect(403, "admin access required")
    client.put(f"/v1/stream/{topic}", {"n": 1}).expect(201)
    client.get("/v1/streams").expect(200)
    same(b"sluice_requests_total" in client.get("/metrics").body, True)
    plate = t.fresh("shop")
    t.admin.post("/api/plates", {"id": plate}).expect(201)
    for header in (f"Bearer {client.token}", client.token):
        reply = t.anonymous().post(
            f"/{plate}/streams/command", {"command": "XLEN", "args": ["s"]},
            headers={"Authorization": header})
        reply.expect(200)
    # Elsewhere it wants a scheme.
    t.anonymous().get("/metrics", headers={
        "Authorization": client.token}).expect(
        401, "unsupported auth scheme")


def test_it_makes_no_token(t):
    client = t.admin.with_token(t.api_key_for(t.new_user())["key"])
    client.post("/api/auth/refresh").expect(
        403, "a key is not refreshed: it is good until it expires or is "
        "deleted")
    t.anonymous().post("/api/auth/login", {
        "username": "admin", "password": client.token}).expect(401)


def test_it_outlives_a_new_password(t):
    user = t.new_user()
    client = t.admin.with_token(t.api_key_for(user)["key"])
    t.admin.put(f"/api/users/{user['id']}", {
        "password": "another horse battery"}).expect(200)
    t.client_for(user).get("/v1/streams").expect(401)
    client.get("/v1/streams").expect(200)


def test_a_user_has_his_own_in_hand(t):
    user, other = t.new_user(), t.new_user()
    client = t.client_for(user)
    made = client.post(keys_of(user), {"name": "mine"}).expect(201)
    same(client.get(keys_of(user)).expect(200)["total"], 1)
    by_key = t.admin.with_token(made["key"])
    same(by_key.get(keys_of(user)).expect(200)["total"], 1)
    theirs = t.api_key_for(other)
    for who in (client, by_key):
        for path in (keys_of(other), "/api/users/nobody/api-keys"):
            who.get(path).expect(403, "insufficient permissions")
            who.post(path, {"name": "x"}).expect(403)
            who.delete(f"{path}/{theirs['id']}").expect(403)
    # A key belongs to its user, also for one who may do everything to him.
    client.delete(f"{keys_of(user)}/{theirs['id']}").expect(
        404, "key not found")
    t.admin.delete(f"{keys_of(user)}/{theirs['id']}").expect(
        404, "key not found")
    by_key.delete(f"{keys_of(user)}/{made['id']}").expect(204)
    eventually(lambda: by_key.get(keys_of(user)).status == 401)
    t.admin.delete(f"{keys_of(user)}/{made['id']}").expect(
        404, "key not found")


def test_what_is_not_there_is_404(t):
    user = t.new_user()
    for nobody in ("00000000-0000-4000-8000-000000000000", "nobody", "%20"):
        path = f"/api/users/{nobody}/api-keys"
        t.admin.get(path).expect(404, "user not found")
        t.admin.post(path, {"name": "x"}).expect(404, "user not found")
    for key in ("00000000-0000-4000-8000-000000000000", "x"):
        t.admin.delete(f"{keys_of(user)}/{key}").expect(404, "key not found")


def test_bad_values_are_refused(t):
    path = keys_of(t.new_user())
    t.admin.post(path, {}).expect(400, "name is required")
    t.admin.post(path, {"name": "a\nb"}).expect(
        400, "name must not have control characters")
    for bad in ("tomorrow", "2099-01-01", "2099-13-01T00:00:00Z", ""):
        t.admin.post(path, {"name": "x", "expires_at": bad}).expect(
            400, "expires_at must be RFC 3339")
    for past in ("2020-01-01T00:00:00Z", in_seconds(-1)):
        t.admin.post(path, {"name": "x", "expires_at": past}).expect(
            400, "expires_at must be in the future")
    same(t.admin.get(path).expect(200)["total"], 0)


def waiting_for(t, key):
    """Requests that wait and stream by that key, on a topic and a stream."""
    topic, stream = t.topic(), t.fresh("stream")
    t.admin.put(f"/v1/stream/{stream}", {"n": 1}).expect(201)
    poll = Call(t.admin.with_token(key).post, "/api/messages/dequeue", {
        "topic": topic, "wait_seconds": 20})
    sse = Events(t.admin.with_token(key), stream)
    sse.data()
    t.wait_for_parked(2)
    return poll, sse


def expect_end(poll, sse, seconds=3):
    with within(seconds, "the end of those who wait"):
        poll.result().expect(401, BAD)
        with sse:
            same(sse.event(), None)


def test_a_deleted_key_ends_what_waits(t):
    user = t.new_user(is_admin=True)
    key = t.api_key_for(user)
    waiting = waiting_for(t, key["key"])
    t.admin.delete(f"{keys_of(user)}/{key['id']}").expect(204)
    expect_end(*waiting)


def test_a_deleted_user_ends_what_waits_by_his_key(t):
    user = t.new_user(is_admin=True)
    waiting = waiting_for(t, t.api_key_for(user)["key"])
    t.admin.delete(f"/api/users/{user['id']}").expect(204)
    expect_end(*waiting)


def test_a_key_that_expires_ends_what_waits(t):
    user = t.new_user(is_admin=True)
    key = t.api_key_for(user, expires_at=in_seconds(3))
    waiting = waiting_for(t, key["key"])
    expect_end(*waiting, seconds=4)
    t.admin.with_token(key["key"]).get("/v1/streams").expect(401, BAD)
    # It stays in the list until somebody deletes it.
    same(t.admin.get(keys_of(user)).expect(200)["items"][0]["expires_at"],
         key["expires_at"])


def test_a_grant_that_is_taken_ends_what_waits(t):
    user = t.new_user(("consume", "topic-*"))
    poll = Call(t.admin.with_token(t.api_key_for(user)["key"]).post,
                "/api/messages/dequeue", {"topic": t.topic(),
                                          "wait_seconds": 20})
    t.wait_for_parked(1)
    [grant] = t.admin.get(f"/api/users/{user['id']}/grants").expect(
        200)["items"]
    t.admin.delete(f"/api/users/{user['id']}/grants/{grant['id']}").expect(204)
    with within(3, "the end of who waits"):
        poll.result().expect(403, "insufficient permissions")


def test_every_process_knows_within_a_second(t):
    processes = int(t.instance.settings["processes"])
    user = t.new_user(is_admin=True)
    for _ in range(3):
        key = t.api_key_for(user)
        clients = [t.instance.worker_client(n, key["key"])
                   for n in range(processes)]
        for client in clients:
            client.get("/api/users").expect(200)
        # Who deletes it knows at once, the others soon.
        own = t.instance.worker_client(0, t.admin.token)
        own.delete(f"{keys_of(user)}/{key['id']}").expect(204)
        same(clients[0].get("/api/users").status, 401)
        deleted = time.monotonic()
        for client in clients:
            eventually(lambda: client.get("/api/users").status == 401, 3)
        same(time.monotonic() - deleted < 2, True, "soon")
