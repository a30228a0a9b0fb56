"""What the tests of consumer groups share."""

from harness.context import Call, same
from plates import Plate


class Group:
    """A group of a key of a plate of its own."""

    def __init__(self, t, entries=0, at="0"):
        self.t, self.key, self.name = t, "k", "g"
        self.plate = Plate(t)
        same(self.plate.run("XGROUP", "CREATE", "k", "g", at, "MKSTREAM"),
             "OK")
        self.ids = [self.add() for _ in range(entries)]

    def add(self):
        return self.plate.add("k", "*")

    def words(self, member, *options, ids=(">",), keys=("k",)):
        return ["XREADGROUP", "GROUP", self.name, member, *options,
                "STREAMS", *keys, *ids]

    def read(self, member, *options, **more):
        """The ids that it is given; None of nothing."""
        return ids_of(self.plate.run(*self.words(member, *options, **more)))

    def waits(self, member, *options, process=None, **more):
        """A read that blocks, beside the test."""
        plate = Plate(self.t, self.plate.key, self.plate.id)
        if process is not None:
            plate = plate.of_process(process)
        waiting = Call(plate.ask, *self.words(
            member, "BLOCK", "20000", *options, **more))
        return waiting

    def pending(self):
        """(id, consumer, deliveries)."""
        return [(id, name, times) for id, name, _, times in
                self.plate.run("XPENDING", "k", "g", "-", "+", "100")]


def ids_of(found):
    if found is None:
        return None
    [entries] = found.values()
    return [id for id, _ in entries]


def given(call):
    return ids_of(call.result(10).expect(200)["data"]["result"])
