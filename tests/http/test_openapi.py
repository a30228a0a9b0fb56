"""The description of the API is served, and parts of it that are in no other
test's way are there: run.py holds every request and reply against it."""

import json

from calls import subscribed
from harness.context import Call, same
from plates import Plate
from streams import JSON, Door, next_offset, path_of


def test_the_description_is_what_the_program_prints(t):
    reply = t.anonymous().get("/api/openapi.json")
    same(reply.expect(200), t.description.document, "the document")
    same(reply.headers["Content-Type"], "application/json", "its type")
    t.anonymous().get("/api/openapi.json?x=1").expect(
        400, 'unknown parameter "x"')


def test_adding_trims_whole_nodes(t):
    plate = Plate(t)
    for n in range(1, 4):
        plate.post("/streams/add", {
            "key": "k", "id": f"{n}-1", "values": {"a": n},
            "strategy": "maxlen", "threshold": 1, "approximate": True,
            "limit": 100}).expect(200)
    same(plate.run("XLEN", "k"), 3, "entries, all of one node")


def test_reading_as_a_group_waits_and_may_keep_nothing_pending(t):
    plate = Plate(t)
    plate.run("XGROUP", "CREATE", "k", "g", "$", "MKSTREAM")
    body = {"group": "g", "consumer": "c", "streams": [{"key": "k"}]}
    same(plate.post("/streams/groups/read", {**body, "block_ms": 10})
         .expect(200)["data"]["result"], None, "what there is")
    plate.add("k", "1-1")
    plate.post("/streams/groups/read", {**body, "noack": True}).expect(200)
    same(plate.run("XPENDING", "k", "g")[0], 0, "pending entries")


def test_claims_with_all_their_options(t):
    plate = Plate(t)
    plate.run("XGROUP", "CREATE", "k", "g", "$", "MKSTREAM")
    plate.add("k", "1-1")
    body = {"key": "k", "group": "g", "consumer": "c"}
    got = plate.post("/streams/groups/claim", {
        **body, "ids": ["1-1"], "min_idle_ms": 0, "time_ms": 1,
        "force": True, "last_id": "1-1"}).expect(200)
    same(got["data"]["result"], [["1-1", ["a", "1"]]], "claimed")
    got = plate.post("/streams/groups/autoclaim", {
        **body, "start": "0", "min_idle_ms": 1000}).expect(200)
    same(got["data"]["result"][1], [["1-1", ["a", "1"]]], "claimed again")
    found = plate.get("/streams/groups/pending/k/g?start=-&end=1-1&count=5")
    same(found.expect(200)["data"]["result"][0][:2], ["1-1", "c"], "pending")


def test_an_ack_may_call_its_stream_a_path(t):
    made = subscribed("/claim", {"worker": "w"})(t)
    wake = t.admin.post(made.path, made.body).expect(200)
    [stream] = [s for s in wake["streams"] if s["has_pending"]]
    client = t.admin.with_token(wake["token"])
    client.post(made.path.replace("/claim", "/ack"), {
        "wake_id": wake["wake_id"], "generation": wake["generation"],
        "acks": [{"path": stream["path"],
                  "offset": stream["tail_offset"]}]}).expect(200)


def test_one_key_is_read_in_all_the_ways_of_a_stream(t):
    door, name = Door(t.admin), t.fresh("stream")
    door.put(name, kind=JSON).expect(201)
    for key in ("a", "b"):
        door.post(name, json.dumps(key), JSON, stream_key=key).expect(204)
    path = f"{path_of(name)}/pk/a"
    page = t.admin.get(f"{path}?since=2001-01-01T00:00:00Z&format=json")
    same(page.expect(200), ["a"], "its entries")
    t.admin.get(path, headers={"If-None-Match": page.headers["ETag"]}) \
        .expect(304)
    ask = f"{path}?live=long-poll&offset={next_offset(page)}&cursor=1"
    t.admin.get(f"{ask}&timeout_ms=10").expect(204)
    waiting = Call(t.fresh_admin().get, f"{ask}&timeout=20s")
    t.wait_for_parked(1)
    door.post(name, '"more"', JSON, stream_key="a").expect(204)
    same(waiting.result().expect(200), ["more"], "what came")
