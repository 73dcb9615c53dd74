"""The start page by role, and whether the service is well."""

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import text

from survey.accounts.access import requires
from survey.config import current_settings
from survey.dashboard.queries import read_field, read_office
from survey.db import current_session, utc_now
from survey.draws.queries import list_openable
from survey.field_time import field_date
from survey.household_outcomes.queries import list_open_look_backs
from survey.issues.words import AREA_LABELS
from survey.kept import kept
from survey.liaison.material_queries import read_due
from survey.places.words import KIND_LABELS
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
    works_in_office = any(current_user.has_role(role) for role in OFFICE_ROLES)
    return render_template(
        "dashboard/start.html",
        office=kept(session, "office", lambda: read_office(session)) if works_in_office else None,
        due=read_due(session, field_date(utc_now())) if works_in_office else None,
        field=read_field(session, current_user.id) if current_user.has_role("interviewer") else None,
        look_backs=list_open_look_backs(session, current_user.id) if current_user.has_role("interviewer") else (),
        openable=list_openable(session, current_user.id),
        verifications=count_waiting(session, current_user.id, field_date(utc_now())),
        may_decide=current_user.has_role("admin") or current_user.has_role("coordinator"),
        area_labels=AREA_LABELS,
        kind_labels=KIND_LABELS,
    )


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """200 with a JSON body when the database answers."""
    current_session().execute(text("SELECT 1"))
    return jsonify(status="ok", demo=current_settings().demo)
