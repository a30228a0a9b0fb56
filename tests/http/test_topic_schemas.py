"""/api/topic-schemas, and what a schema asks of what is enqueued."""

import json

from harness.context import eventually, same, within

ORDER = {"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": "long"},
    {"name": "items", "type": {"type": "array", "items": {
        "type": "record", "name": "Item", "fields": [
            {"name": "sku", "type": "string"},
            {"name": "price", "type": "double"}]}}},
    {"name": "note", "type": ["null", "string"], "default": None}]}
GOOD = json.dumps({"id": 1, "items": [{"sku": "a", "price": 1.5}]})
BAD = json.dumps({"id": 1, "items": [{"sku": "a", "price": n}
                                     for n in (1, 2, 3, "4")]})
WHY = ("payload does not match topic schema: "
       "/items/3/price: expected double, got string")


def put(t, topic, schema, client=None):
    return (client or t.admin).put(
        f"/api/topic-schemas/{topic}", {"schema_json": json.dumps(schema)})


def described(t, schema=None):
    topic = t.fresh("topic")
    put(t, topic, schema or ORDER).expect(200)
    return topic


def enqueue(t, topic, payload, client=None):
    return (client or t.admin).post(
        "/api/messages", {"topic": topic, "payload": payload})


def all_schemas(t):
    items = []
    while True:
        page = t.admin.get("/api/topic-schemas?limit=200&offset="
                           f"{len(items)}").expect(200)
        items += page["items"]
        if not page["items"]:
            same(len(items), page["total"], "total")
            return items


def test_a_schema_is_stored_as_it_was_sent(t):
    topic = t.fresh("topic")
    path = f"/api/topic-schemas/{topic}"
    text = ' {"type" :"int",\n\t"doc": "h\\u00e9 \u20ac"} '
    stored = t.admin.put(path, {"schema_json": text}).expect(200)
    same(stored, {"topic": topic, "schema_json": text, "version": 1,
                  "updated_at": stored["updated_at"]})
    same(t.admin.get(path).expect(200), stored)
    same([item for item in all_schemas(t) if item["topic"] == topic],
         [stored])


def test_each_put_is_another_version(t):
    topic = described(t)
    same([put(t, topic, schema).expect(200)["version"]
          for schema in ("int", "int", ORDER)], [2, 3, 4])
    t.admin.delete(f"/api/topic-schemas/{topic}").expect(204)
    same(put(t, topic, ORDER).expect(200)["version"], 1)


def test_the_list_is_sorted_by_topic_and_has_pages(t):
    for name in ("b", "a", "C"):
        put(t, t.fresh(name), "int").expect(200)
    names = [item["topic"].encode() for item in all_schemas(t)]
    same(names, sorted(names))
    page = t.admin.get("/api/topic-schemas?limit=1&offset=1").expect(200)
    same(([item["topic"].encode() for item in page["items"]],
          page["limit"], page["offset"]), (names[1:2], 1, 1))


def test_what_is_absent_is_not_found_and_can_be_deleted(t):
    path = f"/api/topic-schemas/{t.fresh('topic')}"
    t.admin.get(path).expect(404, "schema not found")
    t.admin.delete(path).expect(204)
    topic = described(t)
    for _ in range(2):
        t.admin.delete(f"/api/topic-schemas/{topic}").expect(204)
    t.admin.get(f"/api/topic-schemas/{topic}").expect(404, "schema not found")


def test_dead_letters_have_no_schema(t):
    for method in ("GET", "PUT", "DELETE"):
        t.admin.request(method, "/api/topic-schemas/x.dlq",
                        {"schema_json": '"int"'}).expect(
            400, "topic name may not end in .dlq")


def test_what_is_no_schema_is_refused_and_changes_nothing(t):
    topic = described(t)
    path = f"/api/topic-schemas/{topic}"
    before = t.admin.get(path).expect(200)
    for text, why in (
            ("string", "it is no JSON, see byte 1"),
            ("{", "it is no JSON, see byte 1"),
            ("null", "a type must be a string, an object or an array"),
            ('"Order"', 'there is no type "Order"'),
            ('{"type": "object"}', 'there is no type "object"'),
            ('{"type": "array"}', '"items" is missing'),
            ('{"type": "record", "name": "A", "fields": [{"name": "x", '
             '"type": "int", "default": "1"}]}',
             "/fields/0: the default: expected int, got string"),
            ('["null", "null"]', '/1: "null" is a branch already'),
            ('["null", ["int"]]', "/1: a union must not be a branch of "
             "another")):
        t.admin.put(path, {"schema_json": text}).expect(
            400, f"invalid avro schema: {why}")
    for body in ({}, {"schema_json": None}):
        t.admin.put(path, body).expect(400, "schema_json is required")
    t.admin.put(path, {"schema_json": ORDER}).expect(
        400, '"schema_json" must be a string')
    same(t.admin.get(path).expect(200), before)


