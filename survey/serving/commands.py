"""`python -m survey serve`. It listens before it imports the rest of the program, so it names that by its name."""

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, cast

import click
from flask import Flask

from survey.config import read_settings
from survey.health.logs import write_logs
from survey.server import (
    DEFAULT_HOST,
    DEFAULT_HTTPS_PORT,
    DEFAULT_PORT,
    DEFAULT_THREADS,
    DEFAULT_TRUST_PORT,
    EVERYWHERE,
    end_now,
    serve_at_once,
    serve_hotspot,
    serve_together,
)
from survey.serving.heap import share_heap
from survey.serving.opening import quietly

WHOLE = "survey.serving.whole"


@click.command("serve", short_help="Serve the pages; with --https, tablets on local Wi-Fi too.")
@click.option("--https", is_flag=True, help="Encrypt with a certificate of our own, and help tablets to trust it (docs/hotspot.md).")
@click.option("--host", default=None, help=f"Address to listen on. [default: {DEFAULT_HOST}; with --https {EVERYWHERE}]")
@click.option(
    "--port",
    default=None,
    type=click.IntRange(1, 65535),
    help=f"Port to listen on. [default: {DEFAULT_PORT}; with --https {DEFAULT_HTTPS_PORT}]",
)
@click.option("--name", default="", help="With --https: the name or address that tablets are given. [default: the one given last]")
@click.option(
    "--trust-port",
    default=DEFAULT_TRUST_PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="With --https: port of the page, without encryption, that sets a tablet up.",
)
@click.option(
    "--threads",
    default=DEFAULT_THREADS,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Requests answered at a time, by each process.",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer, at most as many as processors; not with --https, where a server in front encrypts instead.",
)
@click.option("--allow-network", is_flag=True, help="Let a demonstration, whose passwords are known, listen on more than loopback.")
def serve(
    https: bool, host: str | None, port: int | None, name: str, trust_port: int, threads: int, processes: int, allow_network: bool
) -> None:
    """Serve the pages until Ctrl-C.

    Without --https only this computer should use them: browsers on other machines allow neither encrypted storage nor work without a
    network on a page that is not encrypted.
    """
    settings = read_settings(https=True, own_certificate=True) if https else read_settings()
    write_logs(settings)
    share_heap()
    if (https or settings.certificate) and processes > 1:
        raise click.UsageError(
            "--processes is for a server behind one that encrypts; with --https or SURVEY_CERTIFICATE one process serves."
        )
    if https:
        with quietly():
            whole = import_module(WHOLE)
            app = whole.open_installation(settings)
        ports = (port or DEFAULT_HTTPS_PORT, trust_port)
        with whole.beside(app):
            serve_hotspot(app, host=host or EVERYWHERE, ports=ports, threads=threads, name=name, allow_network=allow_network)
        end_now()
    where: dict[str, Any] = {"host": host or DEFAULT_HOST, "port": port or DEFAULT_PORT, "threads": threads, "allow_network": allow_network}
    if processes > 1:
        serve_together(settings, n_processes=processes, **where)
    else:
        serve_at_once(settings, lambda: import_module(WHOLE).open_installation(settings), _beside, **where)
        end_now()


def _beside(app: Flask) -> AbstractContextManager[None]:
    """What the server does by itself, once everything is loaded."""
    return cast(AbstractContextManager[None], import_module(WHOLE).beside(app))
