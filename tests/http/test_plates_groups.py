"""Consumer groups: each entry to one consumer, until it is acknowledged."""

from groups import Group, given
from harness.context import same
from plates import Plate, error_of

REFUSALS = {
    "key": "ERR The XGROUP subcommand requires the key to exist. Note that "
           "for CREATE you may want to use the MKSTREAM option to create an "
           "empty stream automatically.",
    "group": "NOGROUP No such consumer group 'none' for key name 'k'",
    "read": "NOGROUP No such key 'k' or consumer group 'none' in XREADGROUP "
            "with GROUP option",
    "other": "NOGROUP No such key 'k' or consumer group 'none'",
}


# --- XGROUP --------------------------------------------------------------

def test_groups_are_made_and_destroyed(t):
    g = Group(t)
    same(error_of(g.plate.ask("XGROUP", "CREATE", "k", "g", "$"), 409),
         ("busy_group", "BUSYGROUP Consumer Group name already exists"))
    same(g.plate.run("XGROUP", "DESTROY", "k", "g"), 1)
    same(g.plate.run("XGROUP", "DESTROY", "k", "g"), 0)
    same(g.plate.run("XGROUP", "CREATE", "k", "g", "$"), "OK")


def test_consumers_are_made_and_deleted(t):
    g = Group(t, 2)
    same(g.plate.run("XGROUP", "CREATECONSUMER", "k", "g", "m"), 1)
    same(g.plate.run("XGROUP", "CREATECONSUMER", "k", "g", "m"), 0)
    g.read("m")
    same(g.plate.run("XGROUP", "DELCONSUMER", "k", "g", "m"), 2)
    same(g.plate.run("XGROUP", "DELCONSUMER", "k", "g", "m"), 0)
    same(g.pending(), [])


def test_refusals(t):
    plate = Plate(t)

    def refused(kind, status, *words):
        same(error_of(plate.ask(*words), status)[1], REFUSALS[kind])

    for sub, *more in (("CREATE", "0"), ("SETID", "0"), ("DESTROY",),
                       ("CREATECONSUMER", "m"), ("DELCONSUMER", "m")):
        refused("key", 400, "XGROUP", sub, "k", "none", *more)
    read = ["XREADGROUP", "GROUP", "none", "m", "STREAMS", "k", ">"]
    others = (["XPENDING", "k", "none"],
              ["XCLAIM", "k", "none", "m", "0", "1-1"],
              ["XAUTOCLAIM", "k", "none", "m", "0", "0"])
    same(error_of(plate.ask("XINFO", "GROUPS", "k"), 404)[1],
         "ERR no such key")
    for _ in range(2):
        refused("read", 404, *read)
        for words in others:
            refused("other", 404, *words)
        same(plate.run("XACK", "k", "none", "no id"), 0)
        plate.add("k", "*")
    for sub, *more in (("SETID", "0"), ("CREATECONSUMER", "m"),
                       ("DELCONSUMER", "m")):
        refused("group", 404, "XGROUP", sub, "k", "none", *more)
    refused("group", 404, "XINFO", "CONSUMERS", "k", "none")


def test_a_key_of_another_type(t):
    plate = Group(t).plate
    t.sql("update sluice.streams set last_id = null where stream_id = "
          f"sluice.stream_id('{plate.id}/k')")
    for words in (["XGROUP", "CREATE", "k", "g", "0"],
                  ["XGROUP", "CREATE", "k", "g", "0", "MKSTREAM"],
                  ["XGROUP", "DESTROY", "k", "g"],
                  ["XREADGROUP", "GROUP", "g", "m", "STREAMS", "k", ">"],
                  ["XREADGROUP", "GROUP", "g", "m", "STREAMS", "k", "0"],
                  ["XACK", "k", "g", "1-1"], ["XPENDING", "k", "g"],
                  ["XCLAIM", "k", "g", "m", "0", "1-1"],
                  ["XAUTOCLAIM", "k", "g", "m", "0", "0"],
                  ["XINFO", "GROUPS", "k"], ["XINFO", "CONSUMERS", "k", "g"],
                  ["XINFO", "STREAM", "k", "FULL"]):
        same(error_of(plate.ask(*words), 409)[0], "wrong_type")


def test_names_have_limits(t):
    plate = Plate(t)
    for name in ("", "a\0b", "x" * 513):
        error_of(plate.ask("XGROUP", "CREATE", "k", name, "0", "MKSTREAM"),
                 400)
    for name in ("a\0b", "x" * 513):
        error_of(plate.ask("XREADGROUP", "GROUP", "g", name, "STREAMS", "k",
                           ">"), 400)
    same(plate.run("XLEN", "k"), 0)
    plate.run("XGROUP", "CREATE", "k", "ä" * 256, "0", "MKSTREAM")
    same(plate.run("XREADGROUP", "GROUP", "ä" * 256, "", "STREAMS", "k",
                   ">"), None)
    same([c["name"] for c in plate.run("XINFO", "CONSUMERS", "k",
                                       "ä" * 256)], [""])


