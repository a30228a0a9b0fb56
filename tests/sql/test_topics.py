"""Topics, their configurations and the epoch that says they changed."""

from session import Session, Statements, Topic, equal, refused


def epochs(run):
    return {name: int(value) for name, value in run("epochs_read")}


def moved(run, name, call):
    """The result of a call, and whether it moved that epoch alone."""
    before = epochs(run)
    result = call()
    after = epochs(run)
    changed = [n for n in before if after[n] != before[n]]
    assert changed in ([], [name]), f"{changed} moved"
    return result, changed == [name]


def test_ensure_creates_a_topic_once(s):
    run = Statements(s)
    equal(run("topic_ensure", 1, "one"), [["one", "f"]])
    version = s.one("select xmin from sluice.topics where topic_id = 1")
    equal(run("topic_ensure", 1, "one"), [["one", "f"]])
    equal(s.one("select xmin from sluice.topics where topic_id = 1"), version)


def test_ensure_shows_whose_id_it_is(s):
    run = Statements(s)
    run("topic_ensure", 2, "two")
    equal(run("topic_ensure", 2, "deux"), [["two", "f"]])


def test_two_who_ensure_a_topic_at_once_both_get_it(s):
    run = Statements(s)
    with Session() as other:
        s.rows("begin")
        run("topic_ensure", 3, "three")
        other_run = Statements(other)
        other_run("topic_ensure", 1000000, "prepared")
        other.send("execute topic_ensure(3, 'three')")
        s.wait_until_blocked(other)
        s.rows("commit")
        equal(other.receive(), [["three", "f"]])


def test_a_topic_is_never_called_dlq(s):
    run = Statements(s)
    refused("23514", run, "topic_ensure", 4, "four.dlq")
    refused("23514", run, "topic_ensure", 4, "")


CONFIG = (5, 3600, 1000, 10, True, 86400, False)
ROW = ["5", "3600", "1000", "10", "t", "86400"]


def test_a_configuration_is_put_whole(s):
    run, t = Statements(s), Topic(s)
    equal(run("topic_config_get", t.id), [
        [t.name, None, None, None, None, "f", None, "f", "f", "f", None,
         None]])
    result, bumped = moved(run, "config",
                           lambda: run("topic_config_put", t.id, *CONFIG))
    equal((result, bumped), ([[t.name, *ROW, "t", "f", "f"]], True))
    equal(run("topic_config_get", t.id),
          [[t.name, *ROW, "t", "f", "f", None, None]])
    run("topic_config_put", t.id, None, 0, None, None, False, None,
        True)
    equal(run("topic_config_get", t.id),
          [[t.name, None, "0", None, None, "f", None, "t", "f", "t", None,
          None]])


def test_an_unknown_topic_has_no_configuration(s):
    run = Statements(s)
    equal(run("topic_config_get", 999), [])
    equal(moved(run, "config",
                lambda: run("topic_config_put", 999, *CONFIG)), ([], False))
    equal(moved(run, "config",
                lambda: run("topic_config_delete", 999)), ([], False))
    equal(moved(run, "config",
                lambda: run("topic_pause", 999, True)), ([], False))


def test_a_configuration_is_deleted_once(s):
    run, t = Statements(s), Topic(s)
    run("topic_config_put", t.id, *CONFIG)
    equal(moved(run, "config", lambda: run("topic_config_delete", t.id)),
          ([["t"]], True))
    equal(moved(run, "config", lambda: run("topic_config_delete", t.id)),
          ([], False))


def test_a_pause_is_no_registration_and_outlives_the_configuration(s):
    run, t = Statements(s), Topic(s)
    equal(moved(run, "config", lambda: run("topic_pause", t.id, True)),
          ([[t.name]], True))
    equal(run("topic_config_get", t.id)[0][7:9], ["f", "t"])
    equal(run("topic_config_put", t.id, *CONFIG)[0][7:9], ["t", "t"])
    run("topic_config_delete", t.id)
    equal(run("topic_config_get", t.id)[0][7:9], ["f", "t"])
    run("topic_pause", t.id, False)
    equal(run("topic_config_get", t.id)[0][7:9], ["f", "f"])


def test_configurations_are_listed_by_name_in_pages(s):
    run = Statements(s)
    s.rows("delete from sluice.topic_configs")
    for name in ("list-b", "list-a", "list-c", "list-B"):
        run("topic_config_put", Topic(s, name).id, *CONFIG)
    Topic(s, "list-without")
    equal(run("topic_config_list", 10, 0)[0],
          ["list-B", *ROW, "t", "f", "f"])
    equal([row[0] for row in run("topic_config_list", 2, 0)],
          ["list-B", "list-a"])
    equal([row[0] for row in run("topic_config_list", 2, 2)],
          ["list-b", "list-c"])


def test_nonsense_is_not_stored(s):
    run, t = Statements(s), Topic(s)
    for place in (0, 1, 2, 3, 5):
        config = list(CONFIG)
        config[place] = -1
        refused("23514", run, "topic_config_put", t.id, *config)


def test_keys_become_ordered_only_while_there_are_no_messages(s):
    run, t = Statements(s), Topic(s)
    ordered = (*CONFIG[:6], True)
    run("topic_config_put", t.id, *CONFIG)
    for make in (lambda: t.enqueue([1]), t.dequeue):
        make()
        equal(moved(run, "config", lambda: run(
            "topic_config_put", t.id, *ordered)), ([], False))
        equal(len(run("topic_config_put", t.id, *CONFIG)), 1)
    t.ack([1])
    equal(run("topic_config_put", t.id, *ordered)[0][9], "t")


def test_keys_that_are_ordered_stay_so_while_there_are_messages(s):
    run, t = Statements(s), Topic(s)
    ordered = (*CONFIG[:6], True)
    run("topic_config_put", t.id, *ordered)
    t.enqueue([1], keys=["k"])
    equal(run("topic_config_put", t.id, *CONFIG), [])
    equal(len(run("topic_config_put", t.id, *ordered)), 1)
    equal(moved(run, "config", lambda: run("topic_config_delete", t.id)),
          ([["f"]], False))
    t.dequeue()
    t.ack([1])
    equal(run("topic_config_delete", t.id), [["t"]])
