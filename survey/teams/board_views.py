"""The board of a visit's assignments, the proposal that fills it, moving by drag or form, and taking the last change back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.draws.standing import has_draws, has_opened_draw
from survey.field_time import field_date
from survey.maps.drawing import MapPoint, draw_map
from survey.pages.buttons import EmptyForm
from survey.pages.fields import given
from survey.teams import arranging_operations as operations
from survey.teams.board import elsewhere_of, make_board, work_of
from survey.teams.conflicts import find_conflicts
from survey.teams.distributing import Distribution, Rules, distribute
from survey.teams.forms import ANY_DAY, DistributeForm, MoveForm, day_of, days_of
from survey.teams.plan_queries import (
    OpenWork,
    find_undoable,
    list_bundle_ids,
    list_bundles,
    list_engagements,
    loads_of,
    read_crews,
    read_open_work,
    read_villages,
)
from survey.teams.words import SERIOUS, conflict_text, day_text, left_text
from survey.visits.models import Visit
from survey.visits.ordering import pairs_in_order
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_pair, find_visit

blueprint = Blueprint("board", __name__, url_prefix="/visits/<visit_id>/board")
blueprint.context_processor(visit_words)


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The pairs by the days of the visit, with what does not go together."""
    session = current_session()
    visit = find_visit(session, visit_id)
    pairs = pairs_in_order(visit)
    bundles = list_bundles(session, visit)
    villages = read_villages(session, visit)
    engagements = list_engagements(session, visit)
    conflicts = find_conflicts(work_of(bundles), villages, read_crews(session, visit), elsewhere_of(pairs, engagements), Rules())
    move_form = MoveForm(formdata=None)
    move_form.offer(visit)
    return render_visit(
        "teams/board.html",
        visit,
        board=make_board(pairs, days_of(visit), bundles, conflicts, engagements),
        conflicts=conflicts,
        serious=SERIOUS,
        say=lambda conflict: conflict_text(conflict, _village_names(visit)),
        village_names=_village_names(visit),
        pair_names={pair.id: pair.name for pair in pairs},
        move_form=move_form,
        undoable=find_undoable(session, visit),
        day_text=day_text,
        any_day=ANY_DAY,
    )


def _village_names(visit: Visit) -> dict[str, str]:
    return {row.village_code: row.village.name for row in visit.villages}


@blueprint.post("/move")
@requires(*EDITORS)
def move(visit_id: str) -> Response:
    """Give the open assignments of a bundle to another pair or day."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = MoveForm()
    form.offer(visit)
    if not form.validate_on_submit():
        flash(_("The pair or the day is not one of this visit; nothing was moved."), "error")
        return redirect(url_for(".index", visit_id=visit.id))
    try:
        from_day = day_of(form.from_day.data)
    except ValueError:
        flash(_("The pair or the day is not one of this visit; nothing was moved."), "error")
        return redirect(url_for(".index", visit_id=visit.id))
    pair, day = find_pair(visit, form.to_pair.data), day_of(form.to_day.data)
    village_code = given(form.village.data)
    village = _village_names(visit).get(village_code, village_code)
    if (elsewhere := operations.find_engagement(session, visit, pair, day)) is not None:
        person = pair.lead.name if pair.lead_id == elsewhere.user_id else pair.second.name
        place = f"{elsewhere.visit_title} · {elsewhere.village_name}"
        flash(_("Not moved: %(person)s is planned for another visit on this day, %(place)s.", person=person, place=place), "error")
        return redirect(url_for(".index", visit_id=visit.id, _anchor=f"{pair.id}-{day or 'none'}"))
    keys = list_bundle_ids(session, visit, given(form.from_pair.data), from_day, village_code)
    n = operations.arrange(session, current_user, visit, keys, pair, day, utc_now())
    values = {"village": village, "pair": pair.name, "day": day_text(day) if day else _("No day yet")}
    if n:
        moved = ngettext("%(num)s assignment moved", "%(num)s assignments moved", n)
        flash(_("%(moved)s: %(village)s to %(pair)s, %(day)s.", moved=moved, **values), "success")
    else:
        flash(_("Nothing was moved: everything of %(village)s is answered, or was there already.", village=village), "warning")
    return redirect(url_for(".index", visit_id=visit.id, _anchor=f"{pair.id}-{day or 'none'}"))


@blueprint.post("/undo")
@requires(*EDITORS)
def undo(visit_id: str) -> Response:
    """Take the last change on the board back."""
    session = current_session()
    visit = find_visit(session, visit_id)
    n = operations.undo_last(session, current_user, visit, utc_now())
    if n:
        message = ngettext("The last change was taken back: %(num)s assignment.", "The last change was taken back: %(num)s assignments.", n)
        flash(message, "success")
    else:
        flash(_("Nothing of the last change could be taken back, because all of it was answered or changed again."), "warning")
    return redirect(url_for(".index", visit_id=visit.id))


@blueprint.get("/propose")
@requires(*EDITORS)
def propose(visit_id: str) -> Response:
    """How the households that nobody has could be given to pairs and days."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = DistributeForm(request.args or None)
    form.offer(visit, field_date(utc_now()))
    is_asked = bool(request.args)
    if is_asked and not form.validate():
        return make_response(_propose_page(visit, form, None, None), 422)
    work = read_open_work(session, visit, form.forms.data or [])
    return make_response(_propose_page(visit, form, work, _distribution(visit, form, work) if is_asked else None))


