"""A database of somebody else's, with no more rights than are needed."""

import subprocess

from diary import Diary
from harness.context import Context, eventually, same
from harness.instance import Instance
from places import another, halt, running, superuser

# As docs/install.md has it.
OWNER = """
    create role keeper login;
    create role worker login"""
SCHEMA = """
    create schema sluice authorization keeper;
    revoke connect, temporary on database existing from public;
    grant connect on database existing to keeper, worker"""
WORKER = """
    grant usage on schema sluice to worker;
    grant select, insert, update, delete on all tables in schema sluice
    to worker;
    alter default privileges for role keeper in schema sluice
    grant select, insert, update, delete on tables to worker"""


def test_workers_need_no_right_to_change_the_shape(_):
    instance = Instance(processes=1)
    with running(instance):
        superuser(instance, OWNER)
        superuser(instance, "create database existing")
        in_existing(instance, "postgres", SCHEMA)
        keeper = another(instance, database=conninfo(instance, "keeper"))
        worker = another(instance, database=conninfo(instance, "worker"))
        try:
            same("does not" in refused_migration(worker) or
                 "denied" in refused_migration(worker), True, "says why")
            keeper.command("migrate")
        finally:
            keeper.stop()
        in_existing(instance, "keeper", WORKER)
        with running(worker):
            works(worker)
            cannot_do_more(worker)


def test_a_second_host_keeps_no_password_that_is_nobodys(_):
    first = Instance(processes=1, admin_password="")
    with running(first):
        same(kept_password(first), True, "the first user's")
        second = another(first, admin_password="",
                         database=first.database)
        with running(second):
            same(kept_password(second), False, "nobody's")
        halt(first)
        first.start()
        same(kept_password(first), True, "after another start")


def kept_password(instance):
    return (instance.var / "secret" / "admin-password").exists()


def conninfo(instance, role):
    return f"host={instance.var}/run dbname=existing user={role}"


def in_existing(instance, role, statement):
    other = Instance(database=conninfo(instance, role))
    try:
        return other.sql(statement)
    finally:
        other.var.rmdir()


def refused_migration(worker):
    try:
        worker.command("migrate")
    except subprocess.CalledProcessError as refused:
        return refused.stderr
    return ""


def works(instance):
    diary = Diary(Context(instance))
    eventually(lambda: diary.count() > 400, 60, "some traffic")
    diary.finish()
    same(diary.refused, [], "refused")
    instance.reap()
    log = (instance.var / "log" / "sluice.log").read_text()
    same("permission denied" in log, False, "in the log")


def cannot_do_more(instance):
    for statement in ("drop table sluice.messages",
                      "create table sluice.mine (a int)",
                      "create schema mine", "truncate sluice.messages",
                      "alter table sluice.users add column a int"):
        said = instance.sql(f"""
            do $$ begin execute '{statement}';
            raise exception 'done';
            exception when insufficient_privilege then null; end $$""")
        same(said, "", statement)
