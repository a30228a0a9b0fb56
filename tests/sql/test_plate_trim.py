"""XTRIM, XDEL, XSETID: what goes, what stays, and what the row says of it."""

import random

from plates import (Adder, Key, add, counted, delete, fill, ids, row, set_id,
                    trim)
from session import Session, equal
from streams import Stream

DONE, NO_KEY, OTHER_TYPE, BUSY = 0, 1, 2, 11


def filled(s, count):
    key = Key(s)
    key.open()
    fill(key, count)
    return key


def agrees(key):
    """Is what the row says what is there?"""
    length, _, next_seq, first_seq, bytes_, *_ = row(key)
    equal((length, bytes_), counted(key))
    seqs = [int(seq) for seq, in key.entries("e.seq")]
    assert all(first_seq <= seq < next_seq for seq in seqs)


def test_to_a_length(s):
    key = filled(s, 5)
    equal(trim(key, max_length=5), (DONE, 0, False))
    equal(trim(key, max_length=2), (DONE, 3, False))
    equal(ids(key), ["4-0", "5-0"])
    equal(row(key)[:4], (2, 5, 5, 3))
    equal(trim(key, max_length=9), (DONE, 0, False))
    equal(trim(key, max_length=0), (DONE, 2, False))
    equal(row(key), (0, 5, 5, 5, 0, "5-0", "0-0"))
    equal(trim(key, max_length=0), (DONE, 0, False))


def test_to_an_id(s):
    key = filled(s, 5)
    equal(trim(key, min_id="1-0"), (DONE, 0, False))
    equal(trim(key, min_id="3-0"), (DONE, 2, False))
    equal(trim(key, min_id="3-1"), (DONE, 1, False))
    equal(ids(key), ["4-0", "5-0"])
    equal(row(key)[:4], (2, 5, 5, 3))
    equal(trim(key, min_id="9-0"), (DONE, 2, False))
    equal(row(key)[:4], (0, 5, 5, 5))


def test_whole_nodes(s):
    key = filled(s, 350)
    equal(trim(key, max_length=251, nodes=True), (DONE, 0, False))
    equal(trim(key, max_length=249, nodes=True), (DONE, 100, False))
    equal(trim(key, min_id="201-0", nodes=True), (DONE, 100, False))
    equal(trim(key, min_id="300-0", nodes=True), (DONE, 0, False))
    equal(row(key)[:4], (150, 350, 350, 200))
    equal(trim(key, max_length=49, nodes=True), (DONE, 100, False))
    equal(trim(key, max_length=0, nodes=True), (DONE, 50, False))
    equal(row(key)[:4], (0, 350, 350, 350))
    key = filled(s, 150)
    equal(trim(key, min_id="150-1", nodes=True), (DONE, 150, False))


def test_as_redis_trims_a_thousand_to_about_555(s):
    key = filled(s, 1000)
    equal(trim(key, max_length=555, nodes=True, limit=10000),
          (DONE, 400, False))


def test_a_limit_of_whole_nodes(s):
    key = filled(s, 350)
    equal(trim(key, max_length=0, nodes=True, limit=99), (DONE, 0, False))
    equal(trim(key, max_length=0, nodes=True, limit=100), (DONE, 100, False))
    equal(trim(key, min_id="999-0", nodes=True, limit=199),
          (DONE, 100, False))
    equal(trim(key, max_length=0, nodes=True, limit=250), (DONE, 150, False))


def test_nodes_that_have_lost_entries(s):
    key = filled(s, 300)
    equal(delete(key, *[f"{n}-0" for n in range(1, 81)])[1], 80)
    equal(delete(key, "101-0", "300-0")[1], 2)
    equal(row(key)[0], 218)
    equal(trim(key, max_length=199, nodes=True), (DONE, 0, False))
    equal(trim(key, max_length=198, nodes=True), (DONE, 20, False))
    equal(row(key)[3], 100)
    equal(trim(key, max_length=0, nodes=True, limit=99), (DONE, 99, False))
    agrees(key)


def test_a_long_trim_is_done_in_pieces(s):
    key = filled(s, 450)
    equal(trim(key, max_length=10, batch=200), (DONE, 200, True))
    equal(trim(key, max_length=10, batch=200), (DONE, 200, True))
    equal(trim(key, max_length=10, batch=200), (DONE, 40, False))
    equal(row(key)[:4], (10, 450, 450, 440))
    key = filled(s, 450)
    pieces = []
    while not pieces or pieces[-1][2]:
        pieces.append(trim(key, min_id="441-0", nodes=True, batch=1))
    equal(sum(count for _, count, _ in pieces), 400)
    equal(row(key)[:4], (50, 450, 450, 400))


def test_pieces_of_long_entries_are_shorter(s):
    key = Key(s)
    add(key, *[Adder(data="x" * 1000) for _ in range(300)])
    equal(trim(key, max_length=0, batch_bytes=150000), (DONE, 149, True))
    equal(trim(key, max_length=0, batch_bytes=1), (DONE, 100, True))


