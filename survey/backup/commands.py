"""`python -m survey backup` and `python -m survey restore`."""

import os
import sys
from datetime import datetime
from typing import NoReturn

import click
from flask import Flask

import survey
from questionnaires.errors import ErrorCode, SurveyError
from survey.backup.failing import back_up_once
from survey.backup.place import Place, open_place, require_passphrase
from survey.backup.restoring import check_backup, restore_backup
from survey.backup.taking import take_backup
from survey.backup.waiting import HOUR_S, MADE_BEFORE
from survey.config import read_settings
from survey.console import counted, progress_bar
from survey.db import utc_now
from survey.revisions import check_schema

PROBLEMS_SHOWN = 20
WAITING = "survey.backup.waiting"


@click.command("backup", short_help="Back everything up, encrypted, while the server works on.")
@click.argument("target")
@click.option("--keep", type=click.IntRange(1), help="Remove all but so many of the newest backups. [default: all are kept]")
@click.option("--every", type=click.IntRange(1, 24 * 31), metavar="HOURS", help="Stay, and back up again after so many hours.")
@click.option("--list", "only_list", is_flag=True, help="Back nothing up; list the backups that lie there.")
@click.option(MADE_BEFORE, "is_schema_right", is_flag=True, hidden=True)
def backup(target: str, keep: int | None, every: int | None, only_list: bool, is_schema_right: bool) -> None:
    """Back everything up into the place TARGET, a folder or an address such as s3://bucket/folder: the database as at one moment, every
    file, and the authority that tablets trust.

    It is encrypted with the passphrase in SURVEY_BACKUP_KEY. The secret key of the installation is not in it: keep both where the backup
    does not lie. What lies there already is not written again, so a daily backup takes what a day brought. The server may run meanwhile.
    A backup that fails is noted: the start page of coordinators and /readyz warn until one is made.
    """
    if only_list:
        settings = read_settings()
        _list(open_place(target, settings.backup_key, may_begin=False))
        return
    settings = read_settings()
    require_passphrase(settings.backup_key)
    if every is not None:
        _back_up_again(target, keep, every)
    app = survey.create_app(settings)

    def back_up(now: datetime) -> None:
        if not is_schema_right:
            check_schema(app.extensions["survey.engine"])
        _back_up(app, open_place(target, settings.backup_key, may_begin=True), keep, now)

    back_up_once(app, back_up)


@click.command("restore", short_help="Make an installation out of a backup, in an empty place.")
@click.argument("source")
@click.option("--backup", "name", default="", metavar="NAME", help="The backup to take, as `backup --list` names it. [default: the newest]")
@click.option(
    "--check", "only_check", is_flag=True, help="Restore nothing; only read every piece of the backup and say whether it is whole."
)
def restore(source: str, name: str, only_check: bool) -> None:
    """Make an installation out of the backup in SOURCE, where SURVEY_DATA, SURVEY_DATABASE_URL and SURVEY_STORAGE_URL say, which has to be
    empty. It needs SURVEY_BACKUP_KEY, and the SURVEY_SECRET_KEY of the installation that was backed up.

    Every row, every file and the log of events are read back and compared before it says that it is done. It restores to either kind of
    database, whichever the backup was made of. Ends with 1 when something is wrong that was wrong already when the backup was made.
    """
    settings = read_settings()
    place = open_place(source, settings.backup_key, may_begin=False)
    chosen = _choose(place, name)
    with progress_bar("Files") as show_files, progress_bar("Tables") as show_rows:
        if only_check:
            told = check_backup(place, chosen, show_rows, show_files)
            n_rows = sum(table.n_rows for table in told.tables)
        else:
            restored = restore_backup(settings, place, chosen, utc_now(), show_rows, show_files)
    if only_check:
        click.echo(f"The backup {chosen} is whole: {counted(n_rows, 'row')} and {counted(len(told.files), 'file')}.")
        return
    for problem in restored.problems[:PROBLEMS_SHOWN]:
        click.echo(problem, err=True)
    what = f"{counted(restored.n_rows, 'row')} and {counted(restored.n_files, 'file')}"
    click.echo(f"The backup {chosen} of {_moment(restored.taken_at)} is restored: {what}, each compared.")
    if restored.n_erased:
        click.echo(f"{counted(restored.n_erased, 'erasure')} of personal data that came after it, done again.")
    if restored.problems:
        click.echo(f"{counted(len(restored.problems), 'thing')} that the backup holds as they are need a look; see above.", err=True)
        raise SystemExit(1)


def _back_up_again(target: str, keep: int | None, every: int) -> NoReturn:
    """Become the process that waits and has each backup made by another one."""
    failed = f"This backup failed, the next is tried in {counted(every, 'hour')}."
    told = [target, *(("--keep", str(keep)) if keep is not None else ())]
    sys.stdout.flush()
    python = sys.executable
    os.execv(python, [python, "-m", WAITING, str(every * HOUR_S), failed, python, "-m", "survey", "backup", *told])


def _back_up(app: Flask, place: Place, keep: int | None, now: datetime) -> None:
    with progress_bar("Tables") as show_rows, progress_bar("Files") as show_files:
        taken = take_backup(app, place, now, show_rows, show_files)
    new = f"{counted(taken.n_pieces_new, 'new piece')}, {taken.n_bytes_new / 1e6:.1f} MB"
    click.echo(f"The backup {taken.name} is complete: {counted(taken.n_rows, 'row')} and {counted(taken.n_files, 'file')}; {new}.")
    if keep is not None and len(place.lists()) > keep:
        n_removed = place.keep_only(place.lists()[-keep:])
        click.echo(f"Earlier backups were removed, and {counted(n_removed, 'piece')} that only they needed.")


def _list(place: Place) -> None:
    for name in place.lists():
        told = place.read_list(name)
        n_rows, n_files = sum(table.n_rows for table in told.tables), len(told.files)
        click.echo(f"{name}  {counted(n_rows, 'row')}, {counted(n_files, 'file')}, schema {told.revision}")


def _choose(place: Place, name: str) -> str:
    names = place.lists()
    if name and name not in names:
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Backup", key=name, remedy="See which there are with: python -m survey backup SOURCE --list"
        )
    if not names:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=place.url, detail="no backup was completed here yet")
    return name or names[-1]


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
