"""Slices, side by side.

A machine has moods, so a figure alone says little. The arms of a comparison
run in short slices in turn, A B A B, and what is reported is the ratio of
neighbours: its median over the rounds, and from where to where it went.
"""

import os
import statistics

SLICE_SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = 5
GROUPS = ("nginx", "worker", "postgres")


class Slice:
    """What one slice of one arm has shown."""

    def __init__(self, count, seconds, processor=None, **latency):
        self.count = count
        self.seconds = seconds
        self.rate = count / seconds
        self.processor = processor or {}
        self.latency = latency  # name: milliseconds


class Goal:
    """One line of the summary."""

    def __init__(self, name, value, goal, met, spread=None, unit=""):
        self.name, self.value, self.goal, self.met = name, value, goal, met
        self.spread, self.unit = spread, unit

    def __str__(self):
        spread = ""
        if self.spread:
            spread = f", {self.spread[0]:.2f} to {self.spread[1]:.2f}"
        verdict = "" if self.met is None else \
            ", met" if self.met else ", NOT MET"
        return (f"{self.name}: {self.value:.2f}{self.unit}{spread} "
                f"({self.goal}{verdict})")


def say(text=""):
    print(text, flush=True)


def at_least(name, ratios, goal):
    middle = statistics.median(ratios)
    met = None if goal is None else middle >= goal
    text = "no goal" if goal is None else f"goal >= {goal}"
    return Goal(name, middle, text, met, (min(ratios), max(ratios)))


def below(name, values, goal, unit):
    middle = statistics.median(values)
    return Goal(name, middle, f"goal < {goal}{unit}", middle < goal,
                (min(values), max(values)), unit)


def describe(name, slices, unit):
    """One line for an arm: its rate, and what an operation cost."""
    rates = [s.rate for s in slices]
    line = (f"    {name}: {statistics.median(rates):.0f} {unit}/s "
            f"({min(rates):.0f} to {max(rates):.0f})")
    count = sum(s.count for s in slices)
    costs = []
    for group in GROUPS:
        times = [(s.processor[group], s.count) for s in slices
                 if group in s.processor]
        user = sum(t[0] * n for t, n in times) / max(count, 1)
        system = sum(t[1] * n for t, n in times) / max(count, 1)
        if user + system >= 0.05:
            costs.append(f"{group} {user:.1f}+{system:.1f}")
    if costs:
        line += f"; user+system us each: {', '.join(costs)}"
    say(line)


def interleave(arms, unit, seconds=None, rounds=ROUNDS):
    """Run {name: function(seconds)} in turn; {name: [Slice, ...]}."""
    seconds = seconds or SLICE_SECONDS
    slices = {name: [] for name in arms}
    for run in arms.values():
        run(min(1, seconds))  # warm, and not counted
    for _ in range(rounds):
        for name, run in arms.items():
            slices[name].append(run(seconds))
    for name, taken in slices.items():
        describe(name, taken, unit)
    return slices


def ratios(slices, above, beneath):
    return [a.rate / b.rate
            for a, b in zip(slices[above], slices[beneath], strict=True)]
