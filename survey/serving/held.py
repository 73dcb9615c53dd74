"""Listening sockets that systemd holds for this program and hands over (sd_listen_fds(3)): whoever comes while it is started anew waits."""

import os
from socket import socket

FIRST = 3
"""The first descriptor that is handed over; those before it are the standard streams."""


def held_as_well(host: str, port: int) -> socket | None:
    """The same socket under a number of its own, for whoever needs it when that one was closed."""
    held = held_socket(host, port)
    if held is None:
        return None
    spare = held.dup()
    held.detach()
    return spare


def held_socket(host: str, port: int) -> socket | None:
    """The socket that systemd listens with on this address for this process, which outlives it; None if there is none."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    for descriptor in range(FIRST, FIRST + int(os.environ.get("LISTEN_FDS", "0"))):
        held = socket(fileno=descriptor)
        if held.getsockname()[:2] == (host, port):
            held.set_inheritable(False)
            return held
        held.detach()
    return None
