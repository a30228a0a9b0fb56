"""The commands that add, read and remove entries. What their options mean in
detail is compared with redis-server in tests/differential."""

import json

from harness.context import Call, eventually, same, within
from harness.transaction import Transaction
from plates import Plate, error_of

LAST = "18446744073709551615"


def says(plate, message, *words, status=400):
    same(error_of(plate.ask(*words), status)[1], message, " ".join(words))


def filled(t, count=3):
    plate = Plate(t)
    for n in range(1, count + 1):
        plate.add("k", f"{n}-0", "n", str(n))
    return plate


def ids(entries):
    return [id for id, _ in entries]


def test_an_entry_is_added_and_read(t):
    plate = Plate(t)
    same(plate.run("XADD", "k", "1-1", "b", "2", "a", "1", "b", "3"), "1-1")
    same(plate.run("XADD", "k", "1-*", "", "\u0000\"\\é€😀"), "1-2")
    same(plate.run("XRANGE", "k", "-", "+"),
         [["1-1", ["b", "2", "a", "1", "b", "3"]],
          ["1-2", ["", "\u0000\"\\é€😀"]]])
    id = plate.run("xadd", "k", "*", "a", "1")
    same(plate.run("XREVRANGE", "k", "+", "-", "COUNT", "1"),
         [[id, ["a", "1"]]])
    same(plate.run("XLEN", "k"), 3)


def test_many_fields(t):
    plate = Plate(t)
    fields = [word for n in range(20000) for word in (f"f{n}", "v")]
    plate.run("XADD", "k", "1-1", *fields)
    plate.run("XADD", "k", "1-2", *fields, "f77", "again")
    with within(5, "to read them"):
        [[_, one], [_, two]] = plate.run("XRANGE", "k", "-", "+")
    same((one, two), (fields, fields + ["f77", "again"]))


def test_ids_that_are_refused(t):
    plate = filled(t)
    small = ("ERR The ID specified in XADD is equal or smaller than the "
             "target stream top item")
    says(plate, small, "XADD", "k", "3-0", "a", "1")
    says(plate, small, "XADD", "k", "2-*", "a", "1")
    plate.add("k", f"3-{LAST}")
    says(plate, small, "XADD", "k", "3-*", "a", "1")
    says(plate, "ERR The ID specified in XADD must be greater than 0-0",
         "XADD", "new", "0-0", "a", "1")
    plate.add("k", f"{LAST}-{LAST}")
    says(plate, "ERR The stream has exhausted the last possible ID, unable "
         "to add more items", "XADD", "k", "*", "a", "1")
    same(plate.run("XLEN", "new"), 0)


def test_a_key_that_is_needed_is_not_begun(t):
    plate = Plate(t)
    same(plate.run("XADD", "k", "NOMKSTREAM", "*", "a", "1"), None)
    says(plate, "ERR no such key", "XINFO", "STREAM", "k", status=404)
    plate.add("k", "1-1")
    same(plate.run("XADD", "k", "NOMKSTREAM", "1-2", "a", "1"), "1-2")


def test_adding_trims(t):
    plate = filled(t, 5)
    same(plate.run("XADD", "k", "MAXLEN", "3", "6-0", "n", "6"), "6-0")
    same(ids(plate.run("XRANGE", "k", "-", "+")), ["4-0", "5-0", "6-0"])
    plate.run("XADD", "k", "MINID", "=", "6", "7-0", "n", "7")
    same(ids(plate.run("XRANGE", "k", "-", "+")), ["6-0", "7-0"])
    same(plate.run("XTRIM", "k", "MAXLEN", "~", "1"), 0)
    same(plate.run("XTRIM", "k", "MAXLEN", "1"), 1)
    same(plate.run("XTRIM", "none", "MAXLEN", "1"), 0)
    info = plate.run("XINFO", "STREAM", "k")
    same((info["length"], info["entries-added"],
          info["max-deleted-entry-id"], info["recorded-first-entry-id"]),
         (1, 7, "0-0", "7-0"))


def test_a_long_trim_is_one_command(t):
    plate = Plate(t)
    plate.add("k", "1-0")
    t.sql("insert into sluice.entries (stream_id, incarnation, seq, at, id, "
          "fields, data) select stream_id, incarnation, n - 1, now(), "
          "int8send(n) || int8send(0), true, '{\"a\":\"1\"}' "
          "from sluice.streams, generate_series(2, 25000) as n "
          f"where name = '{plate.id}/k'; "
          "update sluice.streams set next_seq = 25000, length = 25000, "
          "bytes = 25000 * 9, last_id = int8send(25000) || int8send(0) "
          f"where name = '{plate.id}/k'")
    same(plate.run("XADD", "k", "MAXLEN", "24000", "30000-0", "a", "1"),
         "30000-0")
    same(plate.run("XLEN", "k"), 24000)
    # The first node has 99 entries left.
    same(plate.run("XTRIM", "k", "MAXLEN", "~", "100", "LIMIT", "12000"),
         11999)
    same(plate.run("XTRIM", "k", "MAXLEN", "10"), 11991)
    same(plate.run("XLEN", "k"), 10)


