"""`python -m survey report draft KIND …` and `report kinds`: drafts of every kind, entered in the register."""

from pathlib import Path
from typing import Any

import click

from analysis.report.kinds.names import KIND_NAMES, KIND_OF_NAME
from analysis.report.kinds.records import About
from analysis.report.official.formalities import signed
from questionnaires.model import AREAS
from survey.console import open_installation, progress_bar, write_file
from survey.db import reading_scope, session_scope, utc_now
from survey.field_time import field_date
from survey.house_styles.queries import IN_USE, read_style
from survey.pages.language import LANGUAGES
from survey.reports.models import AUDIENCES
from survey.reports.operations import make_draft, register_draft
from survey.storage import current_storage

OPTIONS = {
    "visit_id": "--visit",
    "county_code": "--county",
    "village_code": "--village",
    "area": "--area",
    "year": "--year",
    "quarter": "--quarter",
    "month": "--month",
}
"""The option that gives each parameter."""


@click.command("draft", short_help="Draft a report of any kind.")
@click.argument("kind", type=click.Choice([kind.name for kind in KIND_NAMES]))
@click.option("--visit", "visit_id", default="", metavar="ID", help="The visit; see: report list.")
@click.option("--county", "county_code", default="", metavar="CODE", help="A county's six digits.")
@click.option("--village", "village_code", default="", metavar="CODE", help="A village's twelve digits.")
@click.option("--area", default="", type=click.Choice(["", *AREAS]), metavar="AREA", help=f"A focus area: {', '.join(AREAS)}.")
@click.option("--year", default=0, metavar="YEAR", help="The year, 2018.")
@click.option("--quarter", default=0, metavar="1-4", help="The quarter of the year.")
@click.option("--month", default=0, metavar="1-12", help="The month of the year.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.docx", help="Where to write it.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of the report.")
@click.option("--audience", type=click.Choice(AUDIENCES), default=AUDIENCES[0], show_default=True, help="Outward: villages coded.")
@click.option("--native-charts", "has_native_charts", is_flag=True, help="Bars as charts that Word draws and an author can edit.")
@click.option(
    "--house-style",
    default=IN_USE,
    show_default=True,
    metavar="NAME",
    help="A reference document by its name; 'used': the one in use; 'none': the program's own format.",
)
@click.option("--body", default="", metavar="NAME", help="Who issues the document; it is signed by them, and dated today.")
@click.option("--number", default="", metavar="TEXT", help="The number of the document, 〔2018〕5号; it stands below the letterhead.")
@click.option("--letterhead", "has_letterhead", is_flag=True, help="The red letterhead, with the name of --body.")
@click.option("--addressee", default="", metavar="NAME", help="To whom it goes.")
@click.option("--copies", default="", metavar="NAMES", help="Who gets copies; several with ; between them.")
@click.option("--contents", "has_contents", is_flag=True, help="A table of contents below the title.")
def draft(
    kind: str,
    visit_id: str,
    county_code: str,
    village_code: str,
    area: str,
    year: int,
    quarter: int,
    month: int,
    out: Path,
    language: str,
    audience: str,
    has_native_charts: bool,
    house_style: str,
    **formalities: Any,
) -> None:
    """Draft a report of this KIND from accepted interviews and the register, and enter it in the register of reports.

    `report kinds` tells which kinds there are and what each is about.
    """
    if out.suffix.lower() != ".docx":
        raise click.BadParameter("a Word document's name ends in .docx.", param_hint="--out")
    about = About(visit_id.strip(), county_code.strip()[:6], village_code.strip(), area, year, quarter, month)
    missing = [OPTIONS[name] for name in KIND_OF_NAME[kind].about if name not in about.record()]
    if missing:
        raise click.UsageError(f"A report of the kind '{kind}' needs {', '.join(missing)}.")
    if formalities["has_letterhead"] and not formalities["body"].strip():
        raise click.UsageError("A letterhead (--letterhead) is the name of whoever issues the document: give it with --body.")
    app = open_installation()
    now = utc_now()
    today = field_date(now)
    with app.app_context():
        with reading_scope(app) as session, progress_bar("Reading", " interviews") as show:
            made = make_draft(
                session,
                kind,
                about,
                language=language,
                audience=audience,
                today=today,
                formalities=signed(today, **formalities),
                house_style=read_style(session, house_style, language, current_storage()),
                has_native_charts=has_native_charts,
                progress=show,
            )
        write_file(out, made.content)
        with session_scope(app) as session:
            report = register_draft(session, None, made, current_storage(), now)
            version = report.version
    dataset = f"dataset {made.dataset_hash[:12]}, " if made.dataset_hash else ""
    click.echo(f"{out}: {made.title} ({dataset}version {version})")


@click.command("kinds")
def kinds() -> None:
    """List the kinds of reports and what each is about."""
    for kind in KIND_NAMES:
        options = [OPTIONS[name] for name in kind.about] + [f"[{OPTIONS[name]}]" for name in kind.optional]
        click.echo(f"{kind.name:10}  {kind.titles['zh']}  {kind.titles['en']}: {' '.join(options)}")
