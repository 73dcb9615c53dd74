"""Two issues side by side, and making one of them."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.errors import STATUS, spoken
from survey.issues.forms import MergeForm
from survey.issues.life import ACTION_OF_NAME, EDITORS, ENDED
from survey.issues.merging import likeness
from survey.issues.models import Issue
from survey.issues.page import issue_words
from survey.issues.queries import count_evidence, find_issue, told_of
from survey.issues.stepping import Change, act
from survey.pages.choices import choices_of

blueprint = Blueprint("issue_merging", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)


@blueprint.get("/<number>/merge/<other_number>")
@requires(*EDITORS)
def compare(number: str, other_number: str) -> str:
    """Both issues side by side."""
    return _page(*_both(number, other_number))


@blueprint.post("/<number>/merge/<other_number>")
@requires(*EDITORS)
def merge(number: str, other_number: str) -> Any:
    """Give one up into the other, which takes its evidence."""
    issue, other = _both(number, other_number)
    form = _form(issue, other)
    if not form.validate_on_submit():
        return make_response(_page(issue, other, form), 422)
    kept, given_up = (issue, other) if form.keep.data == issue.number else (other, issue)
    try:
        change = Change(reason=form.reason.data or "", merged_into=kept)
        # The form carries the steps of both; somebody may have been faster with either.
        act(current_session(), actor(), given_up, "merge", utc_now(), seen=_seen(form, given_up, issue), change=change)
    except SurveyError as error:
        if error.code not in (ErrorCode.STALE, ErrorCode.INVALID_TRANSITION, ErrorCode.MISSING_FOR_STEP, ErrorCode.INVALID_VALUE):
            raise
        current_session().rollback()
        issue, other = _both(number, other_number)
        return make_response(_page(issue, other, refusal=spoken(error)), STATUS[error.code])
    flash(_("Merged: %(number)s goes on with the evidence of both.", number=kept.number), "success")
    return redirect(url_for("issues.show", number=kept.number))


def _both(number: str, other_number: str) -> tuple[Issue, Issue]:
    """The two issues; INVALID_VALUE for two of different counties, or for one and the same."""
    issue, other = find_issue(current_session(), number), find_issue(current_session(), other_number)
    if issue.id == other.id or issue.county_code != other.county_code:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="number", detail="only two issues of one county can be merged")
    return issue, other


def _can_be_given_up(issue: Issue) -> bool:
    return issue.state in ACTION_OF_NAME["merge"].sources


def _form(issue: Issue, other: Issue) -> MergeForm:
    """The form offers to go on with an issue where the other one can be given up."""
    form = MergeForm(seen=issue.n_steps, seen_other=other.n_steps)
    pairs = ((issue, other), (other, issue))
    kept = [kept for kept, given_up in pairs if _can_be_given_up(given_up) and kept.state not in ("refuted", "merged")]
    form.keep.choices = choices_of({each.number: _("%(number)s goes on", number=each.number) for each in kept})
    if len(kept) == 1 and not form.is_submitted():
        form.keep.data = kept[0].number
    return form


def _seen(form: MergeForm, given_up: Issue, issue: Issue) -> int:
    return (form.seen if given_up is issue else form.seen_other).data or 0


def _page(issue: Issue, other: Issue, form: MergeForm | None = None, refusal: str = "") -> str:
    session = current_session()
    if form is None:
        form = _form(issue, other)
        form.seen.data, form.seen.raw_data = issue.n_steps, None
        form.seen_other.data, form.seen_other.raw_data = other.n_steps, None
    return render_template(
        "issues/merge.html",
        issue=issue,
        other=other,
        form=form,
        refusal=refusal,
        counts={each.id: count_evidence(session, each) for each in (issue, other)},
        likeness=likeness(told_of(issue), told_of(other)),
        ended=ENDED,
    )
