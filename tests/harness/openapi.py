"""What was sent and got, held against the description of the API.

`Description.check` is called with every request and its reply (client.py does,
once `client.watch` is set). It raises a Failure when the reply, or a request
that was accepted, has anything that the document does not describe: a status,
a code, a header, a member, a parameter, a value out of its range. What the
document allows to grow (members of a reply) may not be there either: it is
about what is, not about what may be one day.

What has been seen is kept, so that a run of all tests can say what is described
but never comes: see unseen().
"""

import json
import re
import subprocess
import urllib.parse

from harness.client import Failure
from harness.instance import BINARY

# Headers of HTTP itself: any reply may carry them.
OF_HTTP = {name.lower() for name in (
    "Server", "Date", "Content-Type", "Content-Length", "Connection",
    "Transfer-Encoding", "Content-Encoding", "Keep-Alive")}
# Parameters that are not described are let be there.
LENIENT = {"streams", "subscriptions"}
LENIENT_OPERATIONS = {"health", "ready"}
# No test waits for these: they are said after a run of minutes.
SELDOM = {("reaper_expired", "more"), ("reaper_deleted", "more")}
TYPES = {"string": str, "boolean": bool, "object": dict, "array": list,
         "null": type(None)}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_of(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) \
            and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Operation:
    def __init__(self, method, path, facts):
        self.method, self.path, self.facts = method, path, facts
        self.name = facts["operationId"]
        self.by_name = {(p["in"], p["name"].lower()): p
                        for p in facts["parameters"]}
        self.lenient = self.name in LENIENT_OPERATIONS or \
            bool(LENIENT & set(facts["tags"]))


def matcher(pattern):
    """A sort key, the most particular first, and a regular expression."""
    key, parts = [], []
    for segment in pattern.strip("/").split("/"):
        if segment == "{}":
            key.append(1)
            parts.append("([^/]+)")
        elif segment == "{*}":
            key.append(2)
            parts.append("(.+?)")
        else:
            key.append(0)
            parts.append(re.escape(segment))
    end = "/*" if "{*}" in pattern else ""
    return (*key, 3), re.compile("/" + "/".join(parts) + end)


