"""The start page by role, and whether the service is well."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from survey.accounts.access import requires
from survey.backup.queries import BackupAge, read_backup_age
from survey.config import current_settings
from survey.dashboard.queries import read_field, read_office
from survey.db import current_session, utc_now
from survey.draws.queries import list_openable
from survey.field_time import field_date
from survey.first_run.queries import organisation_name, read_progress
from survey.household_outcomes.queries import list_open_look_backs
from survey.intake.queries import count_infected
from survey.issues.words import AREA_LABELS
from survey.kept import kept
from survey.liaison.material_queries import read_due
from survey.places.words import KIND_LABELS
from survey.signing_in.asking import asks_for_second_factor
from survey.verifications.queries import count_waiting

OFFICE_ROLES = ("admin", "coordinator", "author")

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@requires()
def start() -> ResponseReturnValue:
    """What waits for the person who signed in, a part for each role; the responsible side has a page of its own."""
    if {role.name for role in current_user.roles} == {"responsible"}:
        return redirect(url_for("responsible.index"))
    session = current_session()
    may_decide = current_user.has_role("admin") or current_user.has_role("coordinator")
    works_in_office = any(current_user.has_role(role) for role in OFFICE_ROLES)
    return render_template(
        "dashboard/start.html",
        office=kept(session, "office", lambda: read_office(session)) if works_in_office else None,
        due=read_due(session, field_date(utc_now())) if works_in_office else None,
        organisation=kept(session, "organisation", lambda: organisation_name(session, is_short=True)),
        first_steps=kept(session, "first steps", lambda: read_progress(session)) if current_user.has_role("admin") else None,
        field=read_field(session, current_user.id) if current_user.has_role("interviewer") else None,
        look_backs=list_open_look_backs(session, current_user.id) if current_user.has_role("interviewer") else (),
        openable=list_openable(session, current_user.id),
        verifications=count_waiting(session, current_user.id, field_date(utc_now())),
        backup=_backup_age() if may_decide else None,
        n_infected=kept(session, "infected", lambda: count_infected(session)) if may_decide else 0,
        may_decide=may_decide,
        asks_for_second_factor=asks_for_second_factor(),
        area_labels=AREA_LABELS,
        kind_labels=KIND_LABELS,
    )


def _backup_age() -> BackupAge | None:
    """The age of the last backup where something waits for too long for the next, or that failed; in a demonstration nothing is missed."""
    settings = current_settings()
    age = read_backup_age(current_session(), utc_now(), timedelta(hours=settings.backup_hours))
    return age if (age.is_old or age.failed_at) and not settings.demo else None
