"""The pages of a visit's draw: making it, what is known while it is sealed, and what came out of it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from questionnaires.errors import SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.draws import operations
from survey.draws.design import Design, read_design
from survey.draws.forms import ArrangeForm, DrawForm, ReasonForm, SampleFilterForm
from survey.draws.models import Draw
from survey.draws.queries import (
    COMPARED_AT_ONCE,
    count_frame,
    find_draw,
    has_leader,
    list_drawn_villages,
    list_draws,
    list_field_people,
    list_framed_villages,
    list_openers,
    list_replacements,
    list_village_replacements,
    read_changes,
    read_sample,
)
from survey.draws.sample import SampleUnit, villages_of
from survey.draws.words import (
    DRAW_STATE_LABELS,
    HOUSEHOLD_METHOD_LABELS,
    REASON_LABELS,
    SEED_SOURCE_LABELS,
    UNIT_STATE_LABELS,
    VILLAGE_METHOD_LABELS,
    VILLAGE_REASON_LABELS,
    households_sentence,
    reserves_sentence,
    stratum_label,
    villages_sentence,
)
from survey.pages.fields import given
from survey.pages.paging import page_of
from survey.places.queries import names_of
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit
from survey.visits.planning import check_plannable

blueprint = Blueprint("draws", __name__)
blueprint.context_processor(visit_words)
PAGE_SIZE = 100


@blueprint.context_processor
def draw_words() -> dict[str, Any]:
    """The words that the pages of draws use."""
    return {
        "draw_state_labels": DRAW_STATE_LABELS,
        "unit_state_labels": UNIT_STATE_LABELS,
        "reason_labels": REASON_LABELS,
        "village_reason_labels": VILLAGE_REASON_LABELS,
        "seed_source_labels": SEED_SOURCE_LABELS,
        "village_method_labels": VILLAGE_METHOD_LABELS,
        "household_method_labels": HOUSEHOLD_METHOD_LABELS,
        "stratum_label": stratum_label,
    }


def design_sentences(draws: Sequence[Draw]) -> dict[str, dict[str, str]]:
    """The designs of draws in words, by the draw's id: villages, households, reserves; one statement."""
    designs = {draw.id: read_design(draw.design) for draw in draws}
    codes = {code.ljust(12, "0") for design in designs.values() for code in design.villages.counties}
    counties = {code[:6]: name for code, name in names_of(current_session(), sorted(codes)).items()}
    return {
        key: {
            "villages": villages_sentence(design, counties),
            "households": households_sentence(design),
            "reserves": reserves_sentence(design),
        }
        for key, design in designs.items()
    }


