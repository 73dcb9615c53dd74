"""The pages of people: what everybody has done by the record, what they bring to a team, and one person's profile."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.accounts.queries import find_user
from survey.db import current_session, utc_now
from survey.teams import operations
from survey.teams.experience import list_visits_done
from survey.teams.forms import PeopleFilterForm, ProfileForm, split_languages
from survey.teams.queries import (
    find_profile,
    list_languages,
    list_memberships,
    list_pairs_of,
    list_people,
    list_tie_places,
    region_names,
)
from survey.teams.words import ROLE_LABELS
from survey.visits.page import EDITORS, READERS, visit_words

blueprint = Blueprint("people", __name__, url_prefix="/people")
blueprint.context_processor(visit_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Everybody who may belong to a team."""
    session = current_session()
    form = PeopleFilterForm(request.args)
    form.offer(list_languages(session))
    people = list_people(session, form.language.data or "")
    return render_template("teams/people.html", people=people, form=form, is_filtered=bool(form.language.data))


@blueprint.get("/<user_id>")
@requires(*READERS)
def person(user_id: str) -> Response:
    """What one person has done and brings."""
    return _person_page(user_id, None)


@blueprint.post("/<user_id>")
@requires(*EDITORS)
def change(user_id: str) -> Response:
    """Change what somebody brings."""
    session = current_session()
    user = find_user(session, user_id)
    form = ProfileForm()
    form.offer(list_tie_places(session, find_profile(session, user)))
    if not form.validate_on_submit():
        return _person_page(user_id, form)
    operations.save_profile(
        session,
        current_user,
        user,
        languages=split_languages(form.languages.data),
        home_region_code=form.home_region_code.data or None,
        tie_codes=form.tie_codes.data or (),
        is_experienced=form.is_experienced.data,
        experience=form.experience.data or "",
        now=utc_now(),
    )
    flash(_("What is known of %(name)s was saved.", name=user.name), "success")
    return redirect(url_for(".person", user_id=user.id))


def _person_page(user_id: str, form: ProfileForm | None) -> Response:
    session = current_session()
    user = find_user(session, user_id)
    profile = find_profile(session, user)
    places = list_tie_places(session, profile)
    if form is None:
        names = ("home_region_code", "tie_codes", "is_experienced", "experience")
        present = {name: getattr(profile, name) for name in names} | {"languages": _(", ").join(profile.languages)}
        form = ProfileForm(formdata=None, data=present)
        form.offer(places)
    page = render_template(
        "teams/person.html",
        user=user,
        profile=profile,
        form=form,
        visits=list_visits_done(session, user.id),
        memberships=list_memberships(session, user),
        pairs=list_pairs_of(session, user),
        place_names=region_names(session, profile.bound_codes),
        languages_known=list_languages(session),
        role_labels=ROLE_LABELS,
    )
    return make_response(page, 422 if form.is_submitted() and form.errors else 200)
