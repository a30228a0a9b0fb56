"""The schemas of topics: versions, pages, and the epoch that tells of them."""

from session import Session, Statements, Topic, equal
from test_topics import moved


def test_a_schema_is_put_and_put_again(s):
    run, t = Statements(s), Topic(s)
    for version in ("1", "2", "3"):
        result, bumped = moved(run, "config", lambda: run(
            "topic_schema_put", t.id, '"int"'))
        equal((result[0][:3], bumped), ([t.name, '"int"', version], True))
    equal(run("topic_schema_get", t.id), result)


def test_a_worker_reads_which_schema_is_in_force_with_the_topic(s):
    run, t = Statements(s), Topic(s)
    for schema in ('"int"', '"long"'):
        [[_, _, version, at]] = run("topic_schema_put", t.id, schema)
        equal(run("topic_config_get", t.id)[0][10:], [version, at])
    run("topic_schema_delete", t.id)
    equal(run("topic_config_get", t.id)[0][10:], [None, None])


def test_two_who_put_at_once_make_two_versions(s):
    run, t = Statements(s), Topic(s)
    run("topic_schema_put", t.id, '"int"')
    s.rows("begin")
    run("topic_schema_put", t.id, '"long"')
    with Session() as other:
        other_run = Statements(other)
        other_run.prepare("topic_schema_put")
        other.send(f"execute topic_schema_put({t.id}, '\"string\"')")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive()[0][1:3], ['"string"', "3"])


def test_an_unknown_topic_has_no_schema(s):
    run = Statements(s)
    equal(run("topic_schema_get", 999), [])
    equal(moved(run, "config", lambda: run(
        "topic_schema_put", 999, '"int"')), ([], False))
    equal(moved(run, "config", lambda: run(
        "topic_schema_delete", 999)), ([], False))


def test_a_schema_is_deleted_once(s):
    run, t = Statements(s), Topic(s)
    run("topic_schema_put", t.id, '"int"')
    equal(moved(run, "config", lambda: run("topic_schema_delete", t.id)),
          ([[str(t.id)]], True))
    equal(moved(run, "config", lambda: run("topic_schema_delete", t.id)),
          ([], False))
    equal(run("topic_schema_put", t.id, '"int"')[0][2], "1")


def test_schemas_are_listed_by_name_in_pages(s):
    run = Statements(s)
    s.rows("delete from sluice.topic_schemas")
    for name in ("schema-b", "schema-a", "schema-c", "schema-B"):
        run("topic_schema_put", Topic(s, name).id, '"int"')
    Topic(s, "schema-without")
    equal(run("topic_schema_count"), [["4"]])
    equal([row[0] for row in run("topic_schema_list", 2, 0)],
          ["schema-B", "schema-a"])
    equal([row[0] for row in run("topic_schema_list", 2, 2)],
          ["schema-b", "schema-c"])
