"""Enqueue and dequeue against what bare SQL does on the same cluster."""

import json
import subprocess

from harness.client import Failure
from measure import at_least, interleave, ratios, say

# seq, as workers make it, counts microseconds since 2024 in steps of 1024.
NOW_SEQ = ("((extract(epoch from clock_timestamp()) - 1704067200)::numeric "
           "* 1000000)::bigint * 1024")


def prepare(bench):
    bench.instance.sql(
        "create schema if not exists bench; drop table if exists bench.plain; "
        "create table bench.plain (id bigint generated always as identity "
        "primary key, payload text not null)")


def fill(bench, topic, count, keys=None):
    """A topic with that many pending messages, of so many keys; its id."""
    sql = bench.instance.sql
    bench.instance.admin().enqueue(topic)
    topic_id = sql(
        f"select topic_id from sluice.topics where name = '{topic}'")
    for _ in range(0, count, 50000):
        n = min(50000, count)
        of_keys = "null" if keys is None else (
            f"array(select n % {keys} from generate_series(1, {n}) n)"
            "::text[]")
        sql(f"""
            select cardinality(e.seqs) from sluice.enqueue({topic_id},
                array(select {NOW_SEQ} + n * 1024
                    from generate_series(1, {n}) n),
                {of_keys},
                array_fill(repeat('x', 200)::bytea, array[{n}]), null,
                null, array[86400000]::bigint[], array[3], null) e""")
    sql("vacuum analyze sluice.messages")
    return int(topic_id)


def enqueue(bench):
    prepare(bench)
    say("  enqueue one message of 200 bytes; one insert a transaction")
    slices = interleave({
        "http": lambda s: bench.wrk("enqueue", s, topic="bench-enqueue"),
        "pgbench": lambda s: bench.pgbench("insert", s)}, "messages")
    yield at_least("enqueue / insert", ratios(slices, "http", "pgbench"), 0.8)


def enqueue_batch(bench):
    prepare(bench)
    say("  enqueue 100 messages of 200 bytes; one insert of 100 rows")
    slices = interleave({
        "http": lambda s: bench.wrk("enqueue_batch", s, topic="bench-batch"),
        "pgbench": lambda s: bench.pgbench("insert_batch", s, 100)},
        "messages")
    yield at_least("batch enqueue / insert of 100",
                   ratios(slices, "http", "pgbench"), 0.8)


def dequeue_ack(bench):
    fill(bench, "bench-1k", 1000)
    large = fill(bench, "bench-1m", 1000000)
    say("  dequeue one and ack it; 1,000 and 1,000,000 pending")
    slices = interleave({
        "http, 1k": lambda s: bench.wrk("dequeue_ack", s, topic="bench-1k"),
        "http, 1M": lambda s: bench.wrk("dequeue_ack", s, topic="bench-1m"),
        "pgbench, 1M": lambda s: bench.pgbench(
            "dequeue_ack", s, topic=large, look=0, **{"from": 0})}, "cycles")
    yield at_least("dequeue+ack at 1M / at 1k",
                   ratios(slices, "http, 1M", "http, 1k"), 0.9)
    yield at_least("dequeue+ack / the same SQL from pgbench",
                   ratios(slices, "http, 1M", "pgbench, 1M"), 0.5)


def ordered_keys(bench):
    """The same with keys: 10,000 of them, ten messages behind each other."""
    keys, count = 10000, 100000
    bench.instance.admin().put("/api/topic-configs/bench-ordered",
                               {"ordered": True}).expect(200)
    fill(bench, "bench-unordered", count)
    fill(bench, "bench-ordered", count, keys)
    say(f"  dequeue one and ack it; {count:,} pending, with {keys:,} ordered "
        "keys and without")
    slices = interleave({
        "ordered": lambda s: bench.wrk(
            "dequeue_ack", s, topic="bench-ordered", keys=keys),
        "plain": lambda s: bench.wrk(
            "dequeue_ack", s, topic="bench-unordered")}, "cycles")
    yield at_least("dequeue+ack with ordered keys / without keys",
                   ratios(slices, "ordered", "plain"), None)


ORDER_SCHEMA = {"type": "record", "name": "Order", "fields": [
    {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "state", "type": {"type": "enum", "name": "State",
                               "symbols": ["NEW", "PAID", "SENT"]}},
    {"name": "customer", "type": ["null", "long"], "default": None},
    {"name": "items", "type": {"type": "array", "items": {
        "type": "record", "name": "Item", "fields": [
            {"name": "sku", "type": "string"},
            {"name": "count", "type": "int"},
            {"name": "price", "type": "double"}]}}}]}
ORDER = json.dumps({
    "id": "550e8400-e29b-41d4-a716-446655440000", "state": "PAID",
    "customer": 12345, "items": [
        {"sku": "tea", "count": 2, "price": 3.5},
        {"sku": "honey", "count": 1, "price": 7.25}]})


def schemas(bench):
    """The same payloads, with a schema and without."""
    bench.instance.admin().put("/api/topic-schemas/bench-schema", {
        "schema_json": json.dumps(ORDER_SCHEMA)}).expect(200)
    payload = json.dumps(ORDER)[1:-1]
    for script, name in (("enqueue", "one message"),
                         ("enqueue_batch", "100 messages")):
        say(f"  enqueue {name} of {len(ORDER)} bytes; with a schema, without")
        slices = interleave({
            topic: lambda s, topic=topic: bench.wrk(
                script, s, topic=topic, payload=payload)
            for topic in ("bench-schema", "bench-plain")}, "messages")
        yield at_least(f"enqueue {name} with a schema / without",
                       ratios(slices, "bench-schema", "bench-plain"), None)


class OpenTransaction:
    """psql with a snapshot that keeps vacuum from removing anything."""

    def __init__(self, instance):
        self.instance = instance

    def __enter__(self):
        self.psql = subprocess.Popen(
            ["psql", "-XAtq", "-d", self.instance.database], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.psql.stdin.write("begin isolation level repeatable read;\n"
                              "select count(*) from sluice.topics;\n")
        self.psql.stdin.flush()
        if not self.psql.stdout.readline().strip().isdigit():
            raise Failure("psql did not open its transaction")

    def __exit__(self, *_):
        self.psql.stdin.close()
        self.psql.wait()
        self.psql.stdout.close()
        self.instance.sql("vacuum sluice.messages")


def open_transaction(bench):
    fill(bench, "bench-snapshot", 100000)

    def run(seconds):
        return bench.wrk("dequeue_ack", seconds, topic="bench-snapshot")

    def held(seconds):
        # Dead entries pile up first; only what comes then is counted.
        with OpenTransaction(bench.instance):
            run(3 * seconds)
            return run(seconds)

    say("  the same at 100,000 pending, with and without a repeatable-read "
        "transaction\n  that is open, for three slices before the one that "
        "counts")
    slices = interleave({"without": run, "with": held}, "cycles", rounds=3)
    yield at_least("dequeue+ack with an open transaction / without",
                   ratios(slices, "with", "without"), 0.4)
