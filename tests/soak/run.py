#!/usr/bin/env python3
"""
make soak: minutes of churn at full speed, and whether anything grows.

Workers enqueue, deliver, nack, let time out and expire, log, fan out, append,
trim and delete on an instance of its own. Sizes of tables and indexes, dead
rows and latencies are sampled, and the last third is compared with what was
before: by then everything has its usual size (flat.py).

    SOAK_MINUTES=10 python3 tests/soak/run.py
"""

import os
import pathlib
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

import churn  # noqa: E402
from flat import Figures  # noqa: E402
from harness.instance import Instance  # noqa: E402

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
SAMPLE_SECONDS = 5


class Worker(threading.Thread):
    """Repeats its round until it is told to stop."""

    def __init__(self, round, client, number):
        super().__init__(daemon=True)
        self.round, self.caller = round, churn.Caller(client, number)
        self.stopped = threading.Event()
        self.fault = None

    def run(self):
        try:
            while not self.stopped.is_set():
                self.round(self.caller)
        except BaseException:
            self.fault = traceback.format_exc()


def churned(instance, minutes):
    """The figures of that many minutes, and what went wrong."""
    admin = instance.admin()
    key = churn.prepare(admin)
    workers = [Worker(round, admin.with_token(
        key if round is churn.plated else admin.token), number)
        for number, round in enumerate(churn.ROUNDS)]
    figures = Figures(instance, minutes * 60)
    for worker in workers:
        worker.start()
    while not figures.over():
        time.sleep(SAMPLE_SECONDS)
        figures.sample([worker.caller for worker in workers])
        if any(worker.fault for worker in workers):
            break
    for worker in workers:
        worker.stopped.set()
    for worker in workers:
        worker.join(60)
    return figures, [worker.fault for worker in workers if worker.fault]


def main():
    instance = Instance(jwt_ttl="24h", delete_reaper_schedule="* * * * *",
                        processes=1).start()
    try:
        figures, faults = churned(instance, MINUTES)
        faults += instance.last_words()
        warnings = figures.report()
    finally:
        instance.stop()
    for fault in faults:
        print(f"FAILED {fault}")
    for warning in warnings:
        print(f"GROWS {warning}")
    checked = figures.checked
    bad = len(warnings) + len(faults)
    print("it is flat" if not bad else "it is not flat")
    print(f"{checked - len(warnings)} passed, {bad} failed")
    sys.exit(1 if bad else 0)


main()
