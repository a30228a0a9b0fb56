"""GET /metrics: the shape, and counts that are shared by all processes."""

import re

from harness.context import eventually, same

SAMPLE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"]*"\})? -?[0-9]+(\.[0-9]+)?')


def test_every_line_is_prometheus_text(t):
    reply = t.admin.get("/metrics")
    same(reply.status, 200)
    same(reply.headers["Content-Type"].startswith("text/plain; version=0.0.4"),
         True, "content type")
    typed = set()
    for line in reply.body.decode().splitlines():
        if line.startswith("# "):
            same(line.split()[1] in ("HELP", "TYPE"), True, line)
            typed.add(line.split()[2])
            continue
        same(SAMPLE.fullmatch(line) is not None, True, line)
        family = re.split(r"[{ ]", line)[0]
        same(family in typed or re.sub("_(sum|count)$", "", family) in typed,
             True, f"a type for {line}")


def test_what_happens_to_messages_is_counted_once_for_all_processes(t):
    def counts():
        return [t.metric(f'sluice_queue_messages_total{{event="{event}"}}')
                for event in ("enqueued", "dequeued", "acked", "nacked",
                              "dead_lettered")]

    before = counts()
    topic = t.topic(max_retries=1)
    clients = [t.fresh_admin() for _ in range(6)]
    ids = [client.enqueue(topic) for client in clients]
    for client in clients:
        same(len(client.dequeue(topic)), 1)
    for client, id in zip(clients[:4], ids):
        client.ack(id).expect(204)
    for client, id in zip(clients[4:], ids[4:]):
        client.nack(id).expect(204)
    same([now - then for now, then in zip(counts(), before)], [6, 6, 4, 2, 2])


def test_requests_are_counted_by_class(t):
    before = t.metric('sluice_requests_total{status="4xx"}')
    for _ in range(10):
        t.fresh_admin().get("/api/nothing").expect(404)
    # A request is counted after its answer is on its way.
    eventually(lambda: t.metric('sluice_requests_total{status="4xx"}') -
               before == 10)
