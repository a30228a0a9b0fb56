"""A stream of its own for each test, and the calls that a worker makes."""

import itertools

from session import array, literal


class Stream:
    numbers = itertools.count(1)

    def __init__(self, session, name=None):
        self.s = session
        self.name = name or f"stream-{next(Stream.numbers)}"
        self.id = int(session.one(
            f"select sluice.stream_id({literal(self.name)})"))

    # Calls.

    def create_sql(self, columns="status", content_type="text/plain",
                   ttl_ms=None, expires_at=None, closed=False, data=None,
                   fork=None, at=None, incarnation=None, sub=0,
                   segments_max=64):
        media = content_type and content_type.split(";")[0].lower()
        return (f"select {columns} from sluice.stream_create({self.id}, "
                f"{literal(self.name)}, {literal(content_type)}, "
                f"{literal(media)}, {literal(ttl_ms)}, "
                f"{literal(expires_at)}, {literal(closed)}, "
                f"{array(data, 'bytea')}, {literal(fork and fork.id)}, "
                f"{literal(fork and fork.name)}, {literal(at)}, "
                f"{literal(incarnation)}, {sub}, {segments_max})")

    def create(self, **wish):
        return int(self.s.one(self.create_sql(**wish)))

    def created(self, columns, **wish):
        return self.s.row(self.create_sql(columns, **wish))

    def end_sql(self, why=0):
        return ("select status, next from sluice.stream_end("
                f"{self.id}, {literal(self.name)}, {why})")

    def end(self, why=0):
        return int(self.s.row(self.end_sql(why))[0])

    def ended_next(self, why=0):
        status, next_id = self.s.row(self.end_sql(why))
        return int(status), next_id and int(next_id)

    def append_sql(self, *data):
        return ("select status from sluice.append_turn("
                f"{self.id}, {literal(self.name)}, "
                f"{array(list(data), 'bytea')}, null, "
                f"array['text/plain'], array[{sum(map(len, data))}], null, "
                "null, null, null, null, null, null)")

    def append(self, *data):
        """How the fast path ended: [] when it refuses."""
        return [int(row[0]) for row in self.s.rows(self.append_sql(*data))]

    # Looks.

    def get(self, columns):
        """Columns of its row, or None when there is none."""
        rows = self.s.rows(f"select {columns} from sluice.streams "
                           f"where stream_id = {self.id}")
        return rows[0] if rows else None

    def set(self, assignments):
        """Bring it into a state that would take time to reach."""
        self.s.rows(f"update sluice.streams set {assignments} "
                    f"where stream_id = {self.id}")

    def expire(self):
        self.set("expires_at = now() - interval '1 s'")

    def entries(self, columns, where="true"):
        return self.s.rows(
            f"select {columns} from sluice.entries e join sluice.streams s "
            "on s.stream_id = e.stream_id and s.incarnation = e.incarnation "
            f"where s.stream_id = {self.id} and {where} order by e.seq")

    def own(self):
        """(seq, data) of the entries of this life that are its own."""
        return [(int(seq), data) for seq, data in self.entries(
            "e.seq, convert_from(e.data, 'UTF8')")]

    def keys(self):
        return [key for key, in self.entries("convert_from(e.key, 'UTF8')")]

    def seen(self):
        """(seq, data) as a reader finds them, inherited ones too."""
        inherited = self.s.rows(
            "select e.seq, convert_from(e.data, 'UTF8') "
            "from sluice.streams s join sluice.segments g "
            "on g.stream_id = s.stream_id and g.incarnation = s.incarnation "
            "join sluice.entries e on e.stream_id = g.source_id "
            "and e.incarnation = g.source_incarnation "
            "and e.seq >= g.from_seq and e.seq < g.to_seq "
            f"where s.stream_id = {self.id} order by e.seq")
        return [(int(seq), data) for seq, data in inherited] + self.own()

    def segments(self):
        return [tuple(map(int, row)) for row in self.s.rows(
            "select g.from_seq, g.to_seq, g.source_id "
            "from sluice.streams s join sluice.segments g "
            "on g.stream_id = s.stream_id and g.incarnation = s.incarnation "
            f"where s.stream_id = {self.id} order by g.from_seq")]

    def ended(self):
        """Its lives that have ended and wait for the reaper."""
        return [int(row[0]) for row in self.s.rows(
            "select incarnation from sluice.ended_streams "
            f"where stream_id = {self.id} order by incarnation")]


def source(s, data=("a", "b", "c"), **wish):
    x = Stream(s)
    x.create(data=list(data), **wish)
    return x
