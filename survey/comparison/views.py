"""The pages of what was said, filed and seen: of a visit, of one household, and as tables to take along."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.comparison import operations
from survey.comparison.cases import EVERYTHING, Case, CaseFilter, tally, tally_by
from survey.comparison.forms import CorrectionForm, EvidenceForm, FilterForm
from survey.comparison.queries import VisitComparison, find_case, list_files, neighbours_of, read_comparison
from survey.comparison.tables import write_csv, write_workbook
from survey.comparison.wording import Wording
from survey.comparison.words import BASIS_LABELS, DECIDED_LABELS, KIND_LABELS, KIND_TONES, PICTURE_LABELS, REMARK_LABELS, SOURCE_LABELS
from survey.db import current_session, utc_now
from survey.pages.downloads import download
from survey.pages.paging import page_of
from survey.places.words import KIND_LABELS as HOUSEHOLD_LABELS
from survey.visits.models import Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("comparison", __name__, url_prefix="/visits/<visit_id>/comparison")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        **visit_words(),
        "compared_labels": KIND_LABELS,
        "compared_tones": KIND_TONES,
        "source_labels": SOURCE_LABELS,
        "picture_labels": PICTURE_LABELS,
        "basis_of_kind_labels": BASIS_LABELS,
        "remark_labels": REMARK_LABELS,
        "decided_labels": DECIDED_LABELS,
        "household_labels": HOUSEHOLD_LABELS,
    }


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """Counts by item and village, and the discrepancies that pass the filters."""
    visit = find_visit(current_session(), visit_id)
    form = FilterForm(request.args)
    wanted = form.wanted()
    found = read_comparison(current_session(), visit, wanted.scope)
    wording = Wording(str(get_locale()))
    villages = {case.household.village_code: case.household.village_name for case in found.cases}
    form.offer([(name, wording.item(item)) for name, item in found.items.items()], list(villages.items()))
    listed = wanted.select(found.cases)
    page = page_of(request.args.get("page", 1, int), len(listed))
    in_village = wanted.but(item="", kind=EVERYTHING, decided="").select(found.cases)
    of_item = wanted.but(village="", kind=EVERYTHING, decided="").select(found.cases)
    return render_visit(
        "comparison/visit.html",
        visit,
        form=form,
        wanted=wanted,
        found=found,
        total=tally(in_village),
        by_item=tally_by(in_village, "item"),
        by_village=tally_by(of_item, "village"),
        villages=villages,
        page=page,
        cases=listed[page.offset : page.offset + page.size],
        wording=wording,
    )


@blueprint.get("/<household_id>")
@requires(*READERS)
def household(visit_id: str, household_id: str) -> str:
    """One household, item by item."""
    return _household_page(find_visit(current_session(), visit_id), household_id)


def _household_page(visit: Visit, household_id: str, item: str = "", bad: CorrectionForm | EvidenceForm | None = None) -> str:
    """The page; a form that was refused is shown open with its errors at its item."""
    wanted = FilterForm(request.args).wanted()
    found = read_comparison(current_session(), visit, wanted.scope)
    cases = tuple(case for case in found.cases if case.household.id == household_id)
    if not cases:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Household",
            key=household_id,
            remedy="Nothing of it is compared in this visit: its file or its interview is missing, or waits for review.",
        )
    before, after = neighbours_of(wanted.select(found.cases), household_id)
    corrections = {case.item: CorrectionForm(case.kind, formdata=None) for case in cases}
    offers = {case.item: EvidenceForm(formdata=None, area=found.items[case.item].area, level="household") for case in cases}
    if isinstance(bad, CorrectionForm):
        corrections[item] = bad
    elif isinstance(bad, EvidenceForm):
        offers[item] = bad
    readings = {each.record.instance_id: each.record for case in cases for told in case.comparison.readings.values() for each in told}
    return render_visit(
        "comparison/household.html",
        visit,
        household=cases[0].household,
        cases=cases,
        found=found,
        wanted=wanted,
        total=tally(cases),
        neighbours=(before, after),
        records=tuple(readings.values()),
        files=list_files(current_session(), cases),
        corrections=corrections,
        offers=offers,
        opened=item,
        wording=Wording(str(get_locale())),
    )


@blueprint.get("/table.xlsx")
@requires(*READERS)
def workbook(visit_id: str) -> Response:
    """The comparisons that pass the filters with their counts, as a workbook."""
    visit, found, cases, wording = _to_take_along(visit_id)
    return download(write_workbook(found, cases, wording), f"{visit.id}-{_('said-filed-seen')}.xlsx", XLSX)


@blueprint.get("/table.csv")
@requires(*READERS)
def table(visit_id: str) -> Response:
    """The comparisons that pass the filters, as CSV."""
    visit, found, cases, wording = _to_take_along(visit_id)
    return download(write_csv(found, cases, wording), f"{visit.id}-{_('said-filed-seen')}.csv", "text/csv; charset=utf-8")


def _to_take_along(visit_id: str) -> tuple[Visit, VisitComparison, tuple[Case, ...], Wording]:
    """Without a kind asked for, agreement goes along too: a table without it has no shares."""
    visit = find_visit(current_session(), visit_id)
    wanted = FilterForm(request.args).wanted()
    found = read_comparison(current_session(), visit, wanted.scope)
    return visit, found, wanted.but(kind=wanted.kind or EVERYTHING).select(found.cases), Wording(str(get_locale()))


@blueprint.post("/<household_id>/<item>/correct")
@requires(*EDITORS)
def correct(visit_id: str, household_id: str, item: str) -> Any:
    """Give an item another kind, with the reason."""
    visit, wanted = find_visit(current_session(), visit_id), FilterForm(request.args).wanted()
    _item, case = find_case(current_session(), visit, household_id, item, wanted.scope)
    form = CorrectionForm(case.kind)
    if not form.validate_on_submit():
        return make_response(_household_page(visit, household_id, item, form), 422)
    operations.correct_kind(current_session(), actor(), visit, case, kind=form.kind.data, reason=form.reason.data or "", now=utc_now())
    flash(_("Corrected. What was found stays beside it."), "success")
    return _back(visit, household_id, item, wanted)


@blueprint.post("/<household_id>/<item>/restore")
@requires(*EDITORS)
def restore(visit_id: str, household_id: str, item: str) -> Redirect:
    """Take a correction back."""
    visit, wanted = find_visit(current_session(), visit_id), FilterForm(request.args).wanted()
    _item, case = find_case(current_session(), visit, household_id, item, wanted.scope)
    operations.take_back_correction(current_session(), actor(), visit, case, utc_now())
    flash(_("The correction is taken back; what was found counts again."), "success")
    return _back(visit, household_id, item, wanted)


@blueprint.post("/<household_id>/<item>/offer")
@requires(*EDITORS)
def offer(visit_id: str, household_id: str, item: str) -> Any:
    """Make a discrepancy an issue candidate."""
    visit, wanted = find_visit(current_session(), visit_id), FilterForm(request.args).wanted()
    told, case = find_case(current_session(), visit, household_id, item, wanted.scope)
    if case.candidate_id:
        flash(_("It was offered as evidence already."), "warning")
        return _back(visit, household_id, item, wanted)
    form = EvidenceForm()
    if not form.validate_on_submit():
        return make_response(_household_page(visit, household_id, item, form), 422)
    values = {"area": form.area.data, "level": form.level.data, "severity": form.severity.data, "note": form.note.data or ""}
    operations.offer_as_evidence(current_session(), actor(), told, case, now=utc_now(), **values)
    flash(_("Offered as evidence. It stands among the issue candidates now."), "success")
    return _back(visit, household_id, item, wanted)


@blueprint.post("/<household_id>/<item>/withdraw")
@requires(*EDITORS)
def withdraw(visit_id: str, household_id: str, item: str) -> Redirect:
    """Take an offer back."""
    visit, wanted = find_visit(current_session(), visit_id), FilterForm(request.args).wanted()
    _item, case = find_case(current_session(), visit, household_id, item, wanted.scope)
    operations.withdraw_evidence(current_session(), actor(), case, utc_now())
    flash(_("Taken back from the issue candidates."), "success")
    return _back(visit, household_id, item, wanted)


def _back(visit: Visit, household_id: str, item: str, wanted: CaseFilter) -> Redirect:
    address = url_for(".household", visit_id=visit.id, household_id=household_id, _anchor=f"item-{item}", **wanted.parameters())
    return redirect(address)
