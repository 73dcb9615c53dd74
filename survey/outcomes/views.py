"""The pages of outcomes: of a visit for coordinators, and of one's own households for a pair."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.outcomes.forms import OutcomeFilterForm, OutcomeForm
from survey.outcomes.models import UNMET
from survey.outcomes.operations import record_outcome
from survey.outcomes.queries import (
    count_standing,
    find_assignment,
    find_own_assignment,
    list_history,
    list_unanswered_of,
    list_unmet,
    standing_outcomes,
)
from survey.outcomes.words import OUTCOME_LABELS
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

FIELD_WORKERS = ("interviewer", "coordinator", "admin")
TONES = {"moved": "bad", "died": "bad", "refused": "warn", "absent": "info", "not_found": "bad"}

blueprint = Blueprint("outcomes", __name__)
blueprint.context_processor(visit_words)
blueprint.context_processor(lambda: {"outcome_labels": OUTCOME_LABELS, "outcome_tones": TONES, "unmet": UNMET})


@blueprint.get("/visits/<visit_id>/outcomes")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The households of the visit without an interview, with what became of them."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = OutcomeFilterForm(request.args)
    form.offer(visit)
    columns = {"pair": Assignment.pair_id, "village": Assignment.village_code}
    conditions = [column == form[name].data for name, column in columns.items() if form[name].data]
    return render_visit(
        "outcomes/list.html",
        visit,
        rows=list_unmet(session, form.outcome.data or "", Assignment.visit_id == visit.id, *conditions),
        counts=count_standing(session, visit.id),
        form=form,
        params={name: value for name, value in form.data.items() if value},
    )


@blueprint.route("/visits/<visit_id>/outcomes/<assignment_id>", methods=["GET", "POST"])
@requires(*EDITORS)
def record(visit_id: str, assignment_id: str) -> str | Response:
    """Record what became of a household of the visit."""
    visit = find_visit(current_session(), visit_id)
    assignment = find_assignment(current_session(), visit, assignment_id)
    back = url_for(".index", visit_id=visit.id)
    return _record(visit, assignment, back)


@blueprint.get("/outcomes/mine")
@requires(*FIELD_WORKERS)
def mine() -> str:
    """One's own households in open visits without an interview, with what became of them."""
    own = (Pair.lead_id == current_user.id) | (Pair.second_id == current_user.id)
    return render_template("outcomes/mine.html", rows=list_unmet(current_session(), "", Visit.state == "open", own))


@blueprint.route("/outcomes/mine/<assignment_id>", methods=["GET", "POST"])
@requires(*FIELD_WORKERS)
def record_own(assignment_id: str) -> str | Response:
    """Record what became of a household of one's own pair."""
    assignment = find_own_assignment(current_session(), current_user, assignment_id)
    return _record(assignment.visit, assignment, url_for(".mine"))


def _record(visit: Visit, assignment: Assignment, back: str) -> str | Response:
    session = current_session()
    unanswered = list_unanswered_of(session, assignment)
    titles = {form.form_id: form.title_in(str(get_locale())) for form in visit.forms}
    standing = standing_outcomes(session, Assignment.id.in_([each.id for each in unanswered]))
    form = OutcomeForm()
    form.offer([(each.id, titles.get(each.form_id, each.form_id)) for each in unanswered], is_recorded=bool(standing))
    if visit.state != "planned" and form.validate_on_submit():
        chosen = [each for each in unanswered if each.id in (form.keys.data or ())]
        n = record_outcome(session, current_user, visit, chosen, form.outcome.data, form.note.data or "", utc_now())
        flash(ngettext("Recorded for %(num)s questionnaire.", "Recorded for %(num)s questionnaires.", n), "success")
        return redirect(back)
    return render_template(
        "outcomes/record.html",
        form=form,
        visit=visit,
        assignment=assignment,
        unanswered=unanswered,
        history=list_history(session, unanswered or (assignment,)),
        titles=titles,
        back=back,
    )
