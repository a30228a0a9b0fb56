"""Plates and their keys: made, listed, deleted; who is let in, and when no
more."""

import re

from harness.context import Call, eventually, same
from plates import Plate, error_of
from streams import JSON, Door, path_of, refused


def test_a_plate_comes_with_a_key_that_is_shown_once(t):
    id = t.fresh("plate")
    made = t.admin.post("/api/plates", {"id": id}).expect(201)
    same(sorted(made), ["created_at", "id", "key"])
    same(made["id"], id)
    same(sorted(made["key"]), ["created_at", "id", "key"])
    same(bool(re.fullmatch("[A-Za-z0-9]{64}", made["key"]["key"])), True)
    same(t.admin.get(f"/api/plates/{id}").expect(200),
         {"id": id, "created_at": made["created_at"]})
    same(t.admin.get(f"/api/plates/{id}/keys").expect(200), {"items": [
        {n: made["key"][n] for n in ("id", "created_at")}]})
    same(t.sql("select count(*) from sluice.plate_keys where position("
               f"convert_to('{made['key']['key']}', 'UTF8') in hash) > 0"),
         "0")
    plate = Plate(t, made["key"]["key"], id)
    same(plate.run("XLEN", "events"), 0)


def test_ids_are_checked(t):
    for id in ("a b", "a/b", "ä", "a.b", "", "x" * 65, "a\n"):
        t.admin.post("/api/plates", {"id": id}).expect(400)
    for id in ("api", "v1", "healthz", "metrics", "jetstream", "varz"):
        t.admin.post("/api/plates", {"id": id}).expect(
            409, f'"{id}" is reserved: other paths begin with it')
    plate = Plate(t, id="A-z_" + t.fresh("0"))
    t.admin.post("/api/plates", {"id": plate.id}).expect(
        409, "plate already exists")
    t.admin.get("/api/plates/none").expect(404, "plate not found")
    t.admin.get("/api/plates/a%20b/keys").expect(404, "plate not found")


def test_streams_of_another_kind_are_not_taken_over(t):
    id = t.fresh("plate")
    t.admin.put(f"/v1/stream/{id}/events", {}).expect(201)
    t.admin.post("/api/plates", {"id": id}).expect(
        409, f'streams whose names begin with "{id}/" exist that are not '
        "a plate's")
    t.admin.delete(f"/v1/stream/{id}/events").expect(204)
    t.admin.put(f"/v1/stream/{id}x/events", {}).expect(201)
    t.admin.post("/api/plates", {"id": id}).expect(201)


def test_plates_are_listed_in_pages(t):
    ids = sorted(Plate(t).id for _ in range(3))
    names, total = [], 1
    while len(names) < total:
        page = t.admin.get("/api/plates?limit=200&"
                           f"offset={len(names)}").expect(200)
        same(len(page["items"]) > 0, True)
        names += [item["id"] for item in page["items"]]
        total = page["total"]
    same(names, sorted(names))
    same(set(ids) <= set(names), True)
    page = t.admin.get("/api/plates?limit=1&offset=1").expect(200)
    same([item["id"] for item in page["items"]], names[1:2])
    same((page["total"], page["limit"], page["offset"]), (total, 1, 1))


def test_keys_are_made_and_revoked(t):
    plate = Plate(t)
    path = f"/api/plates/{plate.id}/keys"
    made = t.admin.post(path).expect(201)
    other = Plate(t, made["key"], plate.id)
    same(other.run("XLEN", "a"), 0)
    same(len(t.admin.get(path).expect(200)["items"]), 2)
    clients = [other.of_process(n) for n in range(2)]
    for client in clients:
        client.run("XLEN", "a")
    t.admin.delete(f"{path}/{made['id']}").expect(204)
    eventually(lambda: all(client.ask("XLEN", "a").status == 401
                           for client in clients), 2)
    same(error_of(other.ask("XLEN", "a"), 401),
         ("invalid_authorization", "authorization denied"))
    plate.run("XLEN", "a")
    t.admin.delete(f"{path}/{made['id']}").expect(404, "key not found")
    t.admin.delete(f"{path}/x").expect(404, "key not found")
    t.admin.post("/api/plates/none/keys").expect(404, "plate not found")
    t.admin.get("/api/plates/none/keys").expect(404, "plate not found")


def test_who_revokes_a_key_revokes_it_at_once(t):
    plate = Plate(t).of_process(0)
    plate.run("XLEN", "a")
    admin = t.instance.worker_client(0, t.admin.token)
    path = f"/api/plates/{plate.id}/keys"
    [key] = admin.get(path).expect(200)["items"]
    admin.delete(f"{path}/{key['id']}").expect(204)
    plate.ask("XLEN", "a").expect(401)
    same(admin.get(path).expect(200), {"items": []})


def test_who_waits_with_a_revoked_key_waits_no_more(t):
    plate = Plate(t)
    waiting = [Call(plate.of_process(n).ask, "XREAD", "BLOCK", 30000,
                    "STREAMS", "events", "$") for n in range(2)]
    t.wait_for_parked(2)
    [key] = t.admin.get(f"/api/plates/{plate.id}/keys").expect(200)["items"]
    t.admin.delete(f"/api/plates/{plate.id}/keys/{key['id']}").expect(204)
    for call in waiting:
        call.result(5).expect(401, "authorization denied")


