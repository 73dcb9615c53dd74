"""The pages that plan a visit: its villages, questionnaires and pairs."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.choices import choices_of
from survey.visits import operations
from survey.visits.forms import PairForm, VersionForm, VillageForm, VillagesForm
from survey.visits.models import Pair, Visit
from survey.visits.ordering import pairs_in_order
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import (
    count_by_pair,
    find_pair,
    find_visit,
    list_candidate_villages,
    list_counties,
    list_free_people,
    list_planned_villages,
    list_versions,
    used_forms,
    used_villages,
)

blueprint = Blueprint("visit_plan", __name__, url_prefix="/visits/<visit_id>")
blueprint.context_processor(visit_words)


@blueprint.get("/villages")
@requires(*READERS)
def villages(visit_id: str) -> str:
    """The visit's villages, and those of a county that could be added."""
    visit = find_visit(current_session(), visit_id)
    return _villages_page(visit, VillagesForm(visit))


def _villages_page(visit: Visit, form: VillagesForm) -> str:
    session = current_session()
    county = request.args.get("county", "")
    return render_visit(
        "visits/villages.html",
        visit,
        form=form,
        rows=[(planned, VillageForm(visit, formdata=None, obj=planned.row)) for planned in list_planned_villages(session, visit)],
        used=used_villages(session, visit),
        counties=list_counties(session),
        county=county,
        candidates=list_candidate_villages(session, visit, county) if county else (),
        chosen=set(form.codes.data or ()),
    )


@blueprint.post("/villages/add")
@requires(*EDITORS)
def add_villages(visit_id: str) -> str | Response:
    """Add the marked villages."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = VillagesForm(visit)
    if not form.validate_on_submit():
        return _villages_page(visit, form)
    added = operations.add_villages(
        session, current_user, visit, form.codes.data or (), form.basis.data, utc_now(), planned_on=form.planned_on.data
    )
    flash(ngettext("%(num)s village was added.", "%(num)s villages were added.", len(added)), "success")
    return redirect(url_for(".villages", visit_id=visit.id, county=request.args.get("county") or None))


@blueprint.post("/villages/<code>/change")
@requires(*EDITORS)
def change_village(visit_id: str, code: str) -> Response:
    """Change how a village was chosen, or its planned day."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = VillageForm(visit)
    if form.validate_on_submit():
        row = operations.set_village(session, current_user, visit, code, form.basis.data, form.planned_on.data, utc_now())
        flash(_("%(village)s was changed.", village=row.village.name), "success")
    else:
        flash(_("The planned day lies outside the visit; nothing was changed."), "error")
    return redirect(url_for(".villages", visit_id=visit.id))


@blueprint.post("/villages/<code>/remove")
@requires(*EDITORS)
def remove_village(visit_id: str, code: str) -> Response:
    """Take a village out of the plan."""
    visit = find_visit(current_session(), visit_id)
    operations.remove_village(current_session(), current_user, visit, code, utc_now())
    flash(_("The village is no longer part of the visit."), "success")
    return redirect(url_for(".villages", visit_id=visit.id))


@blueprint.get("/forms")
@requires(*READERS)
def forms(visit_id: str) -> str:
    """The questionnaires that the visit uses, and those that could be added."""
    visit = find_visit(current_session(), visit_id)
    return _forms_page(visit, VersionForm(formdata=None))


def _forms_page(visit: Visit, form: VersionForm) -> str:
    session = current_session()
    locale = str(get_locale())
    present = {version.id for version in visit.forms}
    offered = [version for version in list_versions(session) if version.id not in present]
    form.version_id.choices = choices_of(
        ((version.id, f"{version.title_in(locale)} · {version.form_id} {version.version}") for version in offered),
        none=_("Choose a questionnaire"),
    )
    versions = sorted(visit.forms, key=lambda version: version.form_id)
    return render_visit("visits/forms.html", visit, form=form, versions=versions, used=used_forms(session, visit), offered=offered)


