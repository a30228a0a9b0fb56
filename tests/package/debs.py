"""The package, and the one after it: built once, when first asked for."""

import functools

from harness.instance import ROOT
from installed import make


@functools.cache
def deb(revision):
    """`make deb`; a copy is kept, for the next build removes it."""
    path = ROOT / make("deb", f"REVISION={revision}").splitlines()[-1]
    kept = ROOT / "build-deb" / "kept" / path.name
    kept.parent.mkdir(exist_ok=True)
    return path.replace(kept)
