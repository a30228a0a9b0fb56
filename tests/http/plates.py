"""What the tests of the plates door share."""


class Plate:
    """A plate with a client that has a key of it."""

    def __init__(self, t, key=None, id=None):
        self.t = t
        self.id = id or t.fresh("plate")
        if not key:
            made = t.admin.post("/api/plates", {"id": self.id}).expect(201)
            key = made["key"]["key"]
        self.key = key
        self.client = t.admin.with_token(key)

    def post(self, path, body):
        return self.client.post(f"/{self.id}{path}", body)

    def get(self, path):
        return self.client.get(f"/{self.id}{path}")

    def ask(self, command, *args):
        """The reply to a command."""
        return self.post("/streams/command", {
            "command": command, "args": list(args)})

    def run(self, command, *args):
        """Its result."""
        return self.ask(command, *args).expect(200)["data"]["result"]

    def add(self, key, id, *fields):
        return self.run("XADD", key, id, *(fields or ("a", "1")))

    def of_another_type(self, key):
        """Make the key one that holds no stream with ids, as there were
        before there were plates."""
        self.add(key, "1-1")
        self.t.sql("update sluice.streams set last_id = null, deleted_id = "
                   "null, added = null, length = null where name = "
                   f"'{self.id}/{key}'")

    def again(self):
        """The same, by a connection of its own."""
        return Plate(self.t, self.key, self.id)

    def of_process(self, number):
        """The same, but always answered by that worker."""
        other = self.again()
        other.client = self.t.instance.worker_client(number, self.key)
        return other


def error_of(reply, status):
    """(code, message) of an error reply."""
    reply.expect(status)
    error = reply.json["error"]
    return error["code"], error["message"]
