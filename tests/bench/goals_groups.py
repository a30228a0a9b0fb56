"""Consumer groups against plain consumers of the same instance."""

from goals_queue import fill
from measure import at_least, interleave, ratios, say

GROUPS = "a,b"


def register(bench, topic):
    for group in GROUPS.split(","):
        bench.instance.admin().post(f"/api/topics/{topic}/consumer-groups", {
            "consumer_group": group}).expect(201)


def consume(bench, topic, **more):
    return lambda s: bench.wrk("consume", s, topic=topic, **more)


def deliveries(bench):
    """What is there is consumed; nothing is enqueued meanwhile."""
    for count, messages in ((1, 200000), (10, 600000)):
        plain, shared = f"bench-plain-{count}", f"bench-shared-{count}"
        register(bench, shared)
        fill(bench, plain, messages)
        fill(bench, shared, messages)
        bench.instance.sql("vacuum analyze sluice.deliveries")
        say(f"  dequeue {count} and ack, plain and as two groups")
        slices = interleave({
            "plain": consume(bench, plain, count=count),
            "two groups": consume(bench, shared, count=count, groups=GROUPS)},
            "deliveries")
        yield at_least(f"deliveries of 2 groups / plain, {count} at a time",
                       ratios(slices, "two groups", "plain"), 0.5)


def chain(bench):
    register(bench, "bench-shared")
    # What a slice has under way at its end is hidden for longer than the next.
    fill(bench, "bench-plain", 20000)
    fill(bench, "bench-shared", 20000)
    say("  enqueue in batches of 100, dequeue 10 and ack; a message has one "
        "delivery,\n  or one for each of two groups")
    slices = interleave({
        "plain": consume(bench, "bench-plain", count=10, refill=1),
        "two groups": consume(bench, "bench-shared", count=10, refill=1,
                              groups=GROUPS)}, "deliveries")
    yield at_least("the chain: deliveries of 2 groups / plain",
                   ratios(slices, "two groups", "plain"), None)


def backlog(bench):
    for topic, messages in (("bench-1k", 1000), ("bench-1m", 1000000)):
        register(bench, topic)
        fill(bench, topic, messages)
    bench.instance.sql("vacuum analyze sluice.deliveries")
    say("  dequeue one and ack it as two groups; 1,000 and 1,000,000 pending")
    slices = interleave({
        "1k": consume(bench, "bench-1k", refill=1, groups=GROUPS),
        "1M": consume(bench, "bench-1m", refill=1, groups=GROUPS)},
        "deliveries")
    yield at_least("groups at 1M / at 1k", ratios(slices, "1M", "1k"), 0.9)


def groups(bench):
    yield from deliveries(bench)
    yield from chain(bench)
    yield from backlog(bench)
