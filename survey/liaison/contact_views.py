"""The pages of contacts: list by place, add and change, vCard and workbook."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.liaison import contact_operations as operations
from survey.liaison.contact_queries import find_contact, list_contacts, list_counties_without, list_offices
from survey.liaison.forms import ContactFilterForm, ContactForm
from survey.liaison.models import Contact
from survey.liaison.page import EDITORS, READERS, liaison_words, render_liaison
from survey.liaison.vcards import VCARD, vcards
from survey.liaison.words import CONTACT_LEVEL_LABELS
from survey.pages.downloads import download
from survey.pages.fields import given
from survey.pages.workbooks import XLSX, TableSheet, write_workbook

blueprint = Blueprint("liaison_contacts", __name__, url_prefix="/liaison/contacts")
blueprint.context_processor(liaison_words)


def _filter_form() -> ContactFilterForm:
    form = ContactFilterForm(request.args)
    form.offer(list_offices(current_session()))
    return form


def _shown() -> tuple[Contact, ...]:
    return list_contacts(current_session(), _filter_form().wanted(), field_date(utc_now()))


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The contacts by place."""
    session, today = current_session(), field_date(utc_now())
    form = _filter_form()
    contacts = list_contacts(session, form.wanted(), today)
    missing = list_counties_without(session, today)
    return render_liaison("liaison/contacts.html", form=form, contacts=contacts, missing=missing, filters=request.args.to_dict())


@blueprint.get("/contacts.vcf")
@requires(*EDITORS)
def all_vcards() -> Response:
    """The contacts shown, as one file of vCards."""
    return download(vcards(_shown()), "contacts.vcf", VCARD)


@blueprint.get("/contacts.xlsx")
@requires(*EDITORS)
def workbook() -> Response:
    """The contacts shown, as a workbook."""
    headings = [
        _("Level"), _("Place"), _("Code"), _("Full name"), _("Post"), _("Organisation"), _("Telephone"), _("E-mail address"),
        _("In this post from"), _("In this post until"), _("Note"),
    ]  # fmt: skip
    rows = [
        (
            str(CONTACT_LEVEL_LABELS[contact.region.level]), contact.region.name, contact.region_code, contact.name, contact.post,
            contact.organisation, contact.phone, contact.email, contact.active_from, contact.active_until, contact.note,
        )
        for contact in _shown()
    ]  # fmt: skip
    return download(write_workbook([TableSheet(_("Contacts"), headings, rows)]), "contacts.xlsx", XLSX)


@blueprint.get("/<contact_id>.vcf")
@requires(*EDITORS)
def one_vcard(contact_id: str) -> Response:
    """One contact as a vCard."""
    contact = find_contact(current_session(), contact_id)
    return download(vcards([contact]), f"{contact.name}.vcf", VCARD)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Redirect:
    """Add a contact."""
    today = field_date(utc_now())
    form = _offered(ContactForm(data={"region_code": request.args.get("place", ""), "active_from": today}))
    if form.validate_on_submit():
        contact = operations.add_contact(current_session(), actor(), _facts(form), utc_now())
        flash(_("%(name)s was added.", name=contact.name), "success")
        return redirect(url_for(".index"))
    return render_liaison("liaison/contact.html", form=form, contact=None)


@blueprint.route("/<contact_id>", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(contact_id: str) -> str | Redirect:
    """Change a contact."""
    contact = find_contact(current_session(), contact_id)
    form = _offered(ContactForm(obj=contact))
    if form.validate_on_submit():
        operations.update_contact(current_session(), actor(), contact, _facts(form), utc_now())
        flash(_("%(name)s was changed.", name=contact.name), "success")
        return redirect(url_for(".index"))
    return render_liaison("liaison/contact.html", form=form, contact=contact)


@blueprint.post("/<contact_id>/remove")
@requires(*EDITORS)
def remove(contact_id: str) -> Redirect:
    """Take back a contact that was entered by mistake."""
    contact = find_contact(current_session(), contact_id)
    operations.remove_contact(current_session(), actor(), contact, utc_now())
    flash(_("%(name)s was removed.", name=contact.name), "success")
    return redirect(url_for(".index"))


def _offered(form: Any) -> Any:
    form.offer(list_offices(current_session()))
    return form


def _facts(form: ContactForm) -> operations.ContactFacts:
    texts = {name: getattr(form, name).data or "" for name in operations.MAX_LENGTHS}
    return operations.ContactFacts(
        region_code=form.region_code.data, active_from=given(form.active_from.data), active_until=form.active_until.data, **texts
    )
