"""`python -m survey demo`: the demonstration, built where it is absent and served."""

from typing import Any

import click
from flask import Flask

import survey
from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings, read_settings
from survey.console import progress_bar
from survey.demo.build import build_demo, is_built
from survey.demo.facts import read_facts
from survey.demo.frame import list_people
from survey.guide.kept import building_guide
from survey.revisions import schema_revision
from survey.schema import upgrade_schema
from survey.server import DEFAULT_HOST, DEFAULT_PORT, DEFAULT_THREADS, end_now, is_loopback, serve_app

ROLE_WORDS = {
    "admin": "administrator 管理员",
    "coordinator": "coordinator 协调员",
    "author": "author of reports 执笔人",
    "responsible": "responsible side 被监督方",
    "interviewer": "interviewer 访谈员",
}
N_PAIRS_SHOWN = 2


@click.command("demo", short_help="Build the invented demonstration if it is absent, and serve it.")
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--threads", default=DEFAULT_THREADS, show_default=True, type=click.IntRange(1, 256), help="Requests answered at a time.")
@click.option("--allow-network", is_flag=True, help="Listen on more than loopback although the passwords are known.")
@click.option("--build-only", is_flag=True, help="Build the data and do not serve them.")
def demo(host: str, port: int, threads: int, allow_network: bool, build_only: bool) -> None:
    """Build the invented demonstration if it is absent, and serve it until Ctrl-C.

    The database and the attachments lie in the folder that SURVEY_DATA names. What is there already is kept; remove the folder to begin
    anew.
    """
    if not is_loopback(host) and not allow_network:
        raise SurveyError(ErrorCode.DEMO_ON_NETWORK, host=host)
    settings = read_settings(demo=True)
    app = survey.create_app(settings)
    prepare_demo(app, settings)
    if not build_only:
        where: dict[str, Any] = {"host": host, "port": port, "threads": threads, "allow_network": allow_network}
        serve_app(app, **where, announce=lambda _address: click.echo(sign_ins()), beside=lambda _app: building_guide(settings.guide))
        end_now()


def prepare_demo(app: Flask, settings: Settings) -> None:
    """Build the demonstration unless its database is there; that of an earlier version of the program is only brought up to date."""
    engine = app.extensions["survey.engine"]
    if schema_revision(engine) is not None:
        has_changed = upgrade_schema(engine)
        if is_built(app):
            state = "was brought up to date with this version of the program" if has_changed else "is kept as it is"
            click.echo(f"The demonstration in {settings.data} {state}.")
            return
    with progress_bar("Building the demonstration 正在生成演示数据", unit=" interviews") as progress:
        build_demo(app, progress)
    click.echo(f"The demonstration was built in {settings.data}.")


def sign_ins() -> str:
    """The user names by role and their common password, as lines to print."""
    facts = read_facts()
    lines = ["", "  Invented data 演示数据（虚构）. Sign in as 登录账号:"]
    shown = {f"{side}{number}" for side in ("lead", "second") for number in range(1, N_PAIRS_SHOWN + 1)}
    for username, name, role, _region in list_people(facts.people):
        if role != "interviewer" or username in shown:
            lines.append(f"    {username:12} {ROLE_WORDS[role]}, {name}")
    lines.append(f"    … to lead{len(facts.people.leads)} and second{len(facts.people.seconds)}")
    return "\n".join([*lines, f"  Password 密码: {facts.password}", ""])
