"""`python -m survey push`: handing everything of this installation over to another server."""

import os
from pathlib import Path

import click

from survey.console import open_installation, progress_bar
from survey.db import reading_scope
from survey.handover.client import open_client
from survey.handover.push import Handover, TableResult, hand_over

TOKEN_VARIABLE = "SURVEY_PUSH_TOKEN"
PROBLEMS_SHOWN = 50
HASH_SHOWN = 10


@click.command("push", short_help="Hand everything of this installation over to another server.")
@click.argument("url")
@click.option(
    "--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Root to trust, for a server with one of its own."
)
@click.option("--compare-only", is_flag=True, help="Send nothing; only say what is the same on both sides and what is not.")
def push(url: str, certificate: Path | None, compare_only: bool) -> None:
    """Hand everything of this installation over to the server at URL: places, people, questionnaires, visits, interviews with their
    files, decisions, and the log as evidence.

    It asks for a token of that server, which an administrator there makes with: user token NAME --scope handover. Scripts set
    SURVEY_PUSH_TOKEN instead. Run it as often as you like: what is there already is skipped, what differs is listed and left as it is,
    and a run that was cut off goes on where it stopped. Ends with 1 unless both sides agree.
    """
    app = open_installation()
    token = os.environ.get(TOKEN_VARIABLE) or click.prompt("Token", hide_input=True)
    client = open_client(url, token.strip(), certificate)
    with app.app_context(), reading_scope(app) as session, progress_bar("Files") as show_files, progress_bar("Rows") as show_rows:
        result = hand_over(session, app.extensions["survey.storage"], client, show_files, show_rows, only_compare=compare_only)
    click.echo(comparison_table(result))
    for problem in result.problems[:PROBLEMS_SHOWN]:
        click.echo(problem, err=True)
    if len(result.problems) > PROBLEMS_SHOWN:
        click.echo(f"… and {len(result.problems) - PROBLEMS_SHOWN} more like these.", err=True)
    if not is_complete(result):
        click.echo("The two sides do not agree in everything; see above.", err=True)
        raise SystemExit(1)
    click.echo("Both sides have the same.")


def is_complete(result: Handover) -> bool:
    """Whether everything that is here is there, and equal."""
    return not result.problems and all(each.here == each.equal for each in (*result.tables, result.files))


def comparison_table(result: Handover) -> str:
    """Counts and hashes of both sides as lines, one per table that has rows."""
    head = ("", "here", "new", "equal", "differ", "held back", "hash here", "hash there")
    lines = [head, *(_cells(each) for each in (*result.tables, result.files) if each.here)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cells(each: TableResult) -> tuple[str, ...]:
    counts = (each.here, each.new, each.equal, each.differing, each.held_back)
    return (each.name, *map(str, counts), each.hash_here[:HASH_SHOWN], each.hash_there[:HASH_SHOWN])
