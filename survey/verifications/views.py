"""Verification: tasks given and taken back on an issue's page, a person's own tasks, and what came of them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.accounts.models import User
from survey.db import current_session, utc_now
from survey.errors import STATUS, spoken
from survey.field_time import field_date
from survey.issues.life import EDITORS
from survey.issues.models import Issue, Verification
from survey.issues.page import READERS, issue_words, render_issue
from survey.issues.queries import find_issue
from survey.issues.stepping import check_seen
from survey.kept_files import find_kept, keep_files
from survey.pages.downloads import download, stored_file
from survey.protection.reading import readable_file
from survey.review.queries import find_attachment
from survey.storage import current_storage
from survey.verifications.forms import AskForm, ResultForm, TakeBackForm
from survey.verifications.operations import MAY_VERIFY, ask_verification, finish_verification, withdraw_verification
from survey.verifications.page import verification_words
from survey.verifications.queries import files_of, find_task, list_evidence_for, list_own, list_verifiers

REFUSALS = (ErrorCode.STALE, ErrorCode.INVALID_TRANSITION, ErrorCode.INVALID_VALUE)
"""What a form may be answered with; the page says it and keeps what was written."""

blueprint = Blueprint("verifications", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)
blueprint.context_processor(verification_words)


@blueprint.get("/verifications")
@requires(*MAY_VERIFY)
def mine() -> str:
    """The tasks that were given to the reader: those that wait, and what was done."""
    return render_template("issues/verifications.html", tasks=list_own(current_session(), actor().id), reads_all=_reads_all())


@blueprint.post("/<number>/verifications")
@requires(*EDITORS)
def ask(number: str) -> Any:
    """Give a task."""
    session = current_session()
    issue = find_issue(session, number)
    form = AskForm()
    form.offer(list_verifiers(session, issue), field_date(utc_now()))
    if not form.validate_on_submit():
        return make_response(render_issue(issue, bad_ask=form, opened="ask"), 422)

    def change() -> str:
        check_seen(session, issue, form.seen.data or 0)
        person = session.get(User, form.person.data)
        if person is None:
            raise SurveyError(ErrorCode.NOT_FOUND, what="Person", key=str(form.person.data), remedy="Choose somebody of the list.")
        given = {"kind": form.kind.data, "due_on": form.due_on.data, "task": form.task.data or ""}
        ask_verification(session, actor(), issue, person, utc_now(), **given)
        return _("%(name)s was given the task, and finds it on the start page.", name=person.name)

    return _answer(session, issue, form, change, bad_ask=form, opened="ask")


@blueprint.post("/<number>/verifications/<task_id>/withdraw")
@requires(*EDITORS)
def withdraw(number: str, task_id: str) -> Any:
    """Take a task back."""
    session = current_session()
    task = find_task(session, number, task_id, actor(), reads_all=True)
    form = TakeBackForm()
    if not form.validate_on_submit():
        return make_response(render_issue(task.issue, bad_take_back=form, opened=task.id), 422)

    def change() -> str:
        check_seen(session, task.issue, form.seen.data or 0)
        withdraw_verification(session, actor(), task, utc_now(), form.reason.data or "")
        return _("The task was taken back; it stays in the history.")

    return _answer(session, task.issue, form, change, bad_take_back=form, opened=task.id)


@blueprint.get("/<number>/verifications/<task_id>")
@requires(*MAY_VERIFY)
def show(number: str, task_id: str) -> str:
    """One task: what is to be checked, and what came of it."""
    return _task_page(_found(number, task_id))


@blueprint.post("/<number>/verifications/<task_id>")
@requires(*MAY_VERIFY)
def finish(number: str, task_id: str) -> Any:
    """Say what came of it."""
    task = _found(number, task_id)
    form = ResultForm()
    if not form.validate_on_submit():
        return make_response(_task_page(task, form), 422)
    session = current_session()
    try:
        kept = keep_files(current_storage(), form.given())
        finish_verification(session, actor(), task, form.result.data, form.found.data or "", utc_now(), files=kept)
    except SurveyError as error:
        if error.code not in REFUSALS:
            raise
        session.rollback()
        return make_response(_task_page(task, form, refusal=spoken(error)), STATUS[error.code])
    flash(_("Thank you. A coordinator concludes from it."), "success")
    return redirect(url_for(".mine"))


@blueprint.get("/<number>/verifications/<task_id>/files/<file_id>")
@requires(*MAY_VERIFY)
def file(number: str, task_id: str, file_id: str) -> Response:
    """A file that came of it, as a download."""
    task = _found(number, task_id)
    found = find_kept(files_of(current_session(), [task.id]).get(task.id, []), file_id)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


@blueprint.get("/<number>/verifications/<task_id>/evidence/<evidence_id>/<path:name>")
@requires(*MAY_VERIFY)
def picture(number: str, task_id: str, evidence_id: str, name: str) -> Response:
    """A picture of the evidence, for whoever checks it; nothing else of its interview."""
    session = current_session()
    task = _found(number, task_id)
    row = next((each for each in list_evidence_for(session, task) if each.id == evidence_id), None)
    if row is None or not row.instance_id or name not in (row.told.get("files") or ()):
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=name, remedy="It may have been removed already.")
    attachment = find_attachment(session, row.instance_id, name)
    return stored_file(readable_file(attachment, current_storage()), attachment.name, attachment.media_type)


def _found(number: str, task_id: str) -> Verification:
    return find_task(current_session(), number, task_id, actor(), reads_all=_reads_all())


def _reads_all() -> bool:
    return any(actor().has_role(role) for role in READERS)


def _task_page(task: Verification, form: ResultForm | None = None, *, refusal: str = "") -> str:
    session, person = current_session(), actor()
    is_open = task.done_at is None and task.withdrawn_at is None and task.issue.state == "raised"
    return render_template(
        "issues/verification.html",
        task=task,
        issue=task.issue,
        evidence=list_evidence_for(session, task),
        files=files_of(session, [task.id]).get(task.id, []),
        form=(form or ResultForm(formdata=None)) if is_open and task.assigned_to_id == person.id else None,
        is_open=is_open,
        reads_all=_reads_all(),
        refusal=refusal,
        locale=str(get_locale()),
    )


def _answer(session: Session, issue: Issue, sent: AskForm | TakeBackForm, change: Callable[[], str], **again: Any) -> Any:
    """The way back to the issue once the change is made; or the page again with what was written, and what came in between."""
    try:
        said = change()
    except SurveyError as error:
        if error.code not in REFUSALS:
            raise
        session.rollback()
        session.refresh(issue)
        seen = sent.seen.data or 0
        sent.seen.data, sent.seen.raw_data = issue.n_steps, None
        return make_response(render_issue(issue, refusal=spoken(error), seen=seen, **again), STATUS[error.code])
    flash(said, "success")
    answer: Redirect = redirect(url_for("issues.show", number=issue.number, _anchor="verifications"))
    return answer
