"""The command that proves that what is kept is what was received."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

from survey.console import counted, open_installation
from survey.db import reading_scope, session_scope, utc_now
from survey.proof.heads import read_head
from survey.proof.operations import give_head
from survey.verify import verify


@click.command("verify", short_help="Check the log of events, every submission, and every stored file.")
@click.option("--head", "is_head", is_flag=True, help="Print the signed head of the log as JSON instead, to be kept elsewhere.")
@click.option("--against", metavar="HEAD", default="", help="File that --head wrote, or NUMBER:DIGEST as printed in a report.")
def verify_command(is_head: bool, against: str) -> None:
    """Check that no event, submission, file or bundle was changed or removed since it was logged, and name what was; exit with 1 then.

    With --against, the log must also hold the event of that head, and so continue what was known when the head was given away. Others go
    on working meanwhile.
    """
    app = open_installation()
    if is_head:
        with app.app_context(), session_scope(app) as session:
            click.echo(json.dumps(give_head(session, utc_now()).record(), indent=1))
        return
    head = read_head(_text_of(against), against) if against else None
    with app.app_context(), reading_scope(app) as session, _progress() as show:
        result = verify(session, app.extensions["survey.storage"], show, head)
    for problem in result.problems:
        click.echo(problem, err=True)
    if result.continued:
        click.echo(result.continued)
    parts = ((result.n_events, "event"), (result.n_submissions, "submission"), (result.n_files, "file"), (result.n_bundles, "bundle"))
    checked = ", ".join(counted(number, noun) for number, noun in parts)
    click.echo(f"{checked} checked, {counted(len(result.problems), 'problem')} found.")
    if result.problems:
        raise SystemExit(1)


def _text_of(against: str) -> str:
    """What the file holds, or the text itself where it names none."""
    path = Path(against)
    return against if ":" in against and not path.exists() else path.read_text(encoding="utf-8")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A function that draws a bar for each thing that is checked; nothing is drawn when standard error is no terminal."""
    with tqdm(file=sys.stderr, disable=None, dynamic_ncols=True) as bar:
        shown = ""

        def show(what: str, done: int, total: int) -> None:
            nonlocal shown
            if bar.disable:
                return
            if what != shown:
                shown = what
                bar.reset(total)
                bar.set_description(what)
            bar.update(done - bar.n)

        yield show
