"""The pages of whoever opens a draw and replaces households, and the public page of a draw.

They do not lie below the visits: a leader may be an interviewer, and the public has no account.
"""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.draws import operations, replacement_operations, village_replacement_operations
from survey.draws.forms import OpenForm, ReasonForm, ReplaceForm, ReplaceVillageForm
from survey.draws.models import Draw, DrawReplacement
from survey.draws.public_record import read_public_record
from survey.draws.queries import (
    count_assigned,
    find_draw,
    find_drawn_village,
    find_replacement,
    find_unit,
    find_village_replacement,
    list_openers,
    list_replacements,
    list_village_replacements,
    read_sample,
    read_villages,
)
from survey.draws.sample import next_reserve, next_village
from survey.draws.views import design_sentences, draw_words, sample_values
from survey.pages.fields import given
from survey.visits.page import EDITORS, READERS, visit_words

blueprint = Blueprint("draw_opening", __name__)
blueprint.context_processor(visit_words)
blueprint.context_processor(draw_words)
PEOPLE = ("admin", "coordinator", "author", "interviewer")


def _has_role(*roles: str) -> bool:
    return any(current_user.has_role(role) for role in roles)


def _opens(made: Draw) -> bool:
    return current_user.id in {person.id for person in list_openers(current_session(), made)}


def _home(made: Draw) -> WerkzeugResponse:
    """The page of the draw that this person may see."""
    if _has_role(*READERS):
        return redirect(url_for("draws.index", visit_id=made.visit_id))
    return redirect(url_for(".show", draw_id=made.id))


def _check_may_replace(made: Draw) -> None:
    if not (_has_role(*EDITORS) or _opens(made)):
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=current_user.name,
            action="replace drawn households",
            remedy="A coordinator or the leader of the visit's team does that.",
        )


@blueprint.get("/draws/<draw_id>")
@requires(*PEOPLE)
def show(draw_id: str) -> str | WerkzeugResponse:
    """The opened draw, for its leader who may be an interviewer; others are led to the visit."""
    made = find_draw(current_session(), draw_id)
    if _has_role(*READERS):
        return _home(made)
    if not _opens(made):
        abort(403)
    if made.state != "opened":
        return redirect(url_for(".open_", draw_id=made.id))
    return render_template("draws/show.html", draw=made, visit=made.visit, may_replace=True, **sample_values(made))


@blueprint.route("/draws/<draw_id>/open", methods=["GET", "POST"], endpoint="open_")
@requires(*PEOPLE)
def open_(draw_id: str) -> str | WerkzeugResponse:
    """Open the draw, after saying what that means; anybody but its leader is refused."""
    session, now = current_session(), utc_now()
    made = find_draw(session, draw_id)
    if made.state != "sealed":
        return _home(made)
    if not _opens(made):
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=current_user.name,
            action="open this draw",
            remedy="Only the leader of the visit's team opens it, or whoever the draw names where the team has no leader.",
        )
    form = OpenForm(is_early=now < made.departs_at)
    if form.validate_on_submit():
        operations.open_draw(session, current_user, made, now, reason=(form.reason.data or "") if form.reason else "")
        flash(_("The draw is open. Its villages are part of the visit now."), "success")
        return _home(made)
    return render_template("draws/open.html", draw=made, visit=made.visit, form=form, sentences=design_sentences([made]))


@blueprint.route("/draws/<draw_id>/units/<unit_id>/replace", methods=["GET", "POST"])
@requires(*PEOPLE)
def replace(draw_id: str, unit_id: str) -> str | WerkzeugResponse:
    """Replace a household of the sample by the next reserve, with a reason."""
    session = current_session()
    made = find_draw(session, draw_id)
    _check_may_replace(made)
    unit = find_unit(session, made, unit_id)
    form = ReplaceForm()
    if form.validate_on_submit():
        values = {"reason": form.reason.data, "note": form.note.data or "", "now": utc_now()}
        done = replacement_operations.replace_household(session, current_user, made, unit, **values)
        if done.reserve_id is None:
            flash(
                _("%(number)s was given up. No reserve was left in its stratum, so the sample is one smaller.", number=unit.number),
                "warning",
            )
        else:
            came = find_unit(session, made, done.reserve_id)
            flash(_("%(number)s was replaced; reserve %(reserve)s came in.", number=unit.number, reserve=came.number), "success")
        return _home(made)
    sample = read_sample(session, made)
    return render_template("draws/replace.html", draw=made, visit=made.visit, unit=unit, form=form, reserve=next_reserve(sample, unit))


