"""The list of issues, and one issue with what is done with it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.errors import STATUS, spoken
from survey.issues.forms import ActForm, EditForm, FilterForm, NoteForm, SeenForm, WithdrawalForm
from survey.issues.life import ACTION_OF_NAME, EDITORS, VERIFIED
from survey.issues.list_page import render_list
from survey.issues.models import Issue, IssueEvidence
from survey.issues.page import READERS, issue_words, places_above, render_issue
from survey.issues.queries import find_issue, names_of_places
from survey.issues.raising import add_evidence
from survey.issues.scoping import count_basis, thresholds_of, with_basis
from survey.issues.stepping import Change, act, edit_issue
from survey.issues.withdrawing import decide_withdrawal
from survey.places.codes import ancestors_of
from survey.saved_filters.queries import opening_filter

REFUSALS = (ErrorCode.STALE, ErrorCode.INVALID_TRANSITION, ErrorCode.MISSING_FOR_STEP, ErrorCode.INVALID_VALUE)
"""What a form about an issue may be answered with; the page says it and keeps what was written."""

blueprint = Blueprint("issues", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)


@blueprint.get("")
@requires(*READERS)
def index() -> Any:
    """The issues that pass the filters; without any, those that the person's list opens with."""
    opening = None if request.args else opening_filter(current_session(), actor())
    return redirect(url_for(".index", **opening.parameters())) if opening else render_list(FilterForm(request.args))


@blueprint.get("/<number>")
@requires(*READERS)
def show(number: str) -> str:
    """One issue."""
    return render_issue(find_issue(current_session(), number), number=request.args.get("page", 1, int))


@blueprint.post("/<number>/edit")
@requires(*EDITORS)
def edit(number: str) -> Any:
    """Change what an issue says, and what the responsible side is asked to do."""
    session = current_session()
    issue = find_issue(session, number)
    form = EditForm(obj=issue)
    form.offer(places_above(issue, names_of_places(session, [*ancestors_of(issue.place_code), issue.place_code])))
    if not form.validate_on_submit():
        return make_response(render_issue(issue, form=form, opened="edit"), 422)

    def change() -> str:
        basis = count_basis(session, issue)
        values = with_basis(basis, thresholds_of(current_settings()), issue, form.values())
        is_changed = edit_issue(session, actor(), issue, values, utc_now(), seen=form.seen.data or 0)
        return _("Saved.") if is_changed else _("Nothing was changed.")

    return _answer(issue, form, change, form=form, opened="edit")


@blueprint.post("/<number>/act/<name>")
@requires(*EDITORS)
def take(number: str, name: str) -> Any:
    """Take an action of the table."""
    session = current_session()
    issue = find_issue(session, number)
    if name not in ACTION_OF_NAME or name == "merge":
        raise SurveyError(ErrorCode.NOT_FOUND, what="Action", key=name, remedy="Choose one on the issue's page.")
    form = ActForm(ACTION_OF_NAME[name], issue)
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_act=form, opened=name), 422)

    def change() -> str:
        told = Change(reason=form.told(), higher=form.higher.data or "" if name == "escalate" else "")
        act(session, actor(), issue, name, utc_now(), seen=form.seen.data or 0, change=told)
        return _("Done: %(action)s.", action=ACTION_OF_NAME[name].label)

    return _answer(issue, form, change, bad_act=form, opened=name)


@blueprint.post("/<number>/evidence/<evidence_id>/decide")
@requires(*EDITORS)
def decide(number: str, evidence_id: str) -> Any:
    """Decide what becomes of the issue without evidence that was withdrawn, or with what changed evidence tells now."""
    session = current_session()
    issue = find_issue(session, number)
    evidence = session.get(IssueEvidence, evidence_id)
    if evidence is None or evidence.issue_id != issue.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Evidence", key=evidence_id, remedy="Open it from the issue's page.")
    form = WithdrawalForm(can_verify_anew=issue.state in VERIFIED, is_changed=evidence.withdrawn_at is None)
    bad: dict[str, Any] = {"bad_withdrawal": form, "opened": evidence_id}
    if not form.validate_on_submit():
        return make_response(render_issue(issue, **bad), 422)

    def change() -> str:
        said = form.decision.data, form.reason.data or ""
        decide_withdrawal(session, actor(), issue, evidence, *said, utc_now(), seen=form.seen.data or 0)
        return _("Decided. It stands in the history.")

    return _answer(issue, form, change, **bad)


@blueprint.post("/<number>/note")
@requires(*EDITORS)
def note(number: str) -> Any:
    """Add a piece of evidence in words."""
    session = current_session()
    issue = find_issue(session, number)
    form = NoteForm()
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_note=form, opened="note"), 422)
    row = IssueEvidence(kind="note", village_code=issue.place_code, note=form.note.data)
    add_evidence(session, actor(), issue, [row], utc_now())
    flash(_("Evidence added."), "success")
    return _back(issue)


def _answer(issue: Issue, sent: SeenForm, change: Callable[[], str], **again: Any) -> Any:
    """The way back to the issue once the change is made; or the page again with what was written, and what came in between."""
    try:
        said = change()
    except SurveyError as error:
        if error.code not in REFUSALS:
            raise
        session = current_session()
        session.rollback()
        session.refresh(issue)
        seen = sent.seen.data or 0
        sent.seen.data, sent.seen.raw_data = issue.n_steps, None
        status = STATUS[error.code]
        return make_response(render_issue(issue, refusal=spoken(error), seen=seen, **again), status)
    flash(said, "success")
    return _back(issue)


def _back(issue: Issue) -> Redirect:
    return redirect(url_for("issues.show", number=issue.number))
