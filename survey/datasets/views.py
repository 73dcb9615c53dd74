"""The page of datasets: what can be had, the archive itself, and who took which."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

from analysis.exports.archive import ExportRequest
from analysis.exports.units import Safety
from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.datasets import four_eyes, operations
from survey.datasets.forms import DatasetForm
from survey.datasets.queries import OfferedVisit, list_offered, list_taken
from survey.datasets.words import CONTENTS_LABELS, FORMAT_LABELS
from survey.db import current_session, reading_scope, rollback_request, utc_now
from survey.pages.choices import choices_of
from survey.pages.downloads import ZIP, download
from survey.protection.reading import note_names
from survey.this_app import this_app

READERS = ("admin", "coordinator", "author")

blueprint = Blueprint("datasets", __name__, url_prefix="/reports/datasets")


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """What can be had, and what was taken."""
    offered = list_offered(current_session())
    asked = request.args.get("visit", "")
    form = _form(offered, visit=asked if any(each.visit.id == asked for each in offered) else None)
    return _page(form, offered)


@blueprint.post("")
@requires(*READERS)
def make() -> Any:
    """The archive as a download; the page again, with what is wrong, when something is."""
    offered = list_offered(current_session())
    form = _form(offered)
    if not form.validate_on_submit():
        return make_response(_page(form, offered), 422)
    wanted = ExportRequest(
        form.visit.data,
        form.language.data,
        tuple(form.formats.data or ()),
        is_full=form.contents.data == "full",
        safety=Safety(k=form.k.data or Safety().k),
    )
    purpose = form.purpose.data or ""
    person = actor()
    operations.check_allowed(person, wanted, purpose)
    if wanted.is_full and current_settings().four_eyes:
        four_eyes.ask_for_full(current_session(), person, wanted, purpose, utc_now())
        flash(_("Somebody else has to approve this dataset; then it can be fetched here."), "success")
        return redirect(url_for(".index", visit=wanted.visit_id), 303)
    return _made(wanted, purpose)


@blueprint.post("/requests/<request_id>/decide")
@requires(*operations.FULL_ROLES)
def decide(request_id: str) -> Any:
    """Approve or refuse a full dataset that somebody else asked for."""
    asked = four_eyes.find_request(current_session(), request_id, request.values.get("visit", ""))
    is_approved = request.form.get("decision") == "approve"
    four_eyes.decide_request(current_session(), actor(), asked, is_approved, utc_now())
    name = asked.asked_by.name
    told = _("%(name)s can fetch the dataset now.", name=name) if is_approved else _("The dataset is refused.")
    flash(told, "success")
    return redirect(url_for(".index", visit=asked.visit_id))


@blueprint.post("/requests/<request_id>/fetch")
@requires(*operations.FULL_ROLES)
def fetch(request_id: str) -> Any:
    """The full dataset that somebody else approved, as a download."""
    asked = four_eyes.find_request(current_session(), request_id, request.values.get("visit", ""))
    return _made(four_eyes.wanted_by(asked, actor(), utc_now()), asked.purpose)


def _made(wanted: ExportRequest, purpose: str) -> Any:
    """The archive as a download, logged."""
    person = actor()
    # Making it takes seconds; nobody else's writing waits for it, because this request has written nothing yet and lets go.
    rollback_request()
    with reading_scope(this_app()) as session:
        dataset = operations.make_dataset(session, person, wanted, purpose)
    if wanted.is_full:
        note_names(max(dataset.made.n_rows.values(), default=0))
    operations.log_taken(current_session(), person, dataset, purpose, utc_now())
    return download(dataset.made.content, dataset.file_name, ZIP)


def _may_take_full() -> bool:
    return any(current_user.has_role(role) for role in operations.FULL_ROLES)


def _form(offered: tuple[OfferedVisit, ...], visit: str | None = None) -> DatasetForm:
    form = DatasetForm(language=str(get_locale()), visit=visit)
    form.visit.choices = choices_of([(each.visit.id, f"{each.visit.title} ({each.n_submissions})") for each in offered])
    if not _may_take_full():
        form.contents.choices = choices_of({"deidentified": CONTENTS_LABELS["deidentified"]})
    return form


def _page(form: DatasetForm, offered: tuple[OfferedVisit, ...]) -> str:
    page, taken = list_taken(current_session(), request.args.get("page", 1, int))
    return render_template(
        "datasets/index.html",
        form=form,
        offered=offered,
        page=page,
        taken=taken,
        contents_labels=CONTENTS_LABELS,
        format_labels=FORMAT_LABELS,
        may_take_full=_may_take_full(),
        requests=four_eyes.list_requests(current_session(), actor(), utc_now()) if _may_take_full() else (),
        reader_id=current_user.id,
        needs_approval=current_settings().four_eyes,
    )
