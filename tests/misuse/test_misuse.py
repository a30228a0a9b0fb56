"""Bad requests of all kinds: each is answered as it must be, nothing is
changed by what must be refused, and no process is lost."""

import collections
import os
import queue
import random

import calls
import mutations
from harness.client import Failure, Reply
from harness.context import Call, same
from judge import Judge
from wire import TOGETHER, Connection, Request

COUNT = int(os.environ.get("COUNT") or 100000)
SEED = os.environ.get("SEED") or "1"
ONE = os.environ.get("CASE")	# only the case of that number
CONNECTIONS = 6
FAULTS_SHOWN = 20

# Tables that change by themselves, or by what anybody may do.
OTHERS = {"login_attempts", "epochs", "subscriptions", "subscription_links",
          "reapers", "reaper_runs", "leases", "message_keys", "workers"}


def state_of(t):
    """A digest of each table."""
    names = t.sql("select table_name from information_schema.tables where "
                  "table_schema = 'sluice' and table_type = 'BASE TABLE' "
                  "order by table_name").split()
    names = [name for name in names if name not in OTHERS]
    rows = t.sql(" union all ".join(
        f"select '{name}=' || count(*) || '/' || coalesce(md5(string_agg("
        f"r::text, '' order by r::text)), '') from sluice.{name} r"
        for name in names)).split()
    return dict(row.split("=", 1) for row in rows)


class Misuse:
    def __init__(self, t):
        self.t = t
        self.judge = Judge(t.description)
        self.good = []
        for route in calls.routes():
            call = calls.call_of(*route[:2])
            self.good.append(mutations.Good(
                route, call, call.make(t), t.admin.token))
        self.faults = []
        self.statuses = collections.Counter()
        self.work = queue.Queue(200)

    def case(self, number):
        """(what it is, the request, must it be refused?)"""
        chance = random.Random(f"{SEED}:{number}")
        good = chance.choice(self.good)
        kind, request, known = mutations.make(good, chance)
        return (f"SEED={SEED} CASE={number}, {good.name} with {kind}",
                request, self.judge.must_be_refused(request, known))

    def ask(self):
        connection = Connection(self.t.instance.http_port)
        while (cases := self.work.get()) is not None:
            framed = all(request.framed for _, request, _ in cases)
            requests = [request for _, request, _ in cases]
            replies = connection.together(requests) if framed else \
                [connection.alone(request) for request in requests]
            for (what, request, refused), reply in zip(cases, replies):
                self.statuses[reply.status if reply else "hung up"] += 1
                try:
                    self.judge.complain(what, request, refused, reply)
                except Failure as fault:
                    self.faults.append(str(fault))
        connection.close()

    def batches(self, numbers, refused):
        """Those that must be refused, or the others; the unframed alone."""
        batch = []
        for number in numbers:
            case = self.case(number)
            if case[2] is not refused:
                continue
            if not case[1].framed:
                yield [case]
                continue
            batch.append(case)
            if len(batch) == TOGETHER:
                yield batch
                batch = []
        if batch:
            yield batch

    def run(self, refused):
        numbers = range(COUNT) if ONE is None else [int(ONE)]
        threads = [Call(self.ask) for _ in range(CONNECTIONS)]
        for batch in self.batches(numbers, refused):
            self.work.put(batch)
        for _ in threads:
            self.work.put(None)
        for thread in threads:
            thread.result(600)
        if self.faults:
            raise Failure(f"{len(self.faults)} wrong answers:\n" +
                          "\n".join(sorted(self.faults)[:FAULTS_SHOWN]))


def test_1_what_must_be_refused_is_and_changes_nothing(t):
    misuse = Misuse(t)
    before = state_of(t)
    same("messages" in before and "streams" in before, True, "the digest")
    misuse.run(refused=True)
    after = state_of(t)
    same([name for name in before if before[name] != after[name]], [],
         "tables that have changed")
    print(f"    {sum(misuse.statuses.values())} requests: "
          f"{dict(misuse.statuses.most_common())}")
    if ONE is None:
        same(sum(misuse.statuses.values()) > COUNT / 2, True,
             "more than half of them")


def test_2_what_may_be_taken_is_answered_all_the_same(t):
    misuse = Misuse(t)
    misuse.run(refused=False)
    print(f"    {sum(misuse.statuses.values())} requests: "
          f"{dict(misuse.statuses.most_common())}")


def test_3_the_judge_is_not_blind(t):
    judge = Judge(t.description)
    request = Request("POST", "/api/messages", [], b"{}")

    def reply(status, body=b'{"error":"no"}'):
        return Reply("POST /api/messages", status, {}, body)

    same(judge.faults(request, True, reply(400)), [])
    same(judge.faults(request, True, reply(201)), ["it must be refused"])
    same(judge.faults(request, False, reply(500)),
         ["it is the server's fault"])
    same(judge.faults(request, False, reply(503)),
         ["it is the server's fault"])
    same(judge.faults(request, True, reply(400, b"<html>")),
         ["its body is no JSON"])
    same(judge.faults(request, True, reply(400, b'{"fault":"x"}')),
         ["it has no door's envelope"])
    same(judge.faults(request, True, None), ["it was hung up on"])
    same(judge.must_be_refused(request, None), True, "a body without topic")
    good = Request("POST", "/api/messages", [],
                   b'{"topic": "x", "payload": "y"}')
    same(judge.must_be_refused(good, None), False, "a good message")
