"""One stream, two doors: what is written at one is read at the other."""

from doors import Both
from harness.context import Call, same
from plates import Plate, error_of
from streams import JSON, TEXT, Door, next_offset, path_of, refused

LAST = "18446744073709551615"


def test_fields_are_read_as_an_object_in_their_order(t):
    both = Both(t)
    both.add("1-1", "b", "1", "a", "ü\n\"", "", "")
    both.add("1-2", "x", "1", "y", "2", "x", "3")
    reply = both.get()
    same(reply.headers["Content-Type"], "application/json")
    same(reply.body.decode(), '[{"b":"1","a":"ü\\n\\"","":""},'
         '[["x","1"],["y","2"],["x","3"]]]')
    same(both.entries(), [["1-1", ["b", "1", "a", "ü\n\"", "", ""]],
                          ["1-2", ["x", "1", "y", "2", "x", "3"]]])


def test_what_is_appended_is_one_field_data(t):
    both = Both(t)
    both.add("1-1", "a", "1")
    same(both.post([{"b": [1, 2]}, " ", 5]).status, 204)
    entries = both.entries()
    same([fields for _, fields in entries],
         [["a", "1"], ["data", '{"b": [1, 2]}'], ["data", '" "'],
          ["data", "5"]])
    ms = {id.split("-")[0] for id, _ in entries[1:]}
    same((len(ms), [id.split("-")[1] for id, _ in entries[1:]]),
         (1, ["0", "1", "2"]))
    info = both.info()
    same((info["length"], info["entries-added"], info["last-generated-id"]),
         (4, 4, entries[-1][0]))
    same(both.get().json, [{"a": "1"}, {"b": [1, 2]}, " ", 5])


def test_ids_go_on_behind_those_that_were_given(t):
    both = Both(t)
    both.add(f"{LAST}-7")
    same(both.post([1, 2]).status, 204)
    same([id for id, _ in both.entries()],
         [f"{LAST}-7", f"{LAST}-8", f"{LAST}-9"])
    both.add(f"{LAST}-{LAST}")
    refused(both.post([3]), 409, "conflict",
            "the stream has no ids left for its entries")
    same(len(both.entries()), 4)


def test_a_stream_that_is_put_on_a_plate_is_a_key(t):
    both = Both(t)
    same(both.door.put(both.name, "[1,2]", JSON).status, 201)
    same(both.door.put(both.name, None, JSON).status, 200)
    same([fields for _, fields in both.entries()],
         [["data", "1"], ["data", "2"]])
    same(both.run("XADD", "*", "a", "b") > both.entries()[1][0], True)
    same(both.info()["entries-added"], 3)
    empty = Both(t, "empty", both.plate)
    same(empty.door.put(empty.name, None, JSON).status, 201)
    same((empty.entries(), empty.info()["last-generated-id"]), ([], "0-0"))
    same(empty.add("0-1"), "0-1")


def test_a_key_is_json_and_no_fork(t):
    both = Both(t)
    refused(both.door.put(both.name, "a", TEXT), 409, "conflict",
            "the name is that of a plate's key, whose content type is "
            "application/json")
    source = t.fresh("source")
    same(both.door.put(source, "[1]", JSON).status, 201)
    refused(both.door.put(both.name, None, None, stream_forked_from=path_of(
        source)), 409, "conflict", "the name is that of a plate's key, "
        "which cannot be a fork")
    same(both.run("XLEN"), 0)
    # Names that only begin alike are nobody's keys.
    for name in (both.plate.id, f"{both.plate.id}x/events"):
        same(both.door.put(name, "a", TEXT).status, 201)


def test_producers_and_closing(t):
    both = Both(t)
    both.add("1-1")
    for status in (200, 204):
        same(both.post([1], producer_id="p", producer_epoch=0,
                       producer_seq=0).status, status)
    same(both.run("XLEN"), 2)
    same(both.post([2], stream_closed="true").status, 204)
    same(error_of(both.plate.ask("XADD", both.key, "*", "a", "b"), 400)[1],
         "ERR the stream is closed")
    refused(both.post([3]), 409, "stream_closed")
    same((both.run("XLEN"), both.info()["entries-added"]), (3, 3))
    same(both.get().headers["Stream-Closed"], "true")


def test_appends_from_sql(t):
    both = Both(t)
    both.add("1-1", "a", "1")
    t.sql(f"select sluice.append('{both.name}', '\"x\"');"
          f"select sluice.append_json('{both.name}', '[1, 2]')")
    entries = both.entries()
    same([fields for _, fields in entries],
         [["a", "1"], ["data", '"x"'], ["data", "1"], ["data", "2"]])
    same(sorted(entries, key=lambda e: [int(n) for n in e[0].split("-")]),
         entries)
    same((both.info()["length"], both.info()["entries-added"]), (4, 4))


