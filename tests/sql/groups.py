"""A consumer group for each test, and the calls for it."""

from plates import Key
from session import array, equal, literal


def ids(*texts):
    return "array[" + ",".join(
        f"sluice.entry_id({literal(t)})" for t in texts) + "]::bytea[]"


def one(text):
    return "null" if text is None else f"sluice.entry_id({literal(text)})"


class Group:
    """A group of a key of its own, and the calls for it."""

    def __init__(self, session, entries=0, at="0-0", name="g"):
        self.s = session
        self.key = Key(session)
        self.name = name
        if entries:
            self.add(*(f"{n}-0" for n in range(1, entries + 1)))
        equal(self.create(at), 0)

    def call(self, function, *arguments, columns="status"):
        """Arguments are SQL."""
        return self.s.rows(
            f"select {columns} from sluice.{function}({self.key.id}, "
            f"{literal(self.key.name)}, {literal(self.name)}"
            + "".join(f", {a}" for a in arguments) + ")")

    def create(self, at, entries_read=None, make=True):
        return int(self.call("group_create", one(at), literal(entries_read),
                             literal(make))[0][0])

    # What XADD, XDEL and XTRIM leave.

    def add(self, *texts, data='{"a":"1"}'):
        self.key.open()
        for text in texts:
            self.s.rows(
                "insert into sluice.entries (stream_id, incarnation, seq, at, "
                f"data, id, fields) select {self.key.id}, incarnation, "
                f"next_seq, now(), {literal(data)}, {one(text)}, true "
                f"from sluice.streams where stream_id = {self.key.id}")
            self.key.set("next_seq = next_seq + 1, length = length + 1, "
                         f"added = added + 1, last_id = {one(text)}")

    def delete(self, *texts):
        for text in texts:
            self.s.rows("delete from sluice.entries where stream_id = "
                        f"{self.key.id} and id = {one(text)}")
            self.key.set("length = length - 1, deleted_id = "
                         f"greatest(deleted_id, {one(text)})")

    def trim(self, seq):
        self.s.rows("delete from sluice.entries where stream_id = "
                    f"{self.key.id} and seq < {seq}")
        self.key.set(f"length = next_seq - {seq}, first_seq = {seq}")

    # Calls.

    def read_many(self, members, counts, noack=None, entries_max=1000,
                  bytes_max=1 << 20):
        noack = noack or [False] * len(members)
        rows = self.call(
            "group_read", array(members, "text"), array(counts, "bigint"),
            array(noack, "boolean"), entries_max, bytes_max,
            columns="status, sluice.entry_id_text(id), more")
        equal(rows[0][1:], [None, None])
        return int(rows[0][0]), [r[1] for r in rows[1:]], \
            [r[2] for r in rows[1:]]

    def read(self, member="m", count=1000, **options):
        status, found, _ = self.read_many([member], [count], **options)
        equal(status, 0)
        return found

    def history(self, member="m", after="0-0", count=1 << 40,
                bytes_max=1 << 20, refused=False):
        rows = self.s.rows(
            "select place, status, sluice.entry_id_text(id), "
            "convert_from(data, 'UTF8') from sluice.group_read_many("
            f"array[{self.key.id}]::bigint[], "
            f"array[{literal(self.key.name)}], {literal(self.name)}, "
            f"{literal(member)}, {ids(after)}, {count}, false, 1, 1, "
            f"{bytes_max})")
        equal(rows[0], ["1", "12", None, None] if refused else
              ["0", "0", None, None])
        return [(r[2], r[3] is not None) for r in rows[1:]]

    def ack(self, *callers):
        texts = [t for c in callers for t in c]
        places = [i for i, c in enumerate(callers, 1) for _ in c]
        status, acked = self.call(
            "group_ack", len(callers), array(places, "integer"), ids(*texts),
            columns="status, acked")[0]
        equal(status, "0")
        return [int(n) for n in acked.strip("{}").split(",")]

    def claim(self, member, *texts, idle=0, at_ms=None, ago_ms=None,
              deliveries=None, force=False, just_id=False, last_id=None,
              bytes_max=1 << 20):
        rows = self.call(
            "group_claim", literal(member), ids(*texts), idle, literal(at_ms),
            literal(ago_ms), literal(deliveries), literal(force),
            literal(just_id), one(last_id), bytes_max,
            columns="status, sluice.entry_id_text(id), data is not null")
        equal(rows[0][0], "0")
        equal([r[2] == "t" for r in rows[1:]],
              [not just_id] * len(rows[1:]))
        return [r[1] for r in rows[1:]]

    def autoclaim(self, member, start="0-0", idle=0, count=100, look=1000,
                  just_id=False, bytes_max=1 << 20):
        rows = self.call(
            "group_autoclaim", literal(member), one(start), idle, count, look,
            literal(just_id), bytes_max,
            columns="status, sluice.entry_id_text(id), gone")
        equal(rows[0][0], "0")
        return rows[0][1], [r[1] for r in rows[1:] if r[2] == "f"], \
            [r[1] for r in rows[1:] if r[2] == "t"]

    # Looks.

    def place(self):
        """last-delivered-id, entries-read, lag."""
        last, read, lag = self.s.row(
            "select sluice.entry_id_text(c.last_id), c.entries_read, "
            "sluice.lag_of(c.last_id, c.entries_read, s.added, s.length, "
            "s.last_id, s.deleted_id, (select e.id from sluice.entries e "
            "where e.stream_id = s.stream_id and e.incarnation = "
            "s.incarnation and e.seq >= s.first_seq order by e.seq limit 1)) "
            "from sluice.consumers c join sluice.streams s using (stream_id, "
            f"incarnation) where c.stream_id = {self.key.id} "
            f"and c.consumer = {literal(self.name)}")
        return last, read and int(read), lag and int(lag)

    def pending(self):
        """(id, owner, deliveries), in order."""
        return [(i, o, int(d)) for i, o, d in self.s.rows(
            "select sluice.entry_id_text(id), owner, deliveries "
            f"from sluice.pending where stream_id = {self.key.id} "
            f"and consumer = {literal(self.name)} order by id")]

    def members(self):
        """(name, is it active), by name."""
        return [(m, a == "t") for m, a in self.s.rows(
            "select member, active_at is not null "
            f"from sluice.consumer_members where stream_id = {self.key.id} "
            f"and consumer = {literal(self.name)} order by member")]

    def age(self, *texts, ms):
        self.s.rows("update sluice.pending set delivered_at = delivered_at "
                    f"- {ms} * interval '1 ms' where stream_id = "
                    f"{self.key.id} and id = any ({ids(*texts)})")
