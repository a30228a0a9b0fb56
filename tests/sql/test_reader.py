"""
The role sluice_reader: it reads every view, and nothing else. What must stay
unseen is planted in every column that could hold it, and looked for.
"""

import pathlib

from session import Session, SqlError, Topic, equal

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECRET = "a secret nobody may see"


def views(s):
    return [name for name, in s.rows("""
        select c.oid::regclass
        from pg_class c
        where c.relnamespace = 'sluice'::regnamespace
        and c.relkind = 'v'""")]


def tables(s):
    return [name for name, in s.rows("""
        select c.oid::regclass
        from pg_class c
        where c.relnamespace = 'sluice'::regnamespace
        and c.relkind in ('r', 'p')""")]


def refused(s, sql):
    try:
        s.rows(sql)
    except SqlError as error:
        equal((sql, error.state), (sql, "42501"))
    else:
        raise AssertionError(f"{sql} was not refused")


def as_reader(s, act):
    s.rows("set role sluice_reader")
    try:
        return act()
    finally:
        s.rows("reset role")


def plant(s):
    """Payloads, hashes and keys; in flight, failed and dead ones too."""
    t = Topic(s)
    t.enqueue([1, 2, 3, 4], payloads=[SECRET] * 4, metadata=[SECRET] * 4)
    t.set([2], "status = 1, visible_at = now() + interval '1 h'")
    t.set([3], "status = 3")
    t.set([4], "status = 2, visible_at = now(), dlq = true, "
          "dlq_moved_at = now()")
    user = s.one(
        "insert into sluice.users (id, name, password_hash, is_admin) values "
        f"(gen_random_uuid(), 'reader-test', '{SECRET}', false) returning id")
    s.rows("insert into sluice.api_keys (user_id, id, hash) values "
           f"('{user}', gen_random_uuid(), substr('{SECRET}'::bytea || "
           "decode(repeat('00', 32), 'hex'), 1, 32))")
    s.rows(f"insert into sluice.settings (name, value) values ('s', '{SECRET}')")
    return user


def test_nobody_logs_in_as_the_reader(s):
    equal(s.row("select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb "
                "from pg_roles where rolname = 'sluice_reader'"),
          ["f", "f", "f", "f"])


def test_it_reads_every_view_and_no_secret(s):
    user = plant(s)
    try:
        found = views(s)
        assert len(found) >= 12, "the views are not found"
        for view in found:
            for text, in as_reader(s, lambda: s.rows(
                    f"select v::text from {view} v")):
                assert SECRET not in text, f"{view} tells {text}"
                assert SECRET.encode().hex() not in text, \
                    f"{view} tells {text}"
    finally:
        s.rows(f"delete from sluice.users where id = '{user}'")
        s.rows("delete from sluice.settings where name = 's'")


def test_it_reads_no_table(s):
    found = tables(s)
    assert len(found) > 20, "the tables are not found"
    for table in found:
        as_reader(s, lambda: refused(s, f"select from {table} limit 1"))


def test_it_writes_nothing(s):
    for table in tables(s):
        as_reader(s, lambda: refused(s, f"delete from {table}"))
    as_reader(s, lambda: refused(s, "create table sluice.mine ()"))
    as_reader(s, lambda: refused(s, "create table public.mine ()"))
    as_reader(s, lambda: refused(
        s, "select sluice.append('a', 'b'::bytea)"))
    as_reader(s, lambda: refused(
        s, "select sluice.purge(1, false, array[0], 1)"))


def test_no_function_lets_it_write(s):
    """What runs with its owner's rights and is for everybody only reads."""
    equal(s.rows("""
        select p.proname
        from pg_proc p
        where p.pronamespace = 'sluice'::regnamespace
        and p.prosecdef
        and has_function_privilege('sluice_reader', p.oid, 'execute')"""),
          [["column_widths"], ["sessions_now"], ["slow_statements_now"]])


def test_no_type_of_its_own_is_looked_at(s):
    """Casting to it would run its check with the owner's rights."""
    Topic(s)
    s.rows("analyze sluice.topics")
    with Session() as reader:
        reader.rows("set role sluice_reader")
        reader.rows("""
            create function pg_temp.check_of(oid) returns boolean
            language plpgsql as $$
            begin
                raise exception using message = current_user;
            end $$;
            create domain pg_temp.regnamespace as pg_catalog.regnamespace
            check (pg_temp.check_of(value))""")
        for view in views(s):
            reader.rows(f"table {view}")


