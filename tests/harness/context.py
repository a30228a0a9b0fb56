"""What a test is given: clients, fresh names, the database, patience."""

import contextlib
import itertools
import threading
import time

from harness import token
from harness.client import Client, Failure, unverified_tls

numbers = itertools.count(1)


class Context:
    def __init__(self, instance, token=None):
        """With a token of the same secret, the admin need not log in."""
        self.instance = instance
        self.admin = instance.client(token) if token else instance.admin()
        self.users = []

    # Clients.

    def anonymous(self):
        return self.instance.client()

    def https(self):
        return Client("127.0.0.1", self.instance.https_port,
                      self.admin.token, unverified_tls())

    def fresh_admin(self):
        """A second connection of the admin, for another thread."""
        return self.admin.with_token(self.admin.token)

    def new_user(self, *grants, is_admin=False):
        """A user with grants, each ("write", "orders*")."""
        name = self.fresh("user")
        user = self.admin.post("/api/users", {
            "username": name, "password": "correct horse battery",
            "is_admin": is_admin}).expect(201)
        self.users.append(user["id"])
        for action, pattern in grants:
            self.admin.post(f"/api/users/{user['id']}/grants", {
                "action": action, "topic_pattern": pattern}).expect(201)
        return user

    def forget_users(self):
        """A test's users are gone after it, or lists grow with the tests."""
        while self.users:
            reply = self.admin.delete(f"/api/users/{self.users.pop()}")
            if reply.status not in (204, 404):
                raise Failure(f"{reply}, expected 204 or 404")

    def token_for(self, user, admin=False, **more):
        return token.hmac_token(token.claims_of(user, admin, **more),
                                self.instance.jwt_secret)

    def api_key_for(self, user, **more):
        return self.admin.post(f"/api/users/{user['id']}/api-keys", {
            "name": self.fresh("key"), **more}).expect(201)

    def client_for(self, user, admin=False):
        return self.admin.with_token(self.token_for(user, admin))

    def user(self, *grants):
        """A client of a new user with those grants."""
        return self.client_for(self.new_user(*grants))

    # Names nobody has used.

    def fresh(self, word):
        return f"{word}-{next(numbers)}"

    def topic(self, **config):
        """A new topic; its configuration is there before its first use, so
        that no process has cached the lack of one."""
        name = self.fresh("topic")
        if config:
            self.admin.put(f"/api/topic-configs/{name}", config).expect(200)
        return name

    # What happens behind the door.

    def sql(self, statement):
        return self.instance.sql(statement)

    def metric(self, name):
        """A figure of /metrics, 0 if there is none; of a name without
        labels, the sum. The worker that is asked answers for all."""
        text = self.admin.get("/metrics").body.decode()
        return sum(float(line.rpartition(" ")[2])
                   for line in text.splitlines()
                   if line.startswith((name + " ", name + "{")))

    def wait_for_parked(self, count):
        """Tests run one after the other: who waits is the test's own."""
        eventually(lambda: self.metric("sluice_parked_requests") >= count,
                   what=f"that {count} requests wait")


def same(got, want, what="value"):
    if got != want:
        raise Failure(f"{what} is {got!r}, expected {want!r}")


def eventually(look, seconds=10, what="it"):
    """Call look() until it is true; what it gave then."""
    ends = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > ends:
            raise Failure(f"{what} did not happen within {seconds} s")
        time.sleep(0.01)


class Call(threading.Thread):
    """A call that runs beside the test; result() waits for its end."""

    def __init__(self, function, *arguments, **named):
        super().__init__(daemon=True)
        self.function = lambda: function(*arguments, **named)
        self.value = self.fault = None
        self.started_at = self.ended_at = None
        self.start()

    def run(self):
        self.started_at = time.monotonic()
        try:
            self.value = self.function()
        except BaseException as fault:
            self.fault = fault
        self.ended_at = time.monotonic()

    def result(self, seconds=60):
        self.join(seconds)
        if self.is_alive():
            raise Failure(f"a call did not end within {seconds} s")
        if self.fault is not None:
            raise self.fault
        return self.value


@contextlib.contextmanager
def within(seconds, what="it"):
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    if took > seconds:
        raise Failure(f"{what} took {took:.2f} s, expected {seconds} s at most")