@blueprint.route("/draws/<draw_id>/villages/<code>/replace", methods=["GET", "POST"])
@requires(*PEOPLE)
def replace_village(draw_id: str, code: str) -> str | WerkzeugResponse:
    """Replace a village of the sample by the next one in reserve, with a reason."""
    session = current_session()
    made = find_draw(session, draw_id)
    _check_may_replace(made)
    row = find_drawn_village(session, made, code)
    form = ReplaceVillageForm()
    if form.validate_on_submit():
        values = {"reason": form.reason.data, "note": form.note.data or "", "now": utc_now()}
        done = village_replacement_operations.replace_village(session, current_user, made, row, **values)
        if done.reserve is None:
            flash(_("%(village)s was given up. No village was left in reserve.", village=row.village.name), "warning")
        else:
            names = {"village": row.village.name, "reserve": done.reserve.name}
            flash(_("%(village)s was replaced; %(reserve)s came in, and its households with it.", **names), "success")
        return _home(made)
    reserve = next_village(read_villages(session, made), row)
    has_answers = village_replacement_operations.has_answers(session, made, code)
    n_assigned = count_assigned(session, made.visit, code)
    values = {"draw": made, "visit": made.visit, "row": row, "reserve": reserve, "n_assigned": n_assigned, "has_answers": has_answers}
    return render_template("draws/replace_village.html", form=form, **values)


@blueprint.post("/draws/<draw_id>/village-replacements/<replacement_id>/take-back")
@requires(*PEOPLE)
def take_back_village(draw_id: str, replacement_id: str) -> WerkzeugResponse:
    """Take the replacement of a village back, with a reason."""
    session = current_session()
    made = find_draw(session, draw_id)
    _check_may_replace(made)
    form = ReasonForm()
    if form.validate_on_submit():
        found = find_village_replacement(session, made, replacement_id)
        take_back = village_replacement_operations.take_back_village_replacement
        take_back(session, current_user, made, found, given(form.reason.data), utc_now())
        flash(_("The replacement was taken back."), "success")
    else:
        flash(_("A replacement is taken back only with a reason; nothing was changed."), "error")
    return _home(made)


@blueprint.post("/draws/<draw_id>/replacements/<replacement_id>/take-back")
@requires(*PEOPLE)
def take_back(draw_id: str, replacement_id: str) -> WerkzeugResponse:
    """Take a replacement back, with a reason."""
    session = current_session()
    made = find_draw(session, draw_id)
    _check_may_replace(made)
    form = ReasonForm()
    if form.validate_on_submit():
        replacement = find_replacement(session, made, replacement_id)
        replacement_operations.take_back_replacement(session, current_user, made, replacement, given(form.reason.data), utc_now())
        flash(_("The replacement was taken back."), "success")
    else:
        flash(_("A replacement is taken back only with a reason; nothing was changed."), "error")
    return _home(made)


def _public_draw(draw_id: str) -> tuple[Draw, tuple[DrawReplacement, ...], dict[str, Any]]:
    """The draw and its file, if a coordinator has published it; 404 otherwise, so that nobody learns whether there is one."""
    try:
        made = find_draw(current_session(), draw_id)
    except SurveyError:
        abort(404)
    if made.state != "opened" or made.published_at is None:
        abort(404)
    session = current_session()
    replacements = list_replacements(session, made)
    return made, replacements, read_public_record(session, made, replacements, list_village_replacements(session, made))


@blueprint.get("/public/draws/<draw_id>")
def public(draw_id: str) -> str:
    """The published draw for everybody: villages, household numbers and probabilities, and how to check them. No names of people."""
    made, replacements, record = _public_draw(draw_id)
    return render_template(
        "draws/public.html",
        draw=made,
        visit=made.visit,
        record=record,
        sentences=design_sentences([made]),
        village_names={row["code"]: row["name"] for part in ("villages", "reserve_villages") for row in record[part]},
        reasons=Counter(each.reason for each in replacements if each.reverted_at is None),
    )


@blueprint.get("/public/draws/<draw_id>.json")
def public_file(draw_id: str) -> Response:
    """The file of the published draw."""
    made, _replacements, record = _public_draw(draw_id)
    response = jsonify(record)
    response.headers["Content-Disposition"] = f'attachment; filename="draw-{made.visit_id}.json"'
    return response
