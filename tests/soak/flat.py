"""The soak's samples, and what counts as flat.

Sizes and latencies go up and down: vacuum and the reapers come by once in a
while, and how high dead rows stand is when in that minute they are looked at.
So the highest of the last third is compared with the highest of the two before:
what grows for good has grown by half, if it was there at all.
"""

import statistics
import time

# Below these, a change is no growth.
SMALL_BYTES = 16 << 20
SMALL_ROWS = 50000
SMALL_SECONDS = 0.02
SIZE_RATIO = 1.25
ROWS_RATIO = 1.5
LATENCY_RATIO = 1.5

SIZES = """
select s.relname,
    pg_table_size(s.relid),
    pg_indexes_size(s.relid),
    s.n_live_tup,
    s.n_dead_tup
from pg_stat_user_tables s
where s.schemaname = 'sluice'
"""


class Figures:
    def __init__(self, instance, seconds):
        self.instance, self.seconds = instance, seconds
        self.began = time.monotonic()
        self.sizes = {}      # {(table, what): [(when, value)]}
        self.latencies = {}  # {call: [(when, seconds)]}
        self.checked = 0

    def now(self):
        return time.monotonic() - self.began

    def over(self):
        return self.now() >= self.seconds

    def sample(self, callers):
        now = self.now()
        for line in self.instance.sql(SIZES).splitlines():
            table, *values = line.split("|")
            for what, value in zip(("table", "indexes", "live", "dead"),
                                   values):
                self.sizes.setdefault((table, what), []).append(
                    (now, int(value)))
        for caller in callers:
            times, caller.times = caller.times, []
            for name, seconds in times:
                self.latencies.setdefault(name, []).append((now, seconds))

    def third(self, samples, number):
        """Values of the first, second or last third: 0, 1, 2."""
        low = self.now() * number / 3
        high = self.now() * (number + 1) / 3
        return [value for when, value in samples if low <= when <= high]

    def compare(self, what, before, after, ratio, small, show):
        """A line if it grew."""
        self.checked += 1
        if after > before * ratio and after - before > small:
            return [f"{what}: {show(before)}, then {show(after)}"]
        return []

    def tables(self):
        """Those that are large enough to be spoken of, largest first."""
        peak = {}
        for (table, what), samples in self.sizes.items():
            if what in ("table", "indexes"):
                peak[table] = peak.get(table, 0) + \
                    max(value for _, value in samples)
        return [table for table in sorted(peak, key=peak.get, reverse=True)
                if peak[table] > 1 << 20]

    def report_tables(self):
        grown = []
        print(f"\n| table | {' | '.join(self.columns())} |")
        print("|---|" + "---:|" * len(self.columns()))
        for table in self.tables():
            cells = []
            for what in ("table", "indexes", "live", "dead"):
                size = what in ("table", "indexes")
                show = megabytes if size else thousands
                peaks = [max(self.third(self.sizes[table, what], number),
                             default=0) for number in range(3)]
                cells.append(" / ".join(show(peak) for peak in peaks))
                if what != "live":
                    grown += self.compare(
                        f"{table}, {what}", max(peaks[:2]), peaks[2],
                        SIZE_RATIO if size else ROWS_RATIO,
                        SMALL_BYTES if size else SMALL_ROWS, show)
            print(f"| {table} | {' | '.join(cells)} |")
        return grown

    @staticmethod
    def columns():
        return ["table, MB", "indexes, MB", "live rows", "dead rows"]

    def report_latencies(self):
        grown = []
        print("\n| call | a second | p50, ms | p99, ms |")
        print("|---|---:|---:|---:|")
        for name, samples in sorted(self.latencies.items()):
            thirds = [self.third(samples, number) for number in range(3)]
            if min(map(len, thirds)) < 20:
                continue
            medians = [statistics.median(third) for third in thirds]
            tails = [quantile(third, 0.99) for third in thirds]
            rates = [len(third) * 3 / self.now() for third in thirds]
            print(f"| {name} | {' / '.join(f'{rate:.0f}' for rate in rates)}"
                  f" | {' / '.join(map(milliseconds, medians))}"
                  f" | {' / '.join(map(milliseconds, tails))} |")
            grown += self.compare(
                f"{name}, p50", max(medians[:2]), medians[2],
                LATENCY_RATIO, SMALL_SECONDS, milliseconds)
        return grown

    def report(self):
        """Print the figures; what grew."""
        print(f"{self.now() / 60:.1f} minutes; each cell: the highest of the "
              "first, the middle and the last third (calls: of each third)")
        return self.report_tables() + self.report_latencies()


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def megabytes(value):
    return f"{value / (1 << 20):.0f}"


def thousands(value):
    return f"{value / 1000:.1f}k" if value >= 1000 else str(value)


def milliseconds(value):
    return f"{value * 1000:.1f}"
