"""A user's own transaction that holds a plate's key, and who needs it."""

from harness import streams
from harness.context import Call, eventually, same, within
from harness.transaction import Transaction


class Shop:
    """A plate, for clients of several threads."""

    def __init__(self, t):
        self.t, self.id = t, t.fresh("plate")
        t.admin.post("/api/plates", {"id": self.id}).expect(201)

    def several(self, path, *commands):
        return self.t.fresh_admin().post(f"/{self.id}{path}", list(commands))

    def add(self, key):
        return self.t.fresh_admin().post(
            f"/{self.id}/streams/add", {"key": key, "values": {"a": "b"}})


def hold(shop, key):
    return ("select from sluice.streams where name = "
            f"'{shop.id}/{key}' for update")


def test_who_needs_a_held_key_holds_no_thread(t):
    """More of them than there are threads, and others go on."""
    shop = Shop(t)
    for key in ("held", "free"):
        shop.add(key).expect(200)
    # Workers that an earlier test has replaced drain, and park nothing.
    threads = 4 * len(t.instance.workers())
    eventually(lambda: t.metric("sluice_threads") == threads, 30,
               "that replaced workers are gone")
    commands = (["XADD", "free", "*", "a", "b"],
                ["XADD", "held", "*", "c", "d"], ["XLEN", "held"])
    with Transaction(t, hold(shop, "held")) as transaction:
        waiting = [Call(shop.several, path, *commands) for _ in range(12)
                   for path in ("/pipeline", "/transaction")]
        # Not all of them at one moment: each looks again and again.
        t.wait_for_parked(threads + 1)
        for _ in range(20):
            with within(1, "an XADD to another key"):
                shop.add("free").expect(200)
            with within(1, "an append to a stream"):
                name = t.fresh("other")
                streams.create(t.admin, name)
                same(streams.append(t.admin, name, 1).status, 204)
        transaction.commit()
        lengths = [call.result().expect(200)["data"][2] for call in waiting]
    same(max(lengths), 25)
    same(t.sql("select string_agg(length::text, ' ' order by name) from "
               f"sluice.streams where name like '{shop.id}/%'"), "45 25")


def test_a_key_that_stays_held_is_503_and_undoes_a_transaction(t):
    shop = Shop(t)
    for key in ("held", "free"):
        shop.add(key).expect(200)
    commands = (["XADD", "free", "*", "a", "b"],
                ["XADD", "held", "*", "c", "d"])
    with Transaction(t, hold(shop, "held")):
        calls = [Call(shop.several, path, *commands)
                 for path in ("/pipeline", "/transaction")]
        for call in calls:
            reply = call.result()
            same((reply.status, reply.json["error"]["code"]), (503, "busy"))
    # A pipeline's first command stands.
    same(t.sql("select string_agg(length::text, ' ' order by name) from "
               f"sluice.streams where name like '{shop.id}/%'"), "2 1")