def test_entries_are_deleted(t):
    plate = filled(t)
    same(plate.run("XDEL", "k", "3-0", "3-0", "9-9"), 1)
    same(plate.run("XDEL", "none", "bad"), 0)
    says(plate, "ERR Invalid stream ID specified as stream command argument",
         "XDEL", "k", "1-0", "bad")
    same(ids(plate.run("XRANGE", "k", "-", "+")), ["1-0", "2-0"])
    same(plate.run("XINFO", "STREAM", "k"), {
        "length": 2, "radix-tree-keys": 1, "radix-tree-nodes": 2,
        "last-generated-id": "3-0", "max-deleted-entry-id": "3-0",
        "entries-added": 3, "recorded-first-entry-id": "1-0", "groups": 0,
        "first-entry": ["1-0", ["n", "1"]],
        "last-entry": ["2-0", ["n", "2"]]})


def test_ids_are_set(t):
    plate = filled(t)
    same(plate.run("XSETID", "k", "9", "ENTRIESADDED", "50", "MAXDELETEDID",
                   "8-1"), "OK")
    info = plate.run("XINFO", "STREAM", "k")
    same((info["last-generated-id"], info["entries-added"],
          info["max-deleted-entry-id"]), ("9-0", 50, "8-1"))
    says(plate, "ERR The ID specified in XSETID is smaller than current "
         "max_deleted_entry_id", "XSETID", "k", "8-0")
    says(plate, "ERR no such key", "XSETID", "none", "8-0", status=404)


def test_a_count_stays_at_the_largest_there_is(t):
    plate, most = filled(t), 2**63 - 1
    plate.run("XSETID", "k", "9", "ENTRIESADDED", str(most))
    plate.run("XADD", "k", "*", "a", "b")
    name = f"{plate.id}/k"
    t.admin.post(f"/v1/stream/{name}", [1, 2]).expect(204)
    t.sql(f"select sluice.append('{name}', '3')")
    info = plate.run("XINFO", "STREAM", "k")
    same((info["entries-added"], info["length"]), (most, 7))


def test_keys_are_deleted(t):
    plate = filled(t)
    plate.add("l", "1-1")
    same(plate.run("DEL", "k", "none", "l", "k"), 2)
    same((plate.run("XLEN", "k"), plate.run("XLEN", "l")), (0, 0))
    same(plate.add("k", "1-1"), "1-1")


def test_ranges(t):
    plate = filled(t, 5)

    def ranges(*words):
        return ids(plate.run("XRANGE", "k", *words))

    same(ranges("2", "3"), ["2-0", "3-0"])
    same(ranges("(2-0", "(4-0"), ["3-0"])
    same(ranges("3", "+", "COUNT", "2"), ["3-0", "4-0"])
    same(ranges("4", "3"), [])
    same(plate.run("XRANGE", "none", "-", "+"), [])
    same(plate.run("XRANGE", "k", "-", "+", "COUNT", "0"), None)
    same(ids(plate.run("XREVRANGE", "k", "(4-0", "2")), ["3-0", "2-0"])


def test_a_reply_that_is_too_long_is_refused(t):
    plate = Plate(t)
    for _ in range(4):
        plate.run("XADD", "k", "*", "a", "x" * (9 << 20))
    says(plate, "ERR the entries have more than COMMAND_REPLY_BYTES_MAX "
         "(33554432) bytes: ask for fewer with COUNT", "XRANGE", "k", "-",
         "+")
    same(len(plate.run("XRANGE", "k", "-", "+", "COUNT", "3")), 3)
    same(len(plate.run("XREAD", "STREAMS", "k", "0")["k"]), 4)


def test_a_key_that_holds_something_else(t):
    plate = filled(t)
    t.sql("update sluice.streams set last_id = null where name = "
          f"'{plate.id}/k'")
    for words in (("XADD", "k", "*", "a", "1"), ("XLEN", "k"),
                  ("XRANGE", "k", "-", "+"), ("XDEL", "k", "1-1"),
                  ("XTRIM", "k", "MAXLEN", "0"), ("XSETID", "k", "9-9"),
                  ("XINFO", "STREAM", "k"), ("XREAD", "STREAMS", "k", "bad"),
                  ("XDEL", "k", "bad")):
        same(error_of(plate.ask(*words), 409),
             ("wrong_type", "WRONGTYPE Operation against a key holding the "
              "wrong kind of value"), words[0])


# --- XREAD ---------------------------------------------------------------

