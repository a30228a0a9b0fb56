"""Random sequences of commands that meet each other's effects.

There are few keys, groups and consumers, and ids come mostly from what the
sequence has added itself, so that what is claimed is often pending, and what
is read was often deleted. Some commands are spoilt on purpose (misuses.py). The
same seed gives the same sequence.
"""

import random

from misuses import MISUSES, harmless, odd_case, spoilt
from names import CONSUMERS, FULL, KEYS, MISSING, WRONG_TYPE

NUMBERS = ("0", "1", "2", "3", "10", "100")
HOUR, TWO_HOURS = "3600000", "7200000"


class Sequence:
    """Makes one: knows roughly what is where."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.last = {}
        self.added = {}
        self.groups = set()
        self.stars = 0

    def one_of(self, *things):
        return self.random.choice(things)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def some(self, percent, *words):
        return list(words) if self.chance(percent) else []

    # Words.

    def key(self):
        if self.chance(3):
            return self.one_of(WRONG_TYPE, MISSING)
        return self.one_of(*KEYS)

    def group(self, key):
        return self.one_of("g", "g", "h") if key == "a" else \
            self.one_of("g", "g", "g", "g", "h")

    def consumer(self):
        return self.one_of(*CONSUMERS)

    def new_id(self, key):
        """Mostly one that the stream takes."""
        ms, seq = self.last.get(key, (0, 0))
        if seq == FULL and self.chance(60):
            return f"{ms}-*"
        if self.chance(10):
            ms, seq = self.random.randint(0, 9), self.random.randint(0, 9)
        elif self.chance(2):
            ms, seq = self.one_of((ms, FULL), (ms, FULL), (FULL, 0),
                                  (FULL, FULL))
        elif self.chance(50):
            ms, seq = ms + self.random.randint(1, 3), self.random.randint(0, 3)
        else:
            seq += self.random.randint(1, 3)
        ms, seq = min(ms, FULL), min(seq, FULL)
        self.last[key] = max((ms, seq), self.last.get(key, (0, 0)))
        self.added.setdefault(key, []).append(f"{ms}-{seq}")
        if self.chance(5):
            return str(ms)
        if self.chance(10):
            return f"{ms}-*"
        return f"{ms}-{seq}"

    def star(self, key):
        self.stars += 1
        self.added.setdefault(key, []).append("{%d}" % self.stars)
        return "{*%d}" % self.stars

    def id(self, key):
        added = self.added.get(key)
        if added and self.chance(85):
            return self.one_of(*added[-12:])
        return self.one_of("0-0", "0", "1", "3", "5", "7-1", "9-9")

    def ids(self, key):
        return [self.id(key) for _ in range(self.one_of(1, 1, 2, 3, 5))]

    def bound(self, key, open_end):
        if self.chance(50):
            return open_end
        return ("(" if self.chance(25) else "") + self.id(key)

    def count(self, percent=50):
        return self.some(percent, "COUNT", self.one_of(*NUMBERS, "-1"))

    def trim(self, key):
        """The options of XTRIM, and of XADD."""
        words = [self.one_of("MAXLEN", "MINID")]
        nearly = words == ["MAXLEN"] and self.chance(60)
        words += ["~"] if nearly else self.some(30, "=")
        words += [self.id(key) if words[0] == "MINID" else
                  self.one_of("0", "1", "2", "3", "5", "8", "1000")]
        if self.chance(25 if nearly else 3):
            words += ["LIMIT", self.one_of(*NUMBERS)]
        return words

    # Commands.

    def xadd(self):
        key = self.key()
        words = ["XADD", key, *self.some(10, "NOMKSTREAM")]
        if self.chance(15):
            words += self.trim(key)
        words.append(self.star(key) if self.chance(4) else self.new_id(key))
        for n in range(self.one_of(1, 1, 1, 2, 3)):
            words += [self.one_of("f", "g", f"f{n}", "\u00fc", ""),
                      self.one_of("v", "", "1", "\0", "\"\\/\b<&>",
                                  "\u20ac\n\t")]
        return words

    def xlen(self):
        return ["XLEN", self.key()]

    def xdel(self):
        key = self.key()
        return ["XDEL", key, *self.ids(key)]

    def xtrim(self):
        key = self.key()
        return ["XTRIM", key, *self.trim(key)]

    def xrange(self):
        key = self.key()
        return ["XRANGE", key, self.bound(key, "-"), self.bound(key, "+"),
                *self.count()]

    def xrevrange(self):
        key = self.key()
        return ["XREVRANGE", key, self.bound(key, "+"), self.bound(key, "-"),
                *self.count()]

    def keys(self):
        return [self.key() for _ in range(self.one_of(1, 1, 1, 2, 3))]

    def xread(self):
        keys = self.keys()
        ids = [self.one_of("$", "+", "0") if self.chance(25) else self.id(key)
               for key in keys]
        return ["XREAD", *self.count(), *self.some(10, "BLOCK", "1"),
                "STREAMS", *keys, *ids]

    def xsetid(self):
        key = self.key()
        words = ["XSETID", key, self.new_id(key) if self.chance(60) else
                 self.id(key)]
        words += self.some(30, "ENTRIESADDED", self.one_of(*NUMBERS, "-1"))
        words += self.some(30, "MAXDELETEDID", self.id(key))
        return words

    def delete(self):
        keys = self.keys()
        for key in keys:
            if self.chance(50):
                self.last.pop(key, None)
        return ["DEL", *[key for key in keys if key != WRONG_TYPE], MISSING]

    def group_id(self, key):
        return self.one_of("$", "0") if self.chance(60) else self.id(key)

    def entries_read(self):
        return self.some(20, "ENTRIESREAD", self.one_of(*NUMBERS, "-1", "-2"))

    def create_group(self):
        key = self.key()
        return ["XGROUP", "CREATE", key, self.group(key), self.group_id(key),
                *self.some(40, "MKSTREAM"), *self.entries_read()]

    def set_group_id(self):
        key = self.key()
        return ["XGROUP", "SETID", key, self.group(key), self.group_id(key),
                *self.entries_read()]

    def destroy_group(self):
        key = self.key()
        return ["XGROUP", "DESTROY", key, self.group(key)]

    def create_consumer(self):
        key = self.key()
        return ["XGROUP", "CREATECONSUMER", key, self.group(key),
                self.consumer()]

    def delete_consumer(self):
        key = self.key()
        return ["XGROUP", "DELCONSUMER", key, self.group(key),
                self.consumer()]

    def xreadgroup(self):
        keys = self.keys() if self.chance(20) else [self.key()]
        ids = [">" if self.chance(70) else self.id(key) for key in keys]
        return ["XREADGROUP", "GROUP", self.group(keys[0]), self.consumer(),
                *self.count(60), *self.some(8, "BLOCK", "1"),
                *self.some(10, "NOACK"), "STREAMS", *keys, *ids]

    def xack(self):
        key = self.key()
        return ["XACK", key, self.group(key), *self.ids(key)]

    def xpending(self):
        key = self.key()
        words = ["XPENDING", key, self.group(key)]
        if self.chance(70):
            words += self.some(25, "IDLE", self.one_of("0", HOUR))
            words += [self.bound(key, "-"), self.bound(key, "+"),
                      self.one_of(*NUMBERS, "-1")]
            words += self.some(30, self.consumer())
        return words

    def min_idle(self):
        return self.one_of("0", "0", "0", HOUR, "-1")

    def xclaim(self):
        key = self.key()
        words = ["XCLAIM", key, self.group(key), self.consumer(),
                 self.min_idle(), *self.ids(key)]
        words += self.some(20, "IDLE", self.one_of("0", TWO_HOURS, "-5"))
        words += self.some(8, "TIME", self.one_of("0", "1000", "-1"))
        words += self.some(15, "RETRYCOUNT", self.one_of(*NUMBERS, "-1"))
        words += self.some(30, "FORCE") + self.some(25, "JUSTID")
        words += self.some(8, "LASTID", self.id(key))
        return words

    def xautoclaim(self):
        key = self.key()
        return ["XAUTOCLAIM", key, self.group(key), self.consumer(),
                self.min_idle(), self.bound(key, "-"), *self.count(),
                *self.some(25, "JUSTID")]

    def xinfo_stream(self):
        return ["XINFO", "STREAM", self.key(), *self.some(
            40, "FULL", *self.count(60))]

    def xinfo_groups(self):
        return ["XINFO", "GROUPS", self.key()]

    def xinfo_consumers(self):
        key = self.key()
        return ["XINFO", "CONSUMERS", key, self.group(key)]

    def misuse(self):
        key = self.key()
        words = [word.format(key=key) for word in self.one_of(*MISUSES)]
        return [self.star(key) if word == "*" else word for word in words]

    WEIGHTS = (
        (22, xadd), (2, xlen), (6, xdel), (4, xtrim), (3, xrange),
        (3, xrevrange), (5, xread), (2, xsetid), (0.7, delete),
        (6, create_group), (3, set_group_id), (1, destroy_group),
        (2, create_consumer), (2, delete_consumer), (14, xreadgroup),
        (6, xack), (6, xpending), (7, xclaim), (5, xautoclaim),
        (3, xinfo_stream), (3, xinfo_groups), (2, xinfo_consumers),
        (5, misuse))

    def command(self):
        [make] = self.random.choices([make for _, make in self.WEIGHTS],
                                     [weight for weight, _ in self.WEIGHTS])
        words = make(self)
        if self.chance(8):
            words = spoilt(self.random, words)
            if words[0] == "XADD":
                words = [self.star(words[1]) if word == "*" else word
                         for word in words]
        if self.chance(20):
            words = [odd_case(self.random, word) for word in words]
        return harmless(words)

    def group_again(self):
        """Without groups there is little to see: there are some of these."""
        for key, group in (("a", "g"), ("b", "g"), ("a", "h"), ("c", "g")):
            if (key, group) not in self.groups and self.chance(60):
                self.groups.add((key, group))
                yield ["XGROUP", "CREATE", key, group, "0", "MKSTREAM"]

    def commands(self, count):
        steps = list(self.group_again())
        while len(steps) < count:
            steps.append(self.command())
            # A stream whose last id is the last one takes no more.
            for key, last in list(self.last.items()):
                if last[0] == FULL and self.chance(20):
                    del self.last[key]
                    steps.append(["DEL", key])
            self.forget_groups(steps[-1])
            if self.chance(10):
                steps += self.group_again()
        return steps[:count]

    def forget_groups(self, words):
        gone = words[1:] if words[0] == "DEL" else []
        self.groups = {(key, group) for key, group in self.groups
                       if key not in gone
                       and words[1:] != ["DESTROY", key, group]}


def long_stream(seed, count):
    """Trimming with ~ removes whole nodes, which here have 100 entries. The
    node at the end is never emptied, nor the last entry of a node deleted:
    Redis remembers such things, and we do not."""
    s = Sequence(seed)
    steps = []
    added = s.added["a"] = []

    def next_id():
        added.append(f"{len(added) // 10 + 1}-{len(added) % 10}")
        return added[-1]

    for _ in range(count):
        if not steps or s.chance(25):
            steps += [["XADD", "a", next_id(), "f", "v"]
                      for _ in range(s.random.randint(60, 260))]
        words = ["XADD", "a"] if s.chance(30) else ["XTRIM", "a"]
        if s.chance(50):
            words += ["MAXLEN", "~", s.one_of(
                "1", "20", "99", "100", "101", "150", "199", "201", "300")]
        else:
            words += ["MINID", "~", s.one_of(*added[:-1])]
        if s.chance(50):
            words += ["LIMIT", s.one_of("0", "99", "100", "150", "200")]
        if words[0] == "XADD":
            words += [next_id(), "f", "v"]
        steps.append(words)
        if s.chance(50):
            steps.append(["XTRIM", "a", "MAXLEN", s.one_of(
                "50", "120", "199", "230")])
        steps.append(["XDEL", "a", *[
            id for id in added[3:-3:s.one_of(7, 31, 80)]
            if added.index(id) % 100 != 99]])
        steps.append(["XLEN", "a"])
    return steps
