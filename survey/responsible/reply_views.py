"""What coordinators do with the responsible side: decide on its replies, enter what came by letter, and see what it sees."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, rollback_request, utc_now
from survey.errors import STATUS, spoken
from survey.field_time import field_date
from survey.issue_figures.queries import list_issue_counties
from survey.issues.life import EDITORS
from survey.issues.models import Issue
from survey.issues.page import READERS, issue_words, render_issue
from survey.issues.queries import find_issue
from survey.issues.views import REFUSALS
from survey.kept_files import keep_files
from survey.pages.choices import choices_of
from survey.pages.downloads import download
from survey.responsible.answering import decide_reply, give_reply
from survey.responsible.forms import CountyForm
from survey.responsible.page import render_responsible, reply_words
from survey.responsible.queries import read_reported
from survey.responsible.replies import decision_form, find_reply, find_reply_file, letter_form, list_undecided
from survey.storage import current_storage

blueprint = Blueprint("issue_replies", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)
blueprint.context_processor(reply_words)


@blueprint.get("/replies")
@requires(*READERS)
def index() -> str:
    """The replies that wait for a decision, the oldest first."""
    session = current_session()
    form = CountyForm(request.args)
    form.county.choices = choices_of(list_issue_counties(session), none=_("All"))
    county = form.county.data or ""
    page, replies = list_undecided(session, county, request.args.get("page", 1, int))
    return render_template("issues/replies.html", form=form, page=page, replies=replies, filters={"county": county} if county else {})


@blueprint.get("/<number>/as-responsible")
@requires(*READERS)
def preview(number: str) -> str:
    """The issue as the responsible side sees it, or would."""
    issue = find_issue(current_session(), number)
    return render_responsible(
        "responsible/issue.html",
        issue=read_reported(current_session(), issue, utc_now()),
        form=None,
        is_preview=True,
        back=url_for("issues.show", number=number),
    )


@blueprint.post("/<number>/replies")
@requires(*EDITORS)
def enter(number: str) -> Any:
    """Enter a reply that came by letter."""
    session, now = current_session(), utc_now()
    issue = find_issue(session, number)
    form = letter_form(issue, field_date(now))
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_letter=form), 422)
    given = form.given_files()
    if empty := [file.name for file in given if not file.data]:
        form.files.errors = [_("%(name)s is empty. Choose the file again.", name=empty[0])]
        return make_response(render_issue(issue, bad_letter=form), 422)
    try:
        give_reply(session, actor(), issue, form.facts(), keep_files(current_storage(), given), now, seen=form.n_seen)
    except SurveyError as error:
        return _refused(number, form, error, bad_letter=form)
    flash(_("The reply is on record."), "success")
    return _back(number)


@blueprint.post("/<number>/replies/<reply_id>/decision")
@requires(*EDITORS)
def decide(number: str, reply_id: str) -> Any:
    """Decide on a reply."""
    session = current_session()
    issue = find_issue(session, number)
    reply = find_reply(session, issue, reply_id)
    form = decision_form(reply, formdata=request.form)
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_decision=form, bad_reply_id=reply_id), 422)
    try:
        decide_reply(session, actor(), reply, form.decision.data, form.answer.data or "", utc_now(), seen=form.n_seen)
    except SurveyError as error:
        return _refused(number, form, error, bad_decision=form, bad_reply_id=reply_id)
    flash(_("Decided. The responsible side reads it."), "success")
    return _back(number)


@blueprint.get("/<number>/replies/<reply_id>/files/<file_id>")
@requires(*READERS)
def file(number: str, reply_id: str, file_id: str) -> Response:
    """A file beside a reply, as a download."""
    session = current_session()
    found = find_reply_file(session, find_reply(session, find_issue(session, number), reply_id), file_id)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


def _refused(number: str, form: Any, error: SurveyError, **again: Any) -> Response:
    """The page with what was written still in it, why it was not taken, and what came in between."""
    if error.code not in REFUSALS:
        raise error
    rollback_request()
    issue: Issue = find_issue(current_session(), number)
    current_session().refresh(issue)
    seen = form.n_seen if form.n_seen >= 0 else issue.n_steps
    form.seen.data = str(issue.n_steps)
    return make_response(render_issue(issue, refusal=spoken(error), seen=seen, **again), STATUS[error.code])


def _back(number: str) -> Redirect:
    return redirect(url_for("issues.show", number=number) + "#replies")
