"""The pages that plan a look-back and add households to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.lookback.addition_forms import AdditionForm
from survey.lookback.operations import add_new_household, make_look_back
from survey.lookback.plan_forms import LookBackForm, default_facts, look_back_form
from survey.lookback.plan_queries import list_field_people, list_household_names, read_source
from survey.lookback.planning import plan_look_back
from survey.lookback.queries import list_addable, list_numbers
from survey.lookback.words import LEFT_OUT_LABELS, REASON_LABELS
from survey.pages.fields import given
from survey.places import codes
from survey.places.operations import add_household
from survey.places.queries import find_household, find_region
from survey.visits.models import Visit
from survey.visits.page import EDITORS, render_visit, visit_words
from survey.visits.plan_queries import find_pair, find_visit, propose_id

blueprint = Blueprint("look_back_plan", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)
blueprint.context_processor(lambda: {"left_out_labels": LEFT_OUT_LABELS, "reason_labels": REASON_LABELS})


@blueprint.route("/<visit_id>/look-back/plan", methods=["GET", "POST"])
@requires(*EDITORS)
def plan(visit_id: str) -> str | Response:
    """Plan a look-back of a closed visit: first what it would be, then, with one button, the visit itself."""
    session = current_session()
    visit = find_visit(session, visit_id)
    if visit.state != "closed":
        return render_template("lookback/too_early.html", visit=visit)
    source = read_source(session, visit)
    people = list_field_people(session)
    form = look_back_form(source, people, default_facts(source, field_date(utc_now())))
    if form.validate_on_submit() and form.check_pairs() and request.form.get("action") == "make":
        proposal = plan_look_back(source, given(form.starts_on.data), given(form.ends_on.data), form.whom.data, form.planned_pairs())
        if proposal.n_households():
            return _make(visit, form)
        form.whom.errors = [_("There is no household that could be visited again.")]
    return _plan_page(visit, form, dict(people))


def _make(visit: Visit, form: LookBackForm) -> Response:
    session = current_session()
    made = make_look_back(
        session,
        current_user,
        visit,
        id=propose_id(session, given(form.starts_on.data), codes.county_of(min(row.village_code for row in visit.villages))),
        title=given(form.title.data),
        starts_on=given(form.starts_on.data),
        ends_on=given(form.ends_on.data),
        purpose=form.purpose.data or "",
        whom=form.whom.data,
        pairs=form.planned_pairs(),
        now=utc_now(),
    )
    flash(_("The look-back was planned with all its assignments. Open it when the pairs set out."), "success")
    return redirect(url_for("look_back.index", visit_id=made.id))


def _plan_page(visit: Visit, form: LookBackForm, people: dict[str, str]) -> str:
    source = form.source
    starts_on, ends_on = form.starts_on.data, form.ends_on.data
    proposal = None
    if starts_on and ends_on and ends_on >= starts_on:
        proposal = plan_look_back(source, starts_on, ends_on, form.whom.data or "interviewed", form.planned_pairs())
    going = {person for pair in form.planned_pairs() if not pair.is_dissolved for person in (pair.lead_id, pair.second_id)}
    return render_template(
        "lookback/plan.html",
        visit=visit,
        form=form,
        source=source,
        proposal=proposal,
        people=people,
        households=list_household_names(current_session(), proposal.left_out if proposal else ()),
        staying=[person for person in source.people.values() if person.id not in going],
    )


@blueprint.route("/<visit_id>/look-back/add", methods=["GET", "POST"])
@requires(*EDITORS)
def add(visit_id: str) -> str | Response:
    """Add a household that the earlier visit did not know, from the frame or newly written down."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = AdditionForm(visit)
    village_codes = sorted(row.village_code for row in visit.villages)
    village_code = request.args.get("village", "")
    if village_code not in village_codes:
        village_code = next(iter(village_codes), "")
    form.offer(visit, list_numbers(session, village_code), list_addable(session, visit, village_code), str(get_locale()))
    if visit.look_back_of_id and visit.state != "closed" and form.validate_on_submit():
        household = find_household(session, form.household_id.data) if form.household_id.data else None
        if household is None:
            household = add_household(session, current_user, find_region(session, village_code), form.facts(), utc_now())
        add_new_household(
            session,
            current_user,
            visit,
            household,
            reason=form.reason.data,
            note=form.note.data or "",
            pair=find_pair(visit, form.pair_id.data),
            form_ids=form.form_ids.data or (),
            planned_on=form.planned_on.data,
            now=utc_now(),
        )
        flash(_("%(number)s %(name)s was added to the look-back.", number=household.number, name=household.head_name), "success")
        return redirect(url_for("look_back.index", visit_id=visit.id))
    return render_visit("lookback/add.html", visit, form=form, village_code=village_code)
