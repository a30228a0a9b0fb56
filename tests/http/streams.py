"""What the tests of the streams door have in common."""

from harness.context import same

TEXT = {"Content-Type": "text/plain"}
JSON = {"Content-Type": "application/json"}


def path_of(name):
    return f"/v1/stream/{name}"


class Door:
    """The streams door with a client's rights; bodies are bytes."""

    def __init__(self, client):
        self.client = client

    def put(self, name, body=None, kind=TEXT, **headers):
        return self.call("PUT", name, body, kind, headers)

    def post(self, name, body=None, kind=TEXT, **headers):
        return self.call("POST", name, body, kind, headers)

    def head(self, name):
        return self.client.request("HEAD", path_of(name))

    def delete(self, name):
        return self.client.delete(path_of(name))

    def call(self, method, name, body, kind, headers):
        """Headers as stream_ttl="60"; a body that is text is bytes of it."""
        if isinstance(body, str):
            body = body.encode()
        sent = {"Content-Type": None, **(kind or {})}
        for key, value in headers.items():
            sent["-".join(key.split("_"))] = str(value)
        return self.client.request(method, path_of(name), body, headers=sent)


def next_offset(reply):
    return reply.headers["Stream-Next-Offset"]


def refused(reply, status, code, message=None):
    """An error in the door's envelope."""
    if reply.status != status:
        raise AssertionError(f"{reply}, expected {status}")
    error = reply.json["error"]
    same(error["code"], code, "code")
    if message is not None:
        same(error["message"], message, "message")
