"""`python -m survey export` and `python -m survey report …`: the dataset as files, and drafts from it."""

import json
from pathlib import Path
from typing import Any

import click

from survey.bundles.export import export_changes
from survey.console import CommandGroup, counted, open_installation, progress_bar
from survey.db import reading_scope
from survey.pages.language import LANGUAGES
from survey.reports.draft_commands import draft, kinds
from survey.reports.format_commands import lint, reference
from survey.reports.live_commands import check, evidence, refresh, trace
from survey.reports.queries import list_reportable


@click.command("export", short_help="Write the accepted interviews as a bundle.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--visit", "visits", multiple=True, metavar="ID", help="Only this visit; may be repeated.")
def export(out: Path, visits: tuple[str, ...]) -> None:
    """Write the accepted interviews into the folder OUT as a bundle of Parquet files (see docs/bundle.md).

    A bundle that is there already is replaced as a whole, and files in it that did not change are kept; anything else is left alone.
    """
    app = open_installation()
    with app.app_context(), reading_scope(app) as session, progress_bar("Exporting", " interviews") as show:
        exported = export_changes(session, out, visits=visits, progress=show)
    manifest, counts = exported.manifest, exported.manifest["counts"]
    n_interviews, n_households = counted(counts["submissions"], "interview"), counted(counts["households"], "household")
    click.echo(f"{out}: {n_interviews}, {n_households}, {counted(len(manifest['visits']), 'visit')}.")
    if exported.n_kept:
        click.echo(f"Written anew: {exported.n_parts - exported.n_kept} of {counted(exported.n_parts, 'part')}; the others did not change.")
    elif exported.why_not:
        click.echo(f"Everything was written anew: {exported.why_not}.")
    click.echo(f"Hash of the dataset: {manifest['hash']}")
    if not counts["submissions"]:
        click.echo("No interview has been accepted yet, so there is nothing to analyse.", err=True)


@click.group(cls=CommandGroup)
def report() -> None:
    """Draft reports as Word documents."""


for _command in (draft, kinds, lint, reference, refresh, trace, evidence, check):
    report.add_command(_command)


@report.command("county", short_help="Draft the figures of one county.")
@click.option("--visit", "visit_id", required=True, metavar="ID", help="The visit; see: report list.")
@click.option("--county", "county_code", required=True, metavar="CODE", help="The county's six digits.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.docx", help="Where to write it.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of the report.")
@click.pass_context
def county(context: click.Context, /, **given: Any) -> None:
    """Draft the figures of one county of one visit from its accepted interviews: `report draft county` in short."""
    context.invoke(draft, kind="county", **given)


@report.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def list_(as_json: bool) -> None:
    """List the visits and counties that a report can be drafted on."""
    app = open_installation()
    with app.app_context(), reading_scope(app) as session:
        reportable = list_reportable(session)
    if as_json:
        click.echo(json.dumps([each.record() for each in reportable], ensure_ascii=False, indent=1))
        return
    for each in reportable:
        click.echo(f"{each.visit.id}  {each.visit.title}")
        for found in each.counties:
            click.echo(f"  {found.code}  {found.name}  {found.n_submissions} accepted interviews")
    if not reportable:
        click.echo("None yet: no interview has been accepted.", err=True)
