"""Importing a list of places in three steps: choose the file, look at what it would do, say so."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

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
from survey.places.models import RosterDraft
from survey.places.queries import find_draft
from survey.places.region_plan import plan_regions, regions_of
from survey.places.region_table import read_regions
from survey.places.roster_sample import places_sample
from survey.places.roster_texts import region_reason_text, unreadable_text
from survey.places.views import EDITORS
from survey.places.words import LEVEL_LABELS

ROWS_SHOWN = 500

blueprint = Blueprint("region_import", __name__, url_prefix="/places/import")


@blueprint.route("", methods=["GET", "POST"])
@requires(*EDITORS)
def upload() -> str | Response:
    """Choose a file; what it holds is shown next, and nothing is imported yet."""
    form = UploadForm()
    if form.validate_on_submit():
        name, data = sent_file(form.file)
        try:
            table = read_regions(data, name)
        except SurveyError as error:
            form.file.errors = [unreadable_text(error)]
        else:
            draft = operations.keep_region_draft(current_session(), current_user, table, name, utc_now())
            return redirect(url_for(".preview", draft_id=draft.id))
    return render_template("places/import.html", form=form)


@blueprint.get("/sample.xlsx")
@requires(*EDITORS)
def sample() -> Response:
    """The sample file that people fill in."""
    return download(places_sample(page_language()), "places-sample.xlsx", XLSX)


@blueprint.get("/<draft_id>")
@requires(*EDITORS)
def preview(draft_id: str) -> str:
    """What importing the file would do, and every row that it cannot import."""
    return _preview(_draft(draft_id), ConfirmForm(formdata=None))


def _draft(draft_id: str) -> RosterDraft:
    return find_draft(current_session(), draft_id, current_user, "places")


def _preview(draft: RosterDraft, form: ConfirmForm) -> str:
    return render_template(
        "places/import_preview.html",
        draft=draft,
        plan=plan_regions(current_session(), regions_of(draft.content)),
        form=form,
        drop_form=EmptyForm(formdata=None),
        limit=ROWS_SHOWN,
        reason_text=region_reason_text,
        level_labels=LEVEL_LABELS,
    )


@blueprint.post("/<draft_id>/import")
@requires(*EDITORS)
def confirm(draft_id: str) -> str | Response:
    """Import the list; with bad rows only when the importer says that they are to be left out."""
    draft, form = _draft(draft_id), ConfirmForm()
    n_bad = len(plan_regions(current_session(), regions_of(draft.content)).table.problems)
    if not form.validate_on_submit() or (n_bad and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _preview(draft, form)
    done = operations.import_region_draft(current_session(), current_user, draft, keep_good=form.keep_good.data, now=utc_now())
    counts = {"new": done.n_new, "renamed": done.n_renamed, "unchanged": done.n_unchanged, "bad": n_bad}
    flash(_("Places added: %(new)s, renamed: %(renamed)s, unchanged: %(unchanged)s, rows left out: %(bad)s.", **counts), "success")
    if done.n_placed:
        flash(ngettext("%(num)s place was given a position.", "%(num)s places were given a position.", done.n_placed), "success")
    return redirect(url_for("places.index"))


@blueprint.post("/<draft_id>/drop")
@requires(*EDITORS)
def drop(draft_id: str) -> Response:
    """Give the file up; nothing of it is imported."""
    operations.drop_draft(current_session(), current_user, _draft(draft_id), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(".upload"))
