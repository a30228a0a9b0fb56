"""Where Debian's redis-server 7.0.15 differs from what we imitate: 7.2, and
of later ones XREAD's `+`.

RULES is the whole list; docs/deviations.md has a row for each, by its name.
A rule brings the old server to say and to do what the newer one does, so that
everything after it is still compared. A rule that no sequence needs fails.
"""

import dataclasses

from masks import command_of
from resp import Refusal

GROUP_READ, READ = "XREADGROUP", "XREAD"
UNBALANCED = ("ERR Unbalanced XREAD list of streams: for each stream key an "
              "ID or '$' must be specified.")
BAD_ID = "ERR Invalid stream ID specified as stream command argument"
MEANINGLESS = (
    "ERR The + ID is meaningless in the context of XREADGROUP: you want to "
    "read the history of this consumer by specifying a proper ID, or use the "
    "> ID to get new messages. The + ID would just return an empty result "
    "set.")
TOO_LARGE = "ERR Elements are too large to be stored"
SMALLER = ("ERR The ID specified in XADD is equal or smaller than the target "
           "stream top item")
SMALLER_THAN_DELETED = ("ERR The ID specified in XSETID is smaller than "
                        "current max_deleted_entry_id")


def place_of(words, option):
    """The word behind the first such one."""
    for place, word in enumerate(words):
        if word.upper() == option:
            return place + 1
    return len(words)


def streams_of(words):
    """The keys and ids of XREAD or XREADGROUP."""
    rest = words[place_of(words, "STREAMS"):]
    return rest[:len(rest) // 2], rest[len(rest) // 2:]


def id_of(text):
    """Two numbers that compare as the id does, or None."""
    try:
        ms, _, seq = text.partition("-")
        return int(ms), int(seq or 0)
    except ValueError:
        return None


def facts_of(ask, key):
    facts = ask("XINFO", "STREAM", key)
    return facts if isinstance(facts, dict) else None


# What is done before a command: it gives other words, or a Refusal.

def read_last(ask, words):
    """`+` is what lies behind the id before the stream's last one."""
    keys, ids = streams_of(words)
    if command_of(words) != READ or "+" not in ids:
        return words
    for place, (key, id) in enumerate(zip(keys, ids)):
        facts = facts_of(ask, key) if id == "+" else None
        if facts:
            ms, seq = id_of(facts["last-generated-id"])
            if (ms, seq) > (0, 0):
                ms, seq = (ms, seq - 1) if seq else (ms - 1, 2 ** 64 - 1)
            ids[place] = f"{ms}-{seq}"
        elif id == "+":
            ids[place] = "0-0"
    return [*words[:place_of(words, "STREAMS")], *keys, *ids]


def set_below_deleted(ask, words):
    if command_of(words) != "XSETID" or len(words) < 3:
        return words
    # A key that is not there is looked up when all words have been read.
    if ask("XSETID", "not there", *words[2:]) != Refusal("ERR no such key"):
        return words
    facts = facts_of(ask, words[1])
    if facts and id_of(words[2]) < id_of(facts["max-deleted-entry-id"]):
        return Refusal(SMALLER_THAN_DELETED)
    return words


# What is done to a reply of the server.

def unbalanced(words, reply):
    if reply != Refusal(UNBALANCED):
        return reply
    name = words[0].lower()
    other = ">" if name == "xreadgroup" else "$"
    return Refusal(f"ERR Unbalanced '{name}' list of streams: for each stream "
                   f"key an ID or '{other}' must be specified.")


def meaningless(words, reply):
    """The first id that is none is `+`."""
    if command_of(words) != GROUP_READ or not isinstance(reply, Refusal):
        return reply
    for id in streams_of(words)[1]:
        if id == "+" and reply == Refusal(BAD_ID):
            return Refusal(MEANINGLESS)
        if id != ">" and id_of(id) is None:
            break
    return reply


def too_large(words, reply):
    return Refusal(SMALLER) if reply == Refusal(TOO_LARGE) else reply


# What is done after a command that was no error.

def group_of(words):
    """The last one that XREADGROUP names, and its consumer."""
    place, found = 1, None
    while words[place].upper() != "STREAMS":
        option = words[place].upper()
        if option == "GROUP":
            found = words[place + 1:place + 3]
        place += {"GROUP": 3, "NOACK": 1}.get(option, 2)
    return found


def consumers_of(words, reply):
    name = command_of(words)
    if name == GROUP_READ:
        group, consumer = group_of(words)
        return [(key, group, consumer) for key in streams_of(words)[0]]
    if name in ("XCLAIM", "XAUTOCLAIM"):
        return [tuple(words[1:4])]
    return []


def create_consumers(ask, words, reply):
    if isinstance(reply, Refusal):
        return 0
    return sum(ask("XGROUP", "CREATECONSUMER", *consumer) == 1
               for consumer in consumers_of(words, reply))


# What is done to a reply of ours.

def is_time(value):
    return isinstance(value, int) and value >= -1


def without_inactive(words, reply):
    """It must be there, and a time or -1."""
    if command_of(words) != "XINFO CONSUMERS" or isinstance(reply, Refusal):
        return reply
    return [{name: value for name, value in row.items()
             if not (name == "inactive" and is_time(value))}
            for row in reply]


def without_active_time(words, reply):
    if command_of(words) != "XINFO STREAM" or not isinstance(reply, dict) \
            or not isinstance(reply.get("groups"), list):
        return reply
    return {**reply, "groups": [
        {**group, "consumers": [
            {name: value for name, value in consumer.items()
             if not (name == "active-time" and is_time(value))}
            for consumer in group["consumers"]]}
        for group in reply["groups"]]}


@dataclasses.dataclass
class Rule:
    name: str
    before: callable = None	# (ask, words): other words, or a Refusal
    reply: callable = None	# (words, reply): what 7.2 says
    after: callable = None	# (ask, words, reply): how much was changed
    ours: callable = None	# (words, reply): without what 7.0 lacks
    uses: int = 0


RULES = (
    Rule("`XREAD` with `+`", before=read_last),
    Rule("`XSETID` below the highest deleted id", before=set_below_deleted),
    Rule("keys and ids that do not match in number", reply=unbalanced),
    Rule("`XREADGROUP` with `+`", reply=meaningless),
    Rule("`XADD` of `ms-*` where `ms` is full", reply=too_large),
    Rule("a consumer that was given nothing", after=create_consumers),
    Rule("`inactive` in `XINFO CONSUMERS`", ours=without_inactive),
    Rule("`active-time` in `XINFO STREAM FULL`", ours=without_active_time),
)


def ask_as_new(ask, words):
    """What the newer server would answer; `ask` asks the old one."""
    for rule in RULES:
        if rule.before and not isinstance(words, Refusal):
            other = rule.before(ask, list(words))
            rule.uses += other != words
            words = other
    if isinstance(words, Refusal):
        return words
    reply = ask(*words)
    for rule in RULES:
        if rule.reply:
            other = rule.reply(words, reply)
            rule.uses += other != reply
            reply = other
    for rule in RULES:
        if rule.after:
            rule.uses += rule.after(ask, words, reply)
    return reply


def ours_as_old(words, reply):
    for rule in RULES:
        if rule.ours:
            other = rule.ours(words, reply)
            rule.uses += other != reply
            reply = other
    return reply
