"""`python -m survey init` and `settings`: making an installation, and what it is set to."""

from dataclasses import fields
from gettext import gettext

import click

import survey
from survey.accounts.queries import list_users
from survey.command_help import speech
from survey.config import Settings, read_settings, settings_document
from survey.console import counted
from survey.daily_account import prepare_daily_account
from survey.db import session_scope, utc_now
from survey.environment import variable
from survey.protection.key_rotation import rotate_keys
from survey.quality.operations import read_older_logs
from survey.schema import upgrade_schema


@click.command("init", short_help="Make the database, or bring it up to date.")
def init() -> None:
    """Make the database, or bring it up to date after an upgrade of the program."""
    app = survey.create_app(read_settings())
    engine = app.extensions["survey.engine"]
    has_changed = upgrade_schema(engine)
    place = engine.url.render_as_string(hide_password=True)
    click.echo(f"The database at {place} is {'ready' if has_changed else 'up to date already'}.")
    daily_url = app.extensions["survey.settings"].daily_database_url
    if daily_url:
        click.echo(f"The account {prepare_daily_account(engine, daily_url)} may do the daily work in it.")
    rotate_keys(engine, lambda _done, _total: None)
    with session_scope(app) as session:
        is_empty = not list_users(session)
        n_logs = read_older_logs(session, app.extensions["survey.storage"], utc_now())
    if n_logs:
        click.echo(f"{counted(n_logs, 'timing log')} of earlier interviews read.")
    if is_empty:
        click.echo("Serve it: the terminal tells where the first administrator is made. Or: python -m survey user add NAME --role admin")


@click.command("settings", short_help="Print every setting with its default.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the page. [default: that of the terminal]")
@click.option("--current", is_flag=True, help="Show the present values instead; secrets are not shown.")
def settings(language: str | None, current: bool) -> None:
    """Print every setting with its default and what it does, as Markdown."""
    if not current:
        click.echo(settings_document(speech(language) if language else gettext), nl=False)
        return
    values = read_settings()
    for item in fields(Settings):
        value = getattr(values, item.name)
        is_hidden = item.metadata["is_secret"] and value
        click.echo(f"{variable(item.name)}={'(set, not shown)' if is_hidden else value}")