def test_many_at_once_from_both_doors(t):
    both = Both(t)
    both.add("1-1")
    posts = [Call(Door(t.fresh_admin()).post, both.name, "[1,2]", JSON)
             for _ in range(8)]
    adds = [Call(Plate(t, both.plate.key, both.plate.id).run, "XADD",
                 both.key, "*", "a", "b") for _ in range(8)]
    same([call.result().status for call in posts], [204] * 8)
    added = {call.result() for call in adds}
    ids = [id for id, _ in both.entries()]
    same([tuple(map(int, id.split("-"))) for id in ids],
         sorted({tuple(map(int, id.split("-"))) for id in ids}))
    same(len(ids), 25)
    same((len(added), added <= set(ids)), (8, True))
    same(len(both.get().json), 25)


def test_entries_that_were_deleted_are_not_read(t):
    both = Both(t)
    both.fill(1, 2, 3, 4, 5)
    first = next_offset(both.get())
    same(both.delete(1, 3), 2)
    reply = both.get()
    same(both.numbers(reply), [2, 4, 5])
    same((next_offset(reply), reply.headers["Stream-Up-To-Date"]),
         (first, "true"))
    # Offsets inside of a gap are good.
    at = [f"{path_of(both.name)}?offset={both.offset_of(seq)}"
          for seq in range(6)]
    same([[int(e["n"]) for e in t.admin.get(path).json] for path in at],
         [[2, 4, 5], [2, 4, 5], [4, 5], [4, 5], [5], []])
    both.fill(6)
    same(both.numbers(both.get(first)), [6])


def test_a_deleted_end_is_passed(t):
    both = Both(t)
    both.fill(1, 2, 3)
    both.delete(2, 3)
    reply = both.get()
    same(both.numbers(reply), [1])
    while "Stream-Up-To-Date" not in reply.headers:
        before = next_offset(reply)
        reply = both.get(before)
        same((reply.json, next_offset(reply) > before), ([], True))
    both.fill(4)
    same(both.numbers(both.get(next_offset(reply))), [4])


def test_a_trimmed_beginning_is_gone(t):
    both = Both(t)
    both.fill(1, 2, 3, 4, 5)
    old = [both.offset_of(seq) for seq in range(6)]
    same(both.run("XTRIM", "MAXLEN", "2"), 3)
    same(both.all(), [4, 5])
    same(both.numbers(t.admin.get(path_of(both.name))), [4, 5])
    for seq in (1, 2):
        refused(both.get(old[seq]), 410, "gone",
                "what follows the offset has been trimmed away")
        refused(both.get(old[seq], "&live=long-poll"), 410, "gone")
    same([both.numbers(both.get(old[seq])) for seq in (3, 4, 5)],
         [[4, 5], [5], []])
    same(both.run("XTRIM", "MAXLEN", "0"), 2)
    reply = both.get()
    same((reply.json, next_offset(reply)), ([], old[5]))
    both.fill(6)
    same(both.all(), [6])


def test_reading_from_a_time(t):
    both = Both(t)
    both.fill(1, 2, 3, 4)
    both.run("XTRIM", "MAXLEN", "3")
    both.delete(3)
    same(both.numbers(t.admin.get(
        f"{path_of(both.name)}?since=2020-01-01T00:00:00Z")), [2, 4])
    same(t.admin.get(
        f"{path_of(both.name)}?since=2999-01-01T00:00:00Z").json, [])


def test_reading_by_key(t):
    both = Both(t)
    both.add("1-1", "n", "9")
    for n in range(6):
        same(both.post([{"n": n}], stream_key="ab"[n % 2]).status, 204)
    entries = both.entries()
    both.run("XDEL", entries[1][0], entries[4][0])
    path = f"{path_of(both.name)}?key="
    same(both.numbers(t.admin.get(path + "a")), [2, 4])
    same(both.numbers(t.admin.get(path + "b")), [1, 5])


def test_a_page_with_gaps_is_asked_for_again(t):
    both = Both(t)
    both.add("1-1", "n", "x" * 700000)
    both.add("1-2", "n", "y" * 700000)
    both.add("1-3", "n", "z" * 700000)
    start = both.offset_of(0)
    reply = both.get(start)
    same("Stream-Up-To-Date" in reply.headers, False)
    same(reply.headers["Cache-Control"], "private, no-cache")
    same(both.run("XDEL", "1-1"), 1)
    path = f"{path_of(both.name)}?offset={start}"
    again = t.admin.get(path, headers={"If-None-Match":
                                       reply.headers["ETag"]})
    same((again.status, again.json[0]["n"][0]), (200, "y"))
    same(t.admin.get(path, headers={"If-None-Match": again.headers["ETag"]})
         .status, 304)


