"""The pages of what a visit leaves behind beside interviews."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issues.words import AREA_LABELS
from survey.liaison.meeting_queries import count_parts
from survey.visits import operations
from survey.visits.forms import MeetingForm, RecommendationForm
from survey.visits.models import Meeting, Recommendation, Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_record, find_visit, list_meetings, list_recommendations, list_visit_places
from survey.visits.words import MEETING_KIND_LABELS

blueprint = Blueprint("visit_records", __name__)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "area_labels": AREA_LABELS, "meeting_kind_labels": MEETING_KIND_LABELS}


@blueprint.get("/visits/<visit_id>/meetings")
@requires(*READERS)
def meetings(visit_id: str) -> str:
    """The visit's meetings."""
    visit = find_visit(current_session(), visit_id)
    return _meetings_page(visit, _offered(MeetingForm(formdata=None), visit))


def _offered(form: Any, visit: Visit) -> Any:
    form.offer(list_visit_places(current_session(), visit), field_date(utc_now()))
    return form


def _meetings_page(visit: Visit, form: MeetingForm) -> str:
    session = current_session()
    return render_visit("visits/meetings.html", visit, form=form, meetings=count_parts(session, list_meetings(session, visit)))


@blueprint.post("/visits/<visit_id>/meetings")
@requires(*EDITORS)
def add_meeting(visit_id: str) -> str | Response:
    """Record a meeting."""
    visit = find_visit(current_session(), visit_id)
    form = _offered(MeetingForm(), visit)
    if not form.validate_on_submit():
        return _meetings_page(visit, form)
    operations.record_meeting(
        current_session(),
        current_user,
        visit,
        region_code=form.region_code.data,
        kind=form.kind.data,
        held_on=form.held_on.data,
        title=form.title.data,
        minutes=form.minutes.data or "",
        now=utc_now(),
    )
    flash(_("The meeting was recorded."), "success")
    return redirect(url_for(".meetings", visit_id=visit.id))


@blueprint.post("/visits/<visit_id>/meetings/<record_id>/remove")
@requires(*EDITORS)
def remove_meeting(visit_id: str, record_id: str) -> Response:
    """Take back a meeting that was entered by mistake."""
    visit = find_visit(current_session(), visit_id)
    found = find_record(current_session(), Meeting, visit, record_id)
    operations.remove_meeting(current_session(), current_user, visit, found, utc_now())
    flash(_("The meeting was removed."), "success")
    return redirect(url_for(".meetings", visit_id=visit.id))


@blueprint.get("/visits/<visit_id>/recommendations")
@requires(*READERS)
def recommendations(visit_id: str) -> str:
    """The opinions and suggestions that the visit handed over."""
    visit = find_visit(current_session(), visit_id)
    return _recommendations_page(visit, _offered(RecommendationForm(formdata=None), visit))


def _recommendations_page(visit: Visit, form: RecommendationForm) -> str:
    found = list_recommendations(current_session(), visit)
    return render_visit("visits/recommendations.html", visit, form=form, recommendations=found)


@blueprint.post("/visits/<visit_id>/recommendations")
@requires(*EDITORS)
def add_recommendation(visit_id: str) -> str | Response:
    """Record an opinion or suggestion."""
    visit = find_visit(current_session(), visit_id)
    form = _offered(RecommendationForm(), visit)
    if not form.validate_on_submit():
        return _recommendations_page(visit, form)
    operations.record_recommendation(
        current_session(),
        current_user,
        visit,
        region_code=form.region_code.data,
        area=form.area.data,
        text=form.text.data,
        handed_over_on=form.handed_over_on.data,
        now=utc_now(),
    )
    flash(_("The recommendation was recorded."), "success")
    return redirect(url_for(".recommendations", visit_id=visit.id))


@blueprint.post("/visits/<visit_id>/recommendations/<record_id>/remove")
@requires(*EDITORS)
def remove_recommendation(visit_id: str, record_id: str) -> Response:
    """Take back a recommendation that was entered by mistake."""
    visit = find_visit(current_session(), visit_id)
    found = find_record(current_session(), Recommendation, visit, record_id)
    operations.remove_recommendation(current_session(), current_user, visit, found, utc_now())
    flash(_("The recommendation was removed."), "success")
    return redirect(url_for(".recommendations", visit_id=visit.id))
