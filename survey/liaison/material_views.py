"""The pages of requests for materials: list, one request with its files and reminders."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.kept_files import GivenFile, keep_files
from survey.liaison import material_operations as operations
from survey.liaison.contact_queries import ContactFilter, list_contacts, list_offices, list_visit_choices
from survey.liaison.forms import ReceiveForm, ReminderForm, RequestFilterForm, RequestForm, WithdrawForm
from survey.liaison.material_queries import find_file, find_request, list_requests
from survey.liaison.models import MaterialRequest
from survey.liaison.page import EDITORS, READERS, liaison_words, render_liaison
from survey.liaison.reminders import reminder_text
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.pages.fields import given
from survey.places import codes
from survey.storage import current_storage

blueprint = Blueprint("liaison_materials", __name__, url_prefix="/liaison/materials")
blueprint.context_processor(liaison_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The requests, what is waited for first."""
    session = current_session()
    form = RequestFilterForm(request.args)
    form.offer(list_offices(session), list_visit_choices(session))
    page, requests = list_requests(session, form.wanted(), field_date(utc_now()), request.args.get("page", 1, int))
    filters = {name: value for name, value in request.args.items() if name != "page" and value}
    return render_liaison("liaison/materials.html", form=form, page=page, requests=requests, filters=filters)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Redirect:
    """Ask for something."""
    given = {name: request.args.get(name, "") for name in ("region_code", "contact_id", "visit_id")}
    form = _offered(RequestForm(data={**given, "asked_on": field_date(utc_now())}))
    if form.validate_on_submit() and _suits(form):
        made = operations.ask_for(current_session(), actor(), _facts(form), utc_now())
        flash(_("The request is on record."), "success")
        return redirect(url_for(".show", request_id=made.id))
    return render_liaison("liaison/request_form.html", form=form, material=None)


@blueprint.get("/<request_id>")
@requires(*READERS)
def show(request_id: str) -> str:
    """One request: its state, what came of it, and who was reminded."""
    return _page(find_request(current_session(), request_id))


def _page(found: MaterialRequest, *, receive_form: ReceiveForm | None = None, reminder_form: Any = None, withdraw_form: Any = None) -> str:
    today = field_date(utc_now())
    return render_liaison(
        "liaison/request.html",
        material=found,
        receive_form=receive_form or ReceiveForm(formdata=None),
        reminder_form=reminder_form or ReminderForm(formdata=None, data={"reminded_on": today}),
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        reminder=reminder_text(found, today) if found.is_waited_for else "",
    )


