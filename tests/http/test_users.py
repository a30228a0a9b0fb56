"""/api/users."""

from harness.context import eventually, same

PASSWORD = "minimum12chars!"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_user_is_shown_as_it_was_made(t):
    name = t.fresh("ünï cödé")
    user = t.admin.post("/api/users", {
        "username": name, "password": PASSWORD}).expect(201)
    same(list(user),
         ["id", "username", "is_admin", "created_at", "updated_at"])
    same((user["username"], user["is_admin"]), (name, False))
    same(t.admin.get(f"/api/users/{user['id']}").expect(200), user)
    page = t.admin.get("/api/users?limit=200").expect(200)
    same([u for u in page["items"] if u["username"] == name], [user])


def test_the_list_is_sorted_and_in_pages(t):
    for word in ("b", "a", "B"):
        t.admin.post("/api/users", {
            "username": t.fresh(word), "password": PASSWORD}).expect(201)
    page = t.admin.get("/api/users?limit=200").expect(200)
    names = [user["username"].encode() for user in page["items"]]
    same(names, sorted(names))
    same(page["total"], len(names))
    part = t.admin.get("/api/users?limit=2&offset=1").expect(200)
    same(part["items"], page["items"][1:3])
    for query in ("limit=0", "limit=x", "offset=-1", "what=1"):
        t.admin.get(f"/api/users?{query}").expect(400)


def test_name_and_password_are_required(t):
    for body in ({}, {"username": "x"}, {"password": PASSWORD},
                 {"username": "", "password": PASSWORD},
                 {"username": "x", "password": ""},
                 {"username": None, "password": PASSWORD}):
        t.admin.post("/api/users", body).expect(
            400, "username and password are required")


def test_a_password_has_12_to_1024_bytes(t):
    for password in ("x", "x" * 11):
        t.admin.post("/api/users", {
            "username": t.fresh("user"), "password": password}).expect(
            400, "password must be at least 12 characters")
    t.admin.post("/api/users", {
        "username": t.fresh("user"), "password": "x" * 1025}).expect(400)
    for password in ("x" * 12, "x" * 1024, "é" * 6):
        name = t.fresh("user")
        t.admin.post("/api/users", {
            "username": name, "password": password}).expect(201)
        t.anonymous().post("/api/auth/login", {
            "username": name, "password": password}).expect(200)


def test_a_name_is_taken_once(t):
    user = t.new_user()
    other = t.new_user()
    t.admin.post("/api/users", {
        "username": user["username"], "password": PASSWORD}).expect(
        409, "username already exists")
    t.admin.put(f"/api/users/{other['id']}", {
        "username": user["username"]}).expect(409, "username already exists")
    t.admin.put(f"/api/users/{user['id']}", {
        "username": user["username"]}).expect(200)


def test_only_what_is_given_changes(t):
    user = t.new_user()
    path = f"/api/users/{user['id']}"
    for body in ({}, {"username": None, "password": None, "is_admin": None}):
        changed = t.admin.put(path, body).expect(200)
        same(changed["username"], user["username"])
        same(changed["is_admin"], False)
    name = t.fresh("renamed")
    same(t.admin.put(path, {"username": name}).expect(200)["username"], name)
    same(t.admin.put(path, {"is_admin": True}).expect(200)["is_admin"], True)
    changed = t.admin.put(path, {"is_admin": None}).expect(200)
    same((changed["username"], changed["is_admin"]), (name, True))
    t.anonymous().post("/api/auth/login", {
        "username": name, "password": "correct horse battery"}).expect(200)
    t.admin.put(path, {"is_admin": False}).expect(200)


def test_a_name_cannot_become_empty(t):
    user = t.new_user()
    for name in ("", "x" * 129, "a\nb", "a\u0085b"):
        t.admin.put(f"/api/users/{user['id']}", {"username": name}).expect(400)
    same(t.admin.get(f"/api/users/{user['id']}").expect(200)["username"],
         user["username"])


