"""Looking back on issues: the issues that a visit follows, what was found at each household, and the decision about one."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import CombinedMultiDict

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.errors import STATUS, spoken
from survey.household_outcomes.forms import DecideForm, OutcomesForm
from survey.household_outcomes.operations import check_looks_back, decide, record_outcome
from survey.household_outcomes.page import look_back_words
from survey.household_outcomes.queries import list_files, list_followed, list_households, list_others
from survey.issues.life import EDITORS, HANDED_OVER
from survey.issues.models import Issue
from survey.issues.page import READERS, issue_words, render_issue
from survey.issues.queries import find_issue
from survey.kept_files import find_kept, keep_files
from survey.pages.downloads import stored_file
from survey.places.models import Household
from survey.storage import current_storage
from survey.visits.models import Visit
from survey.visits.plan_queries import find_visit

FIELD_WORKERS = ("admin", "coordinator", "author", "interviewer")
"""Who may come to the pages of a visit; interviewers only to those of visits that they go along on."""
REFUSALS = (ErrorCode.STALE, ErrorCode.INVALID_TRANSITION, ErrorCode.MISSING_FOR_STEP, ErrorCode.INVALID_VALUE)

blueprint = Blueprint("issue_look_back", __name__)
blueprint.context_processor(issue_words)
blueprint.context_processor(look_back_words)


@blueprint.get("/visits/<visit_id>/issues")
@requires(*FIELD_WORKERS)
def index(visit_id: str) -> str:
    """The issues that the visit follows, with what was found so far."""
    session = current_session()
    visit = _open_visit(visit_id)
    return render_template("issues/followed.html", visit=visit, followed=list_followed(session, visit), reads_all=_reads_all())


@blueprint.route("/visits/<visit_id>/issues/<number>", methods=["GET", "POST"])
@requires(*FIELD_WORKERS)
def households(visit_id: str, number: str) -> Any:
    """What the visit found of one issue, household by household."""
    session = current_session()
    visit, issue = _open_visit(visit_id), find_issue(session, number)
    if issue.state not in HANDED_OVER:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Issue", key=number, remedy="The visit follows issues that were reported.")
    if request.method == "GET":
        return _page(visit, issue, _form(visit, issue))
    check_looks_back(session, actor(), visit)
    form = _form(visit, issue, CombinedMultiDict((request.files, request.form)))
    if not form.is_valid():
        return make_response(_page(visit, issue, form), 422)
    try:
        n_recorded = _record(visit, issue, form)
    except SurveyError as error:
        if error.code not in REFUSALS:
            raise
        session.rollback()
        answer = _page(visit, issue, _form(visit, issue, request.form, is_fresh=True), refusal=spoken(error))
        return make_response(answer, STATUS[error.code])
    flash(
        ngettext("Recorded for %(num)s household.", "Recorded for %(num)s households.", n_recorded)
        if n_recorded
        else _("Nothing was changed."),
        "success",
    )
    return redirect(url_for(".households", visit_id=visit.id, number=issue.number))


@blueprint.get("/visits/<visit_id>/issues/<number>/files/<file_id>")
@requires(*FIELD_WORKERS)
def file(visit_id: str, number: str, file_id: str) -> Response:
    """A picture or file beside what the visit found at a household; pictures are shown, all else is a download."""
    session = current_session()
    visit, issue = _open_visit(visit_id), find_issue(session, number)
    found = find_kept(list_files(session, issue, visit), file_id)
    return stored_file(current_storage().get(found.sha256), found.name, found.media_type)


@blueprint.post("/issues/<number>/look-back")
@requires(*EDITORS)
def conclude(number: str) -> Any:
    """Decide about an issue from what was found."""
    session = current_session()
    issue = find_issue(session, number)
    form = DecideForm()
    form.offer(issue.state)
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_look_back=form, opened="look_back"), 422)
    try:
        decide(session, actor(), issue, form.verdict.data, utc_now(), seen=form.seen.data or 0, reason=form.reason.data or "")
    except SurveyError as error:
        if error.code not in REFUSALS:
            raise
        session.rollback()
        session.refresh(issue)
        seen = form.seen.data or 0
        form.seen.data, form.seen.raw_data = issue.n_steps, None
        form.offer(issue.state)
        page = render_issue(issue, refusal=spoken(error), seen=seen, bad_look_back=form, opened="look_back")
        return make_response(page, STATUS[error.code])
    flash(_("Decided. It stands in the history."), "success")
    return redirect(url_for("issues.show", number=issue.number))


def _reads_all() -> bool:
    return any(actor().has_role(role) for role in READERS)


def _open_visit(visit_id: str) -> Visit:
    """The visit, for readers and for those who go along on it; raises NOT_ALLOWED for other interviewers."""
    visit = find_visit(current_session(), visit_id)
    if not _reads_all():
        check_looks_back(current_session(), actor(), visit)
    return visit


def _form(visit: Visit, issue: Issue, formdata: Any = None, *, is_fresh: bool = False) -> OutcomesForm:
    """The form with a row for each household; `is_fresh` lets rows that were sent know what is recorded now."""
    session = current_session()
    found = list_households(session, issue, visit)
    form = OutcomesForm(formdata)
    form.offer(found, list_others(session, issue, visit, found), formdata)
    for each in found if is_fresh else ():
        form.rows[each.household.id].was.data = each.outcome
    return form


def _page(visit: Visit, issue: Issue, form: OutcomesForm, *, refusal: str = "") -> str:
    person = actor()
    may_record = any(person.has_role(role) for role in (*EDITORS, "interviewer"))
    return render_template(
        "issues/outcomes.html",
        visit=visit,
        issue=issue,
        form=form,
        may_record=may_record,
        reads_all=_reads_all(),
        refusal=refusal,
    )


def _record(visit: Visit, issue: Issue, form: OutcomesForm) -> int:
    """How many households something was recorded for."""
    session, now, person = current_session(), utc_now(), actor()
    n_recorded = 0
    for each in form.found:
        row = form.rows[each.household.id]
        if row.outcome.data:
            found = record_outcome(
                session,
                person,
                issue,
                each.household,
                visit,
                row.outcome.data,
                now,
                note=row.note.data or "",
                was=row.was.data or None,
                files=keep_files(current_storage(), row.given()),
            )
            n_recorded += found is not None
    if form.other.data:
        household = session.get_one(Household, form.other.data)
        record_outcome(session, person, issue, household, visit, form.other_outcome.data, now, note=form.other_note.data or "")
        n_recorded += 1
    return n_recorded