@blueprint.route("/<request_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(request_id: str) -> str | Redirect:
    """Change what is asked for."""
    found = find_request(current_session(), request_id)
    form = _offered(RequestForm(obj=found), found)
    if form.validate_on_submit() and _suits(form):
        operations.update_request(current_session(), actor(), found, _facts(form), utc_now())
        flash(_("The request was changed."), "success")
        return redirect(url_for(".show", request_id=found.id))
    return render_liaison("liaison/request_form.html", form=form, material=found)


@blueprint.post("/<request_id>/receive")
@requires(*EDITORS)
def receive(request_id: str) -> str | Redirect:
    """Record what has come."""
    found = find_request(current_session(), request_id)
    form = ReceiveForm()
    if not form.validate_on_submit():
        return _page(found, receive_form=form)
    given = [GivenFile(each.filename, each.read()) for each in form.files.data or () if each and each.filename]
    if empty := [file.name for file in given if not file.data]:
        form.files.errors = [_("%(name)s is empty. Choose the file again.", name=empty[0])]
        return _page(found, receive_form=form)
    kept = keep_files(current_storage(), given)
    n_new = operations.receive(
        current_session(), actor(), found, kept, note=form.note.data or "", is_complete=form.is_complete.data, now=utc_now()
    )
    flash(ngettext("Recorded, with %(num)s new file.", "Recorded, with %(num)s new files.", n_new), "success")
    if len(given) > n_new:
        flash(_("Files that the request had already were not kept twice."))
    return redirect(url_for(".show", request_id=found.id))


@blueprint.get("/<request_id>/files/<file_id>")
@requires(*READERS)
def file(request_id: str, file_id: str) -> Response:
    """A received file, as a download."""
    found = find_file(find_request(current_session(), request_id), file_id)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


@blueprint.post("/<request_id>/files/<file_id>/remove")
@requires(*EDITORS)
def remove_file(request_id: str, file_id: str) -> Redirect:
    """Take back a file that was added by mistake."""
    found = find_request(current_session(), request_id)
    operations.remove_file(current_session(), actor(), found, find_file(found, file_id), utc_now())
    flash(_("The file was removed."), "success")
    return redirect(url_for(".show", request_id=found.id))


@blueprint.post("/<request_id>/remind")
@requires(*EDITORS)
def remind(request_id: str) -> str | Redirect:
    """Put on record that somebody was reminded."""
    found = find_request(current_session(), request_id)
    form = ReminderForm()
    form.offer(found.asked_on, field_date(utc_now()))
    if not form.validate_on_submit():
        return _page(found, reminder_form=form)
    operations.log_reminder(
        current_session(),
        actor(),
        found,
        reminded_on=given(form.reminded_on.data),
        means=form.means.data,
        note=form.note.data or "",
        now=utc_now(),
    )
    flash(_("The reminder is on record."), "success")
    return redirect(url_for(".show", request_id=found.id))


@blueprint.post("/<request_id>/withdraw")
@requires(*EDITORS)
def withdraw(request_id: str) -> str | Redirect:
    """Say that it is no longer needed."""
    found = find_request(current_session(), request_id)
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _page(found, withdraw_form=form)
    operations.withdraw(current_session(), actor(), found, form.reason.data or "", utc_now())
    flash(_("The request was withdrawn."), "success")
    return redirect(url_for(".show", request_id=found.id))


@blueprint.post("/<request_id>/reopen")
@requires(*EDITORS)
def reopen(request_id: str) -> Redirect:
    """Wait for it again."""
    found = find_request(current_session(), request_id)
    if EmptyForm().validate_on_submit():
        operations.reopen(current_session(), actor(), found, utc_now())
        flash(_("The request is waited for again."), "success")
    return redirect(url_for(".show", request_id=found.id))


@blueprint.post("/<request_id>/remove")
@requires(*EDITORS)
def remove(request_id: str) -> Redirect:
    """Take back a request that was entered by mistake."""
    operations.remove_request(current_session(), actor(), find_request(current_session(), request_id), utc_now())
    flash(_("The request was removed."), "success")
    return redirect(url_for(".index"))


def _offered(form: RequestForm, found: MaterialRequest | None = None) -> RequestForm:
    """The form with places, contacts who hold their post or are named already, and visits."""
    session, today = current_session(), field_date(utc_now())
    contacts = list_contacts(session, ContactFilter(), today)
    if found and found.contact and found.contact not in contacts:
        contacts = (*contacts, found.contact)
    form.offer(list_offices(session), contacts, list_visit_choices(session), today)
    return form


def _suits(form: RequestForm) -> bool:
    """Whether the contact is one of the place or of a place above it; says so at the field if not."""
    if not form.contact_id.data:
        return True
    [contact] = [each for each in form.contacts if each.id == form.contact_id.data]
    if contact.region_code in (*codes.ancestors_of(form.region_code.data), form.region_code.data):
        return True
    form.contact_id.errors = [_("This is a contact of another place. Choose one of this place or of a place above it.")]
    return False


def _facts(form: RequestForm) -> operations.RequestFacts:
    return operations.RequestFacts(
        title=form.title.data or "",
        details=form.details.data or "",
        region_code=form.region_code.data,
        contact_id=form.contact_id.data or None,
        visit_id=form.visit_id.data or None,
        asked_on=given(form.asked_on.data),
        due_on=given(form.due_on.data),
    )
