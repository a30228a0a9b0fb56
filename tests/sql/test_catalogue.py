"""
What holds for the tables, indexes and functions as they are in the catalogue,
whatever their sources look like: the rules that keep the hot tables fast, and
fit to be distributed over several machines by topic.
"""

from session import equal

HOT = ("('sluice.messages'::regclass, 'sluice.message_keys'::regclass, "
       "'sluice.message_expiries'::regclass, 'sluice.deliveries'::regclass)")


def test_every_index_of_a_hot_table_begins_with_its_topic(s):
    equal(s.rows(f"""
        select i.indexrelid::regclass
        from pg_index i
        join pg_attribute a
        on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid in {HOT}
        and a.attname <> 'topic_id'"""), [])


def test_hot_tables_have_a_primary_key_and_no_other_unique_index(s):
    equal(s.rows(f"""
        select i.indrelid::regclass, count(*)
        from pg_index i
        where i.indrelid in {HOT}
        and i.indisunique
        group by 1
        order by 1"""),
          [["sluice.messages", "1"], ["sluice.message_keys", "1"],
           ["sluice.message_expiries", "1"], ["sluice.deliveries", "1"]])


def test_no_vacuum_of_messages_comes_for_inserts_alone(s):
    equal(s.rows("""
        select 'autovacuum_vacuum_insert_threshold=-1' = any (reloptions)
        from pg_class
        where oid = 'sluice.messages'::regclass"""), [["t"]])


def test_no_constraint_binds_a_hot_table_to_another(s):
    equal(s.rows(f"""
        select c.conname
        from pg_constraint c
        where c.contype not in ('p', 'c')
        and (c.conrelid in {HOT} or c.confrelid in {HOT})"""), [])


def test_hot_tables_have_no_triggers(s):
    equal(s.rows(f"""
        select t.tgname
        from pg_trigger t
        where t.tgrelid in {HOT}"""), [])


def test_there_is_no_sequence(s):
    equal(s.rows("""
        select c.relname
        from pg_class c
        where c.relnamespace = 'sluice'::regnamespace
        and c.relkind = 'S'"""), [])


def test_only_views_have_rules(s):
    equal(s.rows("""
        select r.rulename
        from pg_rewrite r
        join pg_class c
        on c.oid = r.ev_class
        where c.relnamespace = 'sluice'::regnamespace
        and (c.relkind <> 'v' or r.rulename <> '_RETURN')"""), [])


def test_every_function_is_plpgsql(s):
    equal(s.rows("""
        select p.proname
        from pg_proc p
        join pg_language l
        on l.oid = p.prolang
        where p.pronamespace = 'sluice'::regnamespace
        and l.lanname <> 'plpgsql'"""), [])


def test_every_function_on_hot_tables_takes_its_topic_first(s):
    """But for the reapers, which walk all topics."""
    hot = s.rows("""
        select p.proname, p.proargnames[1], p.proargtypes[0]::regtype
        from pg_proc p
        where p.pronamespace = 'sluice'::regnamespace
        and p.prosrc ~ 'sluice\\.(message|deliver)'
        and p.proname !~ '^reap_'
        order by 1""")
    assert len(hot) >= 7, "the functions are not found"
    equal([row for row in hot if row[1:] != ["p_topic", "bigint"]], [])


def test_every_function_has_one_form(s):
    """A changed argument list would leave the old function beside the new."""
    equal(s.rows("""
        select p.proname
        from pg_proc p
        where p.pronamespace = 'sluice'::regnamespace
        group by p.proname
        having count(*) > 1"""), [])


def test_every_text_in_an_index_is_compared_by_its_bytes(s):
    """Another collation may sort otherwise after an upgrade of the system."""
    equal(s.rows("""
        select i.indexrelid::regclass, a.attname
        from pg_index i
        join pg_class c
        on c.oid = i.indrelid
        join pg_attribute a
        on a.attrelid = i.indexrelid
        where c.relnamespace = 'sluice'::regnamespace
        and a.attcollation not in (0, 'pg_catalog."C"'::regcollation)"""), [])


def test_every_foreign_key_has_an_index_on_its_side(s):
    equal(s.rows("""
        select c.conname
        from pg_constraint c
        where c.connamespace = 'sluice'::regnamespace
        and c.contype = 'f'
        and not exists (
            select from pg_index i
            where i.indrelid = c.conrelid
            and i.indkey[0] = c.conkey[1])"""), [])


def test_every_view_says_what_it_is_for(s):
    views = s.rows("""
        select c.relname, obj_description(c.oid, 'pg_class')
        from pg_class c
        where c.relnamespace = 'sluice'::regnamespace
        and c.relkind = 'v'""")
    assert views, "there are no views"
    equal([view for view, comment in views if not comment], [])


def test_every_view_can_be_read(s):
    for view, in s.rows("""
            select c.oid::regclass
            from pg_class c
            where c.relnamespace = 'sluice'::regnamespace
            and c.relkind = 'v'"""):
        s.rows(f"table {view}")


def test_hot_tables_have_no_checks(s):
    """A statement that writes would read them anew each time."""
    hot = s.rows("""
        select distinct u.table_name
        from information_schema.view_table_usage u
        where (u.view_schema, u.view_name) = ('sluice', 'broken_rows')
        order by 1""")
    equal(len(hot), 8)
    equal(s.rows("""
        select c.conrelid::regclass, c.conname
        from pg_constraint c
        join information_schema.view_table_usage u
        on c.conrelid = format('sluice.%I', u.table_name)::regclass
        where c.contype = 'c'
        and (u.view_schema, u.view_name) = ('sluice', 'broken_rows')"""), [])


def test_broken_rows_are_told(s):
    s.rows("begin")
    s.rows("""
        insert into sluice.messages (topic_id, seq, created_at, max_retries,
            status, payload)
        values (1, -1, now(), 0, 1, '')""")
    s.rows("""
        insert into sluice.streams (stream_id, name, state, content_type,
            media_type, last_at, created_at)
        values (1, '', 3, '', '', now(), now())""")
    equal(s.rows("""
        select "table", rule
        from sluice.broken_rows
        order by 1, 2"""),
          [["messages", "seq is 0 to 4611686018427387903"],
           ["messages", "visible_at goes with status 1 and 2"],
           ["streams", "state is 0 to 2"], ["streams", "there is a name"]])
    s.rows("rollback")