@blueprint.get("/visits/<visit_id>/draw")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The draw of the visit, sealed or opened, and those that were voided."""
    session = current_session()
    visit = find_visit(session, visit_id)
    draws = list_draws(session, visit)
    made = next((draw for draw in draws if draw.state != "voided"), None)
    values: dict[str, Any] = {"draw": made, "voided": [draw for draw in draws if draw.state == "voided"]}
    values["sentences"] = design_sentences(draws) if draws else {}
    if made is not None:
        values |= _changes(made)
        values |= sample_values(made) if made.state == "opened" else _sealed_values(made)
    return render_visit("draws/index.html", visit, reason_form=ReasonForm(formdata=None), **values)


def _sealed_values(made: Draw) -> dict[str, Any]:
    session = current_session()
    form = ArrangeForm(made, formdata=None)
    form.offer(list_field_people(session), has_leader=has_leader(session, made.visit_id))
    openers = list_openers(session, made)
    return {"openers": openers, "may_open": current_user.id in {person.id for person in openers}, "arrange_form": form}


def _changes(made: Draw) -> dict[str, Any]:
    """What changed on the roster since; of a large frame only when asked."""
    is_compared = made.n_households <= COMPARED_AT_ONCE or "compare" in request.args
    changes = read_changes(current_session(), made) if is_compared else ()
    names = names_of(current_session(), [change.code for change in changes]) if changes else {}
    return {"is_compared": is_compared, "changes": changes, "changed_names": names}


def sample_values(made: Draw) -> dict[str, Any]:
    """What a page shows of an opened draw: its villages, a page of its units, and the replacements."""
    session = current_session()
    of_villages = list_village_replacements(session, made)
    villages = villages_of(list_drawn_villages(session, made), of_villages)
    units = read_sample(session, made, villages)
    form = SampleFilterForm(request.args)
    form.offer((each.row.village_code, each.row.village.name) for each in villages)
    shown = [each for each in units if _is_wanted(each, form.village.data or "", form.state.data or "")]
    page = page_of(request.args.get("page", 1, int), len(shown), PAGE_SIZE)
    return {
        "villages": villages,
        "village_names": {each.row.village_code: each.row.village.name for each in villages},
        "village_replacements": of_villages,
        "counts": _count_by_village(units),
        "filter_form": form,
        "units": shown[page.offset : page.offset + page.size],
        "page": page,
        "params": {name: value for name, value in form.data.items() if value},
        "replacements": list_replacements(session, made),
    }


def _is_wanted(each: SampleUnit, village: str, state: str) -> bool:
    if village and each.unit.village_code != village:
        return False
    return each.state == state if state else each.state not in ("reserve", "out")


def _count_by_village(units: tuple[SampleUnit, ...]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for each in units:
        of_village = counts.setdefault(each.unit.village_code, {"sample": 0, "reserve": 0, "replaced": 0})
        of_village["sample" if each.own_state in ("drawn", "taken") else each.own_state] += 1
    return counts


def _draw_of(visit_id: str, draw_id: str) -> Draw:
    """The draw, if it is one of this visit."""
    made = find_draw(current_session(), draw_id)
    if made.visit_id != visit_id:
        abort(404)
    return made


@blueprint.route("/visits/<visit_id>/draw/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new(visit_id: str) -> str | Response:
    """Choose the counties, then how villages and households are to be drawn; draw and seal."""
    session = current_session()
    visit = find_visit(session, visit_id)
    check_plannable(visit)
    framed = count_frame(session)
    known = {code for code, *_rest in framed}
    counties = tuple(code for code in dict.fromkeys(request.args.getlist("county")) if code in known)
    form = DrawForm(visit)
    form.offer(list_field_people(session), has_leader=has_leader(session, visit.id))
    if counties and form.validate_on_submit():
        try:
            design: Design = form.design(counties)
            values: dict[str, Any] = {"seed_source": form.seed_source.data, "public_seed": form.public_seed.data or "", "now": utc_now()}
            operations.make_draw(session, current_user, visit, design, **values, **form.opening())
        except SurveyError as error:
            form.refuse(error)  # everything is checked before anything is written
        else:
            flash(_("The draw is made and sealed. Nobody sees it before it is opened."), "success")
            return redirect(url_for(".index", visit_id=visit.id))
    villages = list_framed_villages(session, counties)
    chosen = {code[:6] for code in (row.village_code for row in visit.villages)} if not counties else set(counties)
    return render_visit(
        "draws/new.html",
        visit,
        form=form,
        framed=framed,
        counties=counties,
        chosen=chosen,
        framed_villages=villages,
        named=set(form.named.data or ()),
    )


@blueprint.post("/visits/<visit_id>/draw/<draw_id>/arrange")
@requires(*EDITORS)
def arrange(visit_id: str, draw_id: str) -> Response:
    """Change the departure, or who opens."""
    session = current_session()
    made = _draw_of(visit_id, draw_id)
    form = ArrangeForm(made)
    form.offer(list_field_people(session), has_leader=has_leader(session, made.visit_id))
    if form.validate_on_submit():
        operations.arrange_opening(session, current_user, made, now=utc_now(), **form.opening())
        flash(_("The opening was arranged."), "success")
    else:
        flash(_("Write day and time of the departure; nothing was changed."), "error")
    return redirect(url_for(".index", visit_id=made.visit_id))


@blueprint.post("/visits/<visit_id>/draw/<draw_id>/void")
@requires(*EDITORS)
def void(visit_id: str, draw_id: str) -> Response:
    """Let the draw count no more, with a reason."""
    made = _draw_of(visit_id, draw_id)
    form = ReasonForm()
    if form.validate_on_submit():
        operations.void_draw(current_session(), current_user, made, given(form.reason.data), utc_now())
        flash(_("The draw was voided. It stays visible with the reason."), "success")
    else:
        flash(_("A draw is voided only with a reason; nothing was changed."), "error")
    return redirect(url_for(".index", visit_id=made.visit_id))


@blueprint.post("/visits/<visit_id>/draw/<draw_id>/publish")
@requires(*EDITORS)
def publish(visit_id: str, draw_id: str) -> Response:
    """Publish the opened draw at its public address, or withdraw it."""
    made = _draw_of(visit_id, draw_id)
    is_public = request.form.get("public") == "yes"
    operations.publish_draw(current_session(), current_user, made, is_public, utc_now())
    flash(_("The draw is public now.") if is_public else _("The draw is no longer public."), "success")
    return redirect(url_for(".index", visit_id=made.visit_id))
