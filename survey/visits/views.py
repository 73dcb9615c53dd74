"""The pages of visits as a whole: list, create and change, progress, opening and closing."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.fields import given
from survey.review.queries import read_history
from survey.visits import operations
from survey.visits.forms import NewVisitForm, VisitForm
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit, list_counties, list_earlier_visits, list_visits, propose_id
from survey.visits.progress import read_all_progress, read_progress
from survey.visits.progress_page import progress_values
from survey.visits.removal import find_in_the_way, word_in_the_way
from survey.visits.words import EVENT_LABELS

blueprint = Blueprint("visits", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Every visit with how far it is."""
    session = current_session()
    return render_template("visits/list.html", summaries=list_visits(session), progress=read_all_progress(session))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Response:
    """Plan a new visit."""
    session = current_session()
    form = NewVisitForm()
    form.offer_new(list_earlier_visits(session, None), list_counties(session))
    if form.validate_on_submit():
        visit_id = form.id.data or propose_id(session, given(form.starts_on.data), form.county.data)
        if _is_taken(visit_id):
            form.id.errors = [_("A visit with this id exists already.")]
        elif _fits(form):
            values = _facts(form)
            operations.create_visit(session, current_user, id=visit_id, now=utc_now(), **values)
            flash(
                _("The visit was created. Next: questionnaires, team and pairs, and villages: drawn under seal, or chosen."),
                "success",
            )
            return redirect(url_for("visit_plan.villages", visit_id=visit_id, county=form.county.data or None))
    return render_template("visits/form.html", form=form, visit=None)


def _is_taken(visit_id: str) -> bool:
    """Whether a visit has this id."""
    return any(key == visit_id for key, _title in list_earlier_visits(current_session(), None))


def _fits(form: VisitForm) -> bool:
    """Whether the visit that is looked back on began before this one; says so at the field if not."""
    if not form.look_back_of_id.data:
        return True
    earlier = find_visit(current_session(), form.look_back_of_id.data)
    if earlier.starts_on < given(form.starts_on.data):
        return True
    form.look_back_of_id.errors = [_("That visit did not begin before this one.")]
    return False


def _facts(form: VisitForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "starts_on": form.starts_on.data,
        "ends_on": form.ends_on.data,
        "purpose": form.purpose.data or "",
        "look_back_of_id": form.look_back_of_id.data or None,
        "records": form.records.data,
    }


@blueprint.get("/<visit_id>")
@requires(*READERS)
def overview(visit_id: str) -> str:
    """How far the visit is, by village, pair and questionnaire."""
    session = current_session()
    visit = find_visit(session, visit_id)
    earlier = find_visit(session, visit.look_back_of_id) if visit.look_back_of_id else None
    missing = operations.missing_for_opening(session, visit) if visit.state == "planned" else ()
    return render_visit(
        "visits/overview.html",
        visit,
        **progress_values(visit),
        earlier=earlier,
        missing=missing,
        history=read_history(session, "visit", visit.id),
        event_labels=EVENT_LABELS,
    )


@blueprint.route("/<visit_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(visit_id: str) -> str | Response:
    """Change the facts of a visit."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = VisitForm(obj=visit)
    form.offer(list_earlier_visits(session, visit))
    if visit.state != "planned":
        form.records.data = visit.records
    if form.validate_on_submit() and _fits(form):
        operations.update_visit(session, current_user, visit, now=utc_now(), **_facts(form))
        flash(_("The visit was changed."), "success")
        return redirect(url_for(".overview", visit_id=visit.id))
    counts = find_in_the_way(session, visit) if visit.state == "planned" else {}
    return render_template(
        "visits/form.html",
        form=form,
        visit=visit,
        in_the_way=word_in_the_way(counts, is_chinese=str(get_locale()).startswith("zh")),
        empty_form=EmptyForm(formdata=None),
    )


@blueprint.route("/<visit_id>/state/<state>", methods=["GET", "POST"])
@requires(*EDITORS)
def change_state(visit_id: str, state: str) -> str | Response:
    """Open, close or reopen a visit, after saying what that means."""
    session = current_session()
    if state not in operations.TRANSITIONS:
        abort(404)
    visit = find_visit(session, visit_id)
    form = EmptyForm()
    missing = operations.missing_for_opening(session, visit) if state == "open" else ()
    if form.validate_on_submit() and not missing:
        operations.set_visit_state(session, current_user, visit, state, utc_now())
        messages = {
            "open": _("The visit is open. Pairs see their households on the field pages."),
            "closed": _("The visit is closed. Its plan stands as it was carried out."),
            "planned": _("The visit is back in planning."),
        }
        flash(messages[state], "success")
        return redirect(url_for(".overview", visit_id=visit.id))
    progress = read_progress(session, visit.id).total
    return render_template("visits/state.html", visit=visit, state=state, form=form, missing=missing, progress=progress)


@blueprint.post("/<visit_id>/remove")
@requires(*EDITORS)
def remove(visit_id: str) -> Response:
    """Take back a visit that was never opened."""
    visit = find_visit(current_session(), visit_id)
    operations.remove_visit(current_session(), current_user, visit, utc_now())
    flash(_("The visit was removed."), "success")
    return redirect(url_for(".index"))
