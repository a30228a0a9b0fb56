"""Reapers that are due: each run happens, and once, whoever ticks."""

import time

from harness.context import Call, eventually, same
from harness.transaction import Transaction
from host import Host

NIGHTLY = "schedule_set = '0 0 * * *'"
MISSED = "done_until = now() - interval '10 days'"


class Held(Transaction):
    """A transaction in the host's database, which holds a table."""

    def __init__(self, host, table):
        super().__init__(self.Place(host),
                         f"lock table {table} in access exclusive mode")

    class Place:
        def __init__(self, host):
            self.instance = host


def test_a_due_run_happens_once_however_many_tick(t):
    host = Host(t)
    same(host.of("delete", "runs"), "0")
    for runs in (1, 2, 3):
        host.set("delete", f"{NIGHTLY}, {MISSED}")
        ticks = [host.start() for _ in range(8)]
        for tick in ticks:
            tick.communicate(timeout=60)
        same([tick.returncode for tick in ticks], [0] * 8)
        # Ten nights were missed: they are one run.
        same(host.of("delete", "runs, failures, leased_by, due_at > now()"),
             f"{runs}|0||t")
    host.tick()
    same(host.of("delete", "runs"), "3")


def test_two_at_work_leave_nothing_and_do_nothing_twice(t):
    host = Host(t)
    host.sql("insert into sluice.topics (topic_id, name) select n, 'topic' ||"
             " n from generate_series(1, 4) n")
    host.sql("insert into sluice.messages (topic_id, seq, created_at, "
             "max_retries, status, payload) select 1 + n % 4, n, now(), 0, 4, "
             "'' from generate_series(1, 40000) n")
    host.set("delete", f"{NIGHTLY}, {MISSED}")
    both = [host.start(), host.start("delete")]
    for one in both:
        one.communicate(timeout=60)
    same([one.returncode for one in both], [0, 0])
    same(host.of("delete", "runs, rows_done"), "2|40000")
    same(host.sql("select count(*) from sluice.messages"), "0")


def test_a_schedule_changed_here_applies_there(t):
    host = Host(t)
    host.set("delete", NIGHTLY)
    host.tick()
    same(host.of("delete", "schedule, due_at > now()"), "0 0 * * *|t")
    host.set("delete", f"schedule_set = '', {MISSED}")
    host.tick()
    same(host.of("delete", "schedule, due_at is null, runs"), "|t|0")
    # What is set wins over the setting, even when it is empty.
    host.tick(SLUICE_DELETE_REAPER_SCHEDULE="* * * * *")
    same(host.of("delete", "runs"), "0")
    host.set("delete", "schedule_set = null")
    host.tick(SLUICE_DELETE_REAPER_SCHEDULE="* * * * *")
    same(host.of("delete", "runs, schedule"), "1|* * * * *")


def test_a_schedule_that_never_comes_is_let_be(t):
    host = Host(t)
    host.set("delete", f"schedule_set = '0 0 31 2 *', {MISSED}")
    host.tick()
    same(host.of("delete", "runs, due_at is null"), "0|t")


def test_a_schedule_that_is_none_keeps_no_other_from_running(t):
    host = Host(t)
    host.set("delete", f"schedule_set = 'at noon', {MISSED}")
    host.set("plates", MISSED)
    log = host.tick(status=1)
    same("reaper delete has a schedule that is none" in log, True, log)
    same((host.of("delete", "runs"), host.of("plates", "runs")), ("0", "1"))


def test_every_so_often_keeps_its_distance(t):
    host = Host(t)
    host.set("delete", "schedule_set = '@every 1h', done_until = "
             "date_trunc('hour', now()) - interval '150 min'")
    host.tick()
    same(host.of("delete", "runs, done_until = date_trunc('hour', now()) - "
                 "interval '30 min' or done_until = date_trunc('hour', now())"
                 " + interval '30 min'"), "1|t")


def test_who_dies_at_it_is_followed_when_his_lease_ends(t):
    host = Host(t)
    host.set("delete", f"{NIGHTLY}, {MISSED}")
    with Held(host, "sluice.topics"):
        dying = host.start()
        host.wait_until_leased("delete")
        host.kill(dying)
        # It is his until then, and what he has not ended is due still.
        host.tick()
        same(host.of("delete", "runs, leased_by <> '', leased_until between "
                     "now() + interval '30 s' and now() + interval '1 min'"),
             "0|t|t")
    host.set("delete", "leased_until = now()")
    host.tick()
    same(host.of("delete", "runs, failures, leased_by"), "1|0|")


def test_a_run_that_fails_is_tried_again(t):
    host = Host(t)
    host.set("keys", f"schedule_set = '0 0 * * *', {MISSED}")
    with Held(host, "sluice.message_keys"):
        log = host.tick(status=1)
    same("reaper keys did not come to its end" in log, True, log)
    same(host.of("keys", "runs, failures, last_error, leased_by, "
                 "due_at <= now()"), "1|1|the database was busy||t")
    host.tick()
    same(host.of("keys", "runs, failures, last_error, due_at > now()"),
         "2|1||t")


def test_without_a_database_a_tick_says_so(t):
    host = Host(t)
    log = host.tick(status=1, SLUICE_DATABASE="host=/nowhere dbname=x")
    same("the reapers cannot be read" in log, True, log)


def test_the_supervisor_ticks(t):
    """Nobody else does in the instance's own database."""
    def runs():
        time.sleep(0.2)  # it does so but once a minute
        return int(t.sql("select coalesce(sum(runs), 0) from sluice.reapers "
                         "where name = 'expiry'"))

    before = runs()
    eventually(lambda: runs() > before, 130, "a run of the expiry reaper")


def test_a_million_rows_go_beside_the_traffic(t):
    topic, other = t.topic(), t.topic()
    t.admin.enqueue(topic)
    t.sql(f"""insert into sluice.messages (topic_id, seq, created_at,
        max_retries, status, payload)
        select t.topic_id, n, now(), 0, 4, 'x' from sluice.topics t,
        generate_series(1, 1000000) n where t.name = '{topic}'""")
    deleting = Call(t.fresh_admin().post, "/api/admin/delete-reaper/run")
    took = []
    client = t.fresh_admin()
    while deleting.ended_at is None:
        call = Call(one_message, client, other)
        call.result()
        took.append(call.ended_at - call.started_at)
    said = deleting.result(300).expect(200)
    same((list(said), said["deleted"] >= 1000000), (["deleted"], True))
    took.sort()
    same(len(took) > 20, True, f"{len(took)} messages beside it")
    same(took[len(took) // 2] < 0.5, True, f"the median of {took[-5:]}")
    same(took[-1] < 3, True, f"the slowest of {took[-5:]}")


def one_message(client, topic):
    id = client.enqueue(topic)
    same([m["id"] for m in client.dequeue(topic)], [id])
    client.ack(id).expect(204)
