"""A base backup under load, the log archived, and recovery to a moment."""

import datetime
import shutil
import time

from diary import Diary
from harness import streams
from harness.context import Context, eventually, same
from harness.instance import ROOT, Instance
from places import (AS_OWNER, another, directory, halt, postgres, running,
                    superuser)


def test_recovery_to_a_moment_has_all_before_it_and_nothing_after(_):
    with directory("archive") as archive, directory("base") as base:
        instance = Instance(processes=1)
        with running(instance):
            archives(instance, archive)
            t = Context(instance)
            diary = Diary(t)
            more(diary)
            base_backup(instance, base / "pg")
            more(diary)
            fork(t, diary)
            moment = time.time()
            more(diary)
            t.new_user()	# whom nobody will know
            diary.finish()
            is_archived(instance)
        with running(recovered(instance, base / "pg", archive, moment)) as r:
            has_all_before(diary, r, moment)
            refuses_what_was_read_later(diary, r)
            serves(diary, r)
            forgets_the_moment(r)
            base_backup(r, base / "again")
            later = Diary(Context(r))
            more(later)
            later.finish()
            is_archived(r)
        with running(recovered(r, base / "again", archive)) as again:
            has_all(later, again)


def base_backup(instance, place):
    postgres("pg_basebackup", "-h", instance.var / "run", "-U", "postgres",
             "-D", place, "-c", "fast")


def more(diary):
    goal = diary.count() + 400
    eventually(lambda: diary.count() >= goal, 60, "400 calls more")


def archives(instance, archive):
    """As docs/backup.md has it; the script where the user can reach it."""
    script = archive / "archive.sh"
    shutil.copy(ROOT / "docs/package/archive.sh", script)
    script.chmod(0o755)
    superuser(instance, "alter system set archive_mode = on")
    superuser(instance, "alter system set archive_command = "
              f"'{script} %p %f {archive}'")
    halt(instance)
    instance.start()


def is_archived(instance):
    last = superuser(instance, """
        select pg_walfile_name(lsn) from pg_switch_wal() lsn""")
    eventually(lambda: superuser(instance, """
        select last_archived_wal from pg_stat_archiver""") >= last, 30,
        "the last segment in the archive")


def recovered(instance, base, archive, moment=None):
    """To the moment; without one, to the end of all that was archived."""
    other = another(instance)
    settings = f"restore_command = 'cp {archive}/%f %p'\n"
    if moment:
        target = datetime.datetime.fromtimestamp(
            moment, datetime.timezone.utc)
        settings += (f"recovery_target_time = '{target}'\n"
                     "recovery_target_action = promote\n")
    with open(base / "postgresql.auto.conf", "a") as conf:
        conf.write(settings)
    (base / "recovery.signal").touch()
    shutil.copytree(base, other.var / "pg", copy_function=shutil.copy)
    (other.var / "pg").chmod(0o700)
    if AS_OWNER:
        for path in (other.var / "pg", *(other.var / "pg").rglob("*")):
            shutil.chown(path, "postgres", "postgres")
    return other


def forgets_the_moment(instance):
    """Else the next base backup, and all made of it, would end there."""
    for setting in ("restore_command", "recovery_target_time",
                    "recovery_target_action"):
        superuser(instance, f"alter system reset {setting}")


def has_all(diary, instance):
    t = Context(instance)
    for what, names in diary.kept(t).items():
        there = diary.acknowledged(what)
        same(bool(there), True, f"{what}: traffic")
        same(there - names, set(), f"{what}: acknowledged and lost")


def has_all_before(diary, instance, moment):
    t = Context(instance)
    kept = diary.kept(t)
    for what, names in kept.items():
        there = diary.acknowledged(what, moment)
        later = diary.asked_after(what, moment)
        same(bool(there) and bool(later), True, f"{what}: traffic around it")
        same(there - names, set(), f"{what}: acknowledged and lost")
        same(names & later, set(), f"{what}: later, and there")
    left = set(t.sql(f"""
        select convert_from(m.payload, 'UTF8')
        from sluice.messages m
        join sluice.topics p on p.topic_id = m.topic_id
        where p.name = '{diary.consumed}'""").splitlines())
    same(left & diary.acknowledged("acked", moment), set(), "came back")
    same(t.sql("select count(*) from sluice.users"), "1", "users")


def fork(t, diary):
    t.admin.put(f"/v1/stream/{diary.stream}-fork", headers={
        "Content-Type": "application/json",
        "Stream-Forked-From": streams.path_of(diary.stream)}).expect(201)
    streams.append(t.admin, diary.stream, "1", producer=("p", 0, 0))
    t.admin.post(f"/{diary.plate}/streams/groups/create", {
        "key": "log", "group": "readers", "id": "0"}).expect(200)
    t.admin.post(f"/{diary.plate}/streams/groups/read", {
        "group": "readers", "consumer": "one", "count": 3,
        "streams": [{"key": "log"}]}).expect(200)


def pending(t, diary):
    return t.admin.get(f"/{diary.plate}/streams/groups/pending/log/readers"
                       ).expect(200)["data"]["result"]


def refuses_what_was_read_later(diary, instance):
    """A client that had read to the end, which is no more: nothing tells it
    so, until the operator renews all offsets."""
    t = Context(instance)
    kept, end = streams.whole(t.admin, diary.stream)
    forked = streams.whole(t.admin, diary.stream + "-fork")[0]
    held = pending(t, diary)
    lost = streams.offset_of(len(diary.pages["appended"]) + 10)
    for live in ({}, {"live": "long-poll", "timeout": "100ms"}):
        reply = t.admin.get(streams.path_of(
            diary.stream, offset=lost, **live))
        same((reply.status in (200, 204),
              reply.headers["Stream-Next-Offset"]), (True, lost))
    same(t.sql("select sluice.renew_offsets()"), t.sql(
        "select count(*) from sluice.streams where state = 0"), "streams")
    instance.restart_workers()
    t = Context(instance)
    for offset in (lost, end):
        for live in ({}, {"live": "long-poll"}, {"live": "sse"}):
            t.admin.get(streams.path_of(
                diary.stream, offset=offset, **live)).expect(
                410, "the offset is of another life of the stream")
    # All else is as it was.
    again, end = streams.whole(t.admin, diary.stream)
    same(again, kept, "the entries")
    same(streams.whole(t.admin, diary.stream + "-fork")[0], forked, "a fork")
    same((held[0], pending(t, diary)), (3, held), "a group's deliveries")
    same(streams.append(t.admin, diary.stream, "1",
                        producer=("p", 0, 0)).status, 204, "a duplicate")
    same(streams.whole(t.admin, diary.stream), (kept, end), "no more of it")


def serves(diary, instance):
    """New ids follow old ones, and what is written now is found."""
    t = Context(instance)
    known = [message["id"] for message in
             t.admin.dequeue(diary.topic, count=100)]
    id = t.admin.enqueue(diary.topic, "after", delay_seconds=0)
    same(id not in known and id > max(known), True, "the next id")
    entries, end = streams.whole(t.admin, diary.stream)
    same(streams.seq_of(end), len(entries) - 1, "no gap")
    appended = streams.append(t.admin, diary.stream, "after")
    same(streams.seq_of(appended.headers["Stream-Next-Offset"]),
         len(entries), "the next seq")
    same(t.admin.get(streams.path_of(diary.stream, offset=end)).json,
         ["after"])
    last = diary.plate_entries(t.admin)
    t.admin.post(f"/{diary.plate}/streams/add", {
        "key": "log", "values": {"number": "after"}}).expect(200)
    same(diary.plate_entries(t.admin), last + ["after"], "of the plate")