# --- reading -------------------------------------------------------------

def test_an_entry_is_given_once_until_it_is_acknowledged(t):
    g = Group(t, 3)
    same(g.read("m", "COUNT", "2"), g.ids[:2])
    same(g.read("n"), g.ids[2:])
    same(g.read("m"), None)
    same(g.read("m", ids=["0"]), g.ids[:2])
    same(g.read("m", ids=[g.ids[0]]), g.ids[1:2])
    same(g.plate.run("XACK", "k", "g", g.ids[0], g.ids[0], "1-1"), 1)
    same(g.read("m", ids=["0"]), g.ids[1:2])
    same(g.read("o", ids=["0"]), [])
    same(g.pending(), [(g.ids[1], "m", 4), (g.ids[2], "n", 1)])


def test_an_entry_that_is_gone_shows_in_the_history(t):
    g = Group(t, 2)
    g.read("m")
    g.plate.run("XDEL", "k", g.ids[0])
    same(g.plate.run(*g.words("m", ids=["0"])),
         {"k": [[g.ids[0], None], [g.ids[1], ["a", "1"]]]})


def test_a_history_is_whole(t):
    g = Group(t)
    many = 12000  # more than GROUP_READ_ENTRIES_MAX
    name = f"{g.plate.id}/k"
    t.sql("insert into sluice.entries (stream_id, incarnation, seq, at, data, "
          "id, fields) select stream_id, incarnation, n - 1, now(), "
          "'[\"a\",\"1\"]', sluice.entry_id(n || '-0'), true from "
          f"sluice.streams, generate_series(1, {many}) n "
          f"where name = '{name}'")
    t.sql(f"update sluice.streams set next_seq = {many}, length = {many}, "
          f"added = {many}, last_id = sluice.entry_id('{many}-0') "
          f"where name = '{name}'")
    ids = [f"{n}-0" for n in range(1, many + 1)]
    same(g.read("m", "COUNT", "20000"), ids[:10000])
    same(g.read("m"), ids[10000:])
    same(g.read("m", ids=["0"]), ids)
    same(g.read("m", "COUNT", "11000", ids=["0"]), ids[:11000])
    same(g.read("m", keys=("k",), ids=["10000"]), ids[10000:])


def test_a_history_that_is_too_long_is_refused(t):
    g = Group(t)
    g.ids = [g.plate.add("k", "*", "a", "x" * (9 << 20)) for _ in range(4)]
    for id in g.ids:
        same(g.read("m", "COUNT", "1"), [id])
    for options in ((), ("COUNT", "4")):
        same(g.plate.ask(*g.words("m", *options, ids=["0"])).error,
             "ERR the pending entries have more than COMMAND_REPLY_BYTES_MAX "
             "(33554432) bytes: ask for fewer with COUNT")
    same([times for _, _, times in g.pending()], [1] * 4)
    same(g.read("m", "COUNT", "3", ids=["0"]), g.ids[:3])
    same(g.read("m", ids=[g.ids[2]]), g.ids[3:])


def test_several_streams_are_read_together(t):
    g = Group(t, 2)
    g.plate.run("XGROUP", "CREATE", "other", "g", "0", "MKSTREAM")
    g.plate.run("XGROUP", "CREATE", "empty", "g", "0", "MKSTREAM")
    last = g.plate.add("other", "*")
    keys, new = ("other", "empty", "k"), (">", ">", ">")
    found = g.plate.run(*g.words("m", "COUNT", "1", keys=keys, ids=new))
    same(found, {"other": [[last, ["a", "1"]]],
                 "k": [[g.ids[0], ["a", "1"]]]})
    same(error_of(g.plate.ask(*g.words(
        "m", keys=("k", "none", "empty"), ids=new)), 404)[1],
        "NOGROUP No such key 'none' or consumer group 'g' in XREADGROUP "
        "with GROUP option")
    same(g.plate.run(*g.words("m", keys=keys, ids=("0", "0", ">"))),
         {"other": [[last, ["a", "1"]]], "empty": [],
          "k": [[g.ids[1], ["a", "1"]]]})


def test_one_stream_twice_shows_all_that_was_given(t):
    g = Group(t, 3)
    same(g.read("m", "COUNT", "1", keys=("k", "k"), ids=(">", ">")),
         g.ids[:2])
    same(g.read("m", "COUNT", "1", keys=("k", "k"), ids=("0", ">")),
         [g.ids[0], g.ids[2]])


