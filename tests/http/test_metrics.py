"""GET /metrics: Prometheus can read it, and each figure moves when it must."""

import re
import subprocess

from groups_of_topics import consumers
from harness.context import Call, eventually, same
from harness.transaction import Transaction
from scrapes import SAMPLE, scrape


def moved(t, names, act):
    """How far each of the samples goes while act() runs."""
    before = [t.metric(name) for name in names]
    act()
    return [t.metric(name) - then for name, then in zip(names, before)]


def test_every_line_is_prometheus_text(t):
    t.admin.enqueue('quotes " and \\ and\nlines', "x")
    reply = t.admin.get("/metrics")
    same(reply.headers["Content-Type"],
         "text/plain; version=0.0.4; charset=utf-8")
    typed, seen = {}, set()
    for line in reply.body.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split()
            same(family in typed, False, f"a second type of {family}")
            typed[family] = kind
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            same(sample is not None, True, line)
            name = sample[1]
            if typed.get(re.sub("_(bucket|sum|count)$", "", name)) \
                    == "histogram":
                name = re.sub("_(bucket|sum|count)$", "", name)
            same(name in typed, True, f"a type for {line}")
            same((sample[1], sample[2]) in seen, False, f"{line} twice")
            seen.add((sample[1], sample[2]))
            same(typed[name] == "counter", name.endswith("_total"), line)
    same('quotes \\" and \\\\ and\\nlines' in reply.body.decode(), True,
         "the topic's name")


def test_promtool_finds_nothing_to_complain_of(t):
    page = t.admin.get("/metrics").body
    done = subprocess.run(["promtool", "check", "metrics"], input=page,
                          capture_output=True)
    same((done.returncode, done.stdout + done.stderr), (0, b""), "promtool")


def test_who_may_see_the_figures(t):
    t.anonymous().get("/metrics").expect(401)
    same(t.user().get("/metrics").status, 200)
    t.admin.get("/metrics?colour=blue").expect(400)


def test_what_happens_to_messages_is_counted_once_for_all_processes(t):
    events = ("enqueued", "dequeued", "redelivered", "acked", "nacked",
              "dead_lettered")
    outcomes = ("retry", "failed", "dead_lettered")
    topic = t.topic(max_retries=2)

    def names(prefix, more):
        return [f'sluice_{prefix}_messages_total{{{more}event="{event}"}}'
                for event in events] + \
               [f'sluice_{prefix}_nacks_total{{{more}outcome="{outcome}"}}'
                for outcome in outcomes]

    def act():
        clients = [t.fresh_admin() for _ in range(6)]
        for client in clients:
            client.enqueue(topic)
        ids = [client.dequeue(topic)[0]["id"] for client in clients]
        for client, id in zip(clients[:4], ids):
            client.ack(id).expect(204)
        for client, id in zip(clients[4:], ids[4:]):
            client.nack(id).expect(204)
        for message in clients[0].take(topic, 2):
            clients[0].nack(message["id"]).expect(204)

    want = [6, 8, 2, 4, 4, 2, 2, 0, 2]
    same(moved(t, names("queue", ""), act), want, "of all topics")
    same([t.metric(name) for name in names("topic", f'topic="{topic}",')],
         want, "of the topic")


def test_dead_letters_and_those_that_come_back(t):
    topic = t.topic(max_retries=1)

    def die():
        t.admin.enqueue(topic)
        t.admin.nack(t.admin.take(topic)[0]["id"]).expect(204)

    prefix = f'sluice_topic_messages_total{{topic="{topic}",event='
    same(moved(t, [prefix + '"dead_lettered"}',
                   f'sluice_topic_nacks_total{{topic="{topic}",'
                   'outcome="dead_lettered"}'], die), [1, 1])
    die()
    one, _ = t.admin.listed(topic + ".dlq")["items"]
    t.admin.post(f"/api/messages/{one['id']}/requeue").expect(204)
    same(t.metric(prefix + '"requeued"}'), 1)
    t.admin.post(f"/api/topics/{topic}/redrive").expect(200)
    same(t.metric(prefix + '"requeued"}'), 2)


def test_what_is_purged_and_deleted(t):
    topic = t.topic()
    for key in ("a", "b", "c"):
        t.admin.enqueue(topic, key=key)
    t.admin.delete(f"/api/topics/{topic}/messages/by-key/a").expect(200)
    name = f'sluice_topic_messages_total{{topic="{topic}",event="deleted"}}'
    same(t.metric(name), 1)
    t.admin.post(f"/api/topics/{topic}/purge").expect(200)
    same(t.metric(name), 3)


