"""Commands that are wrong: on purpose, or by a word too many or too few, an odd
one, an option in odd case.
"""

from names import CONSUMERS, GROUPS, KEYS, MISSING, WRONG_TYPE

ODD_WORDS = (
    "", "0", "1", "-1", "1.5", "01", "+1", " 1", "-0", "x", "-", "+", "$",
    ">", "*", "(", "(1", "(-", "(+", "=", "~", "0-0", "(0-0", "0-1", "5-*",
    "1-", "1-x", "-1-1", "+1-1", "01-01", "\t1- 1", "1-1-1", "1-1 ", "4--1",
    "4--0", "4- -1", "4--18446744073709551615", "4--9223372036854775809",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551615", "18446744073709551616",
    "18446744073709551615-18446744073709551615",
    "(18446744073709551615-18446744073709551615",
    "1" * 127, "1" * 128, "caf\u00e9", "two words", "\n", "null",
    "MAXLEN", "MINID", "LIMIT", "NOMKSTREAM", "COUNT", "IDLE", "JUSTID",
    "FORCE", "LASTID", "RETRYCOUNT", "NOACK", "ENTRIESREAD", "MKSTREAM",
    "FULL", "ENTRIESADDED", "MAXDELETEDID")
# What each has a sentence of its own for. {key} has a stream, perhaps.
MISUSES = tuple(map(str.split, """
    XADD {key} MAXLEN 5 MINID 1 5-* f v
    XADD {key} MAXLEN -1 * f v
    XADD {key} MAXLEN ~ 5 LIMIT -1 * f v
    XADD {key} LIMIT 5 * f v
    XADD {key} LIMIT 0 0-0 f v
    XADD {key} MAXLEN ~ 5 LIMIT 5 LIMIT 6 0-0 f v
    XADD {key} NOMKSTREAM NOMKSTREAM 0-0 f v
    XTRIM {key} MAXLEN 5 MAXLEN 5
    XTRIM {key} MAXLEN ~ -1 LIMIT 5
    XTRIM {key} LIMIT 5 LIMIT 6
    XTRIM {key} LIMIT 0 LIMIT 0
    XTRIM {key} NOMKSTREAM MAXLEN 5
    XTRIM {key} MAXLEN = 5 LIMIT 0
    XTRIM {key} MAXLEN ~ 5 LIMIT
    XREAD BLOCK -1 STREAMS {key} 0
    XREAD BLOCK x STREAMS {key} 0
    XREAD NOACK STREAMS {key} 0
    XREAD GROUP g x STREAMS {key} 0
    XREAD STREAMS {key} >
    XREAD COUNT 5 {key} 0
    XREAD STREAMS {key} $ COUNT 5
    XREADGROUP COUNT 5 NOACK STREAMS {key} 0
    XREADGROUP GROUP g x STREAMS {key} $
    XREADGROUP GROUP g x STREAMS {key} +
    XREADGROUP GROUP g x BLOCK -5 STREAMS {key} >
    XREADGROUP NOACK COUNT 1 GROUP g x STREAMS {key} >
    XREADGROUP GROUP g x STREAMS {key} 18446744073709551615
    XREADGROUP GROUP g x GROUP h y STREAMS {key} >
    XCLAIM {key} g x 0 0-1 TIME x
    XCLAIM {key} g x 0 0-1 IDLE
    XCLAIM {key} g x 0 0-1 RETRYCOUNT -5
    XCLAIM {key} g x 0 0-1 LASTID x
    XCLAIM {key} g x 0 JUSTID 0-1
    XCLAIM {key} g x x 0-1
    XAUTOCLAIM {key} g x 0 $
    XAUTOCLAIM {key} g x 0 (18446744073709551615-18446744073709551615
    XAUTOCLAIM {key} g x 0 0 COUNT x
    XPENDING {key} g IDLE
    XPENDING {key} g - + x
    XPENDING {key} g IDLE x - + 1
    XPENDING {key} g - +
    XPENDING {key} nobody - + x
    XPENDING {key} g 5 4 10
    XRANGE {key} (18446744073709551615 +
    XRANGE {key} - (0
    XRANGE {key} - + COUNT 5 COUNT 1
    XSETID {key} 0 ENTRIESADDED
    XSETID {key} 5-5 MAXDELETEDID x
    XGROUP CREATE {key} g x
    XGROUP CREATE {key} g -
    XGROUP SETID {key} g -
    XGROUP SETID {key} g +
    XGROUP SETID {key} g $ MKSTREAM
    XGROUP CREATE {key} k $ ENTRIESREAD x
    XGROUP DELCONSUMER {key} g nobody
    XINFO STREAM {key} FULL COUNT
    XINFO STREAM {key} FULL COUNT x
    XINFO STREAM {key} FULL LIMIT 5
    XINFO STREAM {key} FULL COUNT -1
""".strip().splitlines()))

SUBCOMMANDS = ("XINFO", "XGROUP")

NAMES = {*GROUPS, *CONSUMERS, *KEYS, WRONG_TYPE, MISSING}


def front_of(words):
    """How many words say what is done, and to which key: those stay."""
    if words[0] in ("XREAD", "XREADGROUP", "DEL"):
        return 1
    return 3 if words[0] in SUBCOMMANDS else 2


def spoilt(random, words):
    words, front = list(words), front_of(words)
    kind = random.randrange(5)
    if words[0] == "DEL":
        return words
    if kind == 0:
        return words[:random.randint(1, len(words))]
    if kind == 1:
        return words + [random.choice(ODD_WORDS)]
    if words[0] in SUBCOMMANDS and kind == 2:
        words[1] = random.choice(("FOO", "CREATE", "STREAM", "SETID", "x"))
        return words
    # Behind STREAMS there are keys: an odd one is another matter.
    end = words.index("STREAMS") if "STREAMS" in words else len(words)
    if end <= front:
        return words
    at = random.randrange(front, end)
    if kind == 3:
        return words[:at] + words[at + 1:]
    return words[:at] + [random.choice(ODD_WORDS)] + words[at + (kind == 4):]


def odd_case(random, word):
    if word in NAMES or not word.isascii() or len(word) < 3:
        return word
    return random.choice((word.lower(), word.title(), word.swapcase()))


def harmless(words):
    """Nothing waits for long, no server is asked for all its memory, no
    count of his made to overflow, every group has a name; and MINID with ~
    is for long streams alone."""
    for place, word in enumerate(words[:-1]):
        if word.upper().startswith("ENTRIES") and \
                words[place + 1] == "9223372036854775807":
            words[place + 1] = "9223372036854775806"
        if word.upper() == "MINID" and words[place + 1] == "~":
            words[place + 1] = "="
        number = number_of(words[place + 1])
        if word.upper() == "BLOCK" and number >= 0:
            words[place + 1] = "1"
        if word.upper() == "COUNT" and words[0].upper() == "XAUTOCLAIM" \
                and number > 1000:
            words[place + 1] = "1000"
    named = {"XREADGROUP": 2, "XADD": -1, "XGROUP": 3, "XINFO": 3}.get(
        words[0].upper(), 2)
    if words[named:named + 1] == [""]:
        words[named] = "g"
    return words


def number_of(word):
    try:
        return int(word)
    except ValueError:
        return -1
