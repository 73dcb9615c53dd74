"""The pages on which two records of an interview are reconciled: the list of a visit, one interview, and what passes as the same."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from questionnaires.model import Questionnaire, text_in
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.reconciling import operations
from survey.reconciling.differences import OTHER, Comparison, compare_records
from survey.reconciling.forms import DecisionForm, ReopenForm, ToleranceForm
from survey.reconciling.page import PairPage, pair_page
from survey.reconciling.queries import PAIR_STATES, Records, find_records, list_pairs, page_of_pairs, read_tolerances
from survey.reconciling.words import CHOICE_LABELS, EVENT_LABELS, STATE_LABELS, STATE_TONES
from survey.review.queries import read_history
from survey.visits.household_list import questionnaire_with_households
from survey.visits.models import Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("reconciling", __name__, url_prefix="/visits/<visit_id>/records")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        **visit_words(),
        "pair_state_labels": STATE_LABELS,
        "pair_state_tones": STATE_TONES,
        "choice_labels": CHOICE_LABELS,
        "reconciling_events": EVENT_LABELS,
    }


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The interviews of which both records are here, with how far each is reconciled."""
    session = current_session()
    visit = find_visit(session, visit_id)
    keys = list_pairs(session, visit.id) if visit.records == "independent" else ()
    state = request.args.get("state", "")
    wanted = [key for key in keys if state not in PAIR_STATES or key.state == state]
    page, pairs = page_of_pairs(session, wanted, request.args.get("page", 1, int))
    tolerances = read_tolerances(session, visit)
    rows = []
    for records in pairs:
        questionnaire = questionnaire_with_households(session, records.lead.questionnaire)
        compared = compare_records(questionnaire, records.lead.answers, records.second.answers, tolerances)
        rows.append((records, len(compared), sum(not each.is_agreeing for each in compared)))
    counts = {name: sum(key.state == name for key in keys) for name in PAIR_STATES}
    return render_visit("reconciling/list.html", visit, rows=rows, page=page, state=state, counts=counts, n_pairs=len(keys))


@blueprint.get("/<assignment_id>")
@requires(*READERS)
def pair(visit_id: str, assignment_id: str) -> str:
    """Both records side by side, only what differs unless everything is asked for."""
    visit, records, questionnaire = _open(visit_id, assignment_id)
    return _pair_page(visit, records, questionnaire, DecisionForm(formdata=None), ReopenForm(formdata=None))


@blueprint.post("/<assignment_id>/decide")
@requires(*EDITORS)
def decide(visit_id: str, assignment_id: str) -> Response:
    """Decide on one answer, and go on to the next one that is open."""
    visit, records, questionnaire = _open(visit_id, assignment_id)
    form = DecisionForm()
    node, choice = form.node.data or "", form.choice.data or ""
    value = " ".join(each.strip() for each in request.form.getlist("value") if each.strip())
    is_valid = form.validate_on_submit()
    if is_valid and choice == OTHER:
        is_valid = _accepts_other(form, questionnaire, records, node, value)
    if not is_valid:
        page = _pair_page(visit, records, questionnaire, form, ReopenForm(formdata=None), entered=value)
        return make_response(page, 422)
    session = current_session()
    operations.decide_answer(session, actor(), questionnaire, records, node, choice, utc_now(), value=value, reason=form.reason.data or "")
    return _go_on(visit, assignment_id, node)


@blueprint.post("/<assignment_id>/take-back")
@requires(*EDITORS)
def take_back(visit_id: str, assignment_id: str) -> Response:
    """Let one answer be open again."""
    visit, records, _questionnaire = _open(visit_id, assignment_id)
    node = request.form.get("node", "")
    operations.take_back(current_session(), actor(), records, node, utc_now())
    return redirect(url_for(".pair", visit_id=visit.id, assignment_id=assignment_id, _anchor=node, **_shown()))


@blueprint.post("/<assignment_id>/finish")
@requires(*EDITORS)
def finish(visit_id: str, assignment_id: str) -> Response:
    """Let the dataset take the reconciled record."""
    visit, records, questionnaire = _open(visit_id, assignment_id)
    operations.finish_reconciliation(current_session(), actor(), questionnaire, records, utc_now())
    flash(_("Reconciled. The dataset takes this record from now on."), "success")
    following = next((key for key in list_pairs(current_session(), visit.id) if key.state != "finished"), None)
    if request.form.get("then") == "next" and following is not None:
        return redirect(url_for(".pair", visit_id=visit.id, assignment_id=following.assignment_id))
    return redirect(url_for(".pair", visit_id=visit.id, assignment_id=assignment_id))


