"""The pages of assignments: who fills in which form where; changing many at once."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.draws.standing import has_opened_draw
from survey.visits import operations
from survey.visits.forms import EVENLY, AssignForm, AssignmentFilterForm, ChangeForm, ChoiceForm
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.ordering import pairs_in_order
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_pair, find_visit, list_chosen_households, list_unassigned, list_villages_without
from survey.visits.queries import list_assigned
from survey.visits.sharing import share_out

blueprint = Blueprint("visit_assignments", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)
SHOWN = ("pair", "village", "form", "state", "per", "kind", "marker", "part")
"""What the lists of assignments, and of those to come, are filtered by in their addresses."""


@blueprint.get("/<visit_id>/assignments")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The assignments of the visit, filtered, with what became of them."""
    visit = find_visit(current_session(), visit_id)
    return _list_page(visit, ChangeForm(visit))


def _looked_at() -> dict[str, Any]:
    """What the list shows, to be shown again: nothing else of the address goes along."""
    return {name: value for name, value in request.args.items() if name in SHOWN}


def _list_page(visit: Visit, form: ChangeForm) -> str:
    filter_form = AssignmentFilterForm(request.args)
    filter_form.offer(visit)
    form.offer(visit)
    columns = {"pair": Assignment.pair_id, "village": Assignment.village_code, "form": Assignment.form_id}
    conditions = [column == filter_form[name].data for name, column in columns.items() if filter_form[name].data]
    rows = list_assigned(current_session(), Assignment.visit_id == visit.id, *conditions)
    state = filter_form.state.data
    return render_visit(
        "visits/assignments.html",
        visit,
        form=form,
        filter_form=filter_form,
        params={name: value for name, value in filter_form.data.items() if value},
        rows=[row for row in rows if not state or row.state == state],
        marked=set(form.keys.data or ()),
    )


@blueprint.post("/<visit_id>/assignments/change")
@requires(*EDITORS)
def change(visit_id: str) -> str | Response:
    """Move the marked assignments to another pair, plan them for a day, or take them back; answered ones stay."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = ChangeForm(visit)
    form.offer(visit)
    if not form.validate_on_submit():
        return _list_page(visit, form)
    keys = form.keys.data or []
    if form.action.data == "move":
        n = operations.move_assignments(session, current_user, visit, keys, find_pair(visit, form.pair_id.data), utc_now())
    elif form.action.data == "plan":
        n = operations.plan_assignments(session, current_user, visit, keys, form.planned_on.data, utc_now())
    else:
        n = operations.remove_assignments(session, current_user, visit, keys, utc_now())
    flash(ngettext("%(num)s assignment was changed.", "%(num)s assignments were changed.", n), "success")
    if n < len(keys):
        left = ngettext(
            "%(num)s was left alone, because it is answered or was so already.",
            "%(num)s were left alone, because they are answered or were so already.",
            len(keys) - n,
        )
        flash(left, "warning")
    return redirect(url_for(".index", visit_id=visit.id, **_looked_at()))


@blueprint.get("/<visit_id>/assign")
@requires(*EDITORS)
def choose(visit_id: str) -> str:
    """Choose households, or villages, and who gets them."""
    visit = find_visit(current_session(), visit_id)
    return _choose_page(visit, AssignForm(visit))


def _choose_page(visit: Visit, form: AssignForm) -> str:
    session = current_session()
    choice_form = ChoiceForm(request.args)
    choice_form.offer(visit, is_drawn=has_opened_draw(session, visit.id))
    form.offer(visit)
    form.form_id.data = choice_form.form.data
    wanted = choice_form.wanted()
    is_per_village = choice_form.per.data == "village"
    return render_visit(
        "visits/assign.html",
        visit,
        form=form,
        choice_form=choice_form,
        households=() if is_per_village else list_unassigned(session, visit, wanted),
        villages=list_villages_without(session, visit, wanted.form_id) if is_per_village else (),
        marked=set(form.keys.data or ()) if form.is_submitted() else None,
    )


@blueprint.post("/<visit_id>/assign")
@requires(*EDITORS)
def assign(visit_id: str) -> str | Response:
    """Give the marked households, or villages, to one pair or evenly to all."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = AssignForm(visit)
    form.offer(visit)
    if not form.validate_on_submit():
        return _choose_page(visit, form)
    chosen = pairs_in_order(visit)
    if form.pair_id.data != EVENLY:
        chosen = [find_pair(visit, form.pair_id.data)]
    n = _assign_shares(visit, chosen, form)
    flash(ngettext("%(num)s assignment was made.", "%(num)s assignments were made.", n), "success")
    return redirect(url_for(".choose", visit_id=visit.id, **_looked_at()))


def _assign_shares(visit: Visit, pairs: list[Pair], form: AssignForm) -> int:
    """How many assignments were made of the marked keys, shared out over the pairs."""
    session = current_session()
    shared = {"form_id": form.form_id.data, "planned_on": form.planned_on.data, "now": utc_now()}
    n = 0
    if request.args.get("per") == "village":
        for pair, codes in zip(pairs, share_out(sorted(form.keys.data or ()), len(pairs)), strict=True):
            n += len(operations.assign_villages(session, current_user, visit, pair=pair, village_codes=codes, **shared))
        return n
    households = list_chosen_households(session, visit, form.keys.data or [])
    for pair, share in zip(pairs, share_out(households, len(pairs)), strict=True):
        n += len(operations.assign(session, current_user, visit, pair=pair, households=share, **shared))
    return n
