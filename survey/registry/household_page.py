"""The page of one household: what the roster says, who lives there, its way through the register, and the interviews held there."""

from datetime import date

from flask import render_template, request
from flask_security import current_user

from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.pages.buttons import EmptyForm
from survey.places.models import Household
from survey.places.queries import is_in_use, list_interviews, list_path
from survey.registry.forms import DayForm, IdentificationForm
from survey.registry.models import HouseholdMember
from survey.registry.queries import list_people, read_register
from survey.registry.sealing import Vault
from survey.registry.words import (
    HEALTH_LABELS,
    IDENTIFICATION_LABELS,
    LEAVING_LABELS,
    MEMBER_FIELD_LABELS,
    RELATION_LABELS,
    SCHOOLING_LABELS,
    SEX_LABELS,
    WORK_LABELS,
)

EDITORS = ("admin", "coordinator")


def current_vault() -> Vault:
    """The vault of this installation."""
    return Vault(current_settings().secret_key)


def field_today() -> date:
    """The day it is now where the interviews are held."""
    return field_date(utc_now())


def registry_words() -> dict[str, object]:
    """What pages of the registry call things."""
    return {
        "sex_labels": SEX_LABELS,
        "relation_labels": RELATION_LABELS,
        "schooling_labels": SCHOOLING_LABELS,
        "health_labels": HEALTH_LABELS,
        "work_labels": WORK_LABELS,
        "leaving_labels": LEAVING_LABELS,
        "identification_labels": IDENTIFICATION_LABELS,
        "member_field_labels": MEMBER_FIELD_LABELS,
    }


def render_household(
    household: Household, register_form: IdentificationForm | None = None, shown: tuple[HouseholdMember, str] | None = None
) -> str:
    """The page; `register_form` when it was refused, `shown` a person with the identity number that was asked for in full."""
    session, today = current_session(), field_today()
    day_form = DayForm(request.args)
    register = read_register(session, household, day_form.wanted(today))
    if register_form is None and any(current_user.has_role(role) for role in EDITORS):
        register_form = IdentificationForm(today, formdata=None, data={"kind": register.next_kinds[0], "happened_on": today})
    people, gone = list_people(session, household, current_vault())
    return render_template(
        "places/household.html",
        household=household,
        path=list_path(session, household.village),
        interviews=list_interviews(session, household),
        is_in_use=is_in_use(session, household) or bool(register.lines),
        people=people,
        gone=gone,
        register=register,
        today=today,
        day_form=day_form,
        register_form=register_form,
        shown_id=shown[0].id if shown else None,
        shown_number=shown[1] if shown else "",
        empty_form=EmptyForm(formdata=None),
        **registry_words(),
    )
