"""The commands of `python -m survey`; those of a slice come from its `commands.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import click
from flask import Flask

from survey import create_app
from survey.accounts.commands import user
from survey.accounts.queries import list_users
from survey.backup.commands import backup, restore
from survey.config import Settings, read_settings, settings_document, variable
from survey.console import CommandGroup, counted, open_installation
from survey.copying.commands import move
from survey.dashboard.counting_ahead import counting_ahead
from survey.db import session_scope, utc_now
from survey.demo.commands import demo
from survey.draws.commands import draw
from survey.handover.commands import push
from survey.health.requests import write_logs
from survey.instruments.commands import questionnaire
from survey.intake.commands import import_
from survey.places.commands import places, roster
from survey.proof.commands import verify_command
from survey.protection.commands import keys, person, retention
from survey.protection.key_rotation import rotate_keys
from survey.quality.operations import read_older_logs
from survey.registry.commands import members, register
from survey.reminders.commands import remind
from survey.reminders.rounds import reminding
from survey.reports.commands import export, report
from survey.schema import upgrade_schema
from survey.server import (
    DEFAULT_HOST,
    DEFAULT_HTTPS_PORT,
    DEFAULT_PORT,
    DEFAULT_THREADS,
    DEFAULT_TRUST_PORT,
    EVERYWHERE,
    serve_app,
    serve_hotspot,
)
from survey.visits.commands import ledger
from survey.worker.commands import worker

SECRET_SETTINGS = ("secret_key", "field_key", "backup_key", "metrics_token", "redis_url", "database_url", "storage_url", "smtp_url")


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Paired household interviews for democratic oversight visits, from questionnaire to Word report."""


@main.command("init", short_help="Make the database, or bring it up to date.")
def init() -> None:
    """Make the database, or bring it up to date after an upgrade of the program."""
    app = create_app(read_settings())
    engine = app.extensions["survey.engine"]
    has_changed = upgrade_schema(engine)
    place = engine.url.render_as_string(hide_password=True)
    click.echo(f"The database at {place} is {'ready' if has_changed else 'up to date already'}.")
    rotate_keys(engine, lambda _done, _total: None)
    with session_scope(app) as session:
        is_empty = not list_users(session)
        n_logs = read_older_logs(session, app.extensions["survey.storage"], utc_now())
    if n_logs:
        click.echo(f"{counted(n_logs, 'timing log')} of earlier interviews read.")
    if is_empty:
        click.echo("Add the first administrator with: python -m survey user add NAME --role admin")


@main.command("serve", short_help="Serve the pages; with --https, tablets on local Wi-Fi too.")
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
    write_logs(read_settings())
    if https and processes > 1:
        raise click.UsageError("--processes is for a server behind one that encrypts; with --https one process serves.")
    if not https:
        serve_app(
            open_installation(),
            host=host or DEFAULT_HOST,
            port=port or DEFAULT_PORT,
            threads=threads,
            processes=processes,
            allow_network=allow_network,
            beside=_beside,
        )
        return
    app = open_installation(https=True, own_certificate=True)
    ports = (port or DEFAULT_HTTPS_PORT, trust_port)
    with _beside(app):
        serve_hotspot(app, host=host or EVERYWHERE, ports=ports, threads=threads, name=name, allow_network=allow_network)


@contextmanager
def _beside(app: Flask) -> Iterator[None]:
    """What a server does by itself while it serves."""
    with reminding(app), counting_ahead(app):
        yield


@main.command("settings", short_help="Print every setting with its default.")
@click.option("--current", is_flag=True, help="Show the present values instead; secrets are not shown.")
def settings(current: bool) -> None:
    """Print every setting with its default and what it does, as Markdown."""
    if not current:
        click.echo(settings_document(), nl=False)
        return
    values = read_settings()
    for item in fields(Settings):
        value = getattr(values, item.name)
        is_hidden = item.name in SECRET_SETTINGS and value
        click.echo(f"{variable(item.name)}={'(set, not shown)' if is_hidden else value}")


COMMANDS = (
    user,
    questionnaire,
    places,
    roster,
    members,
    register,
    ledger,
    export,
    report,
    draw,
    push,
    remind,
    demo,
    import_,
    verify_command,
    person,
    retention,
    keys,
    backup,
    restore,
    move,
    worker,
)
for command in COMMANDS:
    main.add_command(command)