def test_what_runs_with_its_owners_rights_looks_there_last(s):
    equal(s.rows("""
        select p.proname
        from pg_proc p
        where p.pronamespace = 'sluice'::regnamespace
        and p.prosecdef
        and p.proconfig is distinct from
            '{"search_path=pg_catalog, pg_temp"}'"""), [])


class Guest(Session):
    """Somebody else, who appends in his own transactions, and says that he
    is one of us."""
    def __init__(self):
        self.environment = {**Session.environment, "PGUSER": "guest",
                            "PGAPPNAME": "sluice guest"}
        super().__init__()


def last_statement(s, pid):
    return as_reader(s, lambda: s.one(
        "select translate(last_statement, E'\\n', ' ') "
        "from sluice.oldest_transactions "
        f"where pid = {pid}"))


def test_it_sees_no_literal_of_others(s):
    """A payload and a password, while their transactions are open."""
    s.rows("create role guest login")
    try:
        with Session() as other, Guest() as guest:
            for session, said, told in (
                    (other, f"select '{SECRET}'", "select"),
                    (other, f"  ALTER role guest password '{SECRET}'",
                     "alter"),
                    (other, f"/* {SECRET} */ select 1", None),
                    (other, f"savepoint \"{SECRET}\"", "savepoint"),
                    (guest, f"/* */ select '{SECRET}'", None),
                    (guest, f"select '{SECRET}'", "select")):
                session.rows("begin")
                session.rows(said)
                equal([said, last_statement(s, session.pid)], [said, told])
                for view in (*views(s), "pg_stat_activity"):
                    for text, in as_reader(s, lambda: s.rows(
                            f"select v::text from {view} v")):
                        if SECRET in text:
                            raise AssertionError(f"{view} tells {text}")
                session.rows("rollback")
    finally:
        s.rows("drop role guest")


def test_it_sees_our_own_statements(s):
    with Session() as worker:
        worker.rows("set application_name = 'sluice test'")
        worker.rows("begin")
        worker.rows("/* What we say. */ select 1")
        equal(last_statement(s, worker.pid).rstrip(" ;"),
              "/* What we say. */ select 1")


def test_what_waits_for_a_lock_and_who_holds_it(s):
    # Who waits is closed last: it ends when the holder has gone.
    with Session() as waiter, Session() as holder:
        holder.rows("begin")
        holder.rows("select pg_advisory_xact_lock(4711)")
        waiter.send(f"select pg_advisory_lock(4711), '{SECRET}'")
        s.wait_until_blocked(waiter)
        equal(as_reader(s, lambda: s.row(
            "select statement, blocked_by, blocking_statement "
            f"from sluice.waiting_locks where pid = {waiter.pid}")),
            ["select", str(holder.pid), "select"])
        holder.rows("rollback")
        waiter.receive()


def test_nothing_is_granted_where_all_is_or_may_not_be(s):
    """A role that may migrate nothing is not warned of that."""
    text = (ROOT / "sql/reader.sql").read_text()
    s.rows("create role bystander; grant usage on schema sluice "
           "to bystander")
    try:
        s.rows("revoke select on sluice.bloat from sluice_reader")
        s.rows("set role bystander")
        equal(s.rows(text), [])
        s.rows("reset role; set default_transaction_read_only = on")
        equal(s.rows(text), [])
        s.rows("reset default_transaction_read_only")
        equal(s.one("select has_table_privilege('sluice_reader', "
                    "'sluice.bloat', 'select')"), "f")
        equal(s.rows(text), [])
        equal(s.one("select has_table_privilege('sluice_reader', "
                    "'sluice.bloat', 'select')"), "t")
    finally:
        s.rows("reset role; reset default_transaction_read_only; "
               "drop owned by bystander; drop role bystander")


def test_what_is_migrated_again_can_be_read_too(s):
    """The rights are given at the end of each migration."""
    for view in views(s):
        equal([view, s.one("select has_table_privilege('sluice_reader', "
                           f"'{view}', 'select')")], [view, "t"])