def test_the_first_thing_that_is_wrong_is_said(t):
    g = Group(t, 1)
    bad_id = "ERR Invalid stream ID specified as stream command argument"
    for keys, ids, begins in (
            (("k", "none"), ("x", ">"), bad_id),
            (("none", "k"), (">", "x"), "NOGROUP No such key 'none'"),
            (("k", "none"), (">", "x"), "NOGROUP No such key 'none'"),
            (("k",), ("$",), "ERR The $ ID is meaningless"),
            (("k",), ("+",), "ERR The + ID is meaningless")):
        said = g.plate.ask(*g.words("m", keys=keys, ids=ids)).error
        same(said[:len(begins)], begins)
    same(g.pending(), [])


def test_noack_leaves_nothing_pending(t):
    g = Group(t, 2)
    same(g.read("m", "NOACK", "COUNT", "1"), g.ids[:1])
    same(g.read("m", "NOACK", keys=("k", "k"), ids=(">", ">")), g.ids[1:])
    same(g.pending(), [])


# --- claims, XPENDING, XINFO ---------------------------------------------

def test_pending_entries_are_told_of(t):
    g = Group(t, 3)
    same(g.plate.run("XPENDING", "k", "g"), [0, None, None, None])
    g.read("n", "COUNT", "1")
    g.read("m")
    same(g.plate.run("XPENDING", "k", "g"),
         [3, g.ids[0], g.ids[2], [["m", "2"], ["n", "1"]]])
    listed = g.plate.run("XPENDING", "k", "g", "(" + g.ids[0], "+", "1")
    same([(id, name, times) for id, name, _, times in listed],
         [(g.ids[1], "m", 1)])
    same(0 <= listed[0][2] < 10000, True)
    same([e[0] for e in g.plate.run("XPENDING", "k", "g", "-", "+", "9",
                                    "n")], g.ids[:1])
    same(g.plate.run("XPENDING", "k", "g", "IDLE", "60000", "-", "+", "9"),
         [])


def test_entries_are_claimed(t):
    g = Group(t, 3)
    g.read("m")
    same(g.plate.run("XCLAIM", "k", "g", "n", "0", g.ids[1], g.ids[0]),
         [[g.ids[1], ["a", "1"]], [g.ids[0], ["a", "1"]]])
    same(g.plate.run("XCLAIM", "k", "g", "n", "60000", g.ids[2]), [])
    same(g.plate.run("XCLAIM", "k", "g", "n", "0", g.ids[2], "JUSTID",
                     "IDLE", "5000", "RETRYCOUNT", "7"), [g.ids[2]])
    same(g.pending(), [(g.ids[0], "n", 2), (g.ids[1], "n", 2),
                       (g.ids[2], "n", 7)])
    same(g.plate.run("XAUTOCLAIM", "k", "g", "o", "4000", "-"),
         ["0-0", [[g.ids[2], ["a", "1"]]], []])
    g.plate.run("XDEL", "k", g.ids[0])
    same(g.plate.run("XAUTOCLAIM", "k", "g", "o", "0", "0", "COUNT", "2",
                     "JUSTID"), [g.ids[2], [g.ids[1]], [g.ids[0]]])


def test_information(t):
    g = Group(t, 2)
    g.read("m", "COUNT", "1")
    g.read("n", ids=["0"])
    same(g.plate.run("XINFO", "GROUPS", "k"), [{
        "name": "g", "consumers": 2, "pending": 1,
        "last-delivered-id": g.ids[0], "entries-read": 1, "lag": 1}])
    m, n = g.plate.run("XINFO", "CONSUMERS", "k", "g")
    same(list(m), ["name", "pending", "idle", "inactive"])
    same((m["name"], m["pending"], n["name"], n["pending"], n["inactive"]),
         ("m", 1, "n", 0, -1))
    same(0 <= m["inactive"] < 10000 and 0 <= n["idle"] < 10000, True)
    full = g.plate.run("XINFO", "STREAM", "k", "FULL", "COUNT", "1")
    same(full["entries"], [[g.ids[0], ["a", "1"]]])
    [group] = full["groups"]
    same(list(group), ["name", "last-delivered-id", "entries-read", "lag",
                       "pel-count", "pending", "consumers"])
    [[id, owner, at, times]] = group["pending"]
    same((id, owner, times, group["pel-count"]), (g.ids[0], "m", 1, 1))
    m, n = group["consumers"]
    same(list(m), ["name", "seen-time", "active-time", "pel-count",
                   "pending"])
    same((m["pending"], n["pending"], n["active-time"]),
         ([[id, at, 1]], [], -1))
    same(m["active-time"] == m["seen-time"] == at, True)