@blueprint.post("/forms/add")
@requires(*EDITORS)
def add_form(visit_id: str) -> str | Response:
    """Let the visit use a questionnaire version."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = VersionForm()
    versions = {version.id: version for version in list_versions(session)}
    form.version_id.choices = choices_of((key, version.title_in(str(get_locale()))) for key, version in versions.items())
    if not form.validate_on_submit():
        return _forms_page(visit, form)
    version = versions[form.version_id.data]
    operations.add_forms(session, current_user, visit, [version], utc_now())
    flash(_("The visit now uses %(title)s %(version)s.", title=version.title_in(str(get_locale())), version=version.version), "success")
    return redirect(url_for(".forms", visit_id=visit.id))


@blueprint.post("/forms/<form_id>/remove")
@requires(*EDITORS)
def remove_form(visit_id: str, form_id: str) -> Response:
    """Let the visit no longer use a questionnaire."""
    visit = find_visit(current_session(), visit_id)
    operations.remove_form(current_session(), current_user, visit, form_id, utc_now())
    flash(_("The visit no longer uses this questionnaire."), "success")
    return redirect(url_for(".forms", visit_id=visit.id))


@blueprint.get("/pairs")
@requires(*READERS)
def pairs(visit_id: str) -> str:
    """The visit's pairs, and the people who could make another."""
    visit = find_visit(current_session(), visit_id)
    form = _pair_form(visit, None, data={"name": _("Pair %(number)s", number=len(visit.pairs) + 1)})
    return _pairs_page(visit, form)


def _pair_form(visit: Visit, pair: Pair | None, **kwargs: object) -> PairForm:
    form = PairForm(obj=pair, **kwargs)
    others = {each.name for each in visit.pairs if pair is None or each.id != pair.id}
    form.offer(list_free_people(current_session(), visit, pair), others)
    return form


def _pairs_page(visit: Visit, form: PairForm) -> str:
    session = current_session()
    ordered = pairs_in_order(visit)
    n_free = len(form.lead_id.choices) - 1
    return render_visit("visits/pairs.html", visit, form=form, pairs=ordered, counts=count_by_pair(session, visit), n_free=n_free)


@blueprint.post("/pairs/add")
@requires(*EDITORS)
def add_pair(visit_id: str) -> str | Response:
    """Put two people together."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = _pair_form(visit, None)
    if not form.validate_on_submit():
        return _pairs_page(visit, form)
    values = {"name": form.name.data, "lead_id": form.lead_id.data, "second_id": form.second_id.data}
    pair = operations.add_pair(session, current_user, visit, now=utc_now(), **values)
    flash(_("%(name)s was added.", name=pair.name), "success")
    return redirect(url_for(".pairs", visit_id=visit.id))


@blueprint.route("/pairs/<pair_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit_pair(visit_id: str, pair_id: str) -> str | Response:
    """Rename a pair, or change its people."""
    session = current_session()
    visit = find_visit(session, visit_id)
    pair = find_pair(visit, pair_id)
    form = _pair_form(visit, pair)
    if form.validate_on_submit():
        values = {"name": form.name.data, "lead_id": form.lead_id.data, "second_id": form.second_id.data}
        operations.update_pair(session, current_user, pair, now=utc_now(), **values)
        flash(_("%(name)s was changed.", name=pair.name), "success")
        return redirect(url_for(".pairs", visit_id=visit.id))
    return render_visit("visits/pair.html", visit, pair=pair, form=form)


@blueprint.post("/pairs/<pair_id>/remove")
@requires(*EDITORS)
def remove_pair(visit_id: str, pair_id: str) -> Response:
    """Dissolve a pair that has no assignments."""
    session = current_session()
    visit = find_visit(session, visit_id)
    operations.remove_pair(session, current_user, find_pair(visit, pair_id), utc_now())
    flash(_("The pair was dissolved."), "success")
    return redirect(url_for(".pairs", visit_id=visit.id))
