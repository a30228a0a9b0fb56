"""A stream of a plate, at both of its doors."""

import json

from plates import Plate
from streams import JSON, Door, path_of


class Both:
    """A key, which is a stream at the streams door."""

    def __init__(self, t, key="events", plate=None):
        self.t = t
        self.plate = plate or Plate(t)
        self.key = key
        self.name = f"{self.plate.id}/{key}"
        self.door = Door(t.admin)

    def run(self, command, *args):
        return self.plate.run(command, self.key, *args)

    def entries(self):
        return self.run("XRANGE", "-", "+")

    def add(self, id, *fields):
        return self.run("XADD", id, *(fields or ("n", id)))

    def fill(self, *numbers):
        for number in numbers:
            self.add(f"{number}-0", "n", str(number))

    def delete(self, *numbers):
        return self.run("XDEL", *(f"{number}-0" for number in numbers))

    def get(self, offset="-1", more="", client=None):
        return (client or self.t.admin).get(
            f"{path_of(self.name)}?offset={offset}{more}")

    def numbers(self, reply):
        """Of entries that fill() added."""
        reply.expect(200)
        return [int(entry["n"]) for entry in reply.json]

    def all(self):
        return self.numbers(self.get())

    def post(self, body, **headers):
        return self.door.post(self.name, json.dumps(body), JSON, **headers)

    def info(self):
        return self.plate.run("XINFO", "STREAM", self.key)

    def row(self, columns):
        """Of its row, with bars between them."""
        return self.t.sql(f"select {columns} from sluice.streams where name "
                          f"= '{self.name}'").strip()

    def offset_of(self, seq):
        """The offset before the entry of that seq."""
        return self.t.sql("select sluice.stream_offset("
                          f"{self.row('incarnation')}, {seq - 1})").strip()
