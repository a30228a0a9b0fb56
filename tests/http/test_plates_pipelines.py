"""Pipelines and transactions: several commands in one request."""

import threading

from harness.context import Call, eventually, same
from harness.transaction import Transaction
from plates import Plate, error_of


def test_a_pipeline_answers_each_command(t):
    plate = Plate(t)
    for verb in ("pipeline", "transaction"):
        key = f"{verb}-events"
        reply = plate.post(f"/{verb}", [
            ["XADD", key, "1-1", "a", "1"],
            ["xadd", key, "1-1", "a", "2"],
            ["XADD", key, "2-1", "n", 12345678901234567890],
            ["XLEN", key],
            ["XRANGE", key, "-", "+", "COUNT", 1],
            ["XLEN", "none"]]).expect(200)
        same(reply, {"ok": True, "data": [
            "1-1",
            {"error": "ERR The ID specified in XADD is equal or smaller than "
                      "the target stream top item"},
            "2-1", 2, [["1-1", ["a", "1"]]], 0]})
        same(plate.run("XRANGE", key, "2", "+"),
             [["2-1", ["n", "12345678901234567890"]]])


def test_a_pipeline_goes_on_where_a_command_makes_no_sense(t):
    plate = Plate(t)
    reply = plate.post("/pipeline", [
        ["XADD", "events", "1-1", "a"], ["XADD", "events", "1-1", "a", "1"],
        ["XADD", "events", "x", "a", "1"]]).expect(200)
    same(reply["data"], [
        {"error": "ERR wrong number of arguments for 'xadd' command"},
        "1-1",
        {"error": "ERR Invalid stream ID specified as stream command "
                  "argument"}])


def test_a_transaction_does_not_begin_with_a_command_that_makes_no_sense(t):
    plate = Plate(t)
    reply = plate.post("/transaction", [
        ["XADD", "events", "1-1", "a", "1"], ["XLEN"],
        ["XADD", "events", "2-1", "a", "1"]]).expect(200)
    discarded = {"error": "EXECABORT Transaction discarded because of "
                          "previous errors."}
    same(reply["data"], [discarded, {
        "error": "ERR wrong number of arguments for 'xlen' command"},
        discarded])
    same(plate.run("XLEN", "events"), 0)


def test_what_is_no_pipeline_is_refused(t):
    plate = Plate(t)
    refusals = [
        ({}, "invalid_json", "the body must be an array of commands"),
        ([], "invalid_request",
         "there must be 1 to PIPELINE_COMMANDS_MAX (512) commands"),
        ([["XLEN", "a"]] * 513, "invalid_request",
         "there must be 1 to PIPELINE_COMMANDS_MAX (512) commands"),
        *[([["XLEN", "a"], bad], "invalid_request",
           "[1] must be an array of a command's name and its arguments")
          for bad in ("XLEN", [], {}, 1, None, [1], [["XLEN"]])],
        ([["XADD", "a", "*", "f", True]], "invalid_argument",
         "[0][4] must be a string or a number"),
        ([["XLEN", "a"], ["get", "a"]], "unsupported_command",
         "command GET is not allowed on this endpoint"),
        ([["xread", "STREAMS", "a", "0"]], "unsupported_command",
         "command XREAD is not allowed on this endpoint"),
        ([["XREADGROUP", "GROUP", "g", "c", "STREAMS", "a", ">"]],
         "unsupported_command",
         "command XREADGROUP is not allowed on this endpoint")]
    for verb in ("pipeline", "transaction"):
        for body, code, message in refusals:
            same(error_of(plate.post(f"/{verb}", body), 400),
                 (code, message), str(body)[:60])
        same(error_of(plate.client.post(f"/{plate.id}/{verb}", b"x"), 400)[0],
             "invalid_json")


def test_a_transaction_is_seen_whole_or_not_at_all(t):
    plate = Plate(t)
    plate.post("/transaction", [["XADD", key, "1-1", "n", "0"]
                                for key in ("a", "b")]).expect(200)
    done = threading.Event()

    def write():
        own = plate.again()
        for n in range(2, 60):
            keys = ("a", "b") if n % 2 else ("b", "a")
            own.post("/transaction", [["XADD", key, f"{n}-1", "n", "1"]
                                      for key in keys]).expect(200)
        done.set()

    def read():
        own = plate.again()
        while not done.is_set():
            a, b = own.post("/transaction", [
                ["XLEN", "a"], ["XLEN", "b"]]).expect(200)["data"]
            same(a, b, "length")

    calls = [Call(write), Call(read), Call(read)]
    for call in calls:
        call.result()
    same((plate.run("XLEN", "a"), plate.run("XLEN", "b")), (59, 59))


