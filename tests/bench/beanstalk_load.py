#!/usr/bin/env python3
"""One process of load for beanstalkd, over its own protocol.

    beanstalk_load.py put|reserve PORT CONNECTIONS SECONDS

Keeps its connections busy, one command at a time on each: puts of 200 bytes,
or a reserve and the delete of what it gave, until time is up or, for these,
nothing is left. Prints how many it has got done and in what time.
"""

import selectors
import socket
import sys
import time

PUT = b"put 0 0 600 200\r\n" + b"x" * 200 + b"\r\n"
RESERVE = b"reserve-with-timeout 0\r\n"


def main(what, port, connections, seconds):
    first = PUT if what == "put" else RESERVE
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        s = socket.create_connection(("127.0.0.1", port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(s, selectors.EVENT_READ)
        s.sendall(first)
    done = 0
    begun = last = time.monotonic()
    while last < begun + seconds and selector.get_map():
        for key, _ in selector.select():
            s = key.fileobj
            answer = s.recv(4096)
            if answer.startswith(b"INSERTED ") or answer == b"DELETED\r\n":
                done += 1
                s.sendall(first)
            elif answer.startswith(b"RESERVED "):
                s.sendall(b"delete " + answer.split()[1] + b"\r\n")
            elif answer == b"TIMED_OUT\r\n":
                selector.unregister(s)
            else:
                sys.exit(f"beanstalkd answered {answer!r}")
        if selector.get_map():
            last = time.monotonic()
    print(done, last - begun)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