def test_deep_and_large_schemas_are_refused_by_the_limits_name(t):
    path = f"/api/topic-schemas/{t.fresh('topic')}"
    deep = '{"type": "array", "items": ' * 100 + '"int"' + "}" * 100
    said = t.admin.put(path, {"schema_json": deep}).expect(400)
    same("SCHEMA_DEPTH_MAX" in said, True, said)
    t.admin.put(path, {"schema_json": '"int"' + " " * (128 << 10)}).expect(
        400, "schema_json must be at most 131072 bytes")


def test_a_payload_must_be_what_the_schema_says(t):
    topic = described(t)
    id = enqueue(t, topic, GOOD).expect(201)["id"]
    enqueue(t, topic, BAD).expect(422, WHY)
    for payload, why in (
            ("{}", "/id: expected long, got nothing"),
            ("hello", "it is no JSON, see byte 1"),
            ("{\"id\": 1, \"items\": [], \"note\": 7}",
             "/note: expected null or string, got number"),
            ("[]", "expected record shop.Order, got array")):
        enqueue(t, topic, payload).expect(
            422, f"payload does not match topic schema: {why}")
    same([item["id"] for item in t.admin.listed(topic)["items"]], [id])


def test_a_union_takes_plain_values(t):
    topic = described(t)
    for note in (None, "x"):
        enqueue(t, topic, json.dumps(
            {"id": 1, "items": [], "note": note})).expect(201)
    for note in (7, {"string": "x"}):
        enqueue(t, topic, json.dumps(
            {"id": 1, "items": [], "note": note})).expect(422)


def test_a_batch_names_the_message_and_is_all_or_nothing(t):
    topic = described(t)
    good = {"payload": GOOD}
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [good, good, {"payload": BAD}, good],
    }).expect(422, f"messages[2].{WHY}")
    same(t.admin.listed(topic)["total"], 0)
    t.admin.post("/api/messages/batch", {
        "topic": topic, "messages": [good] * 1000}).expect(201)


def test_a_key_replaces_nothing_by_what_does_not_fit(t):
    topic = described(t)
    message = {"topic": topic, "key": "k"}
    id = t.admin.post("/api/messages", {
        **message, "payload": GOOD}).expect(201)["id"]
    t.admin.post("/api/messages", {**message, "payload": BAD}).expect(422)
    same(t.admin.message(id)["payload"], GOOD)


def test_without_its_schema_a_topic_takes_anything(t):
    topic = described(t)
    enqueue(t, topic, BAD).expect(422)
    t.admin.delete(f"/api/topic-schemas/{topic}").expect(204)
    eventually(lambda: enqueue(t, topic, BAD).status == 201, 3)


def test_messages_that_are_there_stay(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic, payload="no JSON")
    put(t, topic, ORDER).expect(200)
    [message] = t.admin.dequeue(topic)
    same(message["payload"], "no JSON")
    t.admin.nack(id).expect(204)
    t.admin.post(f"/api/messages/{id}/requeue").expect(204)
    same([m["id"] for m in t.admin.dequeue(topic)], [id])


def test_a_change_counts_in_every_process_within_a_second(t):
    topic = t.fresh("topic")
    clients = [t.fresh_admin() for _ in range(8)]

    def said():
        return {enqueue(t, topic, '"x"', client).status for client in clients}

    same(said(), {201})
    for schema, status in (("int", 422), ("string", 201), ("long", 422)):
        put(t, topic, schema).expect(200)
        with within(2, "the change"):
            eventually(lambda: said() == {status}, 3)
    t.admin.delete(f"/api/topic-schemas/{topic}").expect(204)
    with within(2, "the change back"):
        eventually(lambda: said() == {201}, 3)


def test_types_of_one_topic_are_unknown_to_others(t):
    described(t)
    t.admin.put(f"/api/topic-schemas/{t.fresh('topic')}",
                {"schema_json": '"shop.Order"'}).expect(400)


def test_an_admin_grant_describes_its_topics_only(t):
    mine, other = described(t), described(t)
    user = t.user(("admin", mine + "*"))
    put(t, mine, "int", user).expect(200)
    user.get(f"/api/topic-schemas/{mine}").expect(200)
    user.delete(f"/api/topic-schemas/{mine}").expect(204)
    for method in ("GET", "PUT", "DELETE"):
        user.request(method, f"/api/topic-schemas/{other}",
                     {"schema_json": '"int"'}).expect(
            403, "insufficient permissions")
    user.get("/api/topic-schemas").expect(403, "admin access required")


def test_a_schema_that_psql_has_spoiled_is_named(t):
    topic = described(t)
    t.sql(f"""update sluice.topic_schemas s
        set schema_json = '"Nothing"', updated_at = now()
        from sluice.topics t
        where t.topic_id = s.topic_id and t.name = '{topic}'""")
    t.admin.put(f"/api/topic-configs/{topic}", {}).expect(200)
    eventually(lambda: enqueue(t, topic, GOOD).status == 422, 3)
    enqueue(t, topic, GOOD).expect(
        422, 'the topic\'s schema is not valid: there is no type "Nothing"')