@blueprint.post("/propose")
@requires(*EDITORS)
def apply(visit_id: str) -> Response:
    """Apply the proposal that was looked at; if it would be another one by now, it is shown again instead."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = DistributeForm(request.args or None)
    form.offer(visit, field_date(utc_now()))
    if not (form.validate() and EmptyForm().validate_on_submit()):
        return make_response(_propose_page(visit, form, None, None), 422)
    work = read_open_work(session, visit, form.forms.data or ())
    distribution = _distribution(visit, form, work)
    if distribution.fingerprint != request.form.get("fingerprint"):
        flash(_("The plan was changed meanwhile. This is the proposal as it would be now; look at it again."), "warning")
        return make_response(_propose_page(visit, form, work, distribution), 409)
    n = operations.apply_shares(session, current_user, visit, distribution.shares, work, utc_now())
    flash(ngettext("%(num)s assignment was made.", "%(num)s assignments were made.", n), "success")
    return redirect(url_for(".index", visit_id=visit.id))


def _distribution(visit: Visit, form: DistributeForm, work: OpenWork) -> Distribution:
    session = current_session()
    stops = [stop for stop in work.stops if stop.key not in work.begun]
    loads = loads_of(list_bundles(session, visit))
    return distribute(stops, read_villages(session, visit), read_crews(session, visit), form.chosen_days(), loads, form.rules())


def _propose_page(visit: Visit, form: DistributeForm, work: OpenWork | None, distribution: Distribution | None) -> str:
    session = current_session()
    names = _village_names(visit)
    return render_visit(
        "teams/propose.html",
        visit,
        form=form,
        work=work,
        n_begun=len(work.begun) if work else 0,
        distribution=distribution,
        pairs=pairs_in_order(visit),
        totals=_totals(distribution) if distribution else {},
        map=_proposal_map(visit, distribution, names) if distribution else None,
        village_names=names,
        left_text=lambda left: left_text(left, names),
        day_text=day_text,
        is_sealed=has_draws(session, visit.id) and not has_opened_draw(session, visit.id),
        is_sample=has_opened_draw(session, visit.id),
    )


def _totals(distribution: Distribution) -> Mapping[str, Mapping[str, float]]:
    """Per pair: days, households, minutes and kilometres of the proposal."""
    totals: dict[str, dict[str, float]] = {}
    for share in distribution.shares:
        total = totals.setdefault(share.pair_id, {"days": 0, "households": 0, "minutes": 0.0, "km": 0.0})
        total["days"] += 1
        total["households"] += len(share.stops)
        total["minutes"] += share.minutes
        total["km"] += share.km
    return totals


def _proposal_map(visit: Visit, distribution: Distribution, names: Mapping[str, str]) -> Any:
    """The households in their shares: each share is a line of its own."""
    villages = read_villages(current_session(), visit)
    points = [MapPoint(*village.position, names[code], "village") for code, village in villages.items() if village.position]
    for share in distribution.shares:
        route = f"{share.pair_id} {share.day}"
        points += [MapPoint(*stop.position, "", route=route) for stop in share.stops if stop.position]
    legend = {"village": _("Village"), "household": _("Household")}
    return draw_map(points, title=_("The proposed ways"), legend=legend, height=400)
