"""`python -m survey members import` and `register import`: persons and the register of identification from spreadsheets."""

import json
from pathlib import Path

import click

from survey.config import current_settings
from survey.console import CommandGroup, counted, installation_session, progress_bar, write_file
from survey.db import utc_now
from survey.field_time import field_date
from survey.places.commands import FILE, list_bad_rows, naming_the_option
from survey.registry.identification_plan import plan_identifications
from survey.registry.identification_sheet import read_identifications
from survey.registry.import_operations import import_identifications, import_members
from survey.registry.member_plan import plan_members
from survey.registry.member_sheet import read_members
from survey.registry.samples import identification_sample, member_sample
from survey.registry.sealing import Vault
from survey.registry.texts import identification_reason_text, member_reason_text

KEEP_GOOD = click.option("--keep-good", is_flag=True, help="Import the good rows even if others are bad.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what an import would do.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
UNIT = " rows"


@click.group(cls=CommandGroup)
def members() -> None:
    """Bring in the persons of households."""


@members.command("import")
@click.argument("file", type=FILE)
@KEEP_GOOD
@DRY_RUN
@AS_JSON
def import_persons(file: Path, keep_good: bool, dry_run: bool, as_json: bool) -> None:
    """Import persons from FILE, an .xlsx or a .csv in UTF-8 or GB18030, one row for each person.

    A person is known by the identity number, without one by the name within the household, so importing again updates. Nobody is
    removed. A household that is not on the roster is made from its persons if the list has 户类型. Bad rows are listed on standard
    error, identity numbers with stars, and nothing is imported unless --keep-good is given. --dry-run exits with 1 where the import
    would.
    """
    with installation_session() as session, naming_the_option(), progress_bar(f"Reading {file.name}", UNIT) as show:
        vault = Vault(current_settings().secret_key)
        found = read_members(file.read_bytes(), file.name, vault, field_date(utc_now()), show)
        plan = plan_members(session, found)
        problems = plan.members.problems
        list_bad_rows([(each.sheet, each.row, each.column, each.value, member_reason_text(each)) for each in problems])
        counts = {
            "added": len(plan.new),
            "changed": len(plan.changed),
            "unchanged": len(plan.unchanged),
            "households_made": len(plan.new_households),
            "bad_rows": plan.n_bad_rows,
        }
        if not dry_run:
            import_members(session, None, found, keep_good=keep_good, now=utc_now(), file_name=file.name)
    made = counted(counts["households_made"], "household")
    done = f"{counted(counts['added'], 'person')} added, {counts['changed']} changed, {counts['unchanged']} unchanged, {made} made"
    would = f"It would add {counted(counts['added'], 'person')}, change {counts['changed']}, leave {counts['unchanged']} and make {made}"
    _tell(counts, would if dry_run else done, dry_run=dry_run, keep_good=keep_good, as_json=as_json)


@members.command("sample")
@click.argument("file", type=NEW_FILE)
def sample_of_persons(file: Path) -> None:
    """Write the sample file that people fill in to FILE (.xlsx)."""
    write_file(file, member_sample())
    click.echo(f"{file} is ready to be filled in.")


@click.group(cls=CommandGroup)
def register() -> None:
    """Bring in the register of identification."""


@register.command("import")
@click.argument("file", type=FILE)
@KEEP_GOOD
@DRY_RUN
@AS_JSON
def import_register(file: Path, keep_good: bool, dry_run: bool, as_json: bool) -> None:
    """Import what happened to households from FILE, an .xlsx or a .csv in UTF-8 or GB18030.

    The list has a row for each happening, or one for each household with a column for each day.
    Rows that are in the register already are passed over, so importing again adds nothing. A household whose rows break the order of
    the register is left out whole. Bad rows are listed on standard error, and nothing is imported unless --keep-good is given.
    --dry-run exits with 1 where the import would.
    """
    with installation_session() as session, naming_the_option(), progress_bar(f"Reading {file.name}", UNIT) as show:
        found = read_identifications(file.read_bytes(), file.name, field_date(utc_now()), show)
        plan = plan_identifications(session, found)
        problems = plan.listed.problems
        list_bad_rows([(each.sheet, each.row, each.column, each.value, identification_reason_text(each)) for each in problems])
        counts = {"added": len(plan.new), "known": len(plan.known), "bad_rows": plan.n_bad_rows}
        if not dry_run:
            result = import_identifications(session, None, found, keep_good=keep_good, now=utc_now(), file_name=file.name)
            counts["kinds_changed"] = result.n_kinds_changed
    would = f"It would add {counted(counts['added'], 'row')}; {counts['known']} known already"
    kinds = counted(counts.get("kinds_changed", 0), "household")
    done = f"{counted(counts['added'], 'row')} added, {counts['known']} known already, {kinds} of another kind now"
    _tell(counts, would if dry_run else done, dry_run=dry_run, keep_good=keep_good, as_json=as_json)


@register.command("sample")
@click.argument("file", type=NEW_FILE)
def sample_of_register(file: Path) -> None:
    """Write the sample file that people fill in to FILE (.xlsx)."""
    write_file(file, identification_sample())
    click.echo(f"{file} is ready to be filled in.")


def _tell(counts: dict[str, int], sentence: str, *, dry_run: bool, keep_good: bool, as_json: bool) -> None:
    """Say what was done, or would be; exit with 1 where a trial found what keeps an import from being made."""
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **counts}))
    else:
        bad = counted(counts["bad_rows"], "bad row")
        click.echo(f"{sentence}; {bad}." if dry_run else f"{sentence}, {bad} left out.")
    if dry_run and counts["bad_rows"] and not keep_good:
        raise SystemExit(1)
