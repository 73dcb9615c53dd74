"""The processes that a supervisor keeps answering: the first of them, which it starts as `python -m survey.serving.answering`, loads the
whole program, and the others part from it."""

import os
import signal
import sys
import traceback
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from socket import socket

import click
from flask import Flask

from survey.config import Settings, read_settings
from survey.console import foreseen
from survey.health.logs import write_logs
from survey.server import say_where, server_of
from survey.serving.away import answered_when_it_fails
from survey.serving.commands import WHOLE
from survey.serving.heap import share_heap
from survey.serving.opening import quietly
from survey.serving.processes import part
from survey.serving.supervising import FIRST


@click.command()
@click.option("--listener", "listening", type=int, required=True)
@click.option("--threads", type=int, required=True)
@click.option("--life", type=int, required=True)
@click.option("--alive", type=int, multiple=True, required=True)
@click.option("--first-time", is_flag=True)
def main(listening: int, threads: int, life: int, alive: tuple[int, ...], first_time: bool) -> None:
    """Answer until the supervisor ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the supervisor tells when to end
    share_heap()
    is_held = first_time and os.environ.get("LISTEN_PID") == str(os.getppid())  # by systemd, which handed it to the supervisor
    with answered_when_it_fails(socket(fileno=os.dup(listening)) if is_held else None), foreseen(), quietly():
        settings = read_settings()
        write_logs(settings)
        whole = import_module(WHOLE)
        app = whole.open_installation(settings)
        app.url_map.update()
        whole.rehearse(app)
    app.extensions["survey.engine"].dispose()
    os.set_inheritable(listening, False)
    with socket(fileno=listening) as listener:
        if first_time:
            host, port = listener.getsockname()[:2]
            say_where(settings, host, port)
        number = part(life, alive)
        answer(app, settings, listener, threads, whole.beside(app) if number == FIRST else nullcontext())


def answer(app: Flask, settings: Settings, listener: socket, threads: int, beside: AbstractContextManager[None]) -> None:
    """Answer until this process is asked to end, and end it; what it shares with the others is left as it is."""
    status = 1
    try:
        server = server_of(app, listener, settings, threads)
        with beside:
            server.run()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
