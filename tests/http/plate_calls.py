"""How to call the routes of plates: a part of calls.py."""

from call_kinds import (
    Arguments, Boolean, Call, Digits, Ids, Made, Objects, Scalar, Text, Values)

READ = ("read", "admin")
WRITE = ("write", "admin")
CONSUME = ("write", "consume", "admin")
MANAGE = ("admin",)

# Of plates: how long a word may be is for its command to say.
WORD = Text(required=True, empty=False, nul=True)
OPTION = Text(nul=True)
GROUP = {"key": WORD, "group": WORD}
COMMAND = {"command": Text(64, required=True, empty=False),
           "args": Arguments()}


def new_plate(t):
    """A plate that grants match as they do topics."""
    name = t.fresh("topic")
    t.admin.post("/api/plates", {"id": name}).expect(201)
    return name


def fixed(path):
    return lambda t: Made(path)


def plate_create(t):
    return Made("/api/plates", {"id": t.fresh("plate")})


def on_plate(suffix="", body=None):
    def make(t):
        return Made(f"/api/plates/{new_plate(t)}{suffix}", body)
    return make


def plate_key_delete(t):
    path = f"/api/plates/{new_plate(t)}/keys"
    [key] = t.admin.get(path).expect(200)["items"]
    return Made(f"{path}/{key['id']}")


def in_plate(suffix, body=None):
    def make(t):
        plate = new_plate(t)
        return Made(f"/{plate}{suffix}", body, plate)
    return make


def grouped(suffix, body=None):
    """A plate with the stream "events", one entry of which is pending."""
    def make(t):
        plate = new_plate(t)
        for words in (["XGROUP", "CREATE", "events", "g", "0", "MKSTREAM"],
                      ["XADD", "events", "1-1", "a", "1"],
                      ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "events",
                       ">"]):
            t.admin.post(f"/{plate}/streams/command", {
                "command": words[0], "args": words[1:]}).expect(200)
        return Made(f"/{plate}{suffix}", body, plate)
    return make


