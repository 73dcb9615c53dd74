"""What the terminal of a server says while nobody has an account yet."""

import click
from flask import Flask

from survey.db import reading_scope
from survey.first_run.first_administrator import first_code
from survey.first_run.queries import has_people

ADDRESS = "/first-run/administrator"


def announce_first_run(app: Flask) -> None:
    """Nothing; where the first account is made is printed, if there is none."""
    settings = app.extensions["survey.settings"]
    with app.app_context(), reading_scope(app) as session:
        if not has_people(session):
            click.echo("Nobody has an account here yet 尚无账号. In the browser, open the address below and make the first administrator")
            click.echo(f"({ADDRESS}) with this code 首次使用口令: {first_code(settings.secret_key)}")
