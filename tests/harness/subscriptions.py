"""What the tests of subscriptions share."""

import base64
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile
import urllib.parse

from harness.client import Failure
from harness.context import eventually, same

BASE = "/v1/stream/__ds/subscriptions"
BEGINNING = "-1"


def path_of(id, rest=""):
    return f"{BASE}/{urllib.parse.quote(id, safe='')}{rest}"


def error(reply, status, code):
    """The sentence of an error with that status and code."""
    if reply.status != status or reply.json["error"]["code"] != code:
        raise Failure(f"{reply}, expected {status} {code}")
    return reply.json["error"]["message"]


class Subscription:
    """One of a fresh id, on the streams below a fresh name."""

    def __init__(self, t, client=None, **more):
        self.t = t
        self.client = client or t.admin
        self.id = t.fresh("subscription")
        self.root = t.fresh("room")
        self.wish = {"type": "webhook", "pattern": f"{self.root}/*",
                     "lease_ttl_ms": 30000, **more}
        if self.wish["type"] == "pull-wake":
            self.wish.setdefault("wake_stream", t.fresh("wakes"))

    def put(self, **more):
        return self.client.put(path_of(self.id), {**self.wish, **more})

    def create(self, **more):
        reply = self.put(**more)
        if reply.status != 201:
            raise Failure(f"{reply}, expected 201")
        return self

    def get(self, status=200):
        reply = self.client.get(path_of(self.id))
        same(reply.status, status, str(reply))
        return reply.json

    def delete(self):
        same(self.client.delete(path_of(self.id)).status, 204)

    def acked(self):
        return {stream["path"]: stream["acked_offset"]
                for stream in self.get()["streams"]}

    def stream(self, word="a"):
        return f"{self.root}/{word}"

    def claim(self, worker="w"):
        return self.client.post(path_of(self.id, "/claim"),
                                {"worker": worker})

    def claimed(self, worker="w"):
        reply = self.claim(worker)
        same(reply.status, 200, str(reply))
        return reply.json

    def say(self, verb, token, body):
        """What a worker says, with nothing but its wake's token."""
        return self.t.anonymous().post(
            path_of(self.id, f"/{verb}"), body,
            headers={"Authorization": f"Bearer {token}"} if token else {})


def about(wake, acks=None, **more):
    """The body that says something of a wake."""
    body = {"wake_id": wake["wake_id"], "generation": wake["generation"],
            **more}
    if acks is not None:
        body["acks"] = [{"stream": name, "offset": offset}
                        for name, offset in acks.items()]
    return body


def tails(wake):
    return {stream["path"]: stream["tail_offset"]
            for stream in wake["streams"]}


def append(t, name, value=1):
    """Create the stream or append to it; its end."""
    path = f"/v1/stream/{name}"
    reply = t.admin.post(path, {"n": value})
    if reply.status == 404:
        reply = t.admin.put(path, {"n": value})
    if reply.status not in (201, 204):
        raise Failure(f"{reply}, expected 201 or 204")
    return reply.headers["Stream-Next-Offset"]


def wakes_in(t, name):
    """The events of a wake stream."""
    text = t.sql(
        "select string_agg(convert_from(e.data, 'UTF8'), E'\\n' "
        "order by e.seq) from sluice.entries e "
        f"where e.stream_id = sluice.stream_id('{name}')")
    return [json.loads(line) for line in text.splitlines() if line]


def wait_for_wake(t, subscription, count=1):
    name = subscription.wish["wake_stream"]
    return eventually(
        lambda: len(wakes_in(t, name)) >= count and wakes_in(t, name),
        what=f"wake number {count} in {name}")


def unpad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_signature(t, call):
    """Verified as a receiver does it, with the published key."""
    match = re.fullmatch(r"t=(\d+),kid=(ds_[\w-]{43}),ed25519=([\w-]{86})",
                         call.headers["Webhook-Signature"])
    if not match:
        raise Failure(f"signature {call.headers['Webhook-Signature']}")
    at, kid, signature = match.groups()
    jwks = t.anonymous().get("/v1/stream/__ds/jwks.json")
    [key] = [key for key in jwks.json["keys"] if key["kid"] == kid]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # An Ed25519 key in DER (RFC 8410): a fixed head, then the key.
        (folder / "key").write_bytes(
            bytes.fromhex("302a300506032b6570032100") + unpad(key["x"]))
        (folder / "said").write_bytes(at.encode() + b"." + call.raw)
        (folder / "signature").write_bytes(unpad(signature))
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
             "-inkey", "key", "-rawin", "-in", "said",
             "-sigfile", "signature"], cwd=folder, capture_output=True,
            text=True)
    if done.returncode != 0:
        raise Failure(f"openssl: {done.stdout}{done.stderr}")
    return int(at), key


def thumbprint(key):
    text = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": key["x"]},
                      separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    return "ds_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
