"""
One psql, kept open: a session that can wait for a lock while another goes on.
Also the calls that a worker makes, and the checks of the tests.
"""

import itertools
import os
import subprocess
import sys
import time

END = "<end of answer>"


class SqlError(Exception):
    def __init__(self, state, text):
        super().__init__(f"{state}: {text}")
        self.state = state


class Session:
    environment = None  # of psql; set once by run.py

    def __init__(self):
        self.psql = subprocess.Popen(
            ["psql", "-X", "-A", "-t", "-q", "-F", "\x1f", "-P", "null=\\N"],
            env=self.environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.prepared = set()
        self.pid = int(self.one("select pg_backend_pid()"))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.psql.stdin.close()
        self.psql.stdout.read()
        self.psql.stdout.close()
        self.psql.wait()

    def send(self, sql):
        """Run a statement without waiting for its answer."""
        self.psql.stdin.write(f"{sql}\n;\n\\echo '{END}' :ERROR :SQLSTATE\n")
        self.psql.stdin.flush()

    def receive(self):
        """The rows of what was sent, as lists of texts; None is null."""
        lines = []
        for line in self.psql.stdout:
            line = line.rstrip("\n")
            if line.startswith(END):
                error, state = line[len(END):].split()
                if error == "true":
                    raise SqlError(state, "\n".join(lines))
                return [[None if field == "\\N" else field
                         for field in row.split("\x1f")] for row in lines]
            lines.append(line)
        raise SystemExit("psql ended:\n" + "\n".join(lines))

    def rows(self, sql):
        self.send(sql)
        return self.receive()

    def column_types(self, sql):
        """Of the result of a statement that may have parameters."""
        self.psql.stdin.write(f"{sql}\n\\gdesc\n")
        return [row[1] for row in self.rows("") if len(row) == 2]

    def row(self, sql):
        rows = self.rows(sql)
        assert len(rows) == 1, f"{len(rows)} rows: {sql}"
        return rows[0]

    def one(self, sql):
        return self.row(sql)[0]

    def wait_until_blocked(self, other):
        """Until the other session waits for a lock."""
        deadline = time.monotonic() + 10
        while self.one("select count(*) from pg_locks where not granted "
                       f"and pid = {other.pid}") == "0":
            assert time.monotonic() < deadline, "it does not wait for a lock"


# --- literals ------------------------------------------------------------

def literal(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "array[" + ",".join(map(literal, value)) + "]"
    return "'" + value.replace("'", "''") + "'"


def array(values, type_name):
    return f"{literal(values)}::{type_name}[]"


def ints(rows):
    return [[int(field) for field in row] for row in rows]


# --- what a worker calls -------------------------------------------------

class Topic:
    """A topic of its own for each test, and the calls for it."""

    ids = itertools.count(1000)

    def __init__(self, session, name=None):
        self.s = session
        self.id = next(Topic.ids)
        self.name = name or f"topic-{self.id}"
        session.rows("insert into sluice.topics (topic_id, name) "
                     f"values ({self.id}, {literal(self.name)})")

    def enqueue_sql(self, seqs, keys=None, payloads=None, metadata=None,
                    delay_ms=None, ttl_ms=None, max_retries=3, depth=None):
        payloads = payloads or [f"payload {seq}" for seq in seqs]
        if not isinstance(max_retries, list):
            max_retries = [max_retries]  # holds for all
        return (f"select unnest(e.seqs) from sluice.enqueue({self.id}, "
                f"{array(seqs, 'bigint')}, {array(keys, 'text')}, "
                f"{array(payloads, 'bytea')}, {array(metadata, 'bytea')}, "
                f"{array(delay_ms, 'bigint')}, {array(ttl_ms, 'bigint')}, "
                f"{array(max_retries, 'integer')}, "
                f"{literal(depth)}) e")

    def enqueue(self, seqs, **options):
        """The seq of each message; [] when the topic is full."""
        return [int(row[0])
                for row in self.s.rows(self.enqueue_sql(seqs, **options))]

    def dequeue_sql(self, n=1, dlq=False, vt_ms=30000, dead=3, first=0,
                    due=True, due_from="-infinity", bytes_max=1 << 25,
                    columns="seq", last=False):
        """For the messages, or for the last row, which is none."""
        return (f"select {columns} from sluice.dequeue({self.id}, "
                f"{literal(dlq)}, {n}, {vt_ms}, {dead}, {first}, "
                f"{literal(due)}, '{due_from}', {bytes_max}) "
                f"where seq is {'' if last else 'not '}null")

    def dequeue(self, n=1, **options):
        """The seqs delivered, in their order."""
        return [int(row[0])
                for row in self.s.rows(self.dequeue_sql(n, **options))]

    def dequeue_told(self, n=1, **options):
        """The last row: [promoted, seconds until something is due]."""
        return self.s.row(self.dequeue_sql(n, last=True, columns=(
            "tries, round(extract(epoch from visible_at - now()))"),
            **options))

    def _deliveries(self, seqs, tries, base, dlq):
        n = len(seqs)
        return (f"{self.id}, {array(seqs, 'bigint')}, "
                f"{array(tries, 'integer')}, "
                f"{array(base or [True] * n, 'boolean')}, "
                f"{array(dlq or [True] * n, 'boolean')}")

    def ack_sql(self, seqs, tries=None, base=None, dlq=None):
        return ("select item, seq, tries from sluice.ack("
                f"{self._deliveries(seqs, tries, base, dlq)})")

    def ack(self, seqs, **options):
        """[item, seq, tries] of those removed."""
        return ints(self.s.rows(self.ack_sql(seqs, **options)))

    def nack_sql(self, seqs, tries=None, base=None, dlq=None, errors=None,
                 delay_ms=None, dead=3):
        return ("select item, seq, tries, status, dlq::integer, "
                "promoted::integer "
                f"from sluice.nack("
                f"{self._deliveries(seqs, tries, base, dlq)}, "
                f"{array(errors, 'text')}, {array(delay_ms, 'bigint')}, "
                f"{dead})")

    def nack(self, seqs, **options):
        """[item, seq, tries, status, dlq, promoted] of those given back."""
        return ints(self.s.rows(self.nack_sql(seqs, **options)))

    def extend(self, seqs, vt_ms, tries=None, base=None, dlq=None):
        """[item, seq, tries, seconds from now] of those extended."""
        return ints(self.s.rows(
            "select item, seq, tries, "
            "round(extract(epoch from visible_at - now())) "
            f"from sluice.extend({self._deliveries(seqs, tries, base, dlq)}, "
            f"{array(vt_ms, 'bigint')})"))

    def get(self, seq, columns):
        """Columns of one message, or None when it is gone."""
        rows = self.s.rows(f"select {columns} from sluice.messages where "
                           f"topic_id = {self.id} and seq = {seq}")
        return rows[0] if rows else None

    def status(self, seq):
        row = self.get(seq, "status")
        return row and int(row[0])

    def seqs(self, where="true"):
        return [int(row[0]) for row in self.s.rows(
            f"select seq from sluice.messages where topic_id = {self.id} "
            f"and {where} order by seq")]

    def set(self, seqs, assignments):
        """Bring messages into a state that would take time to reach."""
        self.s.rows(f"update sluice.messages set {assignments} where "
                    f"topic_id = {self.id} and seq = "
                    f"any ({array(seqs, 'bigint')})")

    def time_out(self, seqs):
        """Let their visibility timeout pass, the first one's first."""
        for place, seq in enumerate(seqs):
            self.set([seq], "visible_at = now() - interval '1 min' "
                     f"+ interval '1 ms' * {place}")

    def keys(self):
        """The key rows as a dictionary."""
        return {key: int(seq) for key, seq in self.s.rows(
            "select key, seq from sluice.message_keys where "
            f"topic_id = {self.id}")}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Statements:
    """The statement files, prepared on first use as a worker does."""

    def __init__(self, session):
        self.s = session

    def prepare(self, name):
        if name not in self.s.prepared:
            path, = [p for p in (f"sql/{folder}/{name}.sql" for folder in
                                 ("queue", "streams", "subscriptions",
                                  "plates", "auth", "ops"))
                     if os.path.exists(p)]
            self.s.rows(f"prepare {name} as {read(path)}")
            self.s.prepared.add(name)

    def __call__(self, name, *arguments):
        self.prepare(name)
        call = f"execute {name}"
        if arguments:
            call += "(" + ", ".join(map(literal, arguments)) + ")"
        return self.s.rows(call)


# --- checks --------------------------------------------------------------

def equal(seen, wanted):
    assert seen == wanted, f"saw {seen!r}, wanted {wanted!r}"


def refused(state, call, *arguments):
    """The call fails with that SQLSTATE."""
    try:
        call(*arguments)
    except SqlError as error:
        equal(error.state, state)
    else:
        raise AssertionError(f"nothing was refused with {state}")


def run(module, words):
    """Run the tests that one of the words names; how many passed, failed."""
    passed = failed = 0
    for name, test in list(vars(module).items()):
        full_name = os.path.basename(module.__file__) + " " + name
        if not name.startswith("test_") or \
                not any(word in full_name for word in words):
            continue
        with Session() as session:
            try:
                test(session)
                with Session() as other:
                    equal(other.rows("select * from sluice.broken_rows"), [])
                passed += 1
            except (AssertionError, SqlError) as why:
                failed += 1
                line = why.__traceback__.tb_next
                print(f"{module.__file__}:{line.tb_lineno}: {name}: {why}",
                      file=sys.stderr)
    return passed, failed
