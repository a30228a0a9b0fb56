"""The HTTPS port."""

import ssl

from harness.client import Client
from harness.context import same


def test_https_answers_like_http(t):
    client = t.https()
    topic = t.topic()
    id = client.enqueue(topic, "over TLS")
    same([m["id"] for m in client.dequeue(topic)], [id])
    client.ack(id).expect(204)
    client.get("/healthz").expect(200)


def test_the_certificate_is_for_localhost(t):
    context = ssl.create_default_context(
        cafile=str(t.instance.var / "tls" / "cert.pem"))
    Client("localhost", t.instance.https_port, tls=context).get(
        "/healthz").expect(200)


def test_old_tls_is_refused(t):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    Client("127.0.0.1", t.instance.https_port, tls=context).get(
        "/healthz").expect(200)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        Client("127.0.0.1", t.instance.https_port, tls=context).get("/healthz")
    except ssl.SSLError:
        return
    raise AssertionError("TLS 1.1 was accepted")
