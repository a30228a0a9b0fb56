"""What may be said to a bad request, and what never."""

import json
import sys

from harness.client import Failure

sys.set_int_max_str_digits(0)	# numbers of any length are numbers


class Judge:
    def __init__(self, description):
        self.description = description

    def operation(self, request):
        return self.description.operation(
            request.method, request.path.partition("?")[0])

    def must_be_refused(self, request, known):
        """By what it is, or because the description has no such request."""
        if known is not None:
            return True
        if request.raw is not None:
            return False	# it may be several requests, or half of one
        operation = self.operation(request)
        if operation is None:
            # A door for browsers answers OPTIONS; fragments are cut off.
            return request.method not in ("OPTIONS", "HEAD") \
                and "#" not in request.path
        if request.method in ("GET", "HEAD"):
            return False	# it changes nothing
        if not request.framed:
            return False
        return bool(self.misfits(operation, request))

    def misfits(self, operation, request):
        facts = operation.facts.get("requestBody")
        if facts is None and request.body:
            return []		# a body that nobody asked for is let be
        # A header that nobody reads is nobody's.
        read = {name: value for name, value in request.texts().items()
                if ("header", name.lower()) in operation.by_name}
        try:
            return list(self.description.of_request(
                operation, request.path.partition("?")[2], read,
                request.body))
        except (ValueError, RecursionError):
            return ["no JSON"]

    def faults(self, request, refused, reply):
        """Why the reply is wrong; nothing of it is."""
        if reply is None:
            # Who is not understood may be hung up on.
            return [] if not request.framed else ["it was hung up on"]
        found = []
        if reply.status >= 500 and not (
                reply.status == 501 and not request.framed) \
                and not self.is_nginx(request, reply):
            found.append("it is the server's fault")
        if refused and not 400 <= reply.status < 500:
            found.append("it must be refused")
        if reply.status >= 400 and request.method != "HEAD":
            found += self.envelope(reply)
        return found

    def is_nginx(self, request, reply):
        """A Transfer-Encoding, or a version of HTTP, that nginx has not."""
        return reply.status in (501, 505) and (
            request.raw is not None or
            request.header(b"transfer-encoding") is not None)

    def envelope(self, reply):
        try:
            value = json.loads(reply.body)
        except ValueError:
            return ["its body is no JSON"]
        error = value.get("error") if isinstance(value, dict) else None
        if isinstance(error, dict):
            good = list(error)[:2] == ["code", "message"] and error["code"] \
                and error["message"] and list(value) in (["error"],
                                                         ["ok", "error"])
        else:
            good = isinstance(error, str) and error and \
                list(value) == ["error"]
        return [] if good else ["it has no door's envelope"]

    def complain(self, what, request, refused, reply):
        faults = self.faults(request, refused, reply)
        if faults:
            data = request.data()
            raise Failure(f"{what}: {'; '.join(faults)}: {reply}\n"
                          f"    {data[:120]!r} ... {data[-400:]!r}")
