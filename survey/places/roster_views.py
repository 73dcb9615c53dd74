"""Importing a household roster in three steps: choose the file, look at what it would do, say so."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.language import page_language
from survey.pages.workbooks import XLSX
from survey.places import operations
from survey.places.forms import ConfirmForm, UploadForm
from survey.places.queries import find_draft, list_imports
from survey.places.roster import read_roster
from survey.places.roster_compare import problems_csv
from survey.places.roster_draft import roster_of
from survey.places.roster_plan import plan_roster
from survey.places.roster_sample import sample_workbook
from survey.places.roster_texts import reason_text, unreadable_text
from survey.places.words import CAUSE_LABELS, FIELD_LABELS, KIND_LABELS, MARKER_LABELS

IMPORTERS = ("admin", "coordinator")
ROWS_SHOWN = 200
"""So many rows of each sort are listed; the file of bad rows holds all of them."""

blueprint = Blueprint("roster", __name__, url_prefix="/places/roster")


@blueprint.route("", methods=["GET", "POST"])
@requires(*IMPORTERS)
def upload() -> str | Redirect:
    """Choose a file; what it holds is shown next, and nothing is imported yet."""
    form = UploadForm()
    if form.validate_on_submit():
        name, data = sent_file(form.file)
        try:
            roster = read_roster(data, name)
        except SurveyError as error:
            form.file.errors = [unreadable_text(error)]
        else:
            draft = operations.keep_draft(current_session(), current_user, roster, name, utc_now())
            return redirect(url_for(".preview", draft_id=draft.id))
    return render_template("places/roster.html", form=form, imports=list_imports(current_session()))


@blueprint.get("/sample.xlsx")
@requires(*IMPORTERS)
def sample() -> Response:
    """The sample file that people fill in."""
    return download(sample_workbook(page_language()), "roster-sample.xlsx", XLSX)


@blueprint.get("/<draft_id>")
@requires(*IMPORTERS)
def preview(draft_id: str) -> str:
    """What importing the file would do, and every row that it cannot import."""
    return _preview(draft_id, ConfirmForm(formdata=None))


def _preview(draft_id: str, form: ConfirmForm) -> str:
    session = current_session()
    draft = find_draft(session, draft_id, current_user)
    return render_template(
        "places/roster_preview.html",
        draft=draft,
        plan=plan_roster(session, roster_of(draft.content)),
        form=form,
        drop_form=EmptyForm(formdata=None),
        limit=ROWS_SHOWN,
        reason_text=reason_text,
        show=_shown,
        field_labels=FIELD_LABELS,
        kind_labels=KIND_LABELS,
    )


def _shown(field: str, value: Any) -> str:
    """The value of a household's field in words."""
    labels = {"kind": KIND_LABELS, "cause": CAUSE_LABELS}
    if isinstance(value, list | tuple):
        return _(", ").join(str(MARKER_LABELS[marker]) for marker in value)
    return str(labels[field].get(value, value)) if field in labels else str(value)


@blueprint.get("/<draft_id>/bad-rows.csv")
@requires(*IMPORTERS)
def bad_rows(draft_id: str) -> Response:
    """Every bad row of the file with its reason, for whoever corrects the file."""
    draft = find_draft(current_session(), draft_id, current_user)
    problems = plan_roster(current_session(), roster_of(draft.content)).roster.problems
    headings = (_("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"))
    return download(problems_csv(problems, headings, map(reason_text, problems)), "bad-rows.csv", "text/csv; charset=utf-8")


@blueprint.post("/<draft_id>/import")
@requires(*IMPORTERS)
def confirm(draft_id: str) -> str | Redirect:
    """Import the roster; with bad rows only when the importer says that they are to be left out."""
    session = current_session()
    draft = find_draft(session, draft_id, current_user)
    form = ConfirmForm()
    n_bad = plan_roster(session, roster_of(draft.content)).roster.n_bad_rows
    if not form.validate_on_submit() or (n_bad and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _preview(draft_id, form)
    done = operations.import_draft(session, current_user, draft, keep_good=form.keep_good.data, now=utc_now())
    counts = {"new": done.n_new, "changed": done.n_changed, "unchanged": done.n_unchanged, "bad": n_bad}
    flash(_("Households added: %(new)s, changed: %(changed)s, unchanged: %(unchanged)s, bad rows left out: %(bad)s.", **counts), "success")
    return redirect(url_for(".upload"))


@blueprint.post("/<draft_id>/drop")
@requires(*IMPORTERS)
def drop(draft_id: str) -> Redirect:
    """Give the file up; nothing of it is imported."""
    operations.drop_draft(current_session(), current_user, find_draft(current_session(), draft_id, current_user), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(".upload"))
