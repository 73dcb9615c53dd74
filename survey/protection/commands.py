"""`python -m survey person` and `retention`: what is held of one person, and how long a visit's personal parts are kept."""

from pathlib import Path

import click
from flask import current_app

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.console import CommandGroup, counted, installation_session, open_installation, progress_bar, write_file
from survey.db import utc_now
from survey.field_time import field_date
from survey.protection.erasing import erase
from survey.protection.held import find_people, find_subject, read_held
from survey.protection.key_rotation import rotate_keys
from survey.protection.person_file import person_file
from survey.protection.reading import forget_old_reads
from survey.protection.retention import erase_visit, list_kept
from survey.protection.sweeping import Swept, sweep
from survey.registry.sealing import Vault
from survey.storage import Storage
from survey.this_app import this_app


@click.group("person", cls=CommandGroup, short_help="Find, export or erase what is held of one person.")
def person() -> None:
    """Find, export or erase what is held of a household or one of its members."""


def _settings() -> Settings:
    settings: Settings = current_app.extensions["survey.settings"]
    return settings


def _storage() -> Storage:
    storage: Storage = current_app.extensions["survey.storage"]
    return storage


@person.command("find", short_help="Find people by name, number or identity number.")
@click.argument("text")
@click.option("--village", metavar="CODE", default="", help="Only in places whose code begins with CODE.")
def find(text: str, village: str) -> None:
    """List the households and members whose name holds TEXT, or whose number or identity number it is, with their identifiers.

    For export and erasing, name the household, and a member with --member.
    """
    with installation_session() as session:
        found = find_people(session, text, Vault(_settings().secret_key), village_code=village)
        for each in found:
            who = f"{each.member.name} --member {each.member.id}" if each.member else each.household.head_name
            click.echo(f"{each.household.id}  {each.household.village.name} {each.household.number}  {who}")
    if not found:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Household or person", key=text, remedy="Try a part of the name.")


@person.command("export", short_help="Write everything that is held of a household to a file.")
@click.argument("household_id")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--member", metavar="ID", default="", help="The member who asked.")
def export_person(household_id: str, out: Path, member: str) -> None:
    """Write a .zip to OUT: data.json with every row that is held of the household, and the files of its interviews."""
    with installation_session() as session:
        found = find_subject(session, household_id, member or None)
        content = person_file(session, _storage(), found, Vault(_settings().secret_key), utc_now())
    write_file(out, content)
    click.echo(f"{out} is written.")


@person.command("erase", short_help="Erase what tells who the people of a household are.")
@click.argument("household_id")
@click.option("--member", metavar="ID", default="", help="Only this member.")
@click.option("--reason", required=True, help="Why; it is kept in the log, so without names.")
@click.option("--yes", is_flag=True, help="Do it; without, only what would be erased is said.")
def erase_person(household_id: str, member: str, reason: str, yes: bool) -> None:
    """Erase names, numbers, texts, positions and files of a household, or of one member, wherever they are held. Figures stay.

    This cannot be undone. Backups, exported datasets and reports that left this server have to be looked after by hand.
    """
    with installation_session() as session:
        found = find_subject(session, household_id, member or None)
        held = read_held(session, found.household)
        for name, number in held.counts().items():
            if number:
                click.echo(f"{number:6} {name.replace('_', ' ')}")
        if not yes:
            click.echo("Nothing was erased. Say --yes to do it.")
            return
        done = erase(session, _storage(), None, found, reason, utc_now())
    told = "after" if member else "with"
    click.echo(f"Erased {told} {counted(done.n_submissions, 'interview')} and {counted(done.n_files, 'file')}.")


@click.command("retention", short_help="List, and with --apply erase, personal parts of visits past their date.")
@click.option("--apply", "is_applied", is_flag=True, help="Erase the personal parts of those past their date. This cannot be undone.")
def retention(is_applied: bool) -> None:
    """List until when the personal parts of each visit are kept: names, numbers, texts, positions and files of its interviews.

    Exits with 1 while some are past their date and not erased. Records of who read what are forgotten after three years.
    """
    with installation_session() as session:
        kept = list_kept(session, field_date(utc_now()), _settings().retention_months)
        for each in kept:
            click.echo(f"{each.keep_until} {each.state:7} {each.visit.id}  {counted(each.n_submissions, 'interview')}")
        n_forgotten = forget_old_reads(session) if is_applied else 0
    due = [each.visit for each in kept if each.state == "due"]
    if not is_applied:
        if due:
            click.echo(f"{counted(len(due), 'visit')} past the date. Erase with: python -m survey retention --apply", err=True)
            raise SystemExit(1)
        return
    for visit in due:
        with installation_session() as session:
            done = erase_visit(session, _storage(), None, visit, utc_now())
        click.echo(f"{visit.id}: {counted(done.n_submissions, 'interview')} and {counted(done.n_files, 'file')} erased.")
    swept = sweep(this_app(), utc_now())
    if swept != Swept(0, 0, 0):
        late = f"{swept.n_interviews} interviews that came after their household was erased"
        click.echo(f"Removed: {swept.n_half_written} half-written files, {swept.n_files} files of erasures that were cut off, {late}.")
    if n_forgotten:
        click.echo(f"{counted(n_forgotten, 'record')} of reads forgotten.")


@click.group("keys", cls=CommandGroup, short_help="Change the key that personal fields are encrypted with.")
def keys() -> None:
    """Change the key that personal fields are encrypted with."""


@keys.command("rotate", short_help="Encrypt everything with the first key of SURVEY_FIELD_KEY.")
def rotate() -> None:
    """Encrypt with the first key of SURVEY_FIELD_KEY what was encrypted with an earlier one, or not at all.

    It may be cut off and run again. Afterwards the earlier keys may be taken out of the setting; keep them with the backups they open.
    """
    app = open_installation()
    with progress_bar("Values") as show:
        n_values = rotate_keys(app.extensions["survey.engine"], show)
    click.echo(f"{counted(n_values, 'value')} encrypted with the first key.")
