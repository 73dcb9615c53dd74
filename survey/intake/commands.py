"""`python -m survey import`: the encrypted file of a tablet that cannot send any more."""

from pathlib import Path

import click

from survey.console import counted, installation_session
from survey.db import utc_now
from survey.household_outcomes.words import FATE_LABELS
from survey.intake.sealed_operations import ImportedInterview, import_sealed
from survey.intake.words import IMPORT_LABELS
from survey.storage import current_storage


@click.command("import", short_help="Take in the encrypted file of a tablet that cannot send any more.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Take in FILE, which a tablet exported because it could not send its work: finished interviews as if they had been sent.

    Unfinished ones wait here until their person takes them onto another tablet. Importing the same file again changes nothing.
    """
    with installation_session() as session, file.open("rb") as stream:
        imported = import_sealed(session, None, stream, file.name, current_storage(), utc_now())
        lines = [_line(each) for each in imported.interviews]
    click.echo(f"Work of {imported.person.name} ({imported.person.username}), exported at {imported.created_at}:")
    for line in lines:
        click.echo(line)
    if imported.n_unmet:
        n_counting = imported.n_unmet - imported.n_unmet_left
        click.echo(f"Reasons for interviews that were not held: {n_counting} of {imported.n_unmet} count.")
    for finding in imported.findings:
        pictures = f", {counted(finding.n_pictures, 'picture')}" if finding.n_pictures else ""
        lost = f"; {counted(finding.n_lost, 'picture')} missing" if finding.n_lost else ""
        click.echo(f"  Look-back {finding.about}: {FATE_LABELS[finding.word]}{pictures}{lost}")
    n_received, n_known = imported.count("stored", "recovered"), imported.count("repeated", "waiting", "confirmed")
    n_left = len(lines) - n_received - n_known
    click.echo(f"{counted(n_received, 'interview')} taken in, {n_known} known already, {n_left} to look at.")
    if imported.count("damaged", "failed", "conflict") or not all(finding.counts for finding in imported.findings):
        raise SystemExit(1)


def _line(each: ImportedInterview) -> str:
    files = f", {counted(each.n_files, 'file')}" if each.n_files else ""
    missing = f"; missing: {', '.join(each.missing)}" if each.missing else ""
    detail = f" ({each.detail})" if each.detail else ""
    return f"  {each.title or each.instance_id}: {IMPORT_LABELS[each.outcome]}{files}{missing}{detail}"
