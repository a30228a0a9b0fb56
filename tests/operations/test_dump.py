"""pg_dump under load, and a pool on what pg_restore makes of it."""

import time

from diary import Diary
from harness.context import Context, eventually, same
from harness.instance import Instance
from places import another, directory, postgres, running, superuser


def test_a_dump_is_whole_and_can_be_run_on(_):
    instance = Instance(processes=1)
    with running(instance), directory("dump") as place:
        diary = Diary(Context(instance))
        eventually(lambda: diary.count() > 400, 60, "some traffic")
        began = time.time()
        postgres("pg_dump", "-h", instance.var / "run", "-U", "sluice",
                 "-n", "sluice", "-Fc", "-f", place / "dump", "sluice")
        ended = time.time()
        goal = diary.count() + 200
        eventually(lambda: diary.count() > goal, 60, "more traffic")
        diary.finish()
        superuser(instance, "create database restored owner sluice")
        postgres("pg_restore", "-h", instance.var / "run", "-U", "sluice",
                 "--no-owner", "--no-acl", "--exit-on-error", "-d", "restored",
                 place / "dump")
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
