"""What holds for every reply of the streams door, whoever makes it."""

import calls
from harness.client import Failure, raw_exchange
from harness.context import same

ALLOWED = ("authorization", "content-type", "if-none-match", "stream-seq",
           "stream-closed", "producer-id", "producer-epoch", "producer-seq")

PAGE = {"Origin": "https://elsewhere.example"}


def words(value):
    return [word.strip() for word in value.split(",")]


def paths(t):
    """A path for each pattern under /v1/; who may call each of its methods."""
    found = {}
    for method, pattern, _, access in calls.routes():
        if pattern.startswith("/v1/"):
            found.setdefault(pattern, {})[method] = access
    for pattern, methods in found.items():
        name = t.fresh("topic")
        yield (pattern.replace("{*}", f"{name}/x").replace("{}", "y"),
               methods)


def check_headers(reply):
    for name, value in (("X-Content-Type-Options", "nosniff"),
                        ("Access-Control-Allow-Origin", "*")):
        if reply.headers.get_all(name) != [value]:
            raise Failure(f"{reply}: {name} is {reply.headers.get_all(name)}")


def test_browsers_may_ask_for_every_path(t):
    asked = 0
    for path, methods in paths(t):
        reply = t.anonymous().request("OPTIONS", path, headers={
            **PAGE,
            "Access-Control-Request-Method": "POST"})
        reply.expect(204)
        check_headers(reply)
        same(set(words(reply.headers["Access-Control-Allow-Methods"])),
             set(methods) | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()),
             path)
        allowed = words(reply.headers["Access-Control-Allow-Headers"])
        same([name for name in ALLOWED if name not in allowed], [])
        same(int(reply.headers["Access-Control-Max-Age"]) > 0, True)
        asked += 1
    same(asked > 1, True, "paths were asked")
    t.anonymous().request("OPTIONS", "/api/stats").expect(405)


def test_errors_let_browsers_read_them(t):
    anonymous = t.anonymous()
    for path, methods in paths(t):
        for method, access in methods.items():
            reply = anonymous.request(method, path, headers=PAGE)
            if access != "open":
                reply.expect(401)
            check_headers(reply)
        reply = t.admin.request("PATCH", path, headers=PAGE)
        reply.expect(405, "the path does not take this method")
        check_headers(reply)
        same(reply.headers["Access-Control-Expose-Headers"], "*")


def test_what_leads_nowhere_wears_the_envelope_too(t):
    long = "x" * 1025
    for path, status, sentence in (
            ("/v1/nothing", 404, "no such path"),
            ("/v1/stream", 404, "no such path"),
            ("/v1/stream/", 400, "the path has no name in it"),
            ("/v1/stream//", 400, "the path has no name in it"),
            (f"/v1/stream/{long}", 400, "the name is longer than "
             "STREAM_NAME_BYTES_MAX (1024 bytes)"),
            ("/v1/stream/" + "%41" * 1025, 400, None),
            ("/v1/stream/a%00b", 400, None),
            ("/v1/stream/a%FFb", 400, None),
            ("/v1/stream/a%", 400, None),
            ("/v1/" + "x" * 9000, 414, None),
            ("/v1/stream/a?x=" + "y" * 9000, 414, None),
            ("/v1/" + "x" * 70000, 414, None)):
        reply = t.admin.get(path)
        reply.expect(status, sentence)
        check_headers(reply)


def test_a_header_that_is_too_long_is_told_so(t):
    reply = t.fresh_admin().request(
        "GET", "/v1/stream/a", headers={"Stream-Key": "x" * 70000})
    reply.expect(431, "a header is longer than 64 KiB, or all of them "
                 "than 256 KiB")
    same(reply.json["error"]["code"], "headers_too_long")
    check_headers(reply)


def test_names_of_1024_bytes_are_names(t):
    for name in ("n" * 1024, "%4E" * 1024, "n/" * 511 + "nn"):
        # Not found, not misunderstood.
        t.admin.get(f"/v1/stream/{name}").expect(404)


def test_a_body_over_10_mib_is_refused_in_the_envelope(t):
    try:
        reply = t.fresh_admin().request("POST", "/v1/stream/large",
                                        b"x" * ((10 << 20) + 1), PAGE)
    except ConnectionError:
        raise Failure("hung up on, though nginx could take a little more")
    reply.expect(413)
    check_headers(reply)
    answer = raw_exchange(
        t.instance.http_port,
        b"POST /v1/stream/large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" +
        (b"100000\r\n" + b"x" * (1 << 20) + b"\r\n") * 11 + b"0\r\n\r\n")
    same(answer.split(b" ", 2)[1], b"413")
    same(answer.split(b"\r\n\r\n", 1)[1][:9], b'{"error":')
    same(b'"code":"too_large"' in answer, True)


def test_only_what_may_be_kept_says_so_unasked(t):
    """A page's own requests name it; a kept reply may come to any page."""
    name = t.fresh("stream")
    for headers in ({}, PAGE):
        for method, unasked in (("PUT", False), ("POST", False),
                                ("GET", True), ("HEAD", True)):
            reply = t.admin.request(method, f"/v1/stream/{name}", body=(
                b"x" if method == "POST" else None),
                headers={"Content-Type": "text/plain", **headers})
            same("Access-Control-Allow-Origin" in reply.headers,
                 unasked or bool(headers), f"{method} {headers}")


def test_other_doors_are_not_for_browsers(t):
    for reply in (t.admin.get("/api/stats"), t.admin.get("/nowhere"),
                  t.admin.get("/" + "x" * 70000)):
        same("Access-Control-Allow-Origin" in reply.headers, False)
