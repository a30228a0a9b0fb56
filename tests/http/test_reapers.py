"""The reapers of the queue: by request, by hand, and by their schedules."""

import re

from harness.context import Call, eventually, same, within
from harness.instance import ROOT

SCHEDULE = "/api/admin/delete-reaper/schedule"
REAPERS = re.findall(r"^REAPER\((\w+),", (
    ROOT / "handlers" / "reapers" / "reapers.def").read_text(), re.M)


def run(t, name):
    return t.admin.post(f"/api/admin/{name}-reaper/run").expect(200)


def expired(t, count=1, **more):
    """A topic with so many messages whose time is up, unmarked yet."""
    topic = t.topic()
    t.admin.post("/api/messages/batch", {"topic": topic, "messages": [
        {"payload": "x", "ttl_seconds": 1, **more}
        for _ in range(count)]}).expect(201)
    return topic


def statuses(t, topic):
    return sorted({(row["status"], row["count"])
                   for row in t.admin.get("/api/stats").expect(200)["topics"]
                   if row["topic"] == topic})


def mark(t, *topics):
    """Run the expiry reaper until all of theirs are marked."""
    def all_marked():
        same(list(run(t, "expiry")), ["expired"])
        return all([status for status, _ in statuses(t, topic)] == ["expired"]
                   for topic in topics)

    eventually(all_marked, 20, "the marks")


def marked(t):
    """What a delete reaper will count: other tests leave some, too."""
    return int(t.sql("select count(*) from sluice.messages "
                     "where status = 4"))


def row(t, name, columns):
    return t.sql(f"select {columns} from sluice.reapers "
                 f"where name = '{name}'").split("|")


def test_they_mark_and_delete_all_topics(t):
    one, other = expired(t, 3), expired(t, 2)
    living = t.topic()
    t.admin.enqueue(living)
    run(t, "expiry")
    [before] = map(int, row(t, "expiry", "rows_done"))
    mark(t, one, other)
    [after] = map(int, row(t, "expiry", "rows_done"))
    same(after >= before + 5, True, f"{after} after {before}")
    count = marked(t)
    same(count >= 5, True, f"{count} marked")
    same(run(t, "delete"), {"deleted": count})
    same(marked(t), 0)
    same(t.sql("select count(*) from sluice.messages where topic_id in ("
               f"select topic_id from sluice.topics where name in ('{one}', "
               f"'{other}'))"), "0")
    same(statuses(t, living), [("pending", 1)])


def test_dead_letters_expire_and_are_deleted_too(t):
    topic = t.topic(max_retries=1)
    id = t.admin.enqueue(topic, ttl_seconds=2)
    t.admin.dequeue(topic)
    t.admin.nack(id).expect(204)
    same(t.admin.message(id)["topic"], topic + ".dlq")
    mark(t, topic + ".dlq")
    run(t, "delete")
    t.admin.get(f"/api/messages/{id}").expect(404)


def test_a_deleted_message_takes_its_deliveries_along(t):
    topic = expired(t)
    mark(t, topic)
    ids = t.sql("select topic_id, seq from sluice.messages where topic_id ="
                  f" (select topic_id from sluice.topics where name = "
                  f"'{topic}')")
    topic_id, seq = ids.split("|")
    t.sql("insert into sluice.deliveries (topic_id, seq, group_id) "
          f"values ({topic_id}, {seq}, 1)")
    run(t, "delete")
    same(t.sql("select count(*) from sluice.deliveries where topic_id = " +
               topic_id), "0")


def acked_long_ago(t, count):
    """A topic with messages in its log that are beyond its window."""
    topic = t.topic(replayable=True, replay_window_seconds=60)
    for _ in range(count):
        t.admin.enqueue(topic)
        [message] = t.admin.dequeue(topic)
        t.admin.ack(message["id"]).expect(204)
    t.sql("update sluice.message_log set acked_at = acked_at - interval "
          f"'61 s' where topic_id = (select topic_id from sluice.topics "
          f"where name = '{topic}')")
    return topic


def logged(t, topic):
    return int(t.sql(f"""select count(*) from sluice.message_log
        where topic_id = (select topic_id from sluice.topics
        where name = '{topic}')"""))


def test_the_archive_reaper_forgets_what_cannot_be_replayed(t):
    run(t, "archive")
    topic = acked_long_ago(t, 3)
    same(logged(t, topic), 3)
    same(run(t, "archive"), {"deleted": 3})
    same(run(t, "archive"), {"deleted": 0})
    same(logged(t, topic), 0)


