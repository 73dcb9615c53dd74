"""The pages of meetings: all of them, one with people, minutes and files, and those that belong to no visit."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.kept_files import GivenFile, keep_files
from survey.liaison.contact_queries import list_offices, list_visit_choices
from survey.liaison.forms import FilesForm
from survey.liaison.meeting_forms import FullMeetingForm, MeetingFilterForm
from survey.liaison.meeting_queries import find_meeting, find_meeting_file, list_all_meetings, list_meeting_places, list_own_people
from survey.liaison.page import EDITORS, READERS, liaison_words, render_liaison
from survey.pages.downloads import download
from survey.storage import current_storage
from survey.visits import meeting_operations as operations
from survey.visits.models import Meeting, Visit
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("liaison_meetings", __name__, url_prefix="/liaison/meetings")
blueprint.context_processor(liaison_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The meetings, the latest first."""
    session = current_session()
    form = MeetingFilterForm(request.args)
    form.offer(list_visit_choices(session), list_offices(session))
    page, meetings = list_all_meetings(session, form.wanted(), request.args.get("page", 1, int))
    filters = {name: value for name, value in request.args.items() if name != "page" and value}
    return render_liaison("liaison/meetings.html", form=form, page=page, meetings=meetings, filters=filters)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Redirect:
    """Record a meeting."""
    given = {name: request.args.get(name, "") for name in ("visit_id", "kind", "region_code")}
    form = FullMeetingForm(data=given)
    visit = _visit_of(form)
    _offer(form, visit, None)
    if form.validate_on_submit():
        meeting = operations.record_meeting(current_session(), actor(), visit, **_values(form), now=utc_now())
        flash(_("The meeting was recorded."), "success")
        return redirect(url_for(".show", meeting_id=meeting.id))
    return render_liaison("liaison/meeting_form.html", form=form, meeting=None)


@blueprint.get("/<meeting_id>")
@requires(*READERS)
def show(meeting_id: str) -> str:
    """One meeting: who sat there, the minutes, and the files."""
    return _page(find_meeting(current_session(), meeting_id), FilesForm(formdata=None))


def _page(meeting: Meeting, form: FilesForm) -> str:
    return render_liaison("liaison/meeting.html", meeting=meeting, form=form)


@blueprint.route("/<meeting_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(meeting_id: str) -> str | Redirect:
    """Change a meeting."""
    meeting = find_meeting(current_session(), meeting_id)
    form = FullMeetingForm.of(meeting)
    visit = _visit_of(form)
    _offer(form, visit, meeting)
    if form.validate_on_submit():
        operations.update_meeting(current_session(), actor(), meeting, visit, **_values(form), now=utc_now())
        flash(_("The meeting was changed."), "success")
        return redirect(url_for(".show", meeting_id=meeting.id))
    return render_liaison("liaison/meeting_form.html", form=form, meeting=meeting)


@blueprint.post("/<meeting_id>/remove")
@requires(*EDITORS)
def remove(meeting_id: str) -> Redirect:
    """Take back a meeting that was entered by mistake."""
    meeting = find_meeting(current_session(), meeting_id)
    operations.remove_meeting(current_session(), actor(), meeting.visit, meeting, utc_now())
    flash(_("The meeting was removed."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<meeting_id>/files")
@requires(*EDITORS)
def add_files(meeting_id: str) -> str | Redirect:
    """Add files to the minutes."""
    meeting = find_meeting(current_session(), meeting_id)
    form = FilesForm()
    if not form.validate_on_submit():
        return _page(meeting, form)
    given = [GivenFile(each.filename, each.read()) for each in form.files.data or () if each and each.filename]
    if empty := [file.name for file in given if not file.data]:
        form.files.errors = [_("%(name)s is empty. Choose the file again.", name=empty[0])]
        return _page(meeting, form)
    n_new = operations.attach_files(current_session(), actor(), meeting, keep_files(current_storage(), given), utc_now())
    flash(ngettext("%(num)s file was added.", "%(num)s files were added.", n_new), "success")
    return redirect(url_for(".show", meeting_id=meeting.id))


@blueprint.get("/<meeting_id>/files/<file_id>")
@requires(*READERS)
def file(meeting_id: str, file_id: str) -> Response:
    """A file of the minutes, as a download."""
    found = find_meeting_file(find_meeting(current_session(), meeting_id), file_id)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


@blueprint.post("/<meeting_id>/files/<file_id>/remove")
@requires(*EDITORS)
def remove_file(meeting_id: str, file_id: str) -> Redirect:
    """Take back a file that was added by mistake."""
    meeting = find_meeting(current_session(), meeting_id)
    operations.detach_file(current_session(), actor(), meeting, find_meeting_file(meeting, file_id), utc_now())
    flash(_("The file was removed."), "success")
    return redirect(url_for(".show", meeting_id=meeting.id))


def _visit_of(form: FullMeetingForm) -> Visit | None:
    """The visit that the form names, whose townships and villages can then be chosen too."""
    return find_visit(current_session(), form.visit_id.data) if form.visit_id.data else None


def _offer(form: FullMeetingForm, visit: Visit | None, meeting: Meeting | None) -> None:
    session = current_session()
    named = tuple(each.user_id for each in meeting.people if each.user_id) if meeting else ()
    places = list_meeting_places(session, visit, meeting.region_code if meeting else "")
    form.offer(list_visit_choices(session), places, list_own_people(session, named), field_date(utc_now()))


def _values(form: FullMeetingForm) -> dict[str, Any]:
    return {
        "region_code": form.region_code.data,
        "kind": form.kind.data,
        "held_on": form.held_on.data,
        "title": form.title.data or "",
        "minutes": form.minutes.data or "",
        "venue": form.venue.data or "",
        "people": form.attendees(),
    }
