"""A hotspot on loopback for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from survey.serving.addresses import MachineNames
from survey.serving.hotspot import Hotspot, encrypted, prepare_hotspot


@contextmanager
def running(app: Flask, folder: Path, said: list[str], port: int = 0) -> Iterator[Hotspot]:
    """A hotspot that answers on loopback while the block runs, encrypted at `port` (any by default)."""
    local = MachineNames(("localhost",), ("127.0.0.1",))
    with socket.create_server(("127.0.0.1", port)) as listener, socket.create_server(("127.0.0.1", 0)) as trust:
        ports = (listener.getsockname()[1], trust.getsockname()[1])
        hotspot = prepare_hotspot(folder, "127.0.0.1", ports, local)
        with encrypted(app, hotspot, (listener, trust), 4, said.append) as server:
            thread = threading.Thread(target=server.run)
            thread.start()
            yield hotspot
            server.stop()
            thread.join()
