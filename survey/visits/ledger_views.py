"""The work ledger's pages: its numbers by period and visit, the rows behind each number, and both as files."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from survey.accounts.access import requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.pages.downloads import DOCX, download
from survey.pages.workbooks import XLSX
from survey.places import codes
from survey.visits.ledger import NO_VISIT, read_work_ledger
from survey.visits.ledger_documents import items_workbook, ledger_document, ledger_workbook, named_text, period_text
from survey.visits.ledger_forms import PeriodForm
from survey.visits.ledger_rows import WITHOUT_LIMIT, Chosen, LedgerItem, read_items
from survey.visits.page import READERS, visit_words
from survey.visits.plan_queries import find_visit
from survey.visits.words import LEDGER_LABELS, LEDGER_NOTES

ADDRESSES = {
    "visit": ("visits.overview", "visit_id"),
    "place": ("places.region", "code"),
    "submission": ("review.submission", "instance_id"),
    "meeting": ("liaison_meetings.show", "meeting_id"),
    "recommendation": ("visit_records.recommendations", "visit_id"),
    "report_file": ("reports.file", "report_id"),
}
"""Where a row behind a number leads to: the view, and the name of what it is told."""

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "labels": LEDGER_LABELS, "notes": LEDGER_NOTES, "named_text": named_text, "period_text": period_text}


def _form() -> PeriodForm:
    return PeriodForm(request.args)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The ten totals of a period, what each counts, by year or quarter, and by visit."""
    form = _form()
    period = form.period()
    ledger = read_work_ledger(current_session(), period, by_quarter=form.by.data == "quarter")
    return render_template("visits/ledger.html", form=form, period=period, ledger=ledger, filters=form.parameters())


@blueprint.get("/ledger.docx")
@requires(*READERS)
def document() -> Response:
    """The ledger of a period as a Word document."""
    form = _form()
    period = form.period()
    ledger = read_work_ledger(current_session(), period, by_quarter=form.by.data == "quarter")
    data = ledger_document(ledger, period, today=field_date(utc_now()), is_invented=current_settings().demo)
    return download(data, f"{_('Work ledger')}.docx", DOCX)


@blueprint.get("/ledger.xlsx")
@requires(*READERS)
def workbook() -> Response:
    """The ledger of a period as a workbook."""
    form = _form()
    period = form.period()
    ledger = read_work_ledger(current_session(), period, by_quarter=form.by.data == "quarter")
    return download(ledger_workbook(ledger, period), f"{_('Work ledger')}.xlsx", XLSX)


@blueprint.get("/<name>")
@requires(*READERS)
def items(name: str) -> str:
    """The rows behind one number of the ledger."""
    form = _form()
    chosen = _chosen(form)
    found = read_items(current_session(), name, chosen, request.args.get("page", 1, int))
    visit = find_visit(current_session(), chosen.visit) if chosen.visit not in ("", NO_VISIT) else None
    filters = {key: value for key, value in {**form.parameters(), "visit": chosen.visit}.items() if value}
    return render_template(
        "visits/ledger_items.html",
        name=name,
        found=found,
        visit=visit,
        chosen=chosen,
        filters=filters,
        address=address_of,
        path=path_of,
        above=above_of,
    )


@blueprint.get("/<name>.xlsx")
@requires(*READERS)
def items_file(name: str) -> Response:
    """The rows behind one number of the ledger, all of them, as a workbook."""
    found = read_items(current_session(), name, _chosen(_form()), size=WITHOUT_LIMIT)
    title = str(LEDGER_LABELS[name])
    return download(items_workbook(title, found), f"{title}.xlsx", XLSX)


def _chosen(form: PeriodForm) -> Chosen:
    return Chosen(form.period(), request.args.get("visit", ""))


def path_of(code: str, names: dict[str, str]) -> str:
    """The county of a place and the place itself, or whichever of them is known; "–" for no place."""
    county = codes.county_of(code).ljust(12, "0")
    return " ".join(dict.fromkeys(names[each] for each in (county, code) if each in names)) or "–"


def above_of(code: str, names: dict[str, str]) -> str:
    """The places above, from the city down; "–" for a province."""
    return " ".join(names[each] for each in codes.ancestors_of(code)[1:] if each in names) or names.get(code[:2].ljust(12, "0"), "–")


def address_of(item: LedgerItem) -> str:
    """The address of the page that a row leads to; "" when there is none."""
    if item.kind == "report":
        return url_for("reports.index")
    if item.kind not in ADDRESSES or not item.key:
        return ""
    view, name = ADDRESSES[item.kind]
    where: dict[str, Any] = {name: item.key}
    return url_for(view, **where)