@blueprint.post("/<assignment_id>/reopen")
@requires(*EDITORS)
def reopen(visit_id: str, assignment_id: str) -> Response:
    """Take a finished reconciliation up again."""
    visit, records, questionnaire = _open(visit_id, assignment_id)
    form = ReopenForm()
    if not form.validate_on_submit():
        return make_response(_pair_page(visit, records, questionnaire, DecisionForm(formdata=None), form), 422)
    operations.reopen_reconciliation(current_session(), actor(), records, form.reason.data or "", utc_now())
    flash(_("Taken up again. Until it is finished, the dataset takes the lead's record."), "success")
    return redirect(url_for(".pair", visit_id=visit.id, assignment_id=assignment_id))


@blueprint.route("/tolerances", methods=["GET", "POST"])
@requires(*EDITORS)
def tolerances(visit_id: str) -> str | Response:
    """What passes as the same in this visit."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = ToleranceForm(obj=read_tolerances(session, visit))
    if form.validate_on_submit():
        operations.set_tolerances(session, actor(), visit, form.tolerances(), utc_now())
        flash(_("Saved. Interviews that are reconciled already stay as they are."), "success")
        return redirect(url_for(".index", visit_id=visit.id))
    return render_visit("reconciling/tolerances.html", visit, form=form)


def _open(visit_id: str, assignment_id: str) -> tuple[Visit, Records, Questionnaire]:
    session = current_session()
    visit = find_visit(session, visit_id)
    records = find_records(session, visit, assignment_id)
    return visit, records, questionnaire_with_households(session, records.lead.questionnaire)


def _compared(visit: Visit, records: Records, questionnaire: Questionnaire) -> tuple[Comparison, ...]:
    tolerances = read_tolerances(current_session(), visit)
    return compare_records(questionnaire, records.lead.answers, records.second.answers, tolerances)


def _accepts_other(form: DecisionForm, questionnaire: Questionnaire, records: Records, node: str, value: str) -> bool:
    """Whether another answer and its reason will do; what they lack is said at the form in the reader's language."""
    if not (form.reason.data or "").strip():
        form.reason.errors = [_("Say why neither record counts; the reason is kept.")]
    broken = operations.broken_by(questionnaire, records, node, value)
    if broken is not None:
        form.node.errors = [text_in(broken.finding.message, questionnaire.language(str(get_locale())))]
    return not (form.reason.errors or form.node.errors)


def _go_on(visit: Visit, assignment_id: str, node: str) -> Response:
    """To the next answer that is open, or to the end of the page when none is."""
    _visit, records, questionnaire = _open(visit.id, assignment_id)
    result = operations.reconciled_now(questionnaire, records)
    page = pair_page(questionnaire, records, _compared(visit, records, questionnaire), result, str(get_locale()), after=node)
    anchor = page.next_open or "finish"
    return redirect(url_for(".pair", visit_id=visit.id, assignment_id=assignment_id, _anchor=anchor, **_shown()))


def _shown() -> dict[str, Any]:
    return {"show": "all"} if request.args.get("show") == "all" else {}


def _pair_page(
    visit: Visit,
    records: Records,
    questionnaire: Questionnaire,
    decision_form: DecisionForm,
    reopen_form: ReopenForm,
    *,
    entered: str = "",
) -> str:
    session = current_session()
    result = operations.reconciled_now(questionnaire, records)
    page: PairPage = pair_page(questionnaire, records, _compared(visit, records, questionnaire), result, str(get_locale()))
    reconciliation = records.reconciliation
    is_finished = reconciliation is not None and reconciliation.state == "finished"
    return render_visit(
        "reconciling/pair.html",
        visit,
        records=records,
        page=page,
        reconciliation=reconciliation,
        is_finished=is_finished,
        may_decide=visit_words()["may_edit"] and not is_finished,
        shows_all=request.args.get("show") == "all",
        shown=_shown(),
        decision_form=decision_form,
        entered=entered.split(),
        entered_text=entered,
        reopen_form=reopen_form,
        history=read_history(session, "reconciliation", reconciliation.id) if reconciliation else (),
    )