def test_a_deleted_user_is_gone(t):
    user = t.new_user(("read", "*"))
    path = f"/api/users/{user['id']}"
    t.admin.delete(path).expect(204)
    t.admin.delete(path).expect(404, "user not found")
    t.admin.put(path, {}).expect(404, "user not found")
    t.admin.get(path).expect(404, "user not found")
    t.admin.get(path + "/grants").expect(404, "user not found")
    t.admin.post("/api/users", {
        "username": user["username"], "password": PASSWORD}).expect(201)


def test_nobody_deletes_their_own_account(t):
    user = t.new_user(is_admin=True)
    me = t.client_for(user, admin=True)
    me.delete(f"/api/users/{user['id']}").expect(
        400, "cannot delete your own account")
    t.admin.delete(f"/api/users/{user['id']}").expect(204)


def test_the_last_admin_stays_one(t):
    page = t.admin.get("/api/users?limit=200").expect(200)
    for user in page["items"]:
        if user["is_admin"] and user["username"] != "admin":
            t.admin.delete(f"/api/users/{user['id']}").expect(204)
    [admin] = [u for u in page["items"] if u["username"] == "admin"]
    t.admin.put(f"/api/users/{admin['id']}", {"is_admin": False}).expect(
        409, "cannot demote the last admin")
    same(t.admin.get(f"/api/users/{admin['id']}").expect(200)["is_admin"],
         True)


def test_malformed_ids_are_unknown_ones(t):
    for id in (NOBODY, "17", "x" * 36, NOBODY + "0", "%20", "%00"):
        for method, path, body in (
                ("GET", "", None), ("PUT", "", {}), ("DELETE", "", None),
                ("GET", "/grants", None),
                ("POST", "/grants", {"action": "read"}),
                ("POST", "/consumer-group-grants", {"consumer_group": "g"}),
                ("DELETE", f"/grants/{NOBODY}", None)):
            reply = t.admin.request(method, f"/api/users/{id}{path}", body)
            if id == "%00":
                same(reply.status in (400, 404), True, str(reply))
            elif method == "DELETE" and path:
                same(reply.status, 404, str(reply))
            else:
                reply.expect(404, "user not found")


def passwd(t, *arguments, **more):
    return t.instance.command("passwd", *arguments, check=False, **more)


def can_log_in(t, user, password):
    return t.anonymous().post("/api/auth/login", {
        "username": user["username"], "password": password}).status == 200


def test_who_has_the_database_gives_a_new_password(t):
    user = t.new_user()
    client = t.client_for(user)
    client.get("/v1/streams").expect(200)
    done = passwd(t, user["username"], input="a password of our own\nmore")
    same((done.returncode, done.stdout, done.stderr), (0, "", ""))
    same(can_log_in(t, user, "a password of our own"), True)
    same(can_log_in(t, user, "correct horse battery"), False)
    # As with any new password, older tokens end.
    eventually(lambda: client.get("/v1/streams").status == 401, 3)


def test_a_password_can_be_made(t):
    user = t.new_user()
    words = set()
    for _ in range(2):
        done = passwd(t, "--make", user["username"])
        same((done.returncode, done.stderr), (0, ""))
        words.add(done.stdout.strip())
        same(can_log_in(t, user, done.stdout.strip()), True)
    same((len(words), {len(word) for word in words}), (2, {24}))


def test_a_password_that_will_not_do_changes_nothing(t):
    user = t.new_user()
    for given, complaint in (
            ("", "no password was given"),
            ("\n", "a password has 12 to 1024 bytes of UTF-8"),
            ("too short\n", "a password has 12 to 1024 bytes of UTF-8"),
            ("x" * 1025, "a password has 12 to 1024 bytes of UTF-8")):
        done = passwd(t, user["username"], input=given)
        same((done.returncode, done.stderr), (1, f"sluice passwd: {complaint}"
                                              "\n"))
    for wrong in ((), ("--make",), ("a", "b"), ("--make", "a", "b")):
        done = passwd(t, *wrong)
        same((done.returncode, done.stderr),
             (1, "usage: sluice passwd [--make] USER\n"))
    done = passwd(t, "--make", "nobody")
    same((done.returncode, done.stdout, done.stderr),
         (1, "", "sluice passwd: there is no user nobody\n"))
    same(can_log_in(t, user, "correct horse battery"), True)
