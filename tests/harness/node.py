"""Programs in JavaScript that talk to an instance, and what they need.

`make` installs tests/package-lock.json into tests/node_modules, exactly. A
node is among it: Debian's is too old for some of the rest.
"""

import os
import shutil
import subprocess

from harness.client import Failure
from harness.instance import ROOT

TESTS = ROOT / "tests"


def program():
    for own in TESTS.glob("node_modules/node-linux-*/bin/node"):
        return str(own)
    found = shutil.which("node")
    if found is None:
        raise Failure("there is no node: run make")
    return found


def run(instance, arguments, **more):
    """Run node with the instance's address, certificate and a token."""
    environment = {
        **os.environ,
        "NODE_EXTRA_CA_CERTS": str(instance.var / "tls" / "cert.pem"),
        "STREAMS_URL": f"https://127.0.0.1:{instance.https_port}",
        "STREAMS_PLAIN_URL": f"http://127.0.0.1:{instance.http_port}",
        "STREAMS_TOKEN": instance.admin().token}
    return subprocess.run([program(), *arguments], cwd=TESTS,
                          env=environment, **more)