def test_who_waits_and_loses_a_grant_waits_no_more(t):
    plate = Plate(t)
    user = t.new_user(("read", f"plate:{plate.id}/*"))
    client = t.client_for(user)
    waiting = Call(client.post, f"/{plate.id}/streams/read", {
        "streams": [{"key": "events"}], "block_ms": 30000})
    t.wait_for_parked(1)
    path = f"/api/users/{user['id']}/grants"
    [grant] = t.admin.get(path).expect(200)["items"]
    t.admin.delete(f"{path}/{grant['id']}").expect(204)
    waiting.result(5).expect(403, "insufficient permissions")


def test_a_deleted_plate_is_closed_and_ends(t):
    plate = Plate(t)
    for n in range(70):
        plate.add(f"key-{n:02}", "1-1")
    reader = Call(plate.ask, "XREAD", "BLOCK", 30000, "STREAMS", "key-00",
                  "$")
    t.wait_for_parked(1)
    plates = t.admin.get("/api/plates").json["total"]
    t.admin.delete(f"/api/plates/{plate.id}").expect(204)
    reader.result(5).expect(401)
    same(error_of(t.admin.get(f"/{plate.id}/streams/length/key-00"), 404),
         ("not_found", "there is no such plate"))
    t.admin.get(f"/api/plates/{plate.id}").expect(404)
    t.admin.delete(f"/api/plates/{plate.id}").expect(404)
    live = ("select count(*) from sluice.streams where state = 0 "
            f"and name like '{plate.id}/%'")
    same(t.sql(live), "6")
    t.admin.post("/api/plates", {"id": plate.id}).expect(
        409, f'plate "{plate.id}" was deleted and its streams are being '
        "ended; try again in a minute")
    same(t.admin.get("/api/plates").json["total"], plates - 1)
    t.instance.reap()
    same(t.sql(live), "0")
    again = Plate(t, id=plate.id)
    same(again.run("XLEN", "key-00"), 0)
    plate.ask("XLEN", "key-00").expect(401)


def test_nothing_is_written_to_a_deleted_plate_at_the_streams_door(t):
    plate = Plate(t)
    plate.post("/pipeline", [["XADD", f"key-{n:03}", "1-1", "a", str(n)]
                             for n in range(70)]).expect(200)
    client = t.user(("write", f"stream:{plate.id}/*"),
                    ("read", f"stream:{plate.id}/*"))
    t.admin.delete(f"/api/plates/{plate.id}").expect(204)
    left = t.sql("select name from sluice.streams where state = 0 and name "
                 f"like '{plate.id}/%' order by name limit 1").strip()
    for door in (Door(t.admin), Door(client)):
        refused(door.put(f"{plate.id}/new", "[1]", JSON), 409, "conflict",
                "the plate is being deleted")
        refused(door.post(left, "[2]", JSON), 404, "not_found")
        refused(door.post(left, None, None, stream_closed="true"), 404,
                "not_found")
        refused(door.post(left, "[3]", JSON, producer_id="p",
                          producer_epoch=0, producer_seq=0), 404,
                "not_found")
    same(t.admin.get(path_of(left)).expect(200),
         [{"a": str(int(left[-3:]))}])
    t.instance.reap()
    t.admin.get(path_of(left)).expect(404)
    same(Door(client).put(f"{plate.id}/new", "[1]", JSON).status, 201)


def test_a_small_plate_ends_at_once(t):
    plate = Plate(t)
    plate.add("events", "1-1")
    t.admin.delete(f"/api/plates/{plate.id}").expect(204)
    again = Plate(t, id=plate.id)
    same(again.run("XRANGE", "events", "-", "+"), [])


def test_grants_are_by_action_and_key(t):
    plate = Plate(t)
    plate.add("events", "1-1")
    read = t.user(("read", f"plate:{plate.id}/ev*"))
    path = f"/{plate.id}/streams"
    same(read.get(f"{path}/length/events").expect(200)["data"]["result"], 1)
    for asked in (f"{path}/length/audit", f"{path}/range/audit"):
        same(error_of(read.get(asked), 403),
             ("forbidden", "insufficient permissions"))
    read.post(f"{path}/add", {"key": "events", "values": {"a": 1}}).expect(403)
    read.post(f"{path}/read", {"streams": [
        {"key": "events"}, {"key": "audit"}]}).expect(403)
    read.post(f"{path}/command", {
        "command": "DEL", "args": ["events"]}).expect(403)
    read.post(f"/{plate.id}/pipeline", [["XLEN", "events"], [
        "XADD", "events", "*", "a", "b"]]).expect(403)
    same(plate.run("XLEN", "events"), 1)
    # A stream's grant is none on a plate's.
    t.user(("admin", f"stream:{plate.id}/*")).get(
        f"{path}/length/events").expect(403)
