"""The page of reminders: one's own digest and calendar, and for coordinators the groups and the log; and the calendar feed itself."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.liaison.contact_queries import list_offices
from survey.pages.buttons import EmptyForm
from survey.pages.choices import choices_of
from survey.places.models import Region
from survey.reminders.calendar import calendar_of
from survey.reminders.due import HEADINGS, in_order
from survey.reminders.forms import ChannelForm, FrequencyForm
from survey.reminders.models import ReminderChannel
from survey.reminders.operations import add_channel, hash_of, renew_calendar, set_frequency, switch_channel
from survey.reminders.queries import (
    dated_for,
    due_for,
    find_by_calendar,
    find_preference,
    list_channels,
    list_reminders,
)
from survey.reminders.words import FREQUENCY_LABELS, STATE_LABELS, STATE_TONES, STYLE_LABELS

EDITORS = ("admin", "coordinator")
CALENDAR = "text/calendar; charset=utf-8"

blueprint = Blueprint("reminders", __name__, url_prefix="/reminders")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "frequency_labels": FREQUENCY_LABELS,
        "style_labels": STYLE_LABELS,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
        "headings": HEADINGS,
        "empty_form": EmptyForm(formdata=None),
    }


@blueprint.get("")
@requires()
def index() -> str:
    """What is due for the person, how often they are told, and their calendar."""
    session, me = current_session(), actor()
    today = field_date(utc_now())
    preference = find_preference(session, me)
    return render_template(
        "reminders/index.html",
        due=in_order(due_for(session, me, today)),
        today=today,
        form=FrequencyForm(formdata=None, frequency=preference.frequency),
        has_calendar=preference.calendar_sha256 is not None,
        has_mail=bool(current_settings().smtp_url),
        me=me,
    )


@blueprint.post("/frequency")
@requires()
def frequency() -> BaseResponse:
    """Change how often the person gets a digest."""
    form = FrequencyForm()
    if form.validate_on_submit():
        set_frequency(current_session(), actor(), form.frequency.data, utc_now())
        flash(_("Saved."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/calendar")
@requires()
def calendar() -> Response:
    """A fresh address of the person's calendar, shown this once."""
    key = renew_calendar(current_session(), actor(), utc_now())
    response = make_response(render_template("reminders/calendar.html", address=url_for(".feed", key=key, _external=True)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/calendar/<key>.ics")
def feed(key: str) -> Response:
    """The calendar of whoever has this key; programs that read calendars cannot sign in."""
    user = find_by_calendar(current_session(), hash_of(key))
    if user is None:
        abort(404)
    with force_locale(user.locale):
        content = calendar_of(dated_for(current_session(), user), _("Issues: what is due"), request.host, utc_now())
    response = Response(content, content_type=CALENDAR)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/groups", methods=["GET", "POST"])
@requires(*EDITORS)
def groups() -> tuple[str, int] | BaseResponse:
    """The groups that are told, and what was sent to whom."""
    session = current_session()
    form = ChannelForm()
    form.region.choices = choices_of(list_offices(session), none=_("Everywhere"))
    if form.validate_on_submit():
        _add(form, utc_now())
        flash(_("The group is told from now on."), "success")
        return redirect(url_for(".groups"))
    page, reminders = list_reminders(session, request.args.get("page", 1, int))
    settings = current_settings()
    values = {"form": form, "channels": list_channels(session), "page": page, "reminders": reminders, "is_demo": settings.demo}
    values |= {"hosts": settings.allowed_robot_hosts}
    return render_template("reminders/groups.html", **values), 422 if form.is_submitted() else 200


@blueprint.post("/groups/<channel_id>/<any(on, off):state>")
@requires(*EDITORS)
def switch(channel_id: str, state: str) -> BaseResponse:
    """Tell a group again, or no more."""
    channel = current_session().get(ReminderChannel, channel_id)
    if channel is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Group", key=channel_id, remedy="It may have been removed.")
    switch_channel(current_session(), actor(), channel, utc_now(), is_active=state == "on")
    told = _("%(name)s is told again.", name=channel.name) if state == "on" else _("%(name)s is told no more.", name=channel.name)
    flash(told, "success")
    return redirect(url_for(".groups"))


def _add(form: ChannelForm, now: datetime) -> None:
    session = current_session()
    add_channel(
        session,
        actor(),
        now,
        current_settings().secret_key,
        hosts=current_settings().allowed_robot_hosts,
        name=form.name.data or "",
        style=form.style.data,
        frequency=form.frequency.data,
        address=form.address.data or "",
        secret=form.secret.data or "",
        region=session.get(Region, form.region.data) if form.region.data else None,
    )