def test_depths_and_ages(t):
    topic = t.topic()
    of_topic = ("topic_id = (select topic_id from sluice.topics "
                f"where name = '{topic}')")

    def depths(name):
        pattern = re.compile(r'topic="%s",status="([a-z_]+)"' % name)
        return {pattern.fullmatch(labels)[1]: value for labels, value
                in scrape(t)["sluice_queue_depth"].items()
                if pattern.fullmatch(labels)}

    same(depths(topic), {})
    for _ in range(6):
        t.admin.enqueue(topic)
    t.admin.enqueue(topic, delay_seconds=600)
    same(depths(topic), {"pending": 6, "delayed": 1})
    same(len(t.admin.dequeue(topic, count=3)), 3)
    for state in ("status = 3, visible_at = null", "visible_at = now()"):
        t.sql(f"update sluice.messages set {state} where {of_topic} and seq = "
              f"(select min(seq) from sluice.messages where {of_topic} and "
              "status = 1)")
    same(depths(topic), {"pending": 3, "delayed": 1, "failed": 1,
                         "timed_out": 1, "processing": 1})
    t.sql("update sluice.messages set dlq = true, dlq_moved_at = now() "
          f"where status = 3 and {of_topic}")
    same(depths(topic + ".dlq"), {"failed": 1})
    age = f'sluice_queue_oldest_age_seconds{{topic="{topic}",status="pending"}}'
    same(0 < t.metric(age) < 60, True, "age")
    # A seq tells when a message was made: microseconds, times 1024.
    t.sql("update sluice.messages set seq = seq - 1000::bigint * 1024000000 "
          f"where status = 0 and {of_topic}")
    same(1000 <= t.metric(age) < 1060, True, f"age {t.metric(age)}")


def test_groups_and_their_lag(t):
    topic = t.topic()
    of_topic = f"(select topic_id from sluice.topics where name = '{topic}')"
    t.admin.enqueue(topic)
    t.sql("insert into sluice.consumer_groups (topic_id, group_id, name, "
          f"channel, state) values ({of_topic}, 1, 'a', 1, 1), "
          f"({of_topic}, 2, 'b', 2, 1)")
    t.sql("insert into sluice.deliveries (topic_id, seq, group_id, status, "
          "visible_at) select m.topic_id, m.seq - d.back * 1024000000::bigint, "
          "1, d.status, d.at from sluice.messages m cross join (values "
          "(0, 0, null), (1, 1, now() + interval '1 h'), (2, 1, now()), "
          "(3, 2, now()), (4, 2, now() + interval '1 h'), (5, 3, null), "
          "(6, 2, 'infinity')) d (back, status, at) "
          f"where m.topic_id = {of_topic}")
    try:
        found = scrape(t)
    finally:
        for table in ("deliveries", "consumer_groups"):
            t.sql(f"delete from sluice.{table} where topic_id = {of_topic}")
    same(found["sluice_group_lag"][f'topic="{topic}",group="a"'], 6)
    same(found["sluice_group_lag"][f'topic="{topic}",group="b"'], 0)
    same({labels.split('"')[5]: value for labels, value
          in found["sluice_group_depth"].items()
          if labels.startswith(f'topic="{topic}"')},
         {"pending": 2, "processing": 1, "timed_out": 1, "delayed": 1,
          "failed": 1, "behind": 1})
    age = found["sluice_group_oldest_age_seconds"][f'topic="{topic}",group="a"']
    same(6 <= age < 60, True, f"age {age}")
    same(found["sluice_queue_groups"][""] >= 2, True)


def test_what_groups_do_counts_too(t):
    topic, a, b = consumers(t, "a", "b")
    t.admin.enqueue(topic)
    for consumer in (a, b):
        [message] = consumer.take(topic)
        consumer.nack(message).expect(204)
    [message] = a.take(topic)
    a.ack(message).expect(204)
    found = scrape(t)
    of_topic = {labels.split('"')[3]: value for labels, value
                in found["sluice_topic_messages_total"].items()
                if labels.startswith(f'topic="{topic}"')}
    same(of_topic, {"enqueued": 1, "dequeued": 3, "redelivered": 1,
                    "nacked": 2, "acked": 1})
    same(found["sluice_group_lag"][f'topic="{topic}",group="a"'], 0)
    same(found["sluice_group_lag"][f'topic="{topic}",group="b"'], 1)
    call = Call(b.dequeue, topic, wait_seconds=20)
    same(len(call.result()), 1)
    call = Call(a.dequeue, topic, wait_seconds=20)
    eventually(
        lambda: t.metric('sluice_parked_requests{for="deliveries"}') == 1)
    t.admin.enqueue(topic)
    same(len(call.result()), 1)