class Description:
    def __init__(self):
        printed = subprocess.run([BINARY, "help", "openapi"], check=True,
                                 capture_output=True, text=True).stdout
        self.document = json.loads(printed)
        by_name = {}
        for path, methods in self.document["paths"].items():
            for method, facts in methods.items():
                by_name[facts["operationId"]] = Operation(
                    method.upper(), path, facts)
        self.routes = []
        table = subprocess.run([BINARY, "help", "routes"], check=True,
                               capture_output=True, text=True).stdout
        for line in table.splitlines():
            method, pattern, name = line.split()[:3]
            self.routes.append((*matcher(pattern), method, by_name[name]))
        self.routes.sort(key=lambda route: route[0])
        self.seen = set()

    def operation(self, method, path):
        """The operation, or None for what is no route."""
        methods = None
        for key, expression, of, operation in self.routes:
            if methods is None or methods[0] == key:
                if expression.fullmatch(path):
                    methods = methods or (key, {})
                    methods[1].setdefault(of, operation)
        if methods is None:
            return None
        return methods[1].get(method) or (
            methods[1].get("GET") if method == "HEAD" else None)

    # Schemas.

    def resolve(self, facts):
        while "$ref" in facts:
            _, *names = facts["$ref"].split("/")
            facts = self.document
            for name in names:
                facts = facts[name]
        return facts

    def compare(self, value, schema, where, mark=None):
        """Complaints; `mark` is what to remember members as."""
        mark = schema["$ref"].split("/")[-1] if "$ref" in schema else mark
        schema = self.resolve(schema)
        if "anyOf" in schema:
            found = [list(self.compare(value, one, where, mark))
                     for one in schema["anyOf"]]
            if not any(complaints == [] for complaints in found):
                yield from found[0]
            return
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(is_of(value, kind) for kind in kinds):
            yield f"{where} is {value!r}, expected {' or '.join(kinds)}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where} is {value!r}, expected one of {schema['enum']}"
        if isinstance(value, str):
            yield from self.compare_text(value, schema, where)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if not schema.get("minimum", value) <= value \
                    <= schema.get("maximum", value):
                yield f"{where} is {value}, out of its range"
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) \
                    <= schema.get("maxItems", len(value)):
                yield f"{where} has {len(value)} items"
            for n, item in enumerate(value):
                yield from self.compare(item, schema.get("items", {}),
                                        f"{where}[{n}]")
        elif isinstance(value, dict):
            yield from self.compare_object(value, schema, where, mark)

    def compare_text(self, value, schema, where):
        size = len(value.encode("utf-8", "surrogatepass"))
        if not schema.get("minLength", 0) <= size \
                <= schema.get("maxLength", size):
            yield f"{where} has {size} bytes"
        form = {"uuid": UUID, "date-time": TIME}.get(schema.get("format"))
        if form and not form.fullmatch(value):
            yield f"{where} is {value!r}, expected {schema['format']}"

    def compare_object(self, value, schema, where, mark):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", not known)
        for name, item in value.items():
            if name in known:
                self.seen.add((mark, name))
                yield from self.compare(item, known[name], f"{where}.{name}")
            elif isinstance(others, dict):
                yield from self.compare(item, others, f"{where}.{name}")
            elif not others:
                yield f"{where}.{name} is not described"
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}.{name} is missing"

    # Requests and replies.

    def check(self, method, path, headers, body, reply):
        path, _, query = path.partition("?")
        path = re.sub(r"^/worker/\d+(?=/)", "", path)
        operation = self.operation(method, path)
        # What is no path, nginx refuses, and it knows no plates.
        if operation is None or "%" in path[1:].split("/")[0]:
            return
        complaints = list(self.of_reply(operation, method, reply))
        if reply.status < 400:
            complaints += self.of_request(operation, query, headers, body)
        if complaints:
            raise Failure(f"{reply} ({operation.name}): the description of "
                          f"the API does not fit: {'; '.join(complaints)}")

    def of_reply(self, operation, method, reply):
        facts = operation.facts["responses"].get(str(reply.status))
        if facts is None:
            if reply.status not in (405, 500, 501):
                yield f"status {reply.status} is not described"
            return
        facts = self.resolve(facts)
        self.seen.add((operation.name, str(reply.status)))
        yield from self.of_headers(facts["headers"], reply)
        if method == "HEAD" or not reply.body:
            return
        content = facts.get("content", {})
        sent = reply.headers.get("Content-Type", "").split(";")[0]
        if not content:
            yield "it has a body"
        elif "*/*" not in content and sent not in content:
            yield f"it is {sent}, which is not described"
        elif "*/*" not in content and sent.endswith("json"):
            yield from self.compare(reply.json, content[sent]["schema"],
                                    "the reply")
            yield from self.of_code(facts, reply)

    def of_headers(self, headers, reply):
        known = {name.lower(): name for name in headers}
        for sent, value in reply.headers.items():
            name = known.get(sent.lower())
            if name:
                self.seen.add(("a reply", name))
                yield from self.of_text(
                    value, self.resolve(headers[name])["schema"], name)
            elif sent.lower() not in OF_HTTP:
                yield f"the header {sent} is not described"
        for name, header in headers.items():
            if self.resolve(header).get("required") and \
                    name not in reply.headers:
                yield f"the header {name} is missing"

    def of_code(self, facts, reply):
        codes = facts.get("x-codes")
        if codes and reply.json["error"]["code"] not in codes:
            yield f"its code is not one of {codes}"

    def of_text(self, value, schema, name):
        """A parameter or header: what it says as the type that it has."""
        kinds = self.resolve(schema).get("type", "string")
        if kinds == "integer":
            if not re.fullmatch(r"[+-]?\d+", value):
                yield f"{name} is {value!r}, expected an integer"
                return
            value = int(value)
        yield from self.compare(value, schema, name)

    def of_request(self, operation, query, headers, body):
        for name, value in urllib.parse.parse_qsl(query, True):
            known = operation.by_name.get(("query", name.lower()))
            if known:
                self.seen.add((operation.name, "query", name))
                yield from self.of_text(value, known["schema"], name)
            elif not operation.lenient:
                yield f"the parameter {name} is not described"
        for name, value in headers.items():
            known = operation.by_name.get(("header", name.lower()))
            if known:
                self.seen.add((operation.name, "header", known["name"]))
                yield from self.of_text(str(value), known["schema"], name)
            elif re.match("stream-|producer-", name, re.I):
                yield f"the header {name} is not described"
        facts = operation.facts.get("requestBody")
        if not body:
            if facts and facts["required"]:
                yield "there is no body"
        elif facts is None:
            yield "a body is not described"
        elif "application/json" in facts["content"]:
            schema = facts["content"]["application/json"]["schema"]
            yield from self.compare(json.loads(body), schema, "the body")

    # What was never seen.

    def expected(self):
        """All that a run of the tests has to see."""
        shapes = self.document["components"]["schemas"]
        for shape, facts in shapes.items():
            for name in facts["properties"]:
                yield shape, name
        for door_and_name in self.document["components"]["headers"]:
            yield "a reply", door_and_name.split("_", 1)[1]
        for *_, operation in self.routes:
            for status in operation.facts["responses"]:
                if status < "400":
                    yield operation.name, status
            for place, name in operation.by_name:
                if place != "path":
                    yield (operation.name, place,
                           operation.by_name[place, name]["name"])

    def unseen(self):
        return [what for what in self.expected()
                if what not in self.seen and what not in SELDOM]
