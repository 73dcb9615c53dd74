"""Questionnaires of villages, beside those of households: which village gets which, from which pair, on which day."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.fields import given
from survey.teams.board import elsewhere_of, work_of
from survey.teams.conflicts import Conflict, Work, find_conflicts
from survey.teams.distributing import Rules
from survey.teams.forms import VillageTaskForm
from survey.teams.plan_queries import list_bundles, list_engagements, read_crews, read_villages
from survey.teams.words import conflict_text, day_text
from survey.visits.assignment_operations import add_village_tasks, remove_assignments
from survey.visits.models import Assignment, Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_pair, find_visit
from survey.visits.queries import AssignedHousehold, list_assigned

blueprint = Blueprint("village_tasks", __name__, url_prefix="/visits/<visit_id>/village-forms")
blueprint.context_processor(visit_words)


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """What is assigned for villages as a whole, village by village."""
    visit = find_visit(current_session(), visit_id)
    form = VillageTaskForm(formdata=None, data={"village": request.args.get("village"), "n": 1})
    return _page(visit, form, ())


def _page(visit: Visit, form: VillageTaskForm, conflicts: tuple[Conflict, ...]) -> str:
    form.offer(visit)
    tasks: dict[str, list[AssignedHousehold]] = defaultdict(list)
    for row in list_assigned(current_session(), Assignment.visit_id == visit.id, Assignment.household_id.is_(None)):
        tasks[row.village_code].append(row)
    names = {row.village_code: row.village.name for row in visit.villages}
    return render_visit(
        "teams/village_forms.html",
        visit,
        form=form,
        villages=sorted(names.items()),
        tasks=tasks,
        conflicts=[conflict_text(each, names) for each in conflicts],
        day_text=day_text,
    )


@blueprint.post("/add")
@requires(*EDITORS)
def add(visit_id: str) -> str | Response:
    """Assign a questionnaire in a village; what does not go together is said first, and done only on a second word."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = VillageTaskForm()
    form.offer(visit)
    if not form.validate_on_submit():
        return _page(visit, form, ())
    conflicts = _new_conflicts(visit, form)
    elsewhere = next((each for each in conflicts if each.kind == "elsewhere"), None)
    if elsewhere is not None:
        form.pair_id.errors = [_("%(person)s is planned for another visit on this day: %(place)s.",
                                 person=elsewhere.person, place=elsewhere.place)]  # fmt: skip
        return _page(visit, form, ())
    if conflicts and not form.is_sure.data:
        return _page(visit, form, conflicts)
    values: dict[str, Any] = {
        "pair": find_pair(visit, form.pair_id.data),
        "form_id": form.form_id.data,
        "village_code": form.village.data,
    }
    made = add_village_tasks(session, current_user, visit, n=given(form.n.data), planned_on=form.chosen_day(visit), now=utc_now(), **values)
    flash(ngettext("%(num)s assignment was made.", "%(num)s assignments were made.", len(made)), "success")
    return redirect(url_for(".index", visit_id=visit.id, village=form.village.data))


def _new_conflicts(visit: Visit, form: VillageTaskForm) -> tuple[Conflict, ...]:
    """What would not go together any more, and does now."""
    session = current_session()
    work = work_of(list_bundles(session, visit))
    coming = Work(form.pair_id.data, form.chosen_day(visit), form.village.data, 0, given(form.n.data))
    facts = (read_villages(session, visit), read_crews(session, visit), elsewhere_of(visit.pairs, list_engagements(session, visit)))
    before = set(find_conflicts(work, *facts, Rules()))
    return tuple(
        each
        for each in find_conflicts([*work, coming], *facts, Rules())
        if each not in before and (each.pair_id, each.day) == (coming.pair_id, coming.day)
    )


@blueprint.post("/<assignment_id>/remove")
@requires(*EDITORS)
def remove(visit_id: str, assignment_id: str) -> Response:
    """Take an assignment of a village back; one that was answered stays."""
    session = current_session()
    visit = find_visit(session, visit_id)
    if remove_assignments(session, current_user, visit, [assignment_id], utc_now()):
        flash(_("The assignment was taken back."), "success")
    else:
        flash(_("It was left alone, because something was received for it."), "warning")
    return redirect(url_for(".index", visit_id=visit.id))