def test_topics_and_those_that_are_paused(t):
    topic = t.topic()

    def act():
        t.admin.enqueue(topic)
        t.admin.post(f"/api/topics/{topic}/pause").expect(204)

    same(moved(t, ["sluice_queue_topics", "sluice_queue_topics_paused"], act),
         [1, 1])
    t.admin.post(f"/api/topics/{topic}/resume").expect(204)


def test_expired_messages(t):
    topic = t.topic(message_ttl_seconds=1)
    t.admin.enqueue(topic)
    t.sql("update sluice.message_expiries set due = now() - interval '1 h'")
    same(t.metric("sluice_expiry_overdue_seconds") >= 3600, True, "overdue")
    name = 'sluice_queue_messages_total{event="expired"}'
    before = t.metric(name)

    def reaped():
        t.instance.reap()
        return t.metric(name) > before

    t.sql("update sluice.messages set expires_at = now() where topic_id = "
          f"(select topic_id from sluice.topics where name = '{topic}')")
    eventually(reaped)
    same(t.metric(
        f'sluice_queue_depth{{topic="{topic}",status="expired"}}'), 1)


def test_requests_are_counted_by_class_and_route(t):
    names = ['sluice_requests_total{status="4xx"}',
             "sluice_request_duration_seconds_count"
             '{route="none",status="4xx"}',
             "sluice_request_duration_seconds_count"
             '{route="message_get",status="4xx"}',
             "sluice_request_duration_seconds_bucket"
             '{route="message_get",status="4xx",le="+Inf"}']
    before = [t.metric(name) for name in names]
    for _ in range(10):
        t.fresh_admin().get("/api/nothing").expect(404)
        t.fresh_admin().get("/api/messages/nothing").expect(404)
    # A request is counted after its answer is on its way.
    eventually(lambda: [t.metric(name) - then for name, then
                        in zip(names, before)] == [20, 10, 10, 10])


def test_who_waits_is_counted_but_not_as_slow(t):
    topic = t.topic()
    slow = ('sluice_request_duration_seconds_%s{route="message_dequeue",'
            'status="2xx"%s}')
    names = [slow % ("bucket", ',le="0.25"'), slow % ("count", "")]
    before = [t.metric(name) for name in names]
    call = Call(t.fresh_admin().dequeue, topic, wait_seconds=20)
    eventually(lambda: t.metric('sluice_parked_requests{for="topic"}') == 1)
    t.sql("select pg_sleep(0.3)")
    t.admin.enqueue(topic)
    same(len(call.result()), 1)
    eventually(lambda: t.metric(names[1]) > before[1])
    same([t.metric(name) - then for name, then in zip(names, before)], [1, 1])
    same(t.metric("sluice_parked_requests"), 0)


def test_readers_of_events_are_counted(t):
    name = t.fresh("stream")
    t.admin.put(f"/v1/stream/{name}", headers={
        "Content-Type": "application/json"}).expect(201)
    client = t.fresh_admin()
    connection = client.connect()
    connection.request("GET", f"/v1/stream/{name}?offset=-1&live=sse",
                       headers={"Authorization": f"Bearer {client.token}"})
    same(connection.getresponse().status, 200)
    eventually(lambda: t.metric("sluice_sse_readers") == 1)
    eventually(
        lambda: t.metric('sluice_parked_requests{for="stream"}') == 1)
    hang_ups = t.metric("sluice_hang_ups_total")
    connection.close()
    eventually(lambda: t.metric("sluice_sse_readers") == 0)
    eventually(lambda: t.metric("sluice_hang_ups_total") == hang_ups + 1)


def test_streams_and_plates(t):
    plate, name = t.fresh("plate"), t.fresh("stream")
    names = ["sluice_stream_entries_total", "sluice_turns_total",
             "sluice_turn_items_total", "sluice_database_calls_total"]

    def act():
        t.admin.put(f"/v1/stream/{name}", headers={
            "Content-Type": "application/json"}).expect(201)
        t.admin.post(f"/v1/stream/{name}", [1, 2, 3])
    entries, turns, items, calls = moved(t, names, act)
    same((entries, turns >= 1, items >= 1, calls > 3), (3, True, True, True))
    plates, streams = (t.metric(f"sluice_{what}")
                       for what in ("plates", "streams"))
    t.admin.post("/api/plates", {"id": plate}).expect(201)
    t.admin.put(f"/v1/stream/{name}-2", headers={
        "Content-Type": "application/json"}).expect(201)
    eventually(lambda: t.metric("sluice_plates") > plates
               and t.metric("sluice_streams") > streams, 30,
               "that statistics know of them")