def test_a_piece_of_a_limit_is_no_more_than_that(s):
    key = filled(s, 500)
    equal(trim(key, max_length=0, nodes=True, limit=200, batch=300),
          (DONE, 200, False))
    equal(trim(key, max_length=0, nodes=True, limit=200, batch=100),
          (DONE, 100, True))


def test_what_is_not_there_is_not_trimmed(s):
    equal(trim(Key(s), max_length=0), (NO_KEY, 0, False))
    equal(delete(Key(s), "1-0"), (NO_KEY, 0))
    equal(set_id(Key(s), "1-0"), NO_KEY)
    key = filled(s, 1)
    key.set("last_id = null")
    equal(trim(key, max_length=0), (OTHER_TYPE, 0, False))
    equal(delete(key, "1-0"), (OTHER_TYPE, 0))
    equal(set_id(key, "1-0"), OTHER_TYPE)


def test_a_held_row_is_not_waited_for(s):
    key = filled(s, 1)
    with Session() as holder:
        holder.rows("begin")
        holder.rows(key.open_sql())
        equal(trim(key, max_length=0), (BUSY, 0, False))
        equal(delete(key, "1-0"), (BUSY, 0))
        equal(set_id(key, "1-0"), BUSY)
    equal(ids(key), ["1-0"])


def test_entries_are_deleted_by_their_ids(s):
    key = filled(s, 5)
    equal(delete(key, "3-0", "3-0", "9-0"), (DONE, 1))
    equal(row(key), (4, 5, 5, 0, 8, "5-0", "3-0"))
    equal(delete(key, "1-0", "2-0"), (DONE, 2))
    equal(row(key), (2, 5, 5, 0, 4, "5-0", "3-0"))
    equal(delete(key, "1-0"), (DONE, 0))
    equal(delete(key, "4-0", "5-0"), (DONE, 2))
    equal(row(key), (0, 5, 5, 0, 0, "5-0", "5-0"))
    equal(add(key, Adder("5-0"))[0][0], 7)
    agrees(key)


def test_another_lifes_entries_stay(s):
    key = filled(s, 3)
    key.end()
    key.open()
    fill(key, 2)
    equal(delete(key, "1-0"), (DONE, 1))
    equal(trim(key, max_length=0), (DONE, 1, False))
    equal(s.one("select count(*) from sluice.entries where stream_id = "
                f"{key.id} and incarnation = 0"), "3")


def test_what_ids_are_counted_from(s):
    key = filled(s, 3)
    delete(key, "3-0")
    equal(set_id(key, "2-9"), 3)
    equal(set_id(key, "3-0"), DONE)
    key.set("deleted_id = sluice.entry_id('0-0')")
    equal(set_id(key, "1-9"), 4)
    equal(set_id(key, "2-0"), DONE)
    equal(set_id(key, "9-0", added=1), 5)
    equal(set_id(key, "9-0", added=2, deleted_id="8-0"), DONE)
    equal(row(key)[:2] + row(key)[5:], (2, 2, "9-0", "8-0"))
    equal(add(key, Adder("9-0"), Adder("9-1")), [(7, None), (0, "9-1")])
    trim(key, max_length=0)
    equal(set_id(key, "8-0", added=0), DONE)


def nodes(key):
    return int(key.s.one(
        "select sluice.plate_nodes(stream_id, incarnation, first_seq, "
        f"next_seq, length) from sluice.streams where stream_id = {key.id}"))


def test_nodes_that_hold_entries(s):
    key = Key(s)
    key.open()
    equal(nodes(key), 0)
    fill(key, 100)
    equal(nodes(key), 1)
    fill(key, 250, first=101)
    equal(nodes(key), 4)
    delete(key, "1-0")
    equal(nodes(key), 4)
    delete(key, *[f"{n}-0" for n in range(101, 201)])
    equal(nodes(key), 3)
    trim(key, max_length=60)
    equal(nodes(key), 2)
    trim(key, max_length=0)
    equal(nodes(key), 0)


def test_at_random(s):
    """Against a list."""
    for seed in range(6):
        chance = random.Random(seed)
        key = filled(s, 240)
        model = [(n, f"{n}-0") for n in range(1, 241)]
        for _ in range(12):
            if chance.random() < 0.5:
                gone = chance.sample(range(1, 241), chance.randint(1, 40))
                equal(delete(key, *[f"{n}-0" for n in gone])[1],
                      sum(n in gone for n, _ in model))
                model = [e for e in model if e[0] not in gone]
            elif chance.random() < 0.5:
                length = max(0, len(model) - chance.randint(0, 30))
                equal(trim(key, max_length=length)[1], len(model) - length)
                model = model[len(model) - length:]
            else:
                low = chance.randint(1, 241)
                kept = [e for e in model if e[0] >= low]
                equal(trim(key, min_id=f"{low}-0")[1],
                      len(model) - len(kept))
                model = kept
            equal(ids(key), [id for _, id in model])
            agrees(key)