CALLS = {
    ("GET", "/api/plates"): Call(200, fixed("/api/plates")),
    ("POST", "/api/plates"): Call(201, plate_create, members={
        "id": Text(64, required=True, empty=False)}),
    ("GET", "/api/plates/{}"): Call(200, on_plate()),
    ("DELETE", "/api/plates/{}"): Call(204, on_plate()),
    ("GET", "/api/plates/{}/keys"): Call(200, on_plate("/keys")),
    ("POST", "/api/plates/{}/keys"): Call(
        201, on_plate("/keys", {}), members={}, body_optional=True),
    ("DELETE", "/api/plates/{}/keys/{}"): Call(204, plate_key_delete),

    ("POST", "/{}/streams/command"): Call(
        200, in_plate("/streams/command",
                      {"command": "XLEN", "args": ["events"]}), READ,
        COMMAND, any_type=True),
    ("POST", "/{}/streams/{}/command"): Call(
        200, in_plate("/streams/events/command", {"command": "XLEN"}), READ,
        COMMAND, any_type=True),
    ("POST", "/{}/streams/add"): Call(
        200, in_plate("/streams/add",
                      {"key": "events", "values": {"a": "1"}}), WRITE,
        {"key": WORD, "values": Values(), "id": OPTION,
         "nomkstream": Boolean(), "strategy": OPTION,
         "approximate": Boolean(), "limit": Digits()}, any_type=True),
    ("GET", "/{}/streams/length/{}"): Call(
        200, in_plate("/streams/length/events"), READ),
    ("GET", "/{}/streams/range/{}"): Call(
        200, in_plate("/streams/range/events"), READ),
    ("GET", "/{}/streams/reverse/{}"): Call(
        200, in_plate("/streams/reverse/events"), READ),
    ("POST", "/{}/streams/read"): Call(
        200, in_plate("/streams/read", {"streams": [{"key": "events"}]}),
        READ, {"streams": Objects({"key": WORD, "id": OPTION}),
               "count": Digits(), "block_ms": Digits()}, any_type=True),
    ("POST", "/{}/streams/trim"): Call(
        200, in_plate("/streams/trim", {
            "key": "events", "strategy": "maxlen", "threshold": 1}), WRITE,
        {"key": WORD, "strategy": WORD, "threshold": Scalar(),
         "approximate": Boolean(), "limit": Digits()}, any_type=True),
    ("POST", "/{}/streams/delete"): Call(
        200, in_plate("/streams/delete", {"key": "events", "ids": ["1-1"]}),
        WRITE, {"key": WORD, "ids": Ids()}, any_type=True),
    ("GET", "/{}/streams/info/{}"): Call(
        200, grouped("/streams/info/events"), READ),
    ("POST", "/{}/streams/groups/create"): Call(
        200, in_plate("/streams/groups/create", {
            "key": "events", "group": "g", "mkstream": True}), WRITE,
        {**GROUP, "id": OPTION, "mkstream": Boolean(),
         "entries_read": Digits()}, any_type=True),
    ("POST", "/{}/streams/groups/set-id"): Call(
        200, grouped("/streams/groups/set-id", {
            "key": "events", "group": "g", "id": "0"}), WRITE,
        {**GROUP, "id": WORD, "entries_read": Digits()}, any_type=True),
    ("POST", "/{}/streams/groups/destroy"): Call(
        200, grouped("/streams/groups/destroy", {
            "key": "events", "group": "g"}), WRITE, GROUP, any_type=True),
    **{("POST", f"/{{}}/streams/groups/consumers/{verb}"): Call(
        200, grouped(f"/streams/groups/consumers/{verb}", {
            "key": "events", "group": "g", "consumer": "c"}), WRITE,
        {**GROUP, "consumer": WORD}, any_type=True)
       for verb in ("create", "delete")},
    ("POST", "/{}/streams/groups/read"): Call(
        200, grouped("/streams/groups/read", {
            "group": "g", "consumer": "c", "streams": [{"key": "events"}]}),
        CONSUME, {"group": WORD, "consumer": WORD,
                  "streams": Objects({"key": WORD, "id": OPTION}),
                  "count": Digits(), "block_ms": Digits(),
                  "noack": Boolean()}, any_type=True),
    ("POST", "/{}/streams/groups/ack"): Call(
        200, grouped("/streams/groups/ack", {
            "key": "events", "group": "g", "ids": ["1-1"]}), CONSUME,
        {**GROUP, "ids": Ids()}, any_type=True),
    ("GET", "/{}/streams/groups/pending/{}/{}"): Call(
        200, grouped("/streams/groups/pending/events/g"), READ),
    ("POST", "/{}/streams/groups/claim"): Call(
        200, grouped("/streams/groups/claim", {
            "key": "events", "group": "g", "consumer": "d",
            "ids": ["1-1"]}), CONSUME,
        {**GROUP, "consumer": WORD, "ids": Ids(), "min_idle_ms": Digits(),
         "idle_ms": Digits(), "time_ms": Digits(), "retry_count": Digits(),
         "force": Boolean(), "justid": Boolean(), "last_id": OPTION},
        any_type=True),
    ("POST", "/{}/streams/groups/autoclaim"): Call(
        200, grouped("/streams/groups/autoclaim", {
            "key": "events", "group": "g", "consumer": "d", "start": "0"}),
        CONSUME,
        {**GROUP, "consumer": WORD, "start": WORD, "min_idle_ms": Digits(),
         "count": Digits(), "justid": Boolean()}, any_type=True),
    **{("POST", f"/{{}}/{verb}"): Call(
        200, in_plate(f"/{verb}", [["XADD", "events", "*", "a", "1"],
                                   ["XLEN", "events"]]),
        MANAGE, any_body=True)
       for verb in ("pipeline", "transaction")},
}
