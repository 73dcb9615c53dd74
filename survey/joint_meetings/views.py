"""The pages of joint meetings: the agenda as of the day, its documents, and the decisions."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issues.queries import find_issue
from survey.issues.words import AREA_LABELS, REPLY_KIND_LABELS, STATE_LABELS, STATE_TONES
from survey.joint_meetings.documents import agenda_document, agenda_workbook
from survey.joint_meetings.forms import DecisionForm, PlaceForm
from survey.joint_meetings.operations import decide
from survey.joint_meetings.queries import find_joint_meeting, meeting_before, read_agenda, read_decisions
from survey.joint_meetings.words import SECTION_LABELS
from survey.liaison.contact_queries import list_offices
from survey.pages.choices import choices_of
from survey.pages.downloads import DOCX, download
from survey.pages.workbooks import XLSX
from survey.places.queries import find_region
from survey.visits.models import Meeting

READERS = ("admin", "coordinator", "author")
EDITORS = ("admin", "coordinator")

NEXT = "next"
"""Stands in addresses for a meeting that is still being prepared: its place is the parameter `region`, its day today."""

blueprint = Blueprint("joint_meetings", __name__, url_prefix="/joint-meetings/<meeting_id>")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "area_labels": AREA_LABELS,
        "reply_kind_labels": REPLY_KIND_LABELS,
        "section_labels": SECTION_LABELS,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
        "may_edit": any(current_user.has_role(role) for role in EDITORS),
    }


@blueprint.get("")
@requires(*READERS)
def agenda(meeting_id: str) -> str:
    """The agenda of a joint meeting as of its day."""
    return _page(_meeting(meeting_id))


@blueprint.route("/decisions/<number>", methods=["POST"])
@requires(*EDITORS)
def decision(meeting_id: str, number: str) -> tuple[str, int] | Redirect:
    """Write down what the meeting decided about an issue."""
    session = current_session()
    meeting = find_joint_meeting(session, meeting_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(meeting, form, number), 422
    issue = find_issue(session, number)
    decide(session, actor(), meeting, issue, form.body.data or "", utc_now())
    flash(_("The decision about %(number)s was recorded.", number=number), "success")
    return redirect(url_for(".agenda", meeting_id=meeting.id, _anchor=f"issue-{number}"))


@blueprint.get("/agenda.docx")
@requires(*READERS)
def document(meeting_id: str) -> Response:
    """The agenda as a Word document."""
    session, today = current_session(), field_date(utc_now())
    meeting = _meeting(meeting_id)
    sections, decisions = read_agenda(session, meeting, today), read_decisions(session, meeting)
    is_invented = current_settings().demo
    content = agenda_document(meeting, sections, decisions, day=_day(meeting, today), today=today, is_invented=is_invented)
    return download(content, f"{meeting.title} {_('Agenda')}.docx", DOCX)


@blueprint.get("/ledger.xlsx")
@requires(*READERS)
def workbook(meeting_id: str) -> Response:
    """The ledger of the agenda's issues as a workbook."""
    session, today = current_session(), field_date(utc_now())
    meeting = _meeting(meeting_id)
    sections, decisions = read_agenda(session, meeting, today), read_decisions(session, meeting)
    content = agenda_workbook(sections, decisions, day=_day(meeting, today))
    return download(content, f"{meeting.title} {_('Issue ledger')}.xlsx", XLSX)


def _meeting(meeting_id: str) -> Meeting:
    """The meeting of an address, or one to be prepared, which is not kept; NOT_FOUND otherwise."""
    session = current_session()
    if meeting_id != NEXT:
        return find_joint_meeting(session, meeting_id)
    places = list_offices(session)
    if not places:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Place", key="", remedy="Import the places first.")
    region = find_region(session, request.args.get("region") or places[0][0])
    return Meeting(id=NEXT, region=region, region_code=region.code, held_on=field_date(utc_now()), title=_("Joint meeting"))


def _page(meeting: Meeting, wrong: DecisionForm | None = None, number: str = "") -> str:
    session, today = current_session(), field_date(utc_now())
    decisions = read_decisions(session, meeting)
    sections = read_agenda(session, meeting, today)
    forms = {}
    for section in sections:
        for issue in section.issues:
            said = decisions[issue.id].body if issue.id in decisions else ""
            forms[issue.id] = wrong if wrong is not None and issue.number == number else DecisionForm(formdata=None, body=said)
    return render_template(
        "joint_meetings/agenda.html",
        meeting=meeting,
        sections=sections,
        decisions=decisions,
        forms=forms,
        day=_day(meeting, today),
        is_over=meeting.id != NEXT and meeting.held_on <= today,
        before=meeting_before(session, meeting),
        place_form=_place_form(meeting) if meeting.id == NEXT else None,
    )


def _place_form(meeting: Meeting) -> PlaceForm:
    form = PlaceForm(formdata=None, region=meeting.region_code)
    form.region.choices = choices_of(list_offices(current_session()))
    return form


def _day(meeting: Meeting, today: date) -> date:
    """The day whose state is shown: the meeting's, or today while it is still to come."""
    return min(meeting.held_on, today)