def test_transactions_that_begin_the_same_keys_do_not_meet(t):
    """Each locks in one order: no ring of locks, no key lost."""
    plate = Plate(t)

    def write(number):
        own = plate.again()
        for n in range(20):
            keys = [f"{n}-{k}" for k in range(5)]
            keys = keys if number % 2 else keys[::-1]
            own.post("/transaction", [["XADD", key, "*", "by", number]
                                      for key in keys]).expect(200)

    calls = [Call(write, number) for number in range(4)]
    for call in calls:
        call.result()
    for n in range(20):
        same([plate.run("XLEN", f"{n}-{k}") for k in range(5)], [4] * 5)


def test_a_key_that_was_not_begun_leaves_nothing(t):
    plate = Plate(t)
    reply = plate.post("/transaction", [
        ["XADD", "none", "NOMKSTREAM", "*", "a", "1"],
        ["XTRIM", "none", "MAXLEN", 5],
        ["XADD", "some", "1-1", "a", "1"]]).expect(200)
    same(reply["data"], [None, 0, "1-1"])
    same(t.sql("select name from sluice.streams where name like "
               f"'{plate.id}/%'"), f"{plate.id}/some")


def test_who_waits_is_woken_by_a_transaction(t):
    plate = Plate(t)
    waiting = [Call(plate.of_process(n).run, "XREAD", "BLOCK", 30000,
                    "STREAMS", "a", "b", "$", "$") for n in range(2)]
    t.wait_for_parked(2)
    plate.post("/transaction", [["XADD", "a", "1-1", "n", "1"],
                                ["XADD", "b", "2-1", "n", "2"]]).expect(200)
    for call in waiting:
        same(call.result(5), {"a": [["1-1", ["n", "1"]]],
                              "b": [["2-1", ["n", "2"]]]})


def test_a_transaction_that_the_database_ends_has_done_nothing(t):
    plate = Plate(t)
    plate.add("b", "1-1")
    # Who waits for a row that somebody holds gives up after a while.
    with Transaction(t, "select 1 from sluice.streams where name = "
                     f"'{plate.id}/b' for update"):
        code, _ = error_of(plate.post("/transaction", [
            ["XADD", "a", "1-1", "n", "1"],
            ["XADD", "b", "2-1", "n", "1"]]), 503)
    same(code, "busy")
    same((plate.run("XLEN", "a"), plate.run("XLEN", "b")), (0, 1))
    plate.post("/transaction", [["XADD", "a", "1-1", "n", "1"]]).expect(200)


def test_a_transaction_that_loses_its_connection_has_done_nothing(t):
    """Nor does what comes behind happen on another connection."""
    plate = Plate(t)
    plate.add("b", "1-1")
    plate.run("XGROUP", "CREATE", "b", "g", "0")
    with Transaction(t, "select 1 from sluice.consumers where stream_id = "
                     f"sluice.stream_id('{plate.id}/b') for update"):
        waiting = Call(plate.again().post, "/transaction", [
            ["XADD", "a", "1-1", "n", "1"],
            ["XGROUP", "SETID", "b", "g", "$"],
            ["XADD", "c", "1-1", "n", "1"]])
        [pid] = eventually(lambda: t.sql(
            "select pid from pg_stat_activity where application_name like "
            "'sluice%' and state like 'idle in transaction%'").split())
        t.sql(f"select pg_terminate_backend({pid})")
        code, _ = error_of(waiting.result(), 503)
    same([plate.run("XLEN", key) for key in ("a", "b", "c")], [0, 1, 0])


def test_the_replies_of_a_pipeline_have_a_limit(t):
    plate = Plate(t)
    plate.add("large", "1-1", "a", "x" * (8 << 20))
    wanted = [["XADD", "events", "1-1", "n", "1"],
              *[["XRANGE", "large", "-", "+"]] * 5,
              ["XADD", "events", "2-1", "n", "2"]]
    message = ("ERR not run: the replies before it are longer than "
               "COMMAND_REPLY_BYTES_MAX (33554432) bytes")
    same(error_of(plate.post("/transaction", wanted), 400),
         ("command_error", message))
    same(plate.run("XLEN", "events"), 0)
    data = plate.post("/pipeline", wanted).expect(200)["data"]
    same([len(str(result)) > 8 << 20 for result in data],
         [False] + [True] * 4 + [False] * 2)
    same((data[0], data[5:]), ("1-1", [{"error": message}] * 2))
    same(plate.run("XLEN", "events"), 1)
