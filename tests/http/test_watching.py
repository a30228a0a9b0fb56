"""The board and the alerts in docs/: every metric and label that they ask for
is there, and each alert is raised when it must be."""

import json
import pathlib
import re
import subprocess

from harness.context import same
from harness.instance import PSQL, ROOT

BOARD = ROOT / "docs" / "grafana" / "sluice.json"
ALERTS = ROOT / "docs" / "prometheus" / "alerts.yml"
OPERATIONS = ROOT / "docs" / "operations.md"

# What Prometheus adds to whatever it scrapes, and labels that are made.
ADDED = {"instance", "job", "le"}
# There while there is a group, a replica, a slot, a run that ended.
SOMETIMES = {"sluice_group_lag", "sluice_group_oldest_age_seconds",
             "sluice_replica_lag_bytes", "sluice_replica_lag_seconds",
             "sluice_replication_slot_retained_bytes",
             "sluice_reaper_last_duration_seconds"}


def promtool(*arguments, cwd=ROOT):
    done = subprocess.run(["promtool", *arguments], cwd=cwd, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    same(done.returncode, 0, done.stdout)
    return done.stdout


def families():
    """{"family": its labels} as the tables in the source have them."""
    found = {}
    for kind, path in (("FAMILY", "families.def"), ("METRIC", "metrics.def")):
        text = (ROOT / "fcgi" / path).read_text().replace(r'\"', "'")
        for row in re.findall(rf"^{kind}\((.*)\)$", text, re.M):
            family, labels = re.findall(r'"([^"]*)"', row)[:2]
            found.setdefault(family, set()).update(
                re.findall(r"(\w+)=", labels) if kind == "METRIC"
                else filter(None, labels.split(",")))
    return found


def family_of(name):
    return re.sub("_(bucket|sum|count)$", "", name) \
        if "_duration_seconds_" in name else name


def board_expressions():
    board = json.loads(BOARD.read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield f"{panel['title']}: ", target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield "variables: ", re.sub(r"label_values\((\w+), (\w+)\)",
                                        r"\1", variable["query"]["query"])


def alert_expressions():
    text = ALERTS.read_text()
    for rule in text.split("- alert: ")[1:]:
        name, rest = rule.split("\n", 1)
        expression = re.search(r"expr: (?:>-\n)?(.*?)\n {8}(?:for|labels):",
                               rest, re.S)[1]
        yield f"{name}: ", expression


def test_promtool_takes_the_rules(t):
    promtool("check", "rules", str(ALERTS))


def test_every_alert_is_raised_when_it_must_be(t):
    promtool("test", "rules", "alerts_test.yml",
             cwd=ROOT / "tests" / "prometheus")
    tested = (ROOT / "tests" / "prometheus" / "alerts_test.yml").read_text()
    for name in re.findall(r"- alert: (\w+)", ALERTS.read_text()):
        quiet = re.findall(rf"alertname: {name}\n *exp_alerts: \[\]", tested)
        every = re.findall(rf"alertname: {name}\n", tested)
        same(0 < len(quiet) < len(every), True, f"tests of {name}")


def test_every_alert_is_explained(t):
    headings = set(re.findall(r"^#+ (\w+)$", OPERATIONS.read_text(), re.M))
    alerts = set(re.findall(r"- alert: (\w+)", ALERTS.read_text()))
    same(len(alerts) > 20, True, "alerts")
    same({name for name in headings if name.startswith("Sluice")
          and name != "Sluice"}, alerts)


def test_what_they_ask_for_is_there(t):
    t.admin.enqueue(t.topic())
    t.instance.command("reap", "--due")
    scraped = set(re.findall(r"^# TYPE (\w+)",
                             t.admin.get("/metrics").body.decode(), re.M))
    known = families()
    same(scraped - set(known), set(), "families without a row")
    asked = [*board_expressions(), *alert_expressions()]
    same(len(asked) > 60, True, f"{len(asked)} expressions")
    for place, expression in asked:
        names = re.findall(r"\bsluice_\w+", expression)
        same(bool(names) or "up{" in expression, True, place + expression)
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=(?!=))\s*[\"']",
                                expression))
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            labels |= {label.strip() for label in group.split(",")}
        has = set(ADDED)
        for name in names:
            family = family_of(name)
            same(family in scraped or family in SOMETIMES & set(known), True,
                 f"{place}{name} in a scrape")
            has |= known[family]
        same(labels - has, set(), f"{place}labels of {expression}")


def test_prometheus_can_parse_the_board(t):
    """Each expression as a rule, since promtool checks rules."""
    rules = [{"record": f"board:expression{number}",
              "expr": re.sub(r"\$__rate_interval", "5m",
                             expression.replace("$instance", "a")
                             .replace("$topic", "b"))}
             for number, (_, expression) in enumerate(board_expressions())]
    file = pathlib.Path(t.instance.var) / "board.json"
    file.write_text(json.dumps({"groups": [{"name": "b", "rules": rules}]}))
    try:
        promtool("check", "rules", str(file))
    finally:
        file.unlink()


def test_the_board_is_whole(t):
    board = json.loads(BOARD.read_text())
    ids = [panel["id"] for panel in board["panels"]]
    same(len(set(ids)), len(ids), "ids of panels")
    taken = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        same(at["x"] + at["w"] <= 24, True, panel["title"])
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                same((x, y) in taken, False, f"{panel['title']} overlaps")
                taken.add((x, y))


def test_who_looks_at_the_own_cluster_sees_what_is_slow(t):
    """And does not see the tables."""
    t.admin.enqueue(t.topic())
    database = t.instance.database.replace("user=sluice", "user=postgres")

    def as_reader(statement):
        return subprocess.run(
            [PSQL, "-XAtq", "-d", database, "-c",
             "set role sluice_reader", "-c", statement],
            capture_output=True, text=True)

    seen = as_reader("select count(*) from sluice.slow_statements "
                     "where source = 'counted' and statement like "
                     "'%sluice.enqueue($1%'")
    same((seen.stderr, int(seen.stdout) > 0), ("", True))
    same("permission denied" in
         as_reader("select from sluice.messages").stderr, True)


def test_who_looks_sees_no_literal_of_others(t):
    """Neither as the views have it, nor as PostgreSQL counts it."""
    database = t.instance.database.replace("user=sluice", "user=postgres")

    def psql(*statements):
        done = subprocess.run(
            [PSQL, "-XAtq", "-d", database,
             *(word for one in statements for word in ("-c", one))],
            capture_output=True, text=True)
        same(done.stderr, "")
        return done.stdout

    psql("create role literal password 'a-literal'",
         "explain select 'a-literal'", "drop role literal",
         "select 'a-literal', 4711 /* a-literal */")
    seen = psql("set role sluice_reader",
                "select statement from sluice.slow_statements")
    same(("select $1, $2" in seen.splitlines(), "a-literal" in seen),
         (True, False))
    for counts in ("pg_stat_statements", "pg_stat_activity"):
        same("a-literal" in psql("set role sluice_reader",
                                 f"select query from {counts}"), False)
    same("create role literal" in psql(
        "select query from pg_stat_statements"), False)
