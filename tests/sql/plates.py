"""A plate's key for each test, and the calls that a worker makes for it."""

import itertools

from session import array, literal
from streams import Stream

ZERO = "0-0"


class Key(Stream):
    """A stream whose entries have ids: a key of the plate "plate"."""

    numbers = itertools.count(1)

    def __init__(self, session, name=None):
        super().__init__(session,
                         name or f"plate/key-{next(Key.numbers)}")
        session.rows("insert into sluice.plates (plate) values "
                     f"({literal(self.name.split('/')[0])}) "
                     "on conflict do nothing")

    def open_sql(self, create=True, columns="status"):
        return (f"select {columns} from sluice.plate_open({self.id}, "
                f"{literal(self.name)}, {literal(create)})")

    def open(self, create=True):
        """How it went; the row is locked only in a transaction."""
        return int(self.s.one(self.open_sql(create)))


def entry_id(text):
    """Of an id, as a literal."""
    return "null::bytea" if text is None else \
        f"sluice.entry_id({literal(text)})"


class Adder:
    """One of those who share a call of plate_add."""

    def __init__(self, id=None, any_seq=False, must_exist=False, data='{}'):
        self.id, self.any_seq = id, any_seq
        self.must_exist, self.data = must_exist, data


def add_sql(key, adders, columns, max_length=None, min_id=None, nodes=False,
            limit=0, batch=10000, batch_bytes=1 << 26):
    ids = ",".join(entry_id(a.id) for a in adders)
    return (f"select {columns} from sluice.plate_add({key.id}, "
            f"{literal(key.name)}, "
            f"{array([a.data for a in adders], 'bytea')}, array[{ids}], "
            f"{array([a.any_seq for a in adders], 'boolean')}, "
            f"{array([a.must_exist for a in adders], 'boolean')}, "
            f"{literal(max_length)}, {entry_id(min_id)}, {literal(nodes)}, "
            f"{limit}, {batch}, {batch_bytes}) order by caller")


def add(key, *adders, **trim):
    """(status, id) of each."""
    return [(int(status), id) for status, id in key.s.rows(
        add_sql(key, adders, "status, sluice.entry_id_text(id)", **trim))]


def fill(key, count, first=1):
    """Add count entries, 1-0 and so on."""
    add(key, *[Adder(f"{n}-0") for n in range(first, first + count)])


def trim(key, max_length=None, min_id=None, nodes=False, limit=0,
         batch=10000, batch_bytes=1 << 26):
    """(status, count, more)."""
    status, count, more = key.s.row(
        f"select status, count, more from sluice.plate_trim({key.id}, "
        f"{literal(key.name)}, {literal(max_length)}, {entry_id(min_id)}, "
        f"{literal(nodes)}, {limit}, {batch}, {batch_bytes})")
    return int(status), int(count), more == "t"


def delete(key, *ids):
    """(status, count)."""
    return tuple(map(int, key.s.row(
        f"select status, count from sluice.plate_delete({key.id}, "
        f"{literal(key.name)}, array[{','.join(map(entry_id, ids))}])")))


def set_id(key, id, added=None, deleted_id=None):
    return int(key.s.one(
        f"select sluice.plate_set_id({key.id}, {literal(key.name)}, "
        f"{entry_id(id)}, {literal(added)}, {entry_id(deleted_id)})"))


def row(key):
    """length, added, next_seq, first_seq, bytes, last_id, deleted_id."""
    *numbers, last_id, deleted_id = key.get(
        "length, added, next_seq, first_seq, bytes, "
        "sluice.entry_id_text(last_id), sluice.entry_id_text(deleted_id)")
    return (*map(int, numbers), last_id, deleted_id)


def ids(key):
    return [id for id, in key.entries("sluice.entry_id_text(e.id)")]


def counted(key):
    """length and bytes, counted."""
    return tuple(map(int, key.s.row(
        "select count(*), coalesce(sum(octet_length(e.data)), 0) "
        "from sluice.entries e join sluice.streams s "
        "using (stream_id, incarnation) "
        f"where e.stream_id = {key.id}")))
