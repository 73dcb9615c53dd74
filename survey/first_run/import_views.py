"""The steps that take in lists: places with households, and people. A chosen file waits on its page until somebody decides on it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.accounts.people_terms import people_sample as write_people_sample
from survey.accounts.views import first_passwords_page
from survey.db import current_session, utc_now
from survey.first_run.imports import IMPORTS, Import
from survey.first_run.queries import find_waiting_draft
from survey.first_run.views import PAGES, after, step_page
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.language import page_language
from survey.pages.workbooks import XLSX
from survey.places.forms import ConfirmForm, UploadForm
from survey.places.models import RosterDraft
from survey.places.queries import find_draft, is_waiting
from survey.places.roster_operations import drop_draft
from survey.places.roster_texts import unreadable_text

ROWS_SHOWN = 200

blueprint = Blueprint("first_lists", __name__, url_prefix="/first-run")


def _import(kind: str) -> Import:
    if kind not in IMPORTS:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Kind of list", key=kind, remedy="Open it from the first steps.")
    return IMPORTS[kind]


@blueprint.get("/places")
@requires("admin")
def places() -> Response:
    """Take in the places, and the households of those that will be visited."""
    return _page("places")


@blueprint.get("/people")
@requires("admin")
def people() -> Response:
    """Take in the people, each with a role."""
    return _page("people")


@blueprint.get("/people/sample.xlsx")
@requires("admin")
def people_sample() -> Response:
    """The sample file that people fill in."""
    return download(write_people_sample(page_language()), "people-sample.xlsx", XLSX)


@blueprint.post("/lists/<kind>")
@requires("admin")
def read(kind: str) -> Response | Redirect:
    """Look at a file; nothing is imported yet."""
    found, form = _import(kind), UploadForm()
    if form.validate_on_submit():
        try:
            name, data = sent_file(form.file)
            found.keep(current_session(), actor(), data, name, utc_now())
        except SurveyError as error:
            if "reason" not in error.values:
                raise
            form.file.errors = [unreadable_text(error)]
        else:
            return redirect(url_for(PAGES[found.step], _anchor=kind))
    return _page(found.step, kind, form, status=422)


@blueprint.post("/lists/<kind>/<draft_id>")
@requires("admin")
def take(kind: str, draft_id: str) -> Any:
    """Import the list; with bad rows only when the importer says that they are to be left out. First passwords are shown this once."""
    found, session, form = _import(kind), current_session(), ConfirmForm()
    if not is_waiting(session, draft_id, actor(), kind):
        return over(kind, draft_id)
    draft = find_draft(session, draft_id, actor(), kind)
    if not form.validate_on_submit() or (found.look(session, draft).n_bad and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _page(found.step, kind, confirm=form, status=422)
    made = found.take(session, actor(), draft, form.keep_good.data, utc_now())
    if made:
        return first_passwords_page(made, url_for(PAGES[found.step]))
    flash(_("The list is imported."), "success")
    return redirect(url_for(PAGES[found.step]))


@blueprint.get("/lists/<kind>/<draft_id>")
@requires("admin")
def over(kind: str, draft_id: str) -> Redirect:
    """To the page of the step, which shows the list while it waits; of one that waits no more it is said what to do now."""
    if not is_waiting(current_session(), draft_id, actor(), kind):
        flash(_("This list was imported already, given up, or is older than a day; nothing was done now."), "warning")
        if kind == "people":
            flash(_("First passwords are shown once. Make new ones for whoever has none: People › the person › Make a new first password."))
    return redirect(url_for(PAGES[_import(kind).step]))


@blueprint.post("/lists/<kind>/<draft_id>/drop")
@requires("admin")
def drop(kind: str, draft_id: str) -> Redirect:
    """Give the file up; nothing of it is imported."""
    found = _import(kind)
    drop_draft(current_session(), actor(), find_draft(current_session(), draft_id, actor(), kind), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(PAGES[found.step]))


def _page(
    step: str, kind: str = "", upload: UploadForm | None = None, *, confirm: ConfirmForm | None = None, status: int = 200
) -> Response:
    """The page of a step; `upload` or `confirm` is the form of the list of this kind that something is wrong with."""
    session = current_session()
    lists = []
    for name, each in IMPORTS.items():
        if each.step == step:
            draft: RosterDraft | None = find_waiting_draft(session, actor(), name)
            lists.append(
                {
                    "kind": name,
                    "of": each,
                    "draft": draft,
                    "look": each.look(session, draft) if draft else None,
                    "upload": upload if upload and name == kind else UploadForm(formdata=None),
                    "confirm": confirm if confirm and name == kind else ConfirmForm(formdata=None),
                }
            )
    values = {"lists": lists, "limit": ROWS_SHOWN, "drop_form": EmptyForm(formdata=None), "next_address": after(step)}
    return step_page("first_run/lists.html", step, status, **values)
