"""The pages of a visit that say how far people agree, and the same as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import get_locale
from flask_babel import gettext as _

from questionnaires.model import Questionnaire, text_in
from survey.accounts.access import requires
from survey.db import current_session
from survey.instruments.registry import load_questionnaire
from survey.intake.texts import without_quotes
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX
from survey.reconciling.agreement import FEW, AgreementRow, Compared, joint_rows, pair_rows, question_rows, section_rows, sorted_rows
from survey.reconciling.differences import compare_records
from survey.reconciling.queries import PairKey, Records, list_pairs, list_signed, load_pairs, read_tolerances
from survey.reconciling.sheets import workbook_of
from survey.reconciling.words import COEFFICIENT_LABELS, REASON_LABELS, SORT_LABELS, VIEW_LABELS
from survey.visits.models import Visit
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

HOUSEHOLD_FORM = "household"
"""Shown first where a visit has several forms."""

blueprint = Blueprint("agreement", __name__, url_prefix="/visits/<visit_id>/agreement")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a visit recorded twice with one form: its questionnaire, and the comparison and the people of each interview."""

    questionnaire: Questionnaire
    interviews: Compared
    pairs: Sequence[tuple[str, dict[str, str]]]


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        **visit_words(),
        "coefficient_labels": COEFFICIENT_LABELS,
        "reason_labels": REASON_LABELS,
        "sort_labels": SORT_LABELS,
        "view_labels": VIEW_LABELS,
        "few": FEW,
    }


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """Agreement by question, by section or by pair; of forms signed together, what the second left as it was."""
    visit = find_visit(current_session(), visit_id)
    forms = _form_titles(visit)
    keys = list_pairs(current_session(), visit.id) if visit.records == "independent" else ()
    form_id = _chosen_form(forms, keys)
    is_independent = visit.records == "independent"
    offered = [name for name in VIEW_LABELS if (name == "joint") != is_independent]
    view = request.args.get("view", "")
    view = view if view in offered else offered[0]
    by = request.args.get("sort", "share")
    rows, questionnaire = _rows(visit, [key for key in keys if key.form_id == form_id], form_id, view)
    language = questionnaire.language(str(get_locale())) if questionnaire else ""
    labels = {row.key: without_quotes(text_in(row.label, language)) or _no_label(view) for row in rows}
    sections = {node.name: text_in(node.label, language) for node in questionnaire.children} if questionnaire else {}
    return render_visit(
        "reconciling/agreement.html",
        visit,
        rows=sorted_rows(rows, by),
        labels=labels,
        sections=sections,
        forms=forms,
        form_id=form_id,
        view=view,
        offered=offered,
        by=by,
        columns=_columns(rows),
    )


@blueprint.get("/agreement.xlsx")
@requires(*READERS)
def workbook(visit_id: str) -> Response:
    """Every table of one form as a workbook, a sheet each, in the reader's language."""
    visit = find_visit(current_session(), visit_id)
    forms = _form_titles(visit)
    keys = list_pairs(current_session(), visit.id) if visit.records == "independent" else ()
    form_id = _chosen_form(forms, keys)
    wanted = ("questions", "sections", "pairs") if visit.records == "independent" else ("joint",)
    tables = []
    for view in wanted:
        rows, questionnaire = _rows(visit, [key for key in keys if key.form_id == form_id], form_id, view)
        language = questionnaire.language(str(get_locale())) if questionnaire else ""
        named = [(without_quotes(text_in(row.label, language)) or _no_label(view), row) for row in rows]
        tables.append((str(VIEW_LABELS[view]), named, _columns(rows)))
    return download(workbook_of(tables), f"{_('agreement')}-{visit.id}-{form_id}.xlsx", XLSX)


def _rows(visit: Visit, keys: Sequence[PairKey], form_id: str, view: str) -> tuple[tuple[AgreementRow, ...], Questionnaire | None]:
    if view == "joint":
        signed = [each for each in list_signed(current_session(), visit.id) if each.submission.form_id == form_id]
        if not signed:
            return (), None
        questionnaire = load_questionnaire(signed[-1].submission.questionnaire)
        return joint_rows(questionnaire, [(each.submission.answers, each.nodes) for each in signed]), questionnaire
    recorded = _recorded(visit, keys)
    if recorded is None:
        return (), None
    if view == "pairs":
        return pair_rows(recorded.questionnaire, recorded.interviews, recorded.pairs), recorded.questionnaire
    compute = section_rows if view == "sections" else question_rows
    return compute(recorded.questionnaire, recorded.interviews), recorded.questionnaire


def _recorded(visit: Visit, keys: Sequence[PairKey]) -> Recorded | None:
    session = current_session()
    pairs = load_pairs(session, keys)
    if not pairs:
        return None
    tolerances = read_tolerances(session, visit)
    compared = [
        compare_records(load_questionnaire(each.lead.questionnaire), each.lead.answers, each.second.answers, tolerances) for each in pairs
    ]
    return Recorded(load_questionnaire(pairs[-1].lead.questionnaire), compared, [_people(each) for each in pairs])


def _people(records: Records) -> tuple[str, dict[str, str]]:
    lead, second = records.lead.lead, records.lead.second
    names = [person.name if person else "–" for person in (lead, second)]
    return f"{records.lead.lead_id}/{records.lead.second_id}", {"default": _(", ").join(names)}


def _form_titles(visit: Visit) -> dict[str, str]:
    locale = str(get_locale())
    return {version.form_id: version.title_in(locale) for version in visit.forms}


def _chosen_form(forms: dict[str, str], keys: Sequence[PairKey]) -> str:
    wanted = request.args.get("form", "")
    if wanted in forms:
        return wanted
    present = {key.form_id for key in keys}
    return min(forms, key=lambda form_id: (form_id not in present, form_id != HOUSEHOLD_FORM, form_id), default="")


def _columns(rows: Sequence[AgreementRow]) -> list[str]:
    """The coefficients that at least one row has, in the order of their labels, the share left aside."""
    present = {name for row in rows for name in row.coefficients}
    return [name for name in COEFFICIENT_LABELS if name in present and name != "share"]


def _no_label(view: str) -> str:
    return _("Questions outside sections") if view == "sections" else "–"
