"""Ids as the tables have them, and taking a plate's key to write to it."""

from plates import Key
from session import Session, equal, refused
from streams import Stream

HELD, NO_KEY, OTHER_TYPE, GONE, NO_PLATE, BUSY = 0, 1, 2, 3, 4, 11
PLATE_ENDS = 16
LAST = "18446744073709551615"


def test_ids_are_written_as_redis_writes_them(s):
    for text in ("0-0", "1526919030474-55", "0-9223372036854775808",
                 f"{LAST}-{LAST}", f"{LAST}-0"):
        equal(s.one(f"select sluice.entry_id_text(sluice.entry_id('{text}'))"),
              text)
    equal(s.one("select sluice.entry_id('5') = sluice.entry_id('5-0')"), "t")
    equal(s.one(f"select sluice.entry_id('9-{LAST}') < "
                "sluice.entry_id('10-0')"), "t")
    for text in ("", "-", "1-", "a", "1-1-1", "-1-1", " 1",
                 "18446744073709551616", "1-18446744073709551616"):
        refused("22P02", s.one, f"select sluice.entry_id('{text}')")


def ids_next(s, last, at_ms, count):
    """Texts of the ids; None when there are not so many."""
    ids = s.one(
        "select string_agg(sluice.entry_id_text(u.id), ' ' order by place) "
        f"from unnest(sluice.entry_ids_next(sluice.entry_id('{last}'), "
        f"timestamptz 'epoch' + {at_ms} * interval '1 ms', {count})) "
        "with ordinality as u (id, place)")
    return ids and ids.split()


def test_the_next_ids_are_of_now_and_never_go_back(s):
    equal(ids_next(s, "0-0", 1500, 1), ["1500-0"])
    equal(ids_next(s, "1499-7", 1500, 3), ["1500-0", "1500-1", "1500-2"])
    equal(ids_next(s, "1500-7", 1500, 2), ["1500-8", "1500-9"])
    equal(ids_next(s, "1501-7", 1500, 1), ["1501-8"])
    equal(ids_next(s, f"{LAST}-4", 1500, 1), [f"{LAST}-5"])


def test_the_next_ids_pass_each_end_of_a_half(s):
    for count in (1, 3):
        equal(ids_next(s, f"1501-{LAST}", 1500, count),
              ["1502-0", "1502-1", "1502-2"][:count])
        equal(ids_next(s, "1501-9223372036854775807", 1500, count),
              ["1501-9223372036854775808", "1501-9223372036854775809",
               "1501-9223372036854775810"][:count])
    equal(ids_next(s, "1501-9223372036854775806", 1500, 2),
          ["1501-9223372036854775807", "1501-9223372036854775808"])
    equal(ids_next(s, f"9223372036854775807-{LAST}", 1500, 1),
          ["9223372036854775808-0"])
    equal(ids_next(s, "1501-18446744073709551613", 1500, 3),
          ["1501-18446744073709551614", f"1501-{LAST}", "1502-0"])


def test_the_next_ids_come_to_an_end(s):
    equal(ids_next(s, f"{LAST}-{LAST}", 1500, 1), None)
    equal(ids_next(s, f"{LAST}-18446744073709551614", 1500, 1),
          [f"{LAST}-{LAST}"])
    equal(ids_next(s, f"{LAST}-18446744073709551614", 1500, 2), None)


def test_a_key_begins_when_it_is_asked_to(s):
    key = Key(s)
    equal(key.open(create=False), NO_KEY)
    equal(key.get("1"), None)
    equal(s.row(key.open_sql(columns=(
        "status, incarnation, next_seq, first_seq, length, added, "
        "sluice.entry_id_text(last_id), sluice.entry_id_text(deleted_id), "
        "closed, last_at <= clock_timestamp()"))),
          ["0", "0", "0", "0", "0", "0", "0-0", "0-0", "f", "t"])
    equal(key.get("content_type, media_type, state, length"),
          ["application/json", "application/json", "0", "0"])
    key.set("next_seq = 7, first_seq = 2, length = 4, added = 8, closed = true,"
            " last_id = sluice.entry_id('9-1')")
    equal(s.row(key.open_sql(False, (
        "status, next_seq, first_seq, length, added, "
        "sluice.entry_id_text(last_id), closed"))),
          ["0", "7", "2", "4", "8", "9-1", "t"])


