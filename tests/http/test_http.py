"""What holds for every route: paths, methods, sizes, envelopes."""

import json
import socket

from harness.client import raw_exchange
from harness.context import same, within


def test_unknown_paths_are_404(t):
    for path in ("/", "/api", "/api/", "/api/messages/", "/api/nothing",
                 "/api/messages/x/y/z", "//api/messages", "/API/messages",
                 "/api/topics//purge", "/api/topics/x/purge/",
                 "/api/topic-configs/", "/healthz/", "/%2e/healthz",
                 "/api%2Fmessages", "/x" * 1000):
        for client in (t.admin, t.anonymous()):
            client.get(path).expect(404, "no such path")


def test_dots_in_a_path_are_not_walked(t):
    for path in ("/api/topics/../messages", "/api/./messages",
                 "/../healthz"):
        reply = raw_exchange(
            t.instance.http_port,
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Bearer {t.admin.token}\r\n\r\n".encode())
        same(int(reply.split(b" ", 2)[1]) in (400, 404), True, path)


def test_a_wrong_method_is_405_and_says_the_right_ones(t):
    for method, path, allowed in (
            ("PUT", "/api/messages", "GET, HEAD, POST"),
            ("PATCH", "/api/users/x", "DELETE, GET, HEAD, PUT"),
            ("DELETE", "/api/messages/dequeue", "POST"),
            ("POST", "/healthz", "GET, HEAD"),
            ("BREW", "/healthz", "GET, HEAD")):
        reply = t.admin.request(method, path)
        reply.expect(405, "the path does not take this method")
        got = ", ".join(sorted(
            name.strip() for name in reply.headers["Allow"].split(",")))
        same(got, allowed, f"Allow of {path}")
    # nginx refuses it before a worker sees it.
    t.admin.request("TRACE", "/healthz").expect(
        405, "the path does not take this method")


def test_a_get_has_no_body_to_misunderstand(t):
    t.admin.request("GET", "/api/stats", b"").expect(200)


def test_a_body_has_10_mib(t):
    limit = 10 << 20
    for size, status in ((limit, 400), (limit + 1, 413), (11 << 20, 413),
                         (12 << 20, 413)):
        body = b'{"topic": "x", "payload": "' + b"x" * (size - 29) + b'"}'
        same(len(body), size)
        client = t.fresh_admin()
        # The payload itself is too large for a message; with one byte more
        # the body is too large to be looked at.
        try:
            reply = client.request("POST", "/api/messages", body)
        except (BrokenPipeError, ConnectionResetError):
            same(size > 11 << 20, True, "hung up on early")
            continue
        reply.expect(status)


def test_paths_and_queries_have_8_kib(t):
    t.admin.get("/api/messages?topic=" + "x" * 8186).expect(400)
    t.admin.get("/api/messages?topic=" + "x" * 8187).expect(414)
    t.admin.get("/" + "x" * 8191).expect(404)
    t.admin.get("/" + "x" * 8192).expect(414)


def test_bad_escapes_in_a_path_are_400(t):
    for part in ("%", "%4", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%c0%80"):
        t.admin.get(f"/api/topic-configs/{part}").expect(400)
    t.admin.get("/api/topic-configs/%00").expect(400)


def test_escapes_are_decoded_once(t):
    topic = t.fresh("a%20b/c")
    t.admin.enqueue(topic)
    path = "/api/topics/" + topic.replace("%", "%25").replace("/", "%2F")
    same(t.admin.post(path + "/purge").expect(200), {"deleted": 1})


def test_headers_do_not_lie(t):
    reply = t.admin.get("/api/stats")
    same(reply.headers["Content-Type"].split(";")[0], "application/json")
    reply = t.admin.get("/api/nothing")
    same(reply.headers["Content-Type"].split(";")[0], "application/json")
    same("nginx/" in str(reply.headers), False, "versions are nobody's business")


def test_many_requests_share_a_connection(t):
    client = t.fresh_admin()
    client.get("/healthz").expect(200)
    first = client.connection.sock
    for _ in range(50):
        client.get("/healthz").expect(200)
    same(client.connection.sock is first, True, "the same socket")


def test_requests_may_be_pipelined(t):
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    reply = raw_exchange(t.instance.http_port, (one + b"\r\n") * 9 + one +
                         b"Connection: close\r\n\r\n")
    same(reply.count(b"HTTP/1.1 200 "), 10)


def test_a_slow_body_holds_up_nobody(t):
    slow = []
    for _ in range(40):
        s = socket.create_connection(("127.0.0.1", t.instance.http_port))
        s.sendall(b"POST /api/messages HTTP/1.1\r\nHost: x\r\n"
                  b"Authorization: Bearer " + t.admin.token.encode() +
                  b"\r\nContent-Type: application/json\r\n"
                  b"Content-Length: 1000\r\n\r\n{\"topic\"")
        slow.append(s)
    with within(5, "requests beside slow ones"):
        topic = t.topic()
        for _ in range(20):
            t.admin.enqueue(topic)
    for s in slow:
        s.close()
    same(t.admin.listed(topic)["total"], 20)


def test_a_chunked_body_is_a_body(t):
    topic = t.topic()
    body = json.dumps({"topic": topic, "payload": "chunked"}).encode()
    data = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" \
        b"Authorization: Bearer " + t.admin.token.encode() + \
        b"\r\nContent-Type: application/json; charset=utf-8\r\n" \
        b"Transfer-Encoding: chunked\r\n\r\n"
    for i in range(0, len(body), 5):
        part = body[i:i + 5]
        data += b"%x\r\n%s\r\n" % (len(part), part)
    reply = raw_exchange(t.instance.http_port, data + b"0\r\n\r\n")
    same(reply.split(b" ", 2)[1], b"201")
    same(t.admin.dequeue(topic)[0]["payload"], "chunked")


def test_a_chunked_body_too_has_10_mib(t):
    mib = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
    for size, status in ((10, b"400"), (11, b"413")):
        reply = raw_exchange(
            t.instance.http_port,
            b"POST /api/messages HTTP/1.1\r\nHost: x\r\n"
            b"Connection: close\r\n"
            b"Authorization: Bearer " + t.admin.token.encode() +
            b"\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + mib * size + b"0\r\n\r\n")
        same(reply.split(b" ", 2)[1], status, f"{size} MiB")
        same(reply.endswith(b'"}'), True, "in the envelope")


def test_garbage_is_answered_and_survived(t):
    for data in (b"\0" * 100, b"GET\r\n\r\n", b"\x16\x03\x01" * 50,
                 b"GET / HTTP/9.9\r\n\r\n",
                 b"POST /api/messages HTTP/1.1\r\nHost: x\r\n"
                 b"Content-Length: -1\r\n\r\n",
                 b"POST /api/messages HTTP/1.1\r\nHost: x\r\n"
                 b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                 b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100000):
        try:
            raw_exchange(t.instance.http_port, data, half_close=True)
        except ConnectionError:
            pass  # hanging up is an answer too
    t.admin.get("/healthz").expect(200)


def test_health_and_version_are_open(t):
    anonymous = t.anonymous()
    same(anonymous.get("/healthz").expect(200), {"status": "ok"})
    anonymous.get("/readyz").expect(200)
    version = anonymous.get("/api/version").expect(200)
    same(list(version), ["version"])
    same(isinstance(version["version"], str), True)