def test_the_delete_reaper_purges_the_archive_and_counts_messages(t):
    run(t, "delete")
    topic = acked_long_ago(t, 3)
    mark(t, expired(t, 2))
    count = marked(t)
    same(run(t, "delete"), {"deleted": count})
    same(logged(t, topic), 0)


def test_runs_are_counted(t):
    runs, failures, rows = map(int, row(t, "delete",
                                        "runs, failures, rows_done"))
    topic = expired(t, 4)
    mark(t, topic)
    deleted = run(t, "delete")["deleted"]
    same(deleted >= 4, True, f"{deleted} at least 4")
    same(row(t, "delete", f"runs - {runs}, failures - {failures}, "
                          f"rows_done - {rows}, last_rows, last_error, "
                          "ended_at between started_at and now(), "
                          "ended_at > now() - interval '1 min'"),
         ["1", "0", f"{deleted}", f"{deleted}", "", "t", "t"])


def test_many_rows_go_in_batches_beside_the_traffic(t):
    topic, other = t.topic(), t.topic()
    t.admin.enqueue(topic)
    t.sql(f"""insert into sluice.messages (topic_id, seq, created_at,
        max_retries, status, payload)
        select t.topic_id, n, now(), 0, 4, '' from sluice.topics t,
        generate_series(1, 60000) n where t.name = '{topic}'""")
    count = marked(t)
    deleting = Call(t.fresh_admin().post, "/api/admin/delete-reaper/run")
    seen = []
    while deleting.ended_at is None:
        with within(2, "a message beside it"):
            id = t.admin.enqueue(other)
            same([m["id"] for m in t.admin.dequeue(other)], [id])
            t.admin.ack(id).expect(204)
        seen.append(t.sql("select count(*) from sluice.messages "
                          "where status = 4"))
    same(deleting.result().expect(200), {"deleted": count})
    same(statuses(t, topic), [("pending", 1)])
    # Some of them were gone before the others.
    same(len(set(seen) - {"0", str(count)}) > 1, True, f"a part of {seen}")


def test_by_hand_all_or_those_named(t):
    topic = expired(t, 2)
    mark(t, topic)
    count = marked(t)
    lines = t.instance.command("reap", "delete", "logins").stdout.splitlines()
    same(lines[0], f"delete: {count} expired messages deleted")
    same([line.split(":")[0] for line in lines], ["delete", "logins"])
    lines = t.instance.command("reap").stdout.splitlines()
    same([line.split(":")[0] for line in lines], REAPERS)
    same(len(REAPERS) > 6, True, f"{REAPERS} are some")


def test_a_reaper_that_is_none_is_refused(t):
    for arguments in (["all"], ["expiry", "--due"], [""], ["--dew"]):
        done = t.instance.command("reap", *arguments, check=False)
        same((done.returncode, done.stdout), (1, ""))
        same("there is no reaper" in done.stderr, True, done.stderr)


def test_the_schedule_is_kept_and_can_be_ended(t):
    same(t.admin.get(SCHEDULE).expect(200), {"schedule": "", "active": False})
    for schedule in ("0 2 * * *", "0 */6 * * *", "@every 90m", "0 0 31 2 *",
                     "TZ=Europe/Berlin 30 2 ? jan-nov/2 MON,fri"):
        said = {"schedule": schedule, "active": True}
        same(t.admin.put(SCHEDULE, {"schedule": schedule}).expect(200), said)
        same(t.admin.get(SCHEDULE).expect(200), said)
    said = {"schedule": "", "active": False}
    same(t.admin.put(SCHEDULE, {"schedule": ""}).expect(200), said)
    same(t.admin.get(SCHEDULE).expect(200), said)


def test_nonsense_is_refused_with_the_name_of_its_field(t):
    for schedule, why in (
            ("* * * *", "4 fields where five are expected"),
            ("0 0 2 * * *", "6 fields where five are expected"),
            (" ", "0 fields where five are expected"),
            ("60 * * * *", "minute: 60 is not between 0 and 59"),
            ("* 7-5 * * *", "hour: 7-5 ends before it begins"),
            ("* * 0 * *", "day of month: 0 is not between 1 and 31"),
            ("* * * foo *", "month: foo is neither a number nor a name"),
            ("* * * * 7",
             "day of week: 7 is not between 0 and 6, 0 is Sunday"),
            ("@noon", "@noon is not known"),
            ("@every 0s", "0s is not between a second and a year"),
            ("TZ=Mars/Base 0 2 * * *",
             "the time zone Mars/Base is not known")):
        t.admin.put(SCHEDULE, {"schedule": schedule}).expect(
            422, f"invalid cron schedule: {why}")
    same(t.admin.get(SCHEDULE).expect(200), {"schedule": "", "active": False})
