"""`python -m survey places import` and `python -m survey roster import`: places and households from spreadsheets, without the pages."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from questionnaires.errors import ErrorCode, SurveyError
from survey.console import CommandGroup, counted, installation_session
from survey.db import utc_now
from survey.places.operations import import_regions, import_roster
from survey.places.queries import check_regions
from survey.places.region_table import read_regions
from survey.places.roster import read_roster
from survey.places.roster_plan import plan_roster
from survey.places.roster_sample import sample_workbook
from survey.places.roster_texts import reason_text, region_reason_text

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=CommandGroup)
def places() -> None:
    """Bring in the places that visits go to."""


@places.command("import")
@click.argument("file", type=FILE)
@click.option("--keep-good", is_flag=True, help="Import the good rows even if others are bad.")
@click.option("--invented", is_flag=True, help="Mark the places as invented.")
def import_places(file: Path, keep_good: bool, invented: bool) -> None:
    """Import places from FILE, an .xlsx or .csv with the columns 代码 (code) and 名称 (name), if known 纬度 and 经度.

    Places that are here already only change their name and position. Bad rows are listed on standard error, and nothing is imported
    unless --keep-good is given.
    """
    with installation_session() as session, naming_the_option():
        table = check_regions(session, read_regions(file.read_bytes(), file.name))
        list_bad_rows([("", problem.row, "", problem.value, region_reason_text(problem)) for problem in table.problems])
        done = import_regions(session, None, table, keep_good=keep_good, now=utc_now(), is_invented=invented, file_name=file.name)
    told = f"{counted(done.n_new, 'place')} added, {done.n_renamed} renamed, {done.n_unchanged} unchanged"
    if done.n_placed:
        told += f", {done.n_placed} given a position"
    click.echo(f"{told}, {counted(len(done.problems), 'row')} left out.")


@click.group(cls=CommandGroup)
def roster() -> None:
    """Bring in the registry's list of households."""


@roster.command("import")
@click.argument("file", type=FILE)
@click.option("--keep-good", is_flag=True, help="Import the good rows even if others are bad.")
@click.option("--dry-run", is_flag=True, help="Only say what an import would do.")
def import_(file: Path, keep_good: bool, dry_run: bool) -> None:
    """Import households from FILE, an .xlsx or a .csv in UTF-8 or GB18030.

    A household is known by its number within its village, so importing again updates it. Bad rows are listed on standard error, and
    nothing is imported unless --keep-good is given. --dry-run exits with 1 where the import would.
    """
    with installation_session() as session, naming_the_option():
        found = read_roster(file.read_bytes(), file.name)
        plan = plan_roster(session, found)
        problems = plan.roster.problems
        list_bad_rows([(problem.sheet, problem.row, problem.column, problem.value, reason_text(problem)) for problem in problems])
        if dry_run:
            new, changed, unchanged = (len(rows) for rows in (plan.comparison.new, plan.comparison.changed, plan.comparison.unchanged))
            n_bad = plan.roster.n_bad_rows
            told = f"It would add {counted(new, 'household')}, change {changed}, leave {unchanged} as they are"
            click.echo(f"{told}; {counted(n_bad, 'bad row')}.")
            if n_bad and not keep_good:
                raise SystemExit(1)
            return
        done = import_roster(session, None, found, keep_good=keep_good, now=utc_now(), file_name=file.name)
        n_bad = plan.roster.n_bad_rows
    told = f"{counted(done.n_new, 'household')} added, {done.n_changed} changed, {done.n_unchanged} unchanged"
    click.echo(f"{told}, {counted(n_bad, 'bad row')} left out.")


@roster.command("sample")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def sample(file: Path) -> None:
    """Write the sample file that people fill in to FILE (.xlsx)."""
    file.write_bytes(sample_workbook())
    click.echo(f"{file} is ready to be filled in.")


@contextmanager
def naming_the_option() -> Iterator[None]:
    """Adds to the refusal of bad rows how a command is told that only the good ones are wanted."""
    try:
        yield
    except SurveyError as error:
        if error.code is not ErrorCode.BAD_ROWS:
            raise
        raise click.ClickException(f"{error} The option for that is --keep-good.") from error


def list_bad_rows(rows: list[tuple[str, int, str, str, str]]) -> None:
    """The bad rows as CSV on standard error: sheet, row, column, value, reason."""
    if rows:
        writer = csv.writer(sys.stderr, lineterminator="\n")
        writer.writerow(("sheet", "row", "column", "value", "reason"))
        writer.writerows(rows)
