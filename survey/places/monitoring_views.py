"""The page of a monitoring point: since when and why, what happened there, and beginning and ending it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issues.words import AREA_LABELS
from survey.pages.fields import given
from survey.places import operations
from survey.places.forms import EndMonitoringForm, MonitoringForm
from survey.places.models import MonitoringPoint, Region
from survey.places.monitoring_queries import read_point_history
from survey.places.queries import find_monitoring_point, find_region, list_path
from survey.places.views import EDITORS, READERS, place_words
from survey.registry.figures import list_moments
from survey.registry.words import IDENTIFICATION_LABELS
from survey.visits.words import MEETING_KIND_LABELS

blueprint = Blueprint("monitoring", __name__, url_prefix="/places")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**place_words(), "area_labels": AREA_LABELS, "meeting_kind_labels": MEETING_KIND_LABELS}


@blueprint.get("/<code>/monitoring")
@requires(*READERS)
def point(code: str) -> str:
    """The history of a county or village as a monitoring point, on one page."""
    found = _find_place(code)
    now = find_monitoring_point(current_session(), found)
    return _page(found, now, _set_form(now), _end_form(now))


def _find_place(code: str) -> Region:
    found = find_region(current_session(), code)
    if found.level not in ("county", "village"):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Monitoring point", key=code, remedy="Monitoring points are counties and villages.")
    return found


def _set_form(point: MonitoringPoint | None, **kwargs: Any) -> MonitoringForm:
    return MonitoringForm(field_date(utc_now()), point, **kwargs)


def _end_form(point: MonitoringPoint | None, **kwargs: Any) -> EndMonitoringForm:
    return EndMonitoringForm(field_date(utc_now()), point, **kwargs)


def _page(found: Region, point: MonitoringPoint | None, set_form: MonitoringForm, end_form: EndMonitoringForm) -> str:
    session, today = current_session(), field_date(utc_now())
    history = read_point_history(session, found)
    begins = [each.history.visit.starts_on for each in history.visits]
    return render_template(
        "places/monitoring.html",
        region=found,
        path=list_path(session, found),
        point=point,
        history=history,
        moments=list_moments(session, found, begins, today),
        identification_labels=IDENTIFICATION_LABELS,
        set_form=set_form,
        end_form=end_form,
    )


@blueprint.post("/<code>/monitoring")
@requires(*EDITORS)
def begin(code: str) -> str | Response:
    """Make the place a monitoring point, or change since when and why."""
    found = _find_place(code)
    point = find_monitoring_point(current_session(), found)
    form = _set_form(point)
    if form.validate_on_submit():
        try:
            operations.set_monitoring_point(
                current_session(), current_user, found, given(form.chosen_on.data), form.reason.data or "", utc_now()
            )
        except SurveyError as error:
            if error.code is not ErrorCode.INVALID_VALUE:
                raise
            form.chosen_on.errors = [_("It was a monitoring point on that day already; choose a day after that time ended.")]
        else:
            flash(_("%(name)s is a monitoring point.", name=found.name), "success")
            return redirect(url_for(".point", code=found.code))
    return _page(found, point, form, _end_form(point, formdata=None))


@blueprint.post("/<code>/monitoring/end")
@requires(*EDITORS)
def end(code: str) -> str | Response:
    """Observe the place no longer; what happened stays on its page."""
    found = _find_place(code)
    point = find_monitoring_point(current_session(), found)
    if point is None:
        return redirect(url_for(".point", code=found.code))
    form = _end_form(point)
    if not form.validate_on_submit():
        return _page(found, point, _set_form(point, formdata=None), form)
    operations.end_monitoring_point(
        current_session(), current_user, point, given(form.ended_on.data), form.end_reason.data or "", utc_now()
    )
    flash(_("%(name)s is no longer a monitoring point.", name=found.name), "success")
    return redirect(url_for(".point", code=found.code))
