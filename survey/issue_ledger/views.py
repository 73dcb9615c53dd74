"""The ledger of issues: handed out as a workbook, and its filled-in replies entered in three steps: choose, look, say so."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_figures.queries import list_issue_counties, list_issue_visits
from survey.issue_ledger import operations as operations
from survey.issue_ledger.downloading import send_ledger
from survey.issue_ledger.ledger import SAMPLE, ledger_of, read_ledger
from survey.issue_ledger.texts import reason_text
from survey.issues.filters import conditions
from survey.issues.forms import FilterForm
from survey.issues.life import EDITORS
from survey.issues.page import READERS, issue_words
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.language import page_language
from survey.pages.workbooks import XLSX
from survey.places.forms import ConfirmForm, UploadForm
from survey.places.models import RosterDraft
from survey.places.queries import find_draft
from survey.places.roster_compare import problems_csv
from survey.places.roster_texts import unreadable_text
from survey.responsible.answering import MAX_BODY_LENGTH
from survey.sample_sheets import write_sample

ROWS_SHOWN = 200
"""So many rows of each sort are listed; the file of bad rows holds all of them."""

blueprint = Blueprint("issue_ledger", __name__, url_prefix="/issues/ledger")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**issue_words(), "reason_text": reason_text, "limit": ROWS_SHOWN}


@blueprint.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> Any:
    """The filters for a ledger to hand out, and the form that takes a filled-in one."""
    session = current_session()
    form = UploadForm()
    if request.method == "POST":
        return _read(form)
    filters = FilterForm(request.args)
    filters.offer(list_issue_counties(session), list_issue_visits(session))
    return render_template("issues/ledger.html", filters=filters, form=form)


@requires(*EDITORS)
def _read(form: UploadForm) -> str | Redirect:
    session = current_session()
    if form.validate_on_submit():
        name, data = sent_file(form.file)
        try:
            ledger = read_ledger(data, name, MAX_BODY_LENGTH)
        except SurveyError as error:
            form.file.errors = [unreadable_text(error)]
        else:
            draft = operations.keep_ledger(session, actor(), ledger, name, utc_now())
            return redirect(url_for(".preview", draft_id=draft.id))
    filters = FilterForm(request.args)
    filters.offer(list_issue_counties(session), list_issue_visits(session))
    return render_template("issues/ledger.html", filters=filters, form=form)


@blueprint.get("/issues.xlsx")
@requires(*READERS)
def workbook() -> Response:
    """The issues that pass the filters; those that were not reported stay out unless they are asked for."""
    wanted = FilterForm(request.args).wanted()
    chosen = conditions(wanted, field_date(utc_now()), actor().id)
    return send_ledger(*chosen, only_reported=request.args.get("all") != "yes")


@blueprint.get("/sample.xlsx")
@requires(*EDITORS)
def sample() -> Response:
    """The sample file of replies that people fill in."""
    return download(write_sample(SAMPLE, page_language()), "replies-sample.xlsx", XLSX)


@blueprint.get("/<draft_id>")
@requires(*EDITORS)
def preview(draft_id: str) -> str:
    """What the replies of the file say beside the last ones, and every row that cannot be entered."""
    return _preview(_draft(draft_id), ConfirmForm(formdata=None))


@blueprint.get("/<draft_id>/bad-rows.csv")
@requires(*EDITORS)
def bad_rows(draft_id: str) -> Response:
    """Every bad row of the file with its reason, for whoever corrects the file."""
    problems = _plan(_draft(draft_id)).problems
    headings = (_("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"))
    return download(problems_csv(problems, headings, map(reason_text, problems)), "bad-rows.csv", "text/csv; charset=utf-8")


@blueprint.post("/<draft_id>")
@requires(*EDITORS)
def confirm(draft_id: str) -> str | Redirect:
    """Enter the replies; with bad rows only when the importer says that they are to be left out."""
    session, now = current_session(), utc_now()
    draft, form = _draft(draft_id), ConfirmForm()
    if not form.validate_on_submit() or (_plan(draft).problems and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _preview(draft, form)
    done = operations.import_ledger(session, actor(), draft, field_date(now), keep_good=form.keep_good.data, now=now)
    counts = {"new": len(done.replies), "same": done.n_unchanged, "bad": done.n_bad_rows}
    flash(_("Replies entered: %(new)s, known already: %(same)s, bad rows left out: %(bad)s.", **counts), "success")
    return redirect(url_for("issue_replies.index"))


@blueprint.post("/<draft_id>/drop")
@requires(*EDITORS)
def drop(draft_id: str) -> Redirect:
    """Give the file up; nothing of it is entered."""
    operations.drop_ledger(current_session(), actor(), _draft(draft_id), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(".index"))


def _draft(draft_id: str) -> RosterDraft:
    return find_draft(current_session(), draft_id, actor(), operations.DRAFT_KIND)


def _plan(draft: RosterDraft) -> operations.ReplyPlan:
    return operations.plan_replies(current_session(), ledger_of(draft.content), field_date(utc_now()))


def _preview(draft: RosterDraft, form: ConfirmForm) -> str:
    return render_template("issues/ledger_preview.html", draft=draft, plan=_plan(draft), form=form, empty_form=EmptyForm(formdata=None))