def test_several_streams_are_read(t):
    plate = filled(t)
    plate.add("l", "1-1", "a", "1")
    same(plate.run("XREAD", "COUNT", "1", "STREAMS", "l", "none", "k",
                   "0", "0", "1"),
         {"l": [["1-1", ["a", "1"]]], "k": [["2-0", ["n", "2"]]]})
    same(plate.run("XREAD", "STREAMS", "k", "l", "3-0", "$"), None)
    same(ids(plate.run("XREAD", "STREAMS", "k", "k", "1-0", "2-0")["k"]),
         ["2-0", "3-0", "3-0"])
    says(plate, "ERR a command reads at most COMMAND_STREAMS_MAX (64) "
         "streams", "XREAD", "STREAMS", *["k"] * 65, *["0"] * 65)
    same(len(plate.run("XREAD", "STREAMS", *["k"] * 64, *["1"] * 64)["k"]),
         2 * 64)


def test_the_last_entry(t):
    plate = filled(t)
    same(plate.run("XREAD", "STREAMS", "k", "none", "+", "+"),
         {"k": [["3-0", ["n", "3"]]]})
    plate.run("XDEL", "k", "3-0")
    same(plate.run("XREAD", "STREAMS", "k", "+"), None)


def blocked(t, plate, *words, block="15000", parked=1):
    call = Call(Plate(t, plate.key, plate.id).ask, "XREAD", "BLOCK", block,
                *words)
    t.wait_for_parked(parked)
    return call


def found(call, seconds=2):
    with within(seconds, "the answer"):
        return call.result().expect(200)["data"]["result"]


def test_all_who_are_blocked_are_served(t):
    plate = filled(t)
    calls = [blocked(t, plate, "STREAMS", "k", "none", "$", "$", parked=n + 1)
             for n in range(3)]
    plate.add("none", "1-1", "a", "1")
    for call in calls:
        same(found(call), {"none": [["1-1", ["a", "1"]]]})


def test_a_key_that_begins_wakes(t):
    plate = Plate(t)
    call = blocked(t, plate, "STREAMS", "k", "0")
    plate.add("k", "1-1", "a", "1")
    same(found(call), {"k": [["1-1", ["a", "1"]]]})


def test_what_is_trimmed_at_once_wakes_nobody(t):
    plate = filled(t)
    call = blocked(t, plate, "STREAMS", "k", "$")
    plate.run("XADD", "k", "MAXLEN", "0", "4-0", "n", "4")
    plate.add("k", "5-0", "n", "5")
    same(found(call), {"k": [["5-0", ["n", "5"]]]})


def test_a_deleted_key_leaves_who_is_blocked(t):
    plate = filled(t)
    call = blocked(t, plate, "STREAMS", "k", "$")
    plate.run("DEL", "k")
    plate.add("k", "2-0", "n", "again")
    plate.add("k", "4-0", "n", "4")
    same(found(call), {"k": [["4-0", ["n", "4"]]]})


def test_blocking_ends(t):
    plate = filled(t)
    with within(3, "the end"):
        same(plate.run("XREAD", "BLOCK", "50", "STREAMS", "k", "$"), None)
    same(ids(plate.run("XREAD", "BLOCK", "0", "STREAMS", "k", "2")["k"]),
         ["3-0"])
    says(plate, "ERR timeout is negative", "XREAD", "BLOCK", "-1", "STREAMS",
         "k", "$")
    says(plate, "ERR a command that blocks reads at most "
         "CHANNELS_PER_REQUEST_MAX (8) streams", "XREAD", "BLOCK", "0",
         "STREAMS", *"abcdefghi", *"000000000")


def test_who_hangs_up_is_forgotten(t):
    plate = filled(t)
    connection = plate.client.connect()
    connection.request("POST", f"/{plate.id}/streams/command", json.dumps({
        "command": "XREAD", "args": ["BLOCK", "0", "STREAMS", "k", "$"]}), {
        "Authorization": plate.key, "Content-Type": "application/json"})
    t.wait_for_parked(1)
    connection.close()
    eventually(lambda: t.metric("sluice_parked_requests") == 0,
               what="that nobody waits")


def test_a_row_that_somebody_holds(t):
    plate = filled(t)
    with Transaction(t, "select from sluice.streams where name = "
                     f"'{plate.id}/k' for update"):
        for words in (("XADD", "k", "*", "a", "1"), ("XDEL", "k", "1-0"),
                      ("XTRIM", "k", "MAXLEN", "1"), ("DEL", "k"),
                      ("XSETID", "k", "9-9")):
            plate.ask(*words).expect(503)
        same(plate.run("XLEN", "k"), 3)
        same(len(plate.run("XRANGE", "k", "-", "+")), 3)
    same(plate.run("XTRIM", "k", "MAXLEN", "1"), 2)
