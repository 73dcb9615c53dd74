"""The team of a visit: who goes along, what they bring, what is spoken where; and pairs proposed, changed and accepted."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from questionnaires.errors import SurveyError
from survey.accounts.access import requires
from survey.accounts.queries import find_user
from survey.db import current_session, utc_now
from survey.errors import spoken
from survey.places.queries import find_region
from survey.teams import operations
from survey.teams.forms import LanguagesForm, MemberForm, RoleForm, split_languages
from survey.teams.queries import (
    list_candidates,
    list_county_words,
    list_languages,
    list_outside_team,
    list_team,
)
from survey.teams.words import ROLE_LABELS
from survey.visits.models import Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("teams", __name__, url_prefix="/visits/<visit_id>/team")
blueprint.context_processor(visit_words)


@blueprint.get("")
@requires(*READERS)
def team(visit_id: str) -> Response:
    """The visit's team, and who could join it."""
    return _team_page(find_visit(current_session(), visit_id), MemberForm(formdata=None))


def _team_page(visit: Visit, form: MemberForm) -> Response:
    session = current_session()
    members = list_team(session, visit)
    form.offer(list_candidates(session, visit))
    page = render_visit(
        "teams/team.html",
        visit,
        form=form,
        members=members,
        role_forms={member.user.id: RoleForm(formdata=None, data={"role": member.role}) for member in members},
        outside=list_outside_team(session, visit),
        counties=list_county_words(session, visit),
        languages_form=LanguagesForm(formdata=None),
        languages_known=list_languages(session),
        role_labels=ROLE_LABELS,
        has_leader=any(member.role == "leader" for member in members),
    )
    return make_response(page, 422 if form.is_submitted() else 200)


@blueprint.post("/add")
@requires(*EDITORS)
def add(visit_id: str) -> Response:
    """Let somebody join the team."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = MemberForm()
    form.offer(list_candidates(session, visit))
    if not form.validate_on_submit():
        return _team_page(visit, form)
    user = find_user(session, form.user_id.data)
    operations.set_member(session, current_user, visit, user, form.role.data, utc_now())
    flash(_("%(name)s is in the team.", name=user.name), "success")
    return redirect(url_for(".team", visit_id=visit.id))


@blueprint.post("/add-paired")
@requires(*EDITORS)
def add_paired(visit_id: str) -> Response:
    """Let everybody who is in a pair of the visit belong to its team."""
    session = current_session()
    visit = find_visit(session, visit_id)
    n = operations.add_members(session, current_user, visit, list_outside_team(session, visit), utc_now())
    flash(ngettext("%(num)s person joined the team.", "%(num)s people joined the team.", n), "success")
    return redirect(url_for(".team", visit_id=visit.id))


@blueprint.post("/<user_id>/role")
@requires(*EDITORS)
def change_role(visit_id: str, user_id: str) -> Response:
    """Make somebody of the team its leader, a member or a trainee."""
    session = current_session()
    visit = find_visit(session, visit_id)
    user = find_user(session, user_id)
    form = RoleForm()
    former = next((member.user for member in list_team(session, visit) if member.role == "leader"), None)
    if not form.validate_on_submit():
        flash(_("Choose leader, member or trainee; nothing was changed."), "error")
    elif former is not None and former.id == user.id and form.role.data != "leader" and len(list_team(session, visit)) > 1:
        flash(_("%(name)s leads the team. Make somebody else the leader first.", name=user.name), "error")
    else:
        operations.set_member(session, current_user, visit, user, form.role.data, utc_now())
        if form.role.data == "leader" and former is not None and former.id != user.id:
            flash(_("%(name)s leads the team now; %(former)s stays as a member.", name=user.name, former=former.name), "success")
        else:
            flash(_("%(name)s was changed.", name=user.name), "success")
    return redirect(url_for(".team", visit_id=visit.id))


@blueprint.post("/<user_id>/remove")
@requires(*EDITORS)
def remove(visit_id: str, user_id: str) -> Response:
    """Take somebody out of the team who is in no pair."""
    session = current_session()
    visit = find_visit(session, visit_id)
    user = find_user(session, user_id)
    try:
        operations.remove_member(session, current_user, visit, user, utc_now())
    except SurveyError as error:
        flash(spoken(error), "error")
    else:
        flash(_("%(name)s is no longer in the team.", name=user.name), "success")
    return redirect(url_for(".team", visit_id=visit.id))


@blueprint.post("/languages/<county>")
@requires(*EDITORS)
def change_languages(visit_id: str, county: str) -> Response:
    """Note what is spoken in a county of the visit."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = LanguagesForm()
    if form.validate_on_submit():
        region = find_region(session, county.ljust(12, "0"))
        operations.set_local_languages(session, current_user, region, split_languages(form.languages.data), utc_now())
        flash(_("What is spoken in %(county)s is noted.", county=region.name), "success")
    else:
        flash(first_error(form), "error")
    return redirect(url_for(".team", visit_id=visit.id))


def first_error(form: Any) -> str:
    """The first thing that is wrong with a form, for a form that has no place of its own to say it."""
    return next((str(error) for errors in form.errors.values() for error in errors), request.path)
