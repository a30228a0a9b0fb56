"""Reading /metrics."""

import re

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(
    r"([a-z_]+)(?:\{(%s(?:,%s)*)\})? (-?[0-9.e+]+)" % (LABEL, LABEL))


def scrape(t):
    """{"family": {"labels as they are written": value}}"""
    found = {}
    for line in t.admin.get("/metrics").body.decode().splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            found.setdefault(name, {})[labels or ""] = float(value)
    return found
