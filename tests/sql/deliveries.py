"""A topic with consumer groups, and what a worker calls for them."""

import itertools

from session import Topic, array, ints, literal


class GroupTopic(Topic):
    """Groups are named, and registered as a worker does it."""

    group_ids = itertools.count(1)

    def __init__(self, session, *groups):
        super().__init__(session)
        self.groups = {}
        for name in groups:
            self.register(name)

    def create(self, name, most=100):
        """[outcome, group_id]; the channel is the id's negative."""
        number = next(GroupTopic.group_ids)
        return self.s.row(
            "select outcome, group_id from sluice.consumer_group_create("
            f"{self.id}, {number}, {literal(name)}, {-number}, {most})")

    def join(self, name, last=None, batch=1000):
        """[outcome, last] of one step."""
        return self.s.row(
            "select outcome, last from sluice.consumer_group_join("
            f"{self.id}, {self.groups[name]}, {literal(last)}, {batch})")

    def begin(self, name):
        outcome, number = self.create(name)
        assert outcome == "created", outcome
        self.groups[name] = int(number)

    def register(self, name):
        self.begin(name)
        while self.join(name)[0] == "joining":
            pass

    def end(self, name):
        self.s.rows("update sluice.consumer_groups set state = 2, "
                    f"ended_at = now() where topic_id = {self.id} "
                    f"and name = {literal(name)} and state < 2")

    def clear(self, name, batch=1000):
        """[removed, more] of one step."""
        return self.s.row(
            "select removed, more from sluice.consumer_group_clear("
            f"{self.id}, {self.groups[name]}, {batch})")

    def deliver_sql(self, name, n=1, dlq=False, vt_ms=30000, dead=3, first=0,
                    due=True, due_from="-infinity", bytes_max=1 << 25,
                    limit=None, columns="seq", last=False, known=None):
        """The hints are of the group as it is registered now."""
        known = known or self.groups.get(name)
        return (f"select {columns} from sluice.delivery_dequeue({self.id}, "
                f"{literal(dlq)}, {n}, {vt_ms}, {dead}, {first}, "
                f"{literal(due)}, '{due_from}', {bytes_max}, "
                f"{literal(limit)}, {literal(name)}, {literal(known)}) "
                f"where seq is {'' if last else 'not '}null")

    def deliver(self, name, n=1, **options):
        """The seqs delivered to the group, in their order."""
        return [int(row[0])
                for row in self.s.rows(self.deliver_sql(name, n, **options))]

    def deliver_told(self, name, n=1, **options):
        """The last row: [promoted, status, seconds until something is due]."""
        return self.s.row(self.deliver_sql(name, n, last=True, columns=(
            "tries, status, "
            "round(extract(epoch from visible_at - now()))"), **options))

    def _of(self, name, seqs, tries=None, base=None, dlq=None,
            group_ids=None):
        """Receipts are of the groups as they are registered now."""
        names = name if isinstance(name, list) else [name] * len(seqs)
        return (f"{self._deliveries(seqs, tries, base, dlq)}, "
                f"{array(names, 'text')}, " +
                array(group_ids or [tries and self.groups.get(n) for n in names],
                      "bigint"))

    def group_ack_sql(self, name, seqs, **options):
        return ("select item, seq, tries from sluice.delivery_ack("
                f"{self._of(name, seqs, **options)})")

    def group_ack(self, name, seqs, **options):
        """[item, seq, tries] of those that were ended."""
        return ints(self.s.rows(self.group_ack_sql(name, seqs, **options)))

    def group_nack_sql(self, name, seqs, errors=None, delay_ms=None, dead=3,
                       **options):
        return ("select item, seq, tries, status, dlq::integer, "
                "promoted::integer from sluice.delivery_nack("
                f"{self._of(name, seqs, **options)}, "
                f"{array(errors, 'text')}, {array(delay_ms, 'bigint')}, "
                f"{dead})")

    def group_nack(self, name, seqs, **options):
        """[item, seq, tries, status, dlq, promoted] of those given back."""
        return ints(self.s.rows(self.group_nack_sql(name, seqs, **options)))

    def group_extend(self, name, seqs, vt_ms, **options):
        """[item, seq, tries, seconds from now] of those extended."""
        return ints(self.s.rows(
            "select item, seq, tries, "
            "round(extract(epoch from visible_at - now())) "
            "from sluice.delivery_extend("
            f"{self._of(name, seqs, **options)}, "
            f"{array(vt_ms, 'bigint')})"))

    def deliveries(self, name, where="true"):
        """The seqs that the group has deliveries of."""
        return [int(row[0]) for row in self.s.rows(
            f"select seq from sluice.deliveries where topic_id = {self.id} "
            f"and group_id = {self.groups[name]} and {where} order by seq")]

    def delivery(self, name, seq, columns):
        rows = self.s.rows(
            f"select {columns} from sluice.deliveries where "
            f"topic_id = {self.id} and seq = {seq} "
            f"and group_id = {self.groups[name]}")
        return rows[0] if rows else None

    def set_delivery(self, name, seqs, assignments):
        self.s.rows(f"update sluice.deliveries set {assignments} where "
                    f"topic_id = {self.id} "
                    f"and group_id = {self.groups[name]} "
                    f"and seq = any ({array(seqs, 'bigint')})")

    def time_out_for(self, name, seqs):
        """Let these deliveries time out, the first one's first."""
        for place, seq in enumerate(seqs):
            self.set_delivery(name, [seq], "visible_at = now() - interval "
                              f"'1 min' + interval '1 ms' * {place}")

    def letters(self, name):
        """The seqs of the group's dead letters."""
        return self.seqs(f"dlq and consumer_group = {literal(name)}")
