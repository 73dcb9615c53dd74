"""A server that is asked to end, at any moment, ends."""

import signal
import socket
from threading import Timer

from flask import Flask

from survey.serving.plain import PlainServer
from tests.conftest import PATIENCE_SECONDS


class ClearedUp:
    """Asks this process to terminate while Python clears it up: an exception that the signal's handler raised would be dropped there."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_server__asked_to_end_while_python_clears_up__ends() -> None:
    before = signal.getsignal(signal.SIGTERM)
    given_up: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(Flask("whole"), listener, threads=1)

        def give_up() -> None:
            given_up.append(True)
            server.stop()

        timer = Timer(PATIENCE_SECONDS, give_up)
        timer.start()
        server.stop_when_asked()
        ClearedUp()
        server.run()
    timer.cancel()
    signal.signal(signal.SIGTERM, before)
    assert given_up == []
