"""`python -m survey serve`. It listens before it imports the rest of the program, so it names that by its name."""

import os
import sys
from contextlib import AbstractContextManager
from gettext import gettext
from importlib import import_module
from typing import Any, cast

import click
from flask import Flask

from survey.config import Settings, read_settings
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
from survey.serving.away import answered_when_it_fails
from survey.serving.heap import share_heap
from survey.serving.held import held_as_well
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
@click.option("--init", "brings", is_flag=True, help="Make the database, or bring it up to date, first.")
@click.option("--allow-network", is_flag=True, help="Let a demonstration, whose passwords are known, listen on more than loopback.")
def serve(
    https: bool,
    host: str | None,
    port: int | None,
    name: str,
    trust_port: int,
    threads: int,
    processes: int,
    brings: bool,
    allow_network: bool,
) -> None:
    """Serve the pages until Ctrl-C.

    Without --https only this computer should use them: browsers on other machines allow neither encrypted storage nor work without a
    network on a page that is not encrypted.
    """
    held = None if https else held_as_well(host or DEFAULT_HOST, port or DEFAULT_PORT)
    with answered_when_it_fails(held):
        settings = read_settings(https=True, own_certificate=True) if https else read_settings()
        write_logs(settings)
        share_heap()
        if (https or settings.certificate) and processes > 1:
            raise click.UsageError(
                "--processes is for a server behind one that encrypts; with --https or SURVEY_CERTIFICATE one process serves."
            )
        if brings and (https or processes > 1):
            _wait_for_init(_begin_init())
        if https:
            with quietly():
                whole = import_module(WHOLE)
                app = whole.open_installation(settings)
            ports = (port or DEFAULT_HTTPS_PORT, trust_port)
            with whole.beside(app):
                serve_hotspot(app, host=host or EVERYWHERE, ports=ports, threads=threads, name=name, allow_network=allow_network)
            end_now()
        where: dict[str, Any] = {
            "host": host or DEFAULT_HOST,
            "port": port or DEFAULT_PORT,
            "threads": threads,
            "allow_network": allow_network,
        }
        if processes > 1:
            serve_together(settings, n_processes=processes, **where)
        else:
            serve_at_once(settings, lambda: _load(settings, brings), _beside, **where)
            end_now()


def _load(settings: Settings, brings: bool) -> Flask:
    """The whole program; the database is brought up to date while it is imported."""
    init = _begin_init() if brings else None
    whole = import_module(WHOLE)
    if init is not None:
        _wait_for_init(init)
    return cast(Flask, whole.open_installation(settings))


def _begin_init() -> int:
    """The number of a process that makes the database or brings it up to date, and keeps what that needs of memory to itself."""
    return os.posix_spawn(sys.executable, [sys.executable, "-m", "survey", "init"], os.environ)


def _wait_for_init(process: int) -> None:
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
        raise click.ClickException(gettext("The database could not be made or brought up to date; the line before this one tells why."))


def _beside(app: Flask) -> AbstractContextManager[None]:
    """What the server does by itself, once everything is loaded."""
    return cast(AbstractContextManager[None], import_module(WHOLE).beside(app))
