"""The pages of places: browsing and looking up, one place, its monitoring, and households by hand."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.fields import given
from survey.pages.paging import Page
from survey.places import operations
from survey.places.forms import HouseholdFilterForm, HouseholdForm, RegionForm, RenameForm, SearchForm
from survey.places.models import Household, Region
from survey.places.queries import (
    count_kinds,
    count_region,
    find_household,
    find_monitoring_point,
    find_region,
    list_history,
    list_households,
    list_levels,
    list_path,
    missing_ancestors,
    names_of,
    search_regions,
)
from survey.places.region_table import MAX_NAME_LENGTH
from survey.places.words import CAUSE_LABELS, FIELD_LABELS, KIND_LABELS, LEVEL_LABELS, MARKER_LABELS
from survey.registry.household_page import render_household
from survey.review.words import STATE_LABELS

READERS = ("admin", "coordinator", "author")
EDITORS = ("admin", "coordinator")

BELOW = {"province": ("city", "county"), "city": ("county",), "county": ("township", "village"), "township": ("village",)}
"""For each level: which levels the page of such a place lists."""

blueprint = Blueprint("places", __name__, url_prefix="/places")


def place_words() -> dict[str, Any]:
    """What all pages of places call things, and whether their reader may change them."""
    return {
        "level_labels": LEVEL_LABELS,
        "kind_labels": KIND_LABELS,
        "cause_labels": CAUSE_LABELS,
        "marker_labels": MARKER_LABELS,
        "field_labels": FIELD_LABELS,
        "state_labels": STATE_LABELS,
        "may_edit": any(current_user.has_role(role) for role in EDITORS),
    }


blueprint.context_processor(place_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The provinces, cities and counties with what lies in them, or the places that a search finds."""
    session = current_session()
    form = SearchForm(request.args)
    found = search_regions(session, form.search.data) if form.search.data else ()
    above = names_of(session, sorted({region.parent_code for region in found if region.parent_code}))
    areas = () if form.search.data else list_levels(session, ("province", "city", "county"))
    return render_template("places/index.html", form=form, found=found, above=above, areas=areas)


@blueprint.get("/<code>")
@requires(*READERS)
def region(code: str) -> str:
    """One place: what lies in it, the visits that went there, and for a village its households."""
    found = find_region(current_session(), code)
    return _region_page(found, RenameForm(obj=found))


def _region_page(found: Region, rename_form: RenameForm) -> str:
    session = current_session()
    filter_form = HouseholdFilterForm(request.args)
    page: Page | None = None
    households: Sequence[Household] = ()
    if found.level == "village":
        page, households = list_households(session, found, filter_form.wanted(), request.args.get("page", 1, int))
    return render_template(
        "places/region.html",
        region=found,
        path=list_path(session, found),
        counts=count_region(session, found),
        kinds=count_kinds(session, found),
        children=list_levels(session, BELOW[found.level], found) if found.level in BELOW else (),
        point=find_monitoring_point(session, found),
        history=list_history(session, found),
        filter_form=filter_form,
        page=page,
        households=households,
        rename_form=rename_form,
        empty_form=EmptyForm(),
    )


@blueprint.route("/add", methods=["GET", "POST"])
@requires(*EDITORS)
def add() -> str | Response:
    """A new place; when places above it are missing, their names are asked for and they are added with it."""
    session = current_session()
    form = RegionForm(data={"code": request.args.get("code", "")})
    missing: tuple[str, ...] = ()
    if form.validate_on_submit():
        new_code = given(form.code.data)
        missing = missing_ancestors(session, new_code)
        above = {code: request.form.get(f"name-{code}", "").strip()[:MAX_NAME_LENGTH] for code in missing}
        taken = names_of(session, [new_code])
        if taken:
            form.code.errors = [_("This code is already here: %(name)s.", name=taken[new_code])]
        elif all(above.values()):
            for code, name in {**above, new_code: given(form.name.data)}.items():
                operations.add_region(session, code, name, actor=current_user, now=utc_now())
            flash(_("%(name)s was added.", name=form.name.data), "success")
            return redirect(url_for(".region", code=form.code.data))
    return render_template("places/add.html", form=form, missing=missing, given=request.form)


def _refuse(field: Any, error: SurveyError, text: str) -> None:
    """Show a refused value at its field; any other error goes on to the error page."""
    if error.code is not ErrorCode.INVALID_VALUE:
        raise error
    field.errors = [*field.errors, text]


@blueprint.post("/<code>/rename")
@requires(*EDITORS)
def rename(code: str) -> str | Response:
    """Another name for a place."""
    found = find_region(current_session(), code)
    form = RenameForm()
    if not form.validate_on_submit():
        return _region_page(found, form)
    operations.rename_region(current_session(), current_user, found, given(form.name.data), utc_now())
    flash(_("The place is now called %(name)s.", name=found.name), "success")
    return redirect(url_for(".region", code=found.code))


@blueprint.post("/<code>/remove")
@requires(*EDITORS)
def remove(code: str) -> Response:
    """Take back a place that nothing refers to."""
    found = find_region(current_session(), code)
    operations.remove_region(current_session(), current_user, found, utc_now())
    flash(_("%(name)s was removed.", name=found.name), "success")
    return redirect(url_for(".region", code=found.parent_code) if found.parent_code else url_for(".index"))


@blueprint.get("/households/<household_id>")
@requires(*READERS)
def household(household_id: str) -> str:
    """One household: what is known of it, who lives there, its way through the register, and the interviews held there."""
    return render_household(find_household(current_session(), household_id))


@blueprint.route("/<code>/households/add", methods=["GET", "POST"])
@requires(*EDITORS)
def add_household(code: str) -> str | Response:
    """A household that is on no roster."""
    session = current_session()
    village = find_region(session, code)
    form = HouseholdForm()
    if form.validate_on_submit():
        try:
            added = operations.add_household(session, current_user, village, form.facts(), utc_now())
        except SurveyError as error:
            _refuse(form.number, error, _("A household with this number is already in the village."))
        else:
            flash(_("Household %(number)s was added.", number=added.number), "success")
            return redirect(url_for(".household", household_id=added.id))
    return render_template("places/household_form.html", form=form, village=village, path=list_path(session, village), household=None)


@blueprint.route("/households/<household_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit_household(household_id: str) -> str | Response:
    """Correct what is known of a household."""
    session = current_session()
    found = find_household(session, household_id)
    form = HouseholdForm.of(found)
    if form.validate_on_submit():
        try:
            operations.update_household(session, current_user, found, form.facts(), utc_now())
        except SurveyError as error:
            _refuse(form.number, error, _("A household with this number is already in the village."))
        else:
            flash(_("Household %(number)s was changed.", number=found.number), "success")
            return redirect(url_for(".household", household_id=found.id))
    path = list_path(session, found.village)
    return render_template("places/household_form.html", form=form, village=found.village, path=path, household=found)


@blueprint.post("/households/<household_id>/remove")
@requires(*EDITORS)
def remove_household(household_id: str) -> Response:
    """Take a household out of the frame that nobody was ever assigned to."""
    found = find_household(current_session(), household_id)
    operations.remove_household(current_session(), current_user, found, utc_now())
    flash(_("Household %(number)s was removed.", number=found.number), "success")
    return redirect(url_for(".region", code=found.village_code))
