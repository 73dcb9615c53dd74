"""The pages of persons and of the register of identification, by hand."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.fields import given
from survey.places.models import Household
from survey.places.queries import find_household, list_path
from survey.places.views import EDITORS, place_words
from survey.registry import operations
from survey.registry.forms import CorrectionForm, IdentificationForm, LeaveForm, MemberForm
from survey.registry.household_page import current_vault, field_today, registry_words, render_household
from survey.registry.models import HouseholdMember
from survey.registry.queries import find_identification, find_member

blueprint = Blueprint("registry", __name__, url_prefix="/places")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**place_words(), **registry_words()}


def _home(household_id: str) -> Redirect:
    return redirect(url_for("places.household", household_id=household_id))


def _refuse(form: MemberForm, error: SurveyError) -> None:
    """Show at its field what only the other persons know to be wrong; any other error goes on to the error page."""
    texts = {
        "id_number": (form.new_number, _("Somebody with this number lives in this or another household. Let them leave there first.")),
        "relation": (form.relation, _("The household has a head already.")),
    }
    if error.code is not ErrorCode.INVALID_VALUE or error.values["field"] not in texts:
        raise error
    field, text = texts[str(error.values["field"])]
    field.errors = [*field.errors, text]


@blueprint.route("/households/<household_id>/members/add", methods=["GET", "POST"])
@requires(*EDITORS)
def add_member(household_id: str) -> str | Redirect:
    """A person who is on no list."""
    household = find_household(current_session(), household_id)
    form = MemberForm(field_today())
    if form.validate_on_submit():
        try:
            operations.add_member(current_session(), current_user, household, form.facts(), current_vault(), utc_now())
        except SurveyError as error:
            _refuse(form, error)
        else:
            flash(_("%(name)s was added.", name=form.name.data), "success")
            return _home(household.id)
    return _member_page(household, form)


def _member_page(household: Household, form: MemberForm, member: HouseholdMember | None = None, leave_form: LeaveForm | None = None) -> str:
    return render_template(
        "registry/member_form.html",
        household=household,
        path=list_path(current_session(), household.village),
        form=form,
        member=member,
        leave_form=leave_form or LeaveForm(field_today(), formdata=None),
        empty_form=EmptyForm(formdata=None),
    )


@blueprint.route("/members/<member_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit_member(member_id: str) -> str | Redirect:
    """Correct what is known of a person."""
    member = find_member(current_session(), member_id)
    form = MemberForm(field_today(), member)
    if form.validate_on_submit():
        try:
            operations.update_member(current_session(), current_user, member, form.facts(), current_vault(), utc_now())
        except SurveyError as error:
            _refuse(form, error)
        else:
            flash(_("%(name)s was changed.", name=member.name), "success")
            return _home(member.household_id)
    return _member_page(member.household, form, member)


@blueprint.post("/members/<member_id>/leave")
@requires(*EDITORS)
def leave(member_id: str) -> str | Redirect:
    """A person lives there no longer."""
    member = find_member(current_session(), member_id)
    form = LeaveForm(field_today())
    if not form.validate_on_submit():
        return _member_page(member.household, MemberForm(field_today(), member, formdata=None), member, form)
    operations.let_member_leave(current_session(), current_user, member, given(form.left_on.data), form.left_reason.data, utc_now())
    flash(_("%(name)s lives there no longer.", name=member.name), "success")
    return _home(member.household_id)


@blueprint.post("/members/<member_id>/return")
@requires(*EDITORS)
def come_back(member_id: str) -> Redirect:
    """A person lives there after all."""
    member = find_member(current_session(), member_id)
    try:
        operations.take_member_back(current_session(), current_user, member, utc_now())
    except SurveyError as error:
        if error.code is not ErrorCode.INVALID_VALUE:
            raise
        flash(_("%(name)s cannot come back: they live in another household now, or there is another head.", name=member.name), "error")
    else:
        flash(_("%(name)s lives there again.", name=member.name), "success")
    return _home(member.household_id)


@blueprint.post("/members/<member_id>/id-number")
@requires(*EDITORS)
def id_number(member_id: str) -> Response:
    """The household's page with this person's identity number in full, once; who asked is kept in the log."""
    member = find_member(current_session(), member_id)
    number = operations.reveal_id_number(current_session(), current_user, member, current_vault(), utc_now())
    response = make_response(render_household(member.household, shown=(member, number)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/households/<household_id>/register")
@requires(*EDITORS)
def record(household_id: str) -> str | Redirect:
    """Write what happened into the household's register."""
    household = find_household(current_session(), household_id)
    form = IdentificationForm(field_today())
    if form.validate_on_submit():
        values = (form.kind.data, given(form.happened_on.data), form.note.data or "")
        try:
            operations.record_identification(current_session(), current_user, household, *values, utc_now())
        except SurveyError as error:
            _refuse_order(form, error)
        else:
            flash(_("The register was continued."), "success")
            return _home(household.id)
    return render_household(household, form)


def _refuse_order(form: IdentificationForm, error: SurveyError) -> None:
    if error.code is not ErrorCode.INVALID_VALUE:
        raise error
    text = _("That would put the register out of order. Check the kind, the day, and what is missing between this and other rows.")
    form.kind.errors = [*form.kind.errors, text]


@blueprint.route("/register-rows/<row_id>/correct", methods=["GET", "POST"])
@requires(*EDITORS)
def correct(row_id: str) -> str | Redirect:
    """Correct a row of the register; it stays as it was written beside the one that stands for it."""
    row = find_identification(current_session(), row_id)
    form = CorrectionForm.of(row, field_today())
    if form.validate_on_submit():
        try:
            operations.correct_identification(
                current_session(),
                current_user,
                row,
                kind=form.kind.data,
                happened_on=given(form.happened_on.data),
                note=form.note.data or "",
                reason=given(form.reason.data),
                is_withdrawn=form.is_withdrawn.data,
                now=utc_now(),
            )
        except SurveyError as error:
            _refuse_order(form, error)
        else:
            flash(_("The register was corrected."), "success")
            return _home(row.household_id)
    path = list_path(current_session(), row.household.village)
    return render_template("registry/correction.html", row=row, household=row.household, path=path, form=form)
