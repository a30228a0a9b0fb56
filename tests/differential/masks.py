"""What depends on the time, or on how a server keeps its streams.

MASKS is all that is not compared as it is. A path leads into a reply, `*`
being each element; what it finds there is replaced at both sides.
"""

import time

SECOND_MS, YEAR_MS = 1000, 365 * 86400 * 1000


def about(ms):
    """A sequence takes seconds; what it asks for by IDLE or TIME takes
    hours, or years, and is to be seen."""
    if not isinstance(ms, int) or isinstance(ms, bool):
        return f"no time: {ms!r}"
    if -60 * SECOND_MS < ms < 60 * SECOND_MS:
        return "now"
    if ms >= YEAR_MS:
        return "years ago"
    return f"{ms // (60 * SECOND_MS)} minutes ago"


def since(ms):
    if not isinstance(ms, int) or isinstance(ms, bool):
        return f"no time: {ms!r}"
    return about(round(time.time() * 1000) - ms)


def internal(number):
    return "internal" if isinstance(number, int) else f"no number: {number!r}"


MASKS = (
    # command, path, what of it is compared
    ("XPENDING", "*.2", about),
    ("XINFO CONSUMERS", "*.idle", about),
    ("XINFO STREAM", "radix-tree-keys", internal),
    ("XINFO STREAM", "radix-tree-nodes", internal),
    ("XINFO STREAM", "groups.*.pending.*.2", since),
    ("XINFO STREAM", "groups.*.consumers.*.seen-time", since),
    ("XINFO STREAM", "groups.*.consumers.*.pending.*.1", since),
)


def command_of(words):
    """XADD, or XINFO STREAM."""
    name = words[0].upper()
    if name in ("XINFO", "XGROUP") and len(words) > 1:
        name += " " + words[1].upper()
    return name


def replaced(value, path, mask):
    if not path:
        return mask(value)
    step, rest = path[0], path[1:]
    if isinstance(value, list) and step == "*":
        return [replaced(item, rest, mask) for item in value]
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        at = int(step)
        return [*value[:at], replaced(value[at], rest, mask), *value[at + 1:]]
    if isinstance(value, dict) and step in value:
        return {**value, step: replaced(value[step], rest, mask)}
    return value


def masked(words, reply):
    command = command_of(words)
    if command == "XPENDING" and len(words) < 4:
        return reply	# the summary holds no times
    for name, path, mask in MASKS:
        if name == command:
            reply = replaced(reply, path.split("."), mask)
    return reply


class Stars:
    """The ids that `*` gave at one side, by the number that the sequence
    calls them: "{*3}" is sent as "*", and "{3}" as what that became."""

    def __init__(self):
        self.ids = {}

    def words(self, words):
        return [self.word(word) for word in words]

    def word(self, word):
        bare = word.lstrip("(")
        if not (bare.startswith("{") and bare.endswith("}")):
            return word
        if bare.startswith("{*"):
            return "*"
        front = word[:len(word) - len(bare)]
        return front + self.ids.get(bare, "0-1")

    def took(self, words, reply):
        """An id is the clock's, or follows the stream's last one: that is
        the same at both sides. No two are of one millisecond, or they could
        not be told apart."""
        for word in words:
            if word.startswith("{*") and isinstance(reply, str):
                ms = int(reply.split("-")[0])
                if since(ms) == "now":
                    self.ids["{" + word[2:]] = reply
                    while time.time() * 1000 < ms + 1:
                        pass

    def hidden(self, value):
        if isinstance(value, list):
            return [self.hidden(item) for item in value]
        if isinstance(value, dict):
            return {key: self.hidden(item) for key, item in value.items()}
        if isinstance(value, str):
            for name, id in self.ids.items():
                if value == id:
                    return name
        return value
