"""A plate's key for each test, and the calls that a worker makes for it."""

import itertools

from session import literal
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