def test_a_stream_without_ids_is_another_type(s):
    key = Key(s)
    key.open()
    key.set("last_id = null")
    equal(key.open(), OTHER_TYPE)
    equal(key.open(create=False), OTHER_TYPE)
    other = Key(s)
    other.id = key.id
    equal(other.open(), OTHER_TYPE)


def test_a_dead_key_begins_another_life(s):
    key = Key(s)
    key.open()
    key.set("next_seq = 7, first_seq = 2, length = 4, added = 8, closed = true,"
            " bytes = 9, last_id = sluice.entry_id('9-1'), ttl_ms = 1,"
            " deleted_id = sluice.entry_id('8-1'), stream_seq = 'a'")
    equal(key.end(), 0)
    equal(key.open(create=False), NO_KEY)
    equal(key.open(), HELD)
    equal(key.get("incarnation, state, next_seq, first_seq, length, added, "
                  "bytes, closed, ttl_ms, stream_seq"),
          ["1", "0", "0", "0", "0", "0", "0", "f", None, None])
    equal(key.get("sluice.entry_id_text(last_id), "
                  "sluice.entry_id_text(deleted_id)"), ["0-0", "0-0"])
    equal(key.ended(), [0])


def test_an_expired_key_ends_first(s):
    key = Key(s)
    key.open()
    key.expire()
    equal(key.open(create=False), NO_KEY)
    s.rows("begin")
    equal(key.open(), HELD)
    equal(s.one("show synchronous_commit"), "on")
    s.rows("commit")
    equal(key.get("incarnation, expires_at"), ["1", None])
    equal(key.ended(), [0])


def test_a_key_whose_forks_live_cannot_begin_again(s):
    key, fork = Key(s), Stream(s)
    key.open()
    equal(fork.create(fork=key, content_type=None), 0)
    equal(key.end(), 0)
    equal(key.open(create=False), NO_KEY)
    equal(key.open(), GONE)
    other, fork = Key(s), Stream(s)
    other.open()
    equal(fork.create(fork=other, content_type=None), 0)
    other.expire()
    equal(other.open(), GONE)


def test_no_key_begins_on_a_plate_that_is_not_there(s):
    key = Key(s, "ending/key")
    s.rows("update sluice.plates set ended_at = now() where plate = 'ending'")
    equal(key.open(), NO_PLATE)
    s.rows("delete from sluice.plates where plate = 'ending'")
    equal(key.open(), NO_PLATE)
    equal(key.get("1"), None)


def test_a_key_of_a_plate_that_has_ended_takes_nothing(s):
    key = Key(s, "over/key")
    equal(key.open(), HELD)
    s.rows("update sluice.plates set ended_at = now() where plate = 'over'")
    equal(key.open(), NO_PLATE)
    equal(key.open(create=False), NO_KEY)


def test_a_plate_ends_before_a_key_begins_or_after(s):
    key = Key(s, "race/key")
    end = "update sluice.plates set ended_at = now() where plate = 'race'"
    with Session() as other:
        s.rows("begin")
        equal(key.open(), HELD)
        other.send(end)
        s.wait_until_blocked(other)
        s.rows("commit")
        other.receive()
    equal(key.get("1"), ["1"])


def test_a_row_that_somebody_has_is_not_waited_for(s):
    key = Key(s)
    key.open()
    with Session() as holder:
        holder.rows("begin")
        holder.rows(key.open_sql())
        equal(key.open(), BUSY)
        equal(key.open(create=False), BUSY)
        holder.rows("rollback")
    equal(key.open(), HELD)


def test_two_who_begin_a_key_begin_one(s):
    key = Key(s)
    with Session() as other:
        s.rows("begin")
        equal(key.open(), HELD)
        other.send(key.open_sql())
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["11"]])
    equal(key.open(), HELD)
    equal(key.get("incarnation"), ["0"])


def test_no_stream_is_put_on_a_plate_that_is_deleted(s):
    Key(s, "closed/key")
    x, wish = Stream(s, "closed/new"), {"content_type": "application/json"}
    with Session() as other:
        # It waits for who deletes the plate, and is told of it.
        other.rows("begin")
        other.rows("select sluice.plate_drop('closed')")
        s.send(x.create_sql(**wish))
        other.wait_until_blocked(s)
        other.rows("commit")
        equal(s.receive(), [[str(PLATE_ENDS)]])
    equal((x.create(**wish), x.create(), x.get("1")),
          (PLATE_ENDS, PLATE_ENDS, None))
    s.rows("delete from sluice.plates where plate = 'closed'")
    equal((x.create(**wish), x.get("last_id")), (0, [None]))
