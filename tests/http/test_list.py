"""GET /api/messages and GET /api/messages/{id}."""

from harness.context import same


def test_the_newest_come_first_in_pages(t):
    topic = t.topic()
    ids = [t.admin.enqueue(topic, str(n)) for n in range(7)][::-1]
    page = t.admin.listed(topic, limit=3)
    same([m["id"] for m in page["items"]], ids[:3])
    same((page["total"], page["limit"], page["offset"]), (7, 3, 0))
    page = t.admin.listed(topic, limit=3, offset=6)
    same([m["id"] for m in page["items"]], ids[6:])
    same((page["total"], page["limit"], page["offset"]), (7, 3, 6))
    page = t.admin.listed(topic, offset=1000)
    same((page["items"], page["total"]), ([], 7))


def test_a_page_has_fifty_and_at_most_200(t):
    topic = t.topic()
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [{"payload": "x"}] * 210}).expect(201)
    page = t.admin.listed(topic)
    same((len(page["items"]), page["limit"]), (50, 50))
    for limit in (200, 201, 10 ** 9, 10 ** 18):
        page = t.admin.listed(topic, limit=limit)
        same((len(page["items"]), page["limit"]), (200, 200))


def test_nonsense_in_the_query_is_refused(t):
    for query in ("limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=",
                  "limit=99999999999999999999", "offset=-1", "offset=x",
                  "offset=99999999999999999999", "offset=", "what=1",
                  f"offset={2 ** 63 - 1}",
                  "topic=%ff", "topic=%00", "topic=%zz", "topic=%",
                  "limit=1&limit=2"):
        t.admin.get(f"/api/messages?{query}").expect(400)


def test_no_offset_is_too_far_to_look(t):
    far = f"limit=200&offset={2 ** 63 - 1 - 200}"
    for path in ("/api/messages?", "/api/messages?topic=x&", "/api/users?",
                 "/api/topic-configs?"):
        same(t.admin.get(path + far).expect(200)["items"], [], path)


def test_an_unknown_topic_has_no_messages(t):
    same(t.admin.listed("nobody-knows-it"),
         {"items": [], "total": 0, "limit": 50, "offset": 0})


def test_without_a_topic_all_are_listed(t):
    ids = {t.admin.enqueue(t.topic()) for _ in range(3)}
    page = t.admin.get("/api/messages?limit=200").expect(200)
    same(ids <= {m["id"] for m in page["items"]}, True, "all there")
    same(page["total"] >= 3, True)


def test_all_topics_are_for_those_who_may_read_all(t):
    t.user(("read", "*")).get("/api/messages").expect(200)
    for grant in (("read", "topic*"), ("write", "*"), ("consume", "*")):
        t.user(grant).get("/api/messages").expect(
            403, "insufficient permissions")


def test_dead_letters_are_listed_under_their_own_name(t):
    topic = t.topic(max_retries=1)
    dead = t.admin.enqueue(topic)
    t.admin.dequeue(topic)
    t.admin.nack(dead).expect(204)
    alive = t.admin.enqueue(topic)
    same([m["id"] for m in t.admin.listed(topic)["items"]], [alive])
    same([m["id"] for m in t.admin.listed(topic + ".dlq")["items"]], [dead])


def test_malformed_and_unknown_ids_are_not_found(t):
    unknown = t.admin.enqueue(t.topic())
    t.admin.post("/api/topics/" + t.admin.message(unknown)["topic"] +
                 "/purge").expect(200)
    for id in ("17", "x", "00000000-0000-4000-8000-000000000000",
               "00000000-0000-8000-c000-000000000000",
               "00000000-0000-8000-8000-00000000000", "%20", unknown + "0",
               unknown.replace("-", ""), "{" + unknown + "}",
               "ffffffff-ffff-8fff-bfff-ffffffffffff",
               "0000000000-000-8000-8000-000000000000", unknown):
        t.admin.get(f"/api/messages/{id}").expect(404, "message not found")


def test_a_head_is_a_get_without_a_body(t):
    id = t.admin.enqueue(t.topic())
    reply = t.admin.request("HEAD", f"/api/messages/{id}")
    same((reply.status, reply.body), (200, b""))
    length = len(t.admin.get(f"/api/messages/{id}").body)
    same(reply.headers.get("Content-Length", str(length)), str(length))