def test_many_pages_with_gaps(t):
    both = Both(t)
    both.run("XADD", "1-0", "n", "1")
    t.sql("insert into sluice.entries (stream_id, incarnation, seq, at, id, "
          "fields, data) select stream_id, incarnation, n - 1, now(), "
          "int8send(n) || int8send(0), true, "
          "convert_to('{\"n\":\"' || n || '\"}', 'UTF8') "
          "from sluice.streams, generate_series(2, 20000) as n "
          f"where name = '{both.name}' and (n % 3 = 0 or n > 14000); "
          "update sluice.streams set next_seq = 20000, "
          "last_id = int8send(20000) || int8send(0), "
          "length = 1 + (select count(*) from generate_series(2, 20000) as n "
          f"where n % 3 = 0 or n > 14000) where name = '{both.name}'")
    wanted = [n for n in range(1, 20001) if n == 1 or n % 3 == 0 or n > 14000]
    offset, seen = "-1", []
    while True:
        reply = both.get(offset)
        seen += both.numbers(reply)
        offset = next_offset(reply)
        if "Stream-Up-To-Date" in reply.headers:
            break
    same(seen, wanted)
    same([int(f[1]) for _, f in both.entries()], wanted)
    same([int(f[1]) for _, f in both.run("XREVRANGE", "+", "-")],
         wanted[::-1])
    same(len(both.run("XRANGE", "-", "+", "COUNT", "9999")), 9999)
    same(len(both.plate.run("XREAD", "STREAMS", both.key, "9999-0")
             [both.key]), len([n for n in wanted if n > 9999]))


def test_forks_are_plain_streams_with_its_entries(t):
    both = Both(t)
    both.fill(1, 2, 3, 4, 5)
    both.run("XDEL", "2-0")
    fork = t.fresh("fork")
    door = Door(t.admin)
    same(door.put(fork, None, None, stream_forked_from=path_of(both.name))
         .status, 201)
    same(door.post(fork, '{"n":"9"}', JSON).status, 204)

    def seen():
        """All pages: one ends where a source ends with a gap."""
        offset, numbers = "-1", []
        while True:
            reply = t.admin.get(f"{path_of(fork)}?offset={offset}")
            same(reply.headers["Cache-Control"], "private, no-cache")
            numbers += [int(e["n"]) for e in reply.json]
            offset = next_offset(reply)
            if "Stream-Up-To-Date" in reply.headers:
                return numbers

    same(seen(), [1, 3, 4, 5, 9])
    same(both.run("XLEN"), 4)
    both.run("XDEL", "5-0")
    both.run("XTRIM", "MAXLEN", "1")
    same(seen(), [4, 9])
    same(both.plate.run("DEL", both.key), 1)
    same(seen(), [4, 9])
    same(error_of(both.plate.ask("XADD", both.key, "*", "a", "b"), 400)[1],
         "ERR the key was deleted, but forks of its stream still live on its "
         "entries")
    same(door.delete(fork).status, 204)
    same(both.add("1-1"), "1-1")


def test_a_fork_counts_entries_that_are_there(t):
    both = Both(t)
    both.fill(1, 2, 3, 4, 5)
    both.delete(2, 3)
    start, fork = both.offset_of(0), t.fresh("fork")
    door = Door(t.admin)

    def put(sub):
        return door.put(f"{fork}-{sub}", None, None, stream_fork_offset=start,
                        stream_forked_from=path_of(both.name),
                        stream_fork_sub_offset=str(sub))

    same(put(2).status, 201)
    same([e["n"] for e in t.admin.get(path_of(f"{fork}-2")).json],
         ["1", "4"])
    same(put(4).status, 400)


def test_a_deleted_key_is_a_deleted_stream_and_the_other_way(t):
    both = Both(t)
    both.fill(1)
    same(both.plate.run("DEL", both.key), 1)
    refused(both.get(), 404, "not_found")
    both.fill(1)
    same(both.door.delete(both.name).status, 204)
    same((both.run("XLEN"), both.entries()), (0, []))
    both.fill(1)
    same(both.all(), [1])


def test_a_key_with_a_time_to_live(t):
    both = Both(t)
    same(both.door.put(both.name, None, JSON, stream_ttl="3600").status, 201)
    both.fill(1)
    t.sql("update sluice.streams set expires_at = now() + interval '5 s' "
          f"where name = '{both.name}'")
    left = "extract(epoch from expires_at - now()) > 3000"
    # In a transaction a read writes nothing.
    both.plate.post("/transaction", [["XRANGE", both.key, "-", "+"]]) \
        .expect(200)
    same(both.row(left), "f")
    same(len(both.entries()), 1)
    same(both.row(left), "t")
    t.sql("update sluice.streams set expires_at = now() - interval '1 s' "
          f"where name = '{both.name}'")
    same((both.run("XLEN"), both.entries()), (0, []))
    same(both.add("1-1"), "1-1")
    same(both.row("incarnation, ttl_ms is null").replace("|", " ")
         .split(), ["1", "t"])
