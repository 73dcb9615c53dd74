"""The pages of the register of assistance: totals by kind, place and year, entries, and one entry."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.liaison import assistance_operations as operations
from survey.liaison.assistance_forms import AssistanceFilterForm, AssistanceForm
from survey.liaison.assistance_queries import all_assistance, find_assistance, list_assistance, list_givers, list_years, read_totals
from survey.liaison.assistance_texts import amount_text, register_workbook
from survey.liaison.contact_queries import list_offices
from survey.liaison.models import Assistance
from survey.liaison.page import EDITORS, READERS, liaison_words, render_liaison
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX

blueprint = Blueprint("liaison_assistance", __name__, url_prefix="/liaison/assistance")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**liaison_words(), "amount_text": amount_text}


def _filter_form() -> AssistanceFilterForm:
    session = current_session()
    form = AssistanceFilterForm(request.args)
    form.offer(list_years(session), list_offices(session))
    return form


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The totals of what is looked for, and the entries they are made of."""
    session = current_session()
    form = _filter_form()
    wanted = form.wanted()
    page, entries = list_assistance(session, wanted, request.args.get("page", 1, int))
    return render_liaison(
        "liaison/assistance.html",
        form=form,
        page=page,
        entries=entries,
        totals=read_totals(session, wanted),
        filters=wanted.parameters(),
    )


@blueprint.get("/assistance.xlsx")
@requires(*READERS)
def workbook() -> Response:
    """The entries that are looked for and their totals, as a workbook."""
    session, wanted = current_session(), _filter_form().wanted()
    data = register_workbook(all_assistance(session, wanted), read_totals(session, wanted))
    return download(data, "assistance.xlsx", XLSX)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Redirect:
    """Enter help that was given."""
    form = _offered(AssistanceForm(data={"year": field_date(utc_now()).year}), None)
    if form.validate_on_submit():
        found = operations.add_assistance(current_session(), actor(), form.facts(), utc_now())
        flash(_("Entered: %(giver)s, %(amount)s (10,000 yuan).", giver=found.giver, amount=amount_text(found.amount_fen)), "success")
        return redirect(url_for(".index", year=found.year))
    return _form_page(form, None)


@blueprint.route("/<key>", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(key: str) -> str | Redirect:
    """Change an entry."""
    found = find_assistance(current_session(), key)
    form = _offered(AssistanceForm.of(found), found)
    if form.validate_on_submit():
        operations.update_assistance(current_session(), actor(), found, form.facts(), utc_now())
        flash(_("The entry was changed."), "success")
        return redirect(url_for(".index", year=found.year))
    return _form_page(form, found)


@blueprint.post("/<key>/remove")
@requires(*EDITORS)
def remove(key: str) -> Redirect:
    """Take back an entry."""
    operations.remove_assistance(current_session(), actor(), find_assistance(current_session(), key), utc_now())
    flash(_("The entry was removed."), "success")
    return redirect(url_for(".index"))


def _offered(form: AssistanceForm, found: Assistance | None) -> AssistanceForm:
    """The form with every office, and the place of the entry if that is a township or village."""
    offices = list_offices(current_session())
    is_below = found is not None and found.region_code not in dict(offices)
    form.offer([*offices, (found.region_code, found.region.name)] if found is not None and is_below else offices)
    return form


def _form_page(form: AssistanceForm, found: Assistance | None) -> str:
    return render_liaison("liaison/assistance_form.html", form=form, found=found, givers=list_givers(current_session()))
