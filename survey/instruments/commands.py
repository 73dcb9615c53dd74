"""`python -m survey questionnaire …`: checking a questionnaire file, comparing, converting, publishing and printing it."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten

import click

from analysis.paper.document import INSTANCES, find_language, write_paper
from analysis.paper.pictures import picture_names
from questionnaires.compare import Change, compare_questionnaires
from questionnaires.convert import convert_file
from questionnaires.errors import SurveyError
from questionnaires.lint.grouping import ProblemGroup, group_problems, rows_text
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.console import CommandGroup, counted, installation_session, write_file
from survey.db import utc_now
from survey.field_time import field_date
from survey.instruments.earlier_files import earlier_files
from survey.instruments.files import media_folder, read_folder
from survey.instruments.household_file import lint_with_households
from survey.instruments.operations import Beside, publish_questionnaire
from survey.instruments.queries import list_versions
from survey.instruments.registry import find_version, load_questionnaire
from survey.storage import current_storage

MAX_SHOWN = 120
"""The most that is shown of a cell's text."""
FILE = click.Path(path_type=Path)
MEDIA = click.option(
    "--media",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of data files, pictures, sounds and films that FILE names. Default: FILE without its ending, and -media.",
)


@click.group(cls=CommandGroup)
def questionnaire() -> None:
    """Check questionnaires, compare, convert, publish and print them."""


@questionnaire.command("check")
@click.argument("file", type=FILE)
@MEDIA
def check(file: Path, media: Path | None) -> None:
    """List every problem of FILE with sheet, row, value and remedy; exit with 1 if there is any.

    Where its form is published here, what changed since the newest version follows.
    """
    files = {**files_taken_over(file, media), **files_beside(file, media)}
    problems = lint_with_households(file.read_bytes(), file.name, files)
    for group in group_problems(problems):
        click.echo(problem_line(file.name, group))
    if not any(problem.severity == "error" for problem in problems):
        echo_comparison(file, files)
    if problems:
        n_errors = sum(problem.severity == "error" for problem in problems)
        click.echo(f"{file.name}: {counted(n_errors, 'error')}, {counted(len(problems) - n_errors, 'warning')}", err=True)
        raise SystemExit(1)
    click.echo(f"{file.name}: no problem found")


@questionnaire.command("publish")
@click.argument("file", type=FILE)
@MEDIA
def publish(file: Path, media: Path | None) -> None:
    """Store FILE, with the files it names, as an immutable version that visits can use."""
    with installation_session() as session:
        known = {version.id for version in list_versions(session)}
        beside = Beside(current_storage(), files_beside(file, media))
        version = publish_questionnaire(session, None, file.read_bytes(), file.name, utc_now(), beside)
        n_files = len(version.files)
    was_there = "was already published; nothing changed" if version.id in known else "is published"
    with_files = f", {counted(n_files, 'file')}" if n_files else ""
    click.echo(f"{version.form_id} version {version.version} ({counted(version.n_questions, 'question')}{with_files}) {was_there}.")


@questionnaire.command("list")
def list_() -> None:
    """List the published versions."""
    with installation_session() as session:
        versions = list_versions(session)
    for version in versions:
        click.echo(f"{version.form_id:32} {version.version:20} {version.published_at:%Y-%m-%d}  {version.title}")
    if not versions:
        click.echo("None yet. Publish one with: python -m survey questionnaire publish FILE", err=True)


