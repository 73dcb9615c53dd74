"""Plans of days to print: of a pair for one day or all of them, of everybody for a day, and one's own."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.maps.drawing import Map, draw_map
from survey.teams import operations
from survey.teams.day_plans import DayPlan, read_day_plans
from survey.teams.forms import NoteForm
from survey.teams.plan_queries import read_day_notes, read_notes_of
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.page import EDITORS, READERS, visit_words
from survey.visits.plan_queries import find_pair, find_visit

blueprint = Blueprint("day_plans", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)


@blueprint.get("/<visit_id>/pairs/<pair_id>/plan")
@requires(*READERS)
def of_pair(visit_id: str, pair_id: str) -> str:
    """What a pair does, a page for each day; with `day` only that one, and then the note for it can be written."""
    session = current_session()
    visit = find_visit(session, visit_id)
    pair = find_pair(visit, pair_id)
    day = _asked_day()
    conditions = [Assignment.pair_id == pair.id, *([Assignment.planned_on == day] if day else [])]
    notes = read_day_notes(session, visit)
    plans = read_day_plans(session, *conditions, notes=notes, today=field_date(utc_now()))
    note_form = NoteForm(formdata=None, data={"text": notes.get((pair.id, day), "")}) if day else None
    is_writable = note_form is not None and visit_words()["may_edit"] and visit.state != "closed"
    return _page(visit.title, plans, visit, pair=pair, day=day, note_form=note_form if is_writable else None)


@blueprint.get("/<visit_id>/days/<day>/plans")
@requires(*READERS)
def of_day(visit_id: str, day: str) -> str:
    """What every pair of a visit does on a day, a page for each pair."""
    session = current_session()
    visit = find_visit(session, visit_id)
    wanted = _day(day)
    conditions = (Assignment.visit_id == visit.id, Assignment.planned_on == wanted)
    plans = read_day_plans(session, *conditions, notes=read_day_notes(session, visit), today=field_date(utc_now()))
    return _page(visit.title, plans, visit, day=wanted)


@blueprint.get("/mine")
@requires("interviewer", "coordinator", "admin")
def mine() -> str:
    """What one's own pairs do in open visits, a page for each day."""
    session = current_session()
    is_mine = (Pair.lead_id == current_user.id) | (Pair.second_id == current_user.id)
    notes = read_notes_of(session, current_user.id)
    today = field_date(utc_now())
    plans = read_day_plans(session, Visit.state == "open", is_mine, notes=notes, today=today, reader_id=current_user.id)
    return _page(_("My households"), plans, None)


@blueprint.post("/<visit_id>/pairs/<pair_id>/days/<day>/note")
@requires(*EDITORS)
def set_note(visit_id: str, pair_id: str, day: str) -> Response:
    """Tell a pair something for a day."""
    session = current_session()
    pair = find_pair(find_visit(session, visit_id), pair_id)
    wanted = _day(day)
    form = NoteForm()
    if form.validate_on_submit():
        operations.set_day_note(session, current_user, pair, wanted, form.text.data or "", utc_now())
        flash(_("The note stands on the plan."), "success")
    else:
        flash(_("The note is too long."), "error")
    return redirect(url_for(".of_pair", visit_id=visit_id, pair_id=pair.id, day=wanted.isoformat()))


def _page(
    title: str,
    plans: Sequence[DayPlan],
    visit: Visit | None,
    *,
    pair: Pair | None = None,
    day: date | None = None,
    note_form: NoteForm | None = None,
) -> str:
    # Telephone numbers are for those who plan and for the pair that sets out; who only reads reports has no use for them.
    may_call = visit is None or visit_words()["may_edit"]
    maps = [_map(plan) for plan in plans]
    values = {"visit": visit, "pair": pair, "day": day, "note_form": note_form, "may_call": may_call}
    return render_template("teams/day_plans.html", title=title, plans=list(zip(plans, maps, strict=True)), **values)


def _map(plan: DayPlan) -> Map:
    legend = {"village": _("Village"), "household": _("Household"), "done": _("Already visited")}
    return draw_map(plan.points, title=_("Map of the way of %(pair)s", pair=plan.pair_name), legend=legend, width=680, height=330)


def _asked_day() -> date | None:
    text = request.args.get("day", "")
    return _day(text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)
