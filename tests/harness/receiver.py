"""A webhook's other end: a small HTTP or HTTPS server that keeps what it got."""

import http.server
import json
import queue
import ssl
import subprocess
import threading

from harness.client import Failure


class Call:
    """A request that came in."""

    def __init__(self, path, headers, raw):
        self.path, self.headers, self.raw = path, headers, raw

    @property
    def body(self):
        return json.loads(self.raw)


class Receiver:
    """Answers each call with answer(call): a status and bytes."""

    def __init__(self, answer=lambda call: (200, b"{}"), certificate=None):
        self.answer = answer
        self.calls = queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                call = Call(self.path, self.headers, self.rfile.read(length))
                receiver.calls.put(call)
                status, body, *headers = receiver.answer(call)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *arguments: None
        self.scheme = "http"
        if certificate:
            self.scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.server.server_port}/hook"

    def next(self, seconds=10):
        """The next call; it may take so long."""
        try:
            return self.calls.get(timeout=seconds)
        except queue.Empty:
            raise Failure(f"no call came within {seconds} s") from None

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.close()


def certificate_in(folder, host="localhost"):
    """A certificate that signs itself, and its key, in one file."""
    path = folder / f"{host}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}",
         "-keyout", str(path), "-out", str(path) + ".crt"],
        check=True, capture_output=True)
    with open(path, "ab") as both:
        both.write(open(str(path) + ".crt", "rb").read())
    return path
