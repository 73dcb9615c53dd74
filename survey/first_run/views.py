"""The pages of the first steps: the first administrator, the organisation, what comes next, and putting the steps aside."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.first_run import operations
from survey.first_run.first_administrator import is_first_code
from survey.first_run.forms import AdministratorForm, OrganisationForm
from survey.first_run.queries import has_people, read_installation, read_progress
from survey.first_run.steps import STEPS
from survey.pages.buttons import EmptyForm
from survey.pages.fields import given
from survey.pages.language import page_language

STEP_LABELS = {
    "organisation": _l("Organisation"),
    "places": _l("Places and households"),
    "people": _l("People"),
    "visit": _l("First visit"),
    "next": _l("What comes next"),
}

PAGES = {
    "organisation": "first_run.organisation",
    "places": "first_lists.places",
    "people": "first_lists.people",
    "visit": "first_visit.plan",
    "next": "first_run.coming",
}
"""The view of each step."""

blueprint = Blueprint("first_run", __name__, url_prefix="/first-run")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # The page of signing in says where the first account is made.
    state.app.extensions["security"].login_context_processor(lambda: {"is_nobody_here": not has_people(current_session())})


def step_page(template: str, step: str, status: int = 200, **values: Any) -> Response:
    """The page of a step, with how far all of them are."""
    progress = read_progress(current_session())
    shared = {"steps": STEPS, "step_labels": STEP_LABELS, "pages": PAGES, "empty_form": EmptyForm(formdata=None)}
    page = render_template(template, step=step, progress=progress, **shared, **values)
    return make_response(page, status)


def after(step: str) -> str:
    """The address of the step behind this one."""
    return url_for(PAGES[(*STEPS, "next")[STEPS.index(step) + 1]])


@blueprint.route("/administrator", methods=["GET", "POST"])
def administrator() -> Any:
    """Make the first account, with the code that the terminal shows; once there is anybody, the page leads to signing in."""
    if has_people(current_session()):
        return redirect(url_for("security.login"))
    form = AdministratorForm()
    if form.validate_on_submit():
        if is_first_code(given(form.code.data), current_settings().secret_key):
            operations.add_first_administrator(
                current_session(),
                username=given(form.username.data),
                name=given(form.name.data),
                password=given(form.password.data),
                locale=page_language(),
                now=utc_now(),
            )
            flash(_("The account is made. Sign in with it."), "success")
            return redirect(url_for("security.login", next=url_for(".index")))
        form.code.errors = [_("This is not the code that the terminal shows. Copy it from there; it begins after the colon.")]
    return make_response(render_template("first_run/administrator.html", form=form), 422 if form.is_submitted() else 200)


@blueprint.get("")
@requires("admin")
def index() -> Any:
    """The first step that is not done."""
    return redirect(url_for(PAGES[read_progress(current_session()).next_step]))


@blueprint.route("/organisation", methods=["GET", "POST"])
@requires("admin")
def organisation() -> Any:
    """Say which organisation runs the installation."""
    session = current_session()
    form = OrganisationForm(obj=read_installation(session))
    if form.validate_on_submit():
        facts = {"organisation": form.organisation.data, "short_name": form.short_name.data or "", "level": form.level.data}
        operations.name_organisation(session, actor(), **facts, now=utc_now())
        return redirect(after("organisation"))
    return step_page("first_run/organisation.html", "organisation", 422 if form.is_submitted() else 200, form=form)


@blueprint.get("/next")
@requires("admin")
def coming() -> Response:
    """What comes after the first steps, with what of it is done."""
    return step_page("first_run/next.html", "next", app_address=url_for("tablet.home", _external=True))


@blueprint.post("/aside")
@requires("admin")
def aside() -> Any:
    """Lead nobody through the steps any more, or lead again."""
    if EmptyForm().validate_on_submit():
        is_aside = request.form.get("aside") == "1"
        operations.put_aside(current_session(), actor(), utc_now(), is_aside=is_aside)
        if is_aside:
            flash(_("The first steps are put aside. They stay at the end of the page of people."))
            return redirect(url_for("dashboard.start"))
    return redirect(url_for(".index"))
