"""A database that takes no writes for a while, as after a failover."""

from diary import NOTHING, Diary
from harness.context import Context, eventually, same
from harness.instance import Instance
from places import running, superuser


def test_read_only_refuses_writes_and_nothing_else(_):
    instance = Instance(processes=1)
    with running(instance):
        t = Context(instance)
        diary = Diary(t)
        eventually(lambda: diary.count() > 200, 60, "some traffic")
        workers = instance.workers()
        read_only(instance, "on")
        eventually(lambda: len(diary.refused) > 100, 60, "refusals")
        reads_go_on(t, diary)
        read_only(instance, "off")
        been = {what: len(diary.acknowledged(what)) for what in diary.pages}
        eventually(lambda: all(
            len(diary.acknowledged(what)) > been[what] + 20
            for what in been), 30, "that all of them are taken again")
        diary.finish()
        same({(status, int(headers.get("Retry-After", 0)) > 0)
              for what, status, headers in diary.refused
              if status != NOTHING}, {(503, True)},
             "the refusals")
        for what, names in diary.kept(t).items():
            same(diary.acknowledged(what) - names, set(), f"{what}: lost")
        same(instance.workers(), workers, "the workers have lived on")
        same(instance.last_words(), [], "last words")


def test_sessions_that_began_read_only_make_room_for_others(_):
    """What a session may is decided when it begins, as after a failover."""
    with running(Instance(processes=1)) as instance:
        t = Context(instance)
        topic = t.topic()

        def statuses():
            calls = [t.admin.post("/api/messages", {
                "topic": topic, "payload": "x"}) for _ in range(20)]
            return {call.status for call in calls}

        same(statuses(), {201})
        superuser(instance,
                  "alter role sluice set default_transaction_read_only = on")
        superuser(instance, "select pg_terminate_backend(pid) "
                            "from pg_stat_activity where usename = 'sluice'")
        eventually(lambda: statuses() == {503}, 30, "nothing but refusals")
        superuser(instance,
                  "alter role sluice reset default_transaction_read_only")
        eventually(lambda: statuses() == {201}, 30, "no refusals any more")
        same(instance.last_words(), [], "last words")


def read_only(instance, word):
    superuser(instance,
              f"alter system set default_transaction_read_only = {word}")
    superuser(instance, "select pg_reload_conf()")


def reads_go_on(t, diary):
    client = t.fresh_admin()
    for path in (f"/api/messages?topic={diary.topic}", "/readyz",
                 f"/v1/stream/{diary.stream}?offset=-1",
                 f"/{diary.plate}/streams/range/log", "/api/users"):
        client.get(path).expect(200)
