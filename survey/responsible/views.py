"""The pages of the responsible side: the issues that were reported to it, its replies, and the opinions that were handed over."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, rollback_request, utc_now
from survey.errors import spoken
from survey.field_time import field_date
from survey.issue_ledger.downloading import send_ledger
from survey.issues.models import Issue
from survey.kept_files import keep_files
from survey.pages.downloads import download
from survey.places.models import Region
from survey.responsible.answering import give_reply
from survey.responsible.forms import ReplyForm, ReportedFilterForm, refuse
from survey.responsible.handed_over import read_handed_over
from survey.responsible.page import ROLE, render_responsible, reply_words
from survey.responsible.queries import count_reported, find_reply_file, find_reported, is_reported_to, list_reported, read_reported
from survey.storage import current_storage

blueprint = Blueprint("responsible", __name__, url_prefix="/responsible")
blueprint.context_processor(reply_words)


@blueprint.get("")
@requires(ROLE)
def index() -> str:
    """What was reported to the place of the person, what is due first on top."""
    session, today, code = current_session(), field_date(utc_now()), actor().region_code
    form = ReportedFilterForm(request.args)
    wanted = form.wanted()
    form.show.data = wanted.show
    page, lines = list_reported(session, code, wanted, today, request.args.get("page", 1, int))
    return render_responsible(
        "responsible/index.html",
        form=form,
        wanted=wanted,
        page=page,
        lines=lines,
        counts=count_reported(session, code, today),
        region=session.get(Region, code) if code else None,
        filters={name: value for name, value in request.args.items() if name != "page" and value},
    )


@blueprint.get("/opinions")
@requires(ROLE)
def opinions() -> str:
    """The opinions and suggestions that were handed over to the place."""
    return render_responsible("responsible/opinions.html", handed_over=read_handed_over(current_session(), actor().region_code))


@blueprint.get("/ledger.xlsx")
@requires(ROLE)
def ledger() -> Response:
    """Every issue that was reported to the place, as the ledger to fill in and hand back."""
    code = actor().region_code
    if code is None:
        abort(404)
    return send_ledger(is_reported_to(code), only_reported=True)


@blueprint.get("/<number>")
@requires(ROLE)
def show(number: str) -> str:
    """One issue, with the replies and what was decided."""
    return _page(_find(number))


@blueprint.post("/<number>/replies")
@requires(ROLE)
def reply(number: str) -> Response | Redirect:
    """Reply to an issue; it changes nothing but that."""
    session, now = current_session(), utc_now()
    issue = _find(number)
    form = ReplyForm()
    form.offer(field_date(now), issue.due_on)
    if not form.validate_on_submit():
        return make_response(_page(issue, form), 422)
    given = form.given_files()
    if empty := [file.name for file in given if not file.data]:
        form.files.errors = [_("%(name)s is empty. Choose the file again.", name=empty[0])]
        return make_response(_page(issue, form), 422)
    try:
        give_reply(session, actor(), issue, form.facts(), keep_files(current_storage(), given), now, seen=form.n_seen)
    except SurveyError as error:
        rollback_request()
        return _refused(number, form, error)
    flash(_("Your reply is on record. Whoever decides on it sees it now."), "success")
    return redirect(url_for(".show", number=number) + "#replies")


@blueprint.get("/<number>/files/<file_id>")
@requires(ROLE)
def file(number: str, file_id: str) -> Response:
    """A file beside a reply, as a download."""
    found = find_reply_file(current_session(), _find(number), file_id)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


def _find(number: str) -> Issue:
    return find_reported(current_session(), actor().region_code, number)


def _page(issue: Issue, form: ReplyForm | None = None, *, is_stale: bool = False) -> str:
    shown = read_reported(current_session(), issue, utc_now())
    if form is None:
        form = ReplyForm(formdata=None, data={"seen": shown.n_steps})
    return render_responsible("responsible/issue.html", issue=shown, form=form, is_stale=is_stale, is_preview=False)


def _refused(number: str, form: ReplyForm, error: SurveyError) -> Response:
    """The page with what was written still in it, and why it was not taken."""
    issue = _find(number)
    if error.code is ErrorCode.STALE:
        # What is sent next was written in view of this page.
        form.seen.data = str(issue.n_steps)
        return make_response(_page(issue, form, is_stale=True), 409)
    refuse(form, str(error.values.get("field", "body")), spoken(error))
    return make_response(_page(issue, form), 409 if error.code is ErrorCode.INVALID_TRANSITION else 422)
