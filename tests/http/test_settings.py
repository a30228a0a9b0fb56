"""Settings that change what the door says: pools of workers that share the
instance's database and differ in one setting."""

import contextlib
import http.client
import json
import subprocess

from harness.context import Call, Context, eventually, same
from harness.instance import BINARY, Instance


@contextlib.contextmanager
def pool(t, **settings):
    other = Instance(**{"database": t.instance.database,
                        "jwt_secret": t.instance.jwt_secret,
                        "processes": 1, **settings}).start()
    try:
        yield Context(other, None if "database" in settings
                      else t.admin.token)
    finally:
        other.stop()


def test_without_auth_everybody_may_do_everything(t):
    with pool(t, auth="off") as open_pool:
        anyone = open_pool.anonymous()
        same(anyone.get("/api/auth/status").expect(200),
             {"auth_required": False})
        topic = t.fresh("topic")
        anyone.put(f"/api/topic-configs/{topic}", {}).expect(200)
        id = anyone.enqueue(topic)
        same([m["id"] for m in anyone.dequeue(topic)], [id])
        anyone.ack(id).expect(204)
        anyone.get("/api/users").expect(200)
        anyone.get("/api/stats", headers={
            "Authorization": "nonsense"}).expect(200)
        anyone.post("/api/auth/refresh").expect(401, "not authenticated")
        anyone.post("/api/auth/login", {
            "username": "admin", "password": t.instance.password}).expect(200)
        log = (open_pool.instance.var / "log" / "sluice.log").read_text()
        same("SLUICE_AUTH" in log, True, "a loud word in the log")


def test_registration_can_be_required(t):
    with pool(t, require_topic_registration="on") as strict:
        topic, known = t.fresh("topic"), t.topic(max_retries=3)
        refused = "topic is not registered; an admin must create it first"
        strict.admin.post("/api/messages", {
            "topic": topic, "payload": "x"}).expect(422, "enqueue: " + refused)
        strict.admin.post("/api/messages/batch", {
            "topic": topic, "messages": [{"payload": "x"}]}).expect(
            422, "enqueue: " + refused)
        strict.admin.post("/api/messages/dequeue", {"topic": topic}).expect(
            422, "dequeue: " + refused)
        same(t.sql("select count(*) from sluice.topics "
                   f"where name = '{topic}'"), "0", "topics")
        id = strict.admin.enqueue(known)
        same([m["id"] for m in strict.admin.dequeue(known)], [id])
        strict.admin.dequeue(known + ".dlq")
        strict.admin.put(f"/api/topic-configs/{topic}", {}).expect(200)
        strict.admin.enqueue(topic)
        strict.admin.delete(f"/api/topic-configs/{topic}").expect(204)
        strict.admin.post("/api/messages", {
            "topic": topic, "payload": "x"}).expect(422, "enqueue: " + refused)


def test_the_defaults_are_settings(t):
    with pool(t, dlq_threshold=0, max_retries=2, message_ttl="0",
              visibility_timeout="7s") as other:
        topic = t.fresh("topic")
        id = other.admin.enqueue(topic)
        message = other.admin.message(id)
        same((message["max_retries"], message["expires_at"]), (2, None))
        for status in ("pending", "failed"):
            [delivery] = other.admin.take(topic)
            seconds = float(t.sql(f"""select extract(epoch from timestamptz
                '{delivery["visible_until"]}' - clock_timestamp())"""))
            same(5 < seconds <= 7, True, f"{seconds} s visible")
            other.admin.nack(id).expect(204)
            message = other.admin.message(id)
            same((message["status"], message["topic"]), (status, topic))


def login_from(address, port):
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, source_address=(address, 0), timeout=30)
    connection.request("POST", "/api/auth/login", json.dumps({
        "username": "admin", "password": "not the password"}),
        {"Content-Type": "application/json", "X-Real-IP": "10.0.0.1",
         "X-Forwarded-For": "10.0.0.2"})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply, body


def test_logins_are_limited_by_address(t):
    with pool(t, login_rate="3/2s") as limited:
        port = limited.instance.http_port
        for left in (2, 1, 0):
            reply, _ = login_from("127.0.0.7", port)
            same((reply.status, reply.headers["X-RateLimit-Limit"],
                  reply.headers["X-RateLimit-Remaining"]),
                 (401, "3", str(left)))
        reply, body = login_from("127.0.0.7", port)
        same((reply.status, json.loads(body)),
             (429, {"error": "too many requests"}))
        same(1 <= int(reply.headers["Retry-After"]) <= 2, True)
        same(login_from("127.0.0.8", port)[0].status, 401, "another address")
        eventually(lambda: login_from("127.0.0.7", port)[0].status == 401,
                   5, "the next window")


def test_passwords_are_hashed_as_the_settings_say_today(t):
    user = t.new_user()

    def log_in(client):
        client.post("/api/auth/login", {
            "username": user["username"],
            "password": "correct horse battery"}).expect(200)

    def parameters():
        return t.sql("select split_part(password_hash, '$', 4), version "
                     f"from sluice.users where id = '{user['id']}'")

    same(parameters(), "m=64,t=1,p=1|1")
    with pool(t, argon2_memory=128, argon2_passes=2) as other:
        log_in(t.anonymous())
        same(parameters(), "m=64,t=1,p=1|1")
        log_in(other.anonymous())
        same(parameters(), "m=128,t=2,p=1|1")
    log_in(t.anonymous())
    same(parameters(), "m=64,t=1,p=1|1")