def test_the_workers_of_the_host(t):
    found = scrape(t)
    numbers = {f'worker="{number}"' for number in t.instance.workers()}
    for what in ("start_time_seconds", "cpu_seconds_total",
                 "resident_memory_bytes", "threads", "open_fds", "max_fds"):
        same(set(found[f"sluice_worker_{what}"]), numbers, what)
    for number, pid in t.instance.workers().items():
        label = f'worker="{number}"'
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        same(found["sluice_worker_threads"][label],
             float(status["Threads"]), "threads")
        memory = int(status["VmRSS"].split()[0]) * 1024
        shown = found["sluice_worker_resident_memory_bytes"][label]
        same(0.5 < shown / memory < 2, True, f"{shown} of {memory}")
    same(found["sluice_threads"][""], 4.0 * len(numbers), "threads")
    same(found["sluice_threads_busy"][""] >= 1, True, "busy")
    same(list(found["sluice_build_info"].values()), [1.0])


def test_the_database(t):
    found = scrape(t)
    same(found["sluice_database_up"], {"": 1.0})
    same(sum(found["sluice_database_connections"].values()) >= 5, True)
    same(found["sluice_database_size_bytes"][""] > 1e6, True)
    same(found["sluice_table_bytes"]['table="messages",part="heap"'] > 0, True)
    same('table="messages",state="dead"' in found["sluice_table_rows"], True)
    same(set(found["sluice_database_wraparound_age"]),
         {'of="transactions"', 'of="multixacts"'})
    same(found["sluice_database_in_recovery"], {"": 0.0})
    same(found["sluice_observation_age_seconds"]['of="queue"'] < 5, True)
    for gone in ("sluice_replica_lag_bytes", "sluice_archive_last_success"):
        same(gone in found, False, gone)


def test_an_old_transaction_and_who_waits_for_it(t):
    topic = t.topic()
    t.admin.enqueue(topic)
    with Transaction(t) as other:
        other.run("lock table sluice.message_keys in exclusive mode")
        call = Call(t.fresh_admin().enqueue, topic, key="a")
        eventually(lambda: t.metric("sluice_database_waiting_locks") >= 1)
        eventually(lambda: t.metric(
            "sluice_database_oldest_transaction_seconds") > 0.05)
    call.result()


def test_statements_that_fail_are_counted(t):
    name = 'sluice_database_errors_total{outcome="busy"}'
    before = t.metric(name)
    topic = t.topic()
    t.admin.enqueue(topic)
    with Transaction(t) as other:
        other.run("lock table sluice.message_keys in exclusive mode")
        same(t.admin.post("/api/messages", {
            "topic": topic, "payload": "x", "key": "a"}).status, 503)
    same(t.metric(name) > before, True, "busy")


def test_the_reapers(t):
    t.sql("insert into sluice.reapers (name, schedule, runs, failures, "
          "rows_done, last_rows, last_error, started_at, ended_at, due_at) "
          "values ('test', '* * * * *', 7, 2, 99, 9, 'no', "
          "'2026-01-01Z', '2026-01-01 00:00:05Z', now() - interval '1 h')")
    try:
        found = scrape(t)
    finally:
        t.sql("delete from sluice.reapers where name = 'test'")
    of = {name: found[f"sluice_reaper_{name}"]['reaper="test"'] for name in (
        "runs_total", "failures_total", "rows_total", "last_rows",
        "last_failed", "running", "last_end_timestamp_seconds",
        "last_duration_seconds")}
    same(of, {"runs_total": 7, "failures_total": 2, "rows_total": 99,
              "last_rows": 9, "last_failed": 1, "running": 0,
              "last_end_timestamp_seconds": 1767225605,
              "last_duration_seconds": 5})
    overdue = found["sluice_reaper_overdue_seconds"]['reaper="test"']
    same(3600 <= overdue < 3700, True, f"overdue {overdue}")


def test_logins(t):
    def act():
        for password in (t.instance.password, "not the password"):
            t.anonymous().post("/api/auth/login", {
                "username": "admin", "password": password})

    same(moved(t, ['sluice_logins_total{outcome="ok"}',
                   'sluice_logins_total{outcome="failed"}'], act), [1, 1])
