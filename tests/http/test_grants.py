"""/api/users/{id}/grants."""

from harness.context import same

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_grant_is_shown_as_it_was_made(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}/grants"
    for action in ("read", "write", "admin", "consume"):
        grant = t.admin.post(path, {
            "action": action, "topic_pattern": "orders*"}).expect(201)
        same(list(grant), ["id", "user_id", "action", "topic_pattern",
                           "consumer_group", "created_at"])
        same((grant["user_id"], grant["action"], grant["topic_pattern"],
              grant["consumer_group"]), (user["id"], action, "orders*", ""))
        same(t.admin.get(path).expect(200)["items"][-1], grant)
    same([g["action"] for g in t.admin.get(path).expect(200)["items"]],
         ["read", "write", "admin", "consume"])


def test_a_pattern_defaults_to_every_topic(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}/grants"
    for body in ({"action": "read"}, {"action": "write",
                                      "topic_pattern": None}):
        same(t.admin.post(path, body).expect(201)["topic_pattern"], "*")


def test_the_same_grant_is_given_once(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}/grants"
    t.admin.post(path, {"action": "read"}).expect(201)
    t.admin.post(path, {"action": "read", "topic_pattern": "*"}).expect(
        409, "grant already exists")
    t.admin.post(path, {"action": "write"}).expect(201)
    t.admin.post(path, {"action": "read", "topic_pattern": "**"}).expect(201)
    same(len(t.admin.get(path).expect(200)["items"]), 3)


def test_other_actions_are_refused(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}/grants"
    for action in ("", "Read", "dequeue", None):
        t.admin.post(path, {"action": action}).expect(
            400, "action must be one of: read, write, admin, consume")
    t.admin.post(path, {}).expect(
        400, "action must be one of: read, write, admin, consume")
    for pattern in ("", "x" * 256, "a\nb"):
        t.admin.post(path, {
            "action": "read", "topic_pattern": pattern}).expect(400)
    same(t.admin.get(path).expect(200), {"items": []})


def test_a_deleted_grant_is_gone(t):
    user, other = t.new_user(("read", "*")), t.new_user(("read", "*"))
    path = f"/api/users/{user['id']}/grants"
    [grant] = t.admin.get(path).expect(200)["items"]
    for id in (NOBODY, "17"):
        t.admin.delete(f"{path}/{id}").expect(404, "grant not found")
    t.admin.delete(f"/api/users/{other['id']}/grants/{grant['id']}").expect(
        404, "grant not found")
    t.admin.delete(f"{path}/{grant['id']}").expect(204)
    t.admin.delete(f"{path}/{grant['id']}").expect(404, "grant not found")
    same(t.admin.get(path).expect(200), {"items": []})


def test_a_consumer_group_grant_is_made_once(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}/consumer-group-grants"
    body = {"topic_pattern": "orders*", "consumer_group": "billing"}
    grant = t.admin.post(path, body).expect(201)
    same((grant["action"], grant["topic_pattern"], grant["consumer_group"]),
         ("consume", "orders*", "billing"))
    t.admin.post(path, body).expect(409)
    t.admin.post(path, {"consumer_group": "billing"}).expect(201)
    for body in ({}, {"consumer_group": ""}, {"topic_pattern": "x"}):
        t.admin.post(path, body).expect(400, "consumer_group is required")


def test_patterns_are_globs_over_the_whole_name(t):
    word = t.fresh("g")
    for pattern, name, allowed in (
            (f"{word}", f"{word}", True),
            (f"{word}", f"{word}x", False),
            (f"{word}*", f"{word}", True),
            (f"{word}*", f"{word}.eu.x", True),
            (f"{word}.*", f"{word}", False),
            (f"*{word}", f"x.{word}", True),
            (f"*{word}", f"{word}x", False),
            (f"{word}?", f"{word}ü", True),
            (f"{word}?", f"{word}", False),
            (f"{word}?", f"{word}xy", False),
            (f"{word}*a*b", f"{word}-a-a-b-b", True),
            (f"{word}*a*b", f"{word}-b-a", False),
            (f"{word}[ab]", f"{word}a", False),
            (f"{word}[ab]", f"{word}[ab]", True),
            (f"{word}.", f"{word}x", False),
            (f"{word}%", f"{word}x", False),
            ("*", f"{word}", True),
            (f"stream:{word}", f"stream:{word}", False)):
        status = t.user(("write", pattern)).post("/api/messages", {
            "topic": name, "payload": "x"}).status
        same(status, 201 if allowed else 403, f"{pattern} on {name}")


def test_each_action_allows_what_it_says(t):
    topic = t.topic(max_retries=1)

    def may(client):
        """What the client may do, out of: list, enqueue, dequeue, manage."""
        allowed = set()
        if client.get(f"/api/messages?topic={topic}").status == 200:
            allowed.add("list")
        if client.post("/api/messages", {
                "topic": topic, "payload": "x"}).status == 201:
            allowed.add("enqueue")
        if client.post("/api/messages/dequeue", {
                "topic": topic}).status == 200:
            allowed.add("dequeue")
        if client.post(f"/api/topics/{topic}/resume").status == 204:
            allowed.add("manage")
        return allowed

    for action, allowed in (
            ("read", {"list"}), ("write", {"enqueue", "dequeue"}),
            ("consume", {"dequeue"}),
            ("admin", {"list", "enqueue", "dequeue", "manage"})):
        same(may(t.user((action, topic))), allowed, action)
        same(may(t.user((action, topic + "?"))), set(), action)
    same(may(t.user()), set())