def test_logins_wait_for_their_hash_without_a_thread(t):
    with pool(t, argon2_memory=32768, argon2_passes=4, threads=4) as slow:
        calls = [Call(slow.anonymous().post, "/api/auth/login", {
            "username": "nobody", "password": "correct horse battery"})
            for _ in range(8)]
        slow.wait_for_parked(1)
        slow.admin.get("/api/topic-configs").expect(200)
        same(any(call.is_alive() for call in calls), True,
             "an answer while others wait")
        for call in calls:
            call.result().expect(401, "invalid credentials")


def test_the_first_user_is_an_admin(t):
    name = t.fresh("empty")
    subprocess.run(
        ["createdb", "-h", t.instance.var / "run", "-U", "postgres",
         "-O", "sluice", name], check=True, capture_output=True)
    database = t.instance.database.replace("dbname=sluice", f"dbname={name}")

    def migrate(password):
        return subprocess.run(
            [BINARY, "migrate"], capture_output=True, text=True, check=True,
            env={**t.instance.environment, "SLUICE_DATABASE": database,
                 "SLUICE_ADMIN_PASSWORD": password}).stdout

    same("nobody can log in" in migrate(""), True, "a warning")
    same("user admin: created" in migrate(t.instance.password), True)
    same("user" in migrate("another password"), False, "one user is enough")
    with pool(t, database=database) as other:
        [user] = other.admin.get("/api/users").expect(200)["items"]
        same((user["username"], user["is_admin"]), ("admin", True))


def test_no_worker_runs_without_a_secret(t):
    done = subprocess.run(
        [BINARY, "worker"], capture_output=True, text=True, timeout=30,
        stdin=subprocess.DEVNULL,
        env={**t.instance.environment, "SLUICE_JWT_SECRET": ""})
    same((done.returncode, "SLUICE_JWT_SECRET is not set" in done.stderr),
         (1, True), done.stderr)


def test_words_that_no_command_takes_are_refused(t):
    def run(*words):
        done = subprocess.run(
            [BINARY, *words], capture_output=True, text=True, timeout=30,
            stdin=subprocess.DEVNULL, env=t.instance.environment)
        return done.returncode, done.stderr

    for words, why in ((["check", "x"], "a word too many"),
                       (["version", "x"], "a word too many"),
                       (["migrate", "x"], "a word too many"),
                       (["help", "bogus"], "no table bogus"),
                       (["reap", "--due", "x"], "--due stands alone"),
                       (["worker", "a"], "no worker's number"),
                       (["worker", "64"], "no worker's number"),
                       (["worker", "0", "1"], "a word too many"),
                       (["worker"], "no socket to serve"),
                       (["bogus"], "no command bogus")):
        status, said = run(*words)
        same((status, why in said), (1, True), f"{words}: {said}")
    for words in (["--help"], ["-h"], ["--version"], ["check"]):
        same(run(*words), (0, ""))


def test_reaping_says_when_the_database_would_not(t):
    t.instance.reap("--due")
    t.sql("update sluice.reapers set done_until = now() - interval '1 h', "
          "leased_until = '-infinity'")
    done = subprocess.run(
        [BINARY, "reap", "--due"], capture_output=True, text=True, timeout=30,
        env={**t.instance.environment, "SLUICE_DATABASE": t.instance.database,
             "PGOPTIONS": "-c default_transaction_read_only=on"})
    same(done.returncode, 1, done.stderr)


def test_a_reaper_that_can_be_given_no_row_is_told_so(t):
    t.sql("delete from sluice.reapers where name = 'logins'")
    done = subprocess.run(
        [BINARY, "reap", "--due"], capture_output=True, text=True, timeout=30,
        env={**t.instance.environment, "SLUICE_DATABASE": t.instance.database,
             "PGOPTIONS": "-c default_transaction_read_only=on"})
    same((done.returncode, "the reapers cannot be read" in done.stderr),
         (1, True), done.stderr)
    t.instance.reap("--due")
    same(t.sql("select count(*) from sluice.reapers where name = 'logins'"),
         "1", "its row")


def test_a_proxy_is_believed_about_its_clients_addresses(t):
    with pool(t, proxies="10.1.0.0/16, 127.0.0.1",
              login_rate="2/60s") as behind:
        def login(forwarded):
            return behind.anonymous().post(
                "/api/auth/login",
                {"username": t.fresh("nobody"), "password": "x" * 12},
                headers={"X-Forwarded-For": forwarded}).status

        # What the client itself has said stands in front, and proves nothing.
        same([login(f"9.9.9.{n}, 192.0.2.1, 10.1.2.3") for n in range(3)],
             [401, 401, 429], "one client")
        same(login("192.0.2.2"), 401, "another")


def test_nobody_else_is_believed_about_addresses(t):
    with pool(t, login_rate="2/60s") as front:
        for n in range(3):
            reply = front.anonymous().post(
                "/api/auth/login",
                {"username": "nobody", "password": "x" * 12},
                headers={"X-Forwarded-For": f"192.0.2.{n}"})
        reply.expect(429)
