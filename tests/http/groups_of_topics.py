"""Consumers of a topic's groups, for tests of the queue's consumer groups."""

from harness.context import same


class Consumer:
    """A client that speaks for one group."""

    def __init__(self, client, group):
        self.client, self.group = client, group

    def dequeue(self, topic, **more):
        return self.client.dequeue(topic, consumer_group=self.group, **more)

    def take(self, topic, count=1, **more):
        return self.client.take(topic, count, consumer_group=self.group,
                                **more)

    def settle(self, verb, message, **more):
        return self.client.post(f"/api/messages/{message['id']}/{verb}", {
            "consumer_group": self.group, "receipt": message["receipt"],
            **more})

    def ack(self, message, **more):
        return self.settle("ack", message, **more)

    def nack(self, message, **more):
        return self.settle("nack", message, **more)

    def extend(self, message, **more):
        return self.settle("extend", message, **more)


def path(topic):
    return f"/api/topics/{topic}/consumer-groups"


def register(t, topic, *groups):
    for group in groups:
        t.admin.post(path(topic), {
            "consumer_group": group}).expect(201)


def consumers(t, *groups, topic=None, **config):
    """A topic with these groups, and a consumer of each."""
    topic = topic or t.topic(**config)
    register(t, topic, *groups)
    return (topic, *(Consumer(t.fresh_admin(), group) for group in groups))


def nothing_left(t, topic):
    """No message and no delivery, of the topic or of its dead letters."""
    same(t.admin.listed(topic)["total"], 0)
    same(t.admin.listed(topic + ".dlq")["total"], 0)
    same(t.sql(f"""
        select count(*)
        from sluice.deliveries d
        join sluice.topics t
        on t.topic_id = d.topic_id
        where t.name = '{topic}'"""), "0")


def ids(messages):
    return [m["id"] for m in messages]
