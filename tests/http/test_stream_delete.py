"""DELETE /v1/stream/{name}."""

from harness.context import Call, eventually, same, within
from streams import Door, refused


def test_a_stream_is_deleted_once_and_may_be_again(t):
    door, name = Door(t.admin), t.fresh("stream")
    refused(door.delete(name), 404, "not_found", "stream not found")
    door.put(name, "x")
    for _ in range(2):
        reply = door.delete(name)
        same((reply.status, reply.body), (204, b""))
    same(door.head(name).status, 404)
    refused(door.post(name, "y"), 404, "not_found", "stream not found")


def test_what_it_held_is_reaped(t):
    door, name = Door(t.admin), t.fresh("stream")
    door.put(name, "x")
    door.delete(name)
    left = ("select count(*) from sluice.entries "
            f"where stream_id = sluice.stream_id('{name}')")
    same(t.sql(left), "1")
    t.instance.reap()
    same(t.sql(left), "0")
    same(door.delete(name).status, 204)
    same(door.put(name).status, 201)


def test_a_stream_with_forks_is_gone(t):
    door, name, fork = Door(t.admin), t.fresh("stream"), t.fresh("stream")
    door.put(name, "x")
    door.put(fork, stream_forked_from=f"/v1/stream/{name}")
    same(door.delete(name).status, 204)
    same(door.head(name).status, 410)
    refused(door.delete(name), 410, "gone")
    refused(door.post(name, "y"), 410, "gone")
    refused(door.put(name), 409, "conflict",
            "the stream is deleted, but forks still live on it")
    t.instance.reap()
    same(door.head(fork).status, 200)
    same(door.delete(fork).status, 204)
    same(door.head(name).status, 404)
    same(door.put(name).status, 201)


def test_a_chain_of_forks_ends_with_its_last(t):
    door, names = Door(t.admin), [t.fresh("stream") for _ in range(4)]
    door.put(names[0], "x")
    for source, fork in zip(names, names[1:]):
        door.put(fork, stream_forked_from=f"/v1/stream/{source}")
    for name in names[:-1]:
        same(door.delete(name).status, 204)
    same([door.head(name).status for name in names], [410, 410, 410, 200])
    same(door.delete(names[-1]).status, 204)
    same([door.head(name).status for name in names], [404] * 4)


def test_a_row_that_is_held_holds_no_thread(t):
    """Nor do those who wait for it come away empty."""
    door, held, other = Door(t.admin), t.fresh("held"), t.fresh("stream")
    door.put(held, "x")
    door.put(other)

    def client():
        return Door(t.instance.worker_client(0, t.admin.token))

    holder = Call(t.sql, "begin; select from sluice.streams where stream_id = "
                  f"sluice.stream_id('{held}') for update; "
                  "select pg_sleep(1); rollback")
    eventually(lambda: t.sql("select count(*) from pg_stat_activity where "
                             "query like '%pg_sleep(1)%' and "
                             "pid <> pg_backend_pid()") == "1")
    forks = [Call(client().put, t.fresh("fork"), kind=None,
                  stream_forked_from=f"/v1/stream/{held}")
             for _ in range(8)]
    t.wait_for_parked(8)
    deletes = [Call(client().delete, held) for _ in range(8)]
    with within(0.5, "twenty looks at another stream"):
        for _ in range(20):
            same(client().head(other).status, 200)
    holder.result()
    same({call.result().status for call in forks} <= {201, 404, 409}, True)
    same({call.result().status for call in deletes} <= {204, 410}, True)
    same(door.head(held).status in (404, 410), True)
