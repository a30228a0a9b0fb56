"""pg_dump under load, and a pool on what pg_restore makes of it."""

import time

from diary import Diary
from harness import streams
from harness.context import Context, eventually, same
from harness.instance import Instance
from places import another, directory, halt, postgres, running, superuser


def test_a_dump_is_whole_and_can_be_run_on(_):
    instance = Instance(processes=1)
    with running(instance), directory("dump") as place:
        diary = Diary(Context(instance))
        eventually(lambda: diary.count() > 400, 60, "some traffic")
        began = time.time()
        dump(instance, place / "dump")
        ended = time.time()
        goal = diary.count() + 200
        eventually(lambda: diary.count() > goal, 60, "more traffic")
        diary.finish()
        superuser(instance, "create database restored owner sluice")
        restore(instance, place / "dump", "restored")
        database = f"host={instance.var}/run dbname=restored user=sluice"
        with running(another(instance, database=database)) as restored:
            t = Context(restored)
            for what, names in diary.kept(t).items():
                same(diary.acknowledged(what, began) - names, set(),
                     f"{what}: acknowledged and lost")
                same(names & diary.asked_after(what, ended), set(),
                     f"{what}: later, and there")
            same(len(t.admin.dequeue(diary.topic)), 1, "what it delivers")
            t.admin.enqueue(diary.topic)


def test_a_dump_comes_back_into_service(_):
    """As docs/backup.md has it, on the own cluster."""
    instance = Instance(processes=1)
    with running(instance), directory("dump") as place:
        diary = Diary(Context(instance))
        eventually(lambda: diary.count() > 400, 60, "some traffic")
        diary.finish()
        dump(instance, place / "dump")
        t = Context(instance)
        read, end = streams.whole(t.admin, diary.stream)
        t.admin.enqueue(diary.topic, "lost")
        halt(instance)
        cluster = ("-D", instance.var / "pg", "-w",
                   "-l", instance.var / "log/postgresql.log")
        postgres("pg_ctl", *cluster, "start")
        for statement in ("alter database sluice rename to lost",
                          "create database sluice owner sluice"):
            postgres("psql", "-h", instance.var / "run", "-U", "postgres",
                     "-c", statement)
        restore(instance, place / "dump", "sluice")
        superuser(instance, "select sluice.renew_offsets()")
        postgres("pg_ctl", *cluster, "stop")
        instance.start()
        t = Context(instance)
        for what, names in diary.kept(t).items():
            same(diary.acknowledged(what), names, what)
        t.admin.get(streams.path_of(diary.stream, offset=end)).expect(410)
        same(streams.whole(t.admin, diary.stream)[0], read)
        same(len(t.admin.dequeue(diary.topic)), 1, "what it delivers")
        same(superuser(instance, "select count(*) > 0 from "
                       "sluice.slow_statements where source = 'counted'"),
             "t", "statistics")
        superuser(instance, "create role anybody")
        same(superuser(instance, "select string_agg(proname, ' ') from "
                       "pg_proc where proname ~ '^append' and prosecdef and "
                       "has_function_privilege('anybody', oid, 'execute')"),
             "", "what anybody may append by")


def test_a_dump_into_a_schema_of_somebody_with_no_more_rights(_):
    instance = Instance(processes=1)
    with running(instance), directory("dump") as place:
        t = Context(instance)
        t.admin.enqueue(t.topic())
        dump(instance, place / "dump")
        superuser(instance, "create role keeper login")
        superuser(instance, "create database existing")
        postgres("psql", "-h", instance.var / "run", "-U", "postgres", "-d",
                 "existing", "-c", "create schema sluice authorization keeper")
        restore(instance, place / "dump", "existing", "keeper", "-n", "sluice")
        counted = "select count(*) from sluice.messages"
        same(postgres("psql", "-XAtq", "-h", instance.var / "run", "-U",
                      "keeper", "-d", "existing", "-c", counted).strip(),
             t.sql(counted))
        database = f"host={instance.var}/run dbname=existing user=keeper"
        other = another(instance, database=database)
        try:
            other.command("migrate")
        finally:
            other.stop()


def dump(instance, file):
    postgres("pg_dump", "-h", instance.var / "run", "-U", "sluice",
             "-n", "sluice", "-Fc", "-f", file, "sluice")


def restore(instance, file, database, user="sluice", *arguments):
    postgres("pg_restore", "-h", instance.var / "run", "-U", user,
             "--no-owner", "--no-acl", "--exit-on-error", *arguments,
             "-d", database, file)