@questionnaire.command("paper", short_help="Write a questionnaire as a Word document to print.")
@click.argument("form", metavar="FILE|FORM_ID")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.docx", help="Where to write it.")
@click.option("--language", default="zh", show_default=True, metavar="CODE", help="One of the questionnaire's languages.")
@click.option("--version", default="", metavar="VERSION", help="Of a published form; the newest by default.")
@click.option(
    "--members", default=INSTANCES, show_default=True, type=click.IntRange(1, 40), help="Columns of a repeat without a fixed number."
)
@MEDIA
def paper(form: str, out: Path, language: str, version: str, members: int, media: Path | None) -> None:
    """Write the questionnaire in FILE, or the published one of this FORM_ID, as a Word document to print and fill in by hand."""
    if Path(form).is_file():
        files = files_beside(Path(form), media)
        read = read_questionnaire(Path(form), files=files)
    else:
        with installation_session() as session:
            found = find_version(session, form, version)
            read = load_questionnaire(found)
            shown = picture_names(read)
            files = {each.name: current_storage().get(each.sha256) for each in found.files if each.name in shown}
    today = field_date(utc_now())
    write_file(out, write_paper(read, find_language(read, language), today=today, n_instances=members, pictures=files))
    click.echo(f"{out}: {read.form_id} version {read.version}")


@questionnaire.command("compare", short_help="Say what changed between two versions.")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
def compare(before: str, after: str) -> None:
    """Say what changed from BEFORE to AFTER, and what each change does to data already collected.

    Each is a file, or a published version as FORM_ID or FORM_ID/VERSION.
    """
    old, new = read_either(before), read_either(after)
    changes = compare_questionnaires(old, new)
    for change in changes:
        click.echo(change_line(change))
    if not changes:
        click.echo(f"{before} and {after} ask the same.")


@questionnaire.command("convert", short_help="Write Markdown tables as a workbook, or a workbook as Markdown tables.")
@click.argument("file", type=FILE)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def convert(file: Path, out: Path) -> None:
    """Write the questionnaire FILE as OUT, whose ending (.xlsx or .md) says in which form; no cell is lost.

    OUT is replaced if it is there.
    """
    if out.suffix.lower() not in (".xlsx", ".md"):
        raise click.BadParameter("the ending must be .xlsx or .md", param_hint="OUT")
    write_file(out, convert_file(file.read_bytes(), file.name, out.suffix))
    click.echo(f"{out}: written")


def read_either(name: str) -> Questionnaire:
    """The questionnaire in a file, or the published one that is named "form_id" or "form_id/version"."""
    if Path(name).is_file():
        return read_questionnaire(Path(name), files=files_beside(Path(name), None))
    form_id, _, version = name.partition("/")
    with installation_session() as session:
        return load_questionnaire(find_version(session, form_id, version))


def echo_comparison(file: Path, files: Mapping[str, bytes]) -> None:
    """Say what changed since the newest published version of the form in a file; nothing where there is none, or no installation."""
    read = read_questionnaire(file, files=files)
    try:
        with installation_session() as session:
            newest = load_questionnaire(find_version(session, read.form_id))
    except SurveyError:
        return
    changes = compare_questionnaires(newest, read)
    n_changes = counted(len(changes), "change") if changes else "no changes"
    click.echo(f"Compared with the published version {newest.version}: {n_changes}")
    for change in changes:
        click.echo(change_line(change))


def change_line(change: Change) -> str:
    """A change on one line: how grave, what changed, and what that does to data already collected."""
    what, effect = change.in_language("en")
    return f"{change.weight}: {what} {effect}"


def files_beside(file: Path, media: Path | None) -> dict[str, bytes]:
    """The files to be published with a form: those of the folder named, else of the folder called as the form with "-media"."""
    folder = media or media_folder(file)
    return read_folder(folder) if folder else {}


def files_taken_over(file: Path, media: Path | None) -> dict[str, bytes]:
    """The files that publishing would take over from earlier versions; none where there is no file, or no installation."""
    if not file.is_file():
        return {}
    try:
        with installation_session() as session:
            return earlier_files(session, current_storage(), file.read_bytes(), file.name, files_beside(file, media))
    except SurveyError:
        return {}


def problem_line(file: str, group: ProblemGroup) -> str:
    """Equal problems on one line: place, severity, message, value and remedy."""
    problem = group.first
    place = ":".join(part for part in (file, problem.sheet, rows_text(group.runs), problem.column) if part)
    value = f" (value: {shorten(group.value, MAX_SHOWN, placeholder=' …')})" if group.value else ""
    return f"{place}: {problem.severity}: {problem.message}{value} {problem.remedy}".rstrip()
