"""GET /metrics at its limits: many topics, many scrapes, no database."""

import os
import signal

from harness.context import Call, Context, eventually, same
from harness.instance import Instance
from harness.transaction import Transaction
from scrapes import scrape

LOCKED = ("select count(*) from pg_stat_activity "
          "where wait_event_type = 'Lock'")


def test_topics_beyond_the_limit_are_one_row(t):
    instance = Instance(metrics_age="0", metrics_topics=2, processes=1)
    instance.start()
    try:
        few = Context(instance)
        for topic, count in (("a", 3), ("b", 1), ("c", 2), ("d", 1)):
            for _ in range(count):
                few.admin.enqueue(topic)
        found = scrape(few)
    finally:
        instance.stop()
    same(found["sluice_queue_depth"], {
        'topic="a",status="pending"': 3, 'topic="c",status="pending"': 2,
        'status="pending"': 2})
    same(found["sluice_queue_topics_left_out"], {"": 2})
    same(found["sluice_queue_topics"], {"": 4})
    # Rates are of those that came first.
    same(found["sluice_topic_messages_total"], {
        'topic="a",event="enqueued"': 3, 'topic="b",event="enqueued"': 1})
    same(found["sluice_topics_uncounted"], {"": 2})


def test_figures_are_kept_for_a_while_and_shared(t):
    instance = Instance(metrics_age="10m", processes=1)
    instance.start()
    try:
        slow = Context(instance)
        with Transaction(slow) as other:
            # Nobody knows anything yet: those who come at once share the
            # work, and who finds it all taken waits without a thread.
            other.run("lock table sluice.topics in access exclusive mode")
            calls = [Call(scrape, Context(instance)) for _ in range(6)]
            eventually(lambda: int(instance.sql(LOCKED)) >= 3)
            same(instance.sql(f"{LOCKED} group by query having count(*) > 1"),
                 "", "who asks what another one asks")
        for call in calls:
            same(call.result()["sluice_queue_topics"], {"": 0})
        slow.admin.enqueue("a")
        found = scrape(slow)
        same(found["sluice_queue_topics"], {"": 0})
        same(found['sluice_queue_messages_total']['event="enqueued"'], 1)
    finally:
        instance.stop()



def test_without_the_database_the_rest_is_told(t):
    """An instance on a database that is not there any more."""
    instance = Instance(metrics_age="0", processes=1, auth="off").start()
    try:
        supervisor = instance.var / "log" / "supervisor.log"
        eventually(lambda: "is ready" in supervisor.read_text())
        os.kill(instance.postmaster(), signal.SIGINT)
        client = instance.client()

        def told():
            return "\nsluice_database_up 0\n" in \
                client.get("/metrics").body.decode()

        eventually(told, 30)
        eventually(lambda: "\nsluice_database_up 1\n" in
                   client.get("/metrics").body.decode(), 30)
    finally:
        instance.stop()
