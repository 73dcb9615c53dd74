"""Every write of a joint meeting: what it decided about an issue."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.field_time import field_date
from survey.issues.life import HANDED_OVER
from survey.issues.models import Issue
from survey.issues.stepping import check_editor, take_step
from survey.joint_meetings.models import MeetingDecision
from survey.places.codes import bounds_of
from survey.visits.models import Meeting

MAX_LENGTH = 4000


def decide(session: Session, actor: User, meeting: Meeting, issue: Issue, body: str, now: datetime) -> MeetingDecision:
    """The meeting's decision about the issue, which keeps it in its history; deciding anew takes its place.

    Raises INVALID_VALUE for an empty decision, an issue of another place, or a meeting that is still to come, and INVALID_TRANSITION for
    an issue that was never handed over.
    """
    check_editor(actor, "record decisions")
    body = body.strip()
    if not body or len(body) > MAX_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="body", detail="say what was decided")
    if meeting.held_on > field_date(now):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="meeting", detail="the meeting is still to come")
    lower, upper = bounds_of(meeting.region_code)
    if not lower <= issue.place_code <= upper:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="issue", detail="it lies outside the place of the meeting")
    if issue.state not in HANDED_OVER:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="decided about")
    found = session.scalars(
        select(MeetingDecision).where(MeetingDecision.meeting_id == meeting.id, MeetingDecision.issue_id == issue.id)
    ).one_or_none()
    if found is not None and found.body == body:
        return found
    decision = found or MeetingDecision(meeting_id=meeting.id, issue_id=issue.id)
    decision.body, decision.decided_at, decision.decided_by_id = body, now, actor.id
    session.add(decision)
    session.flush()
    take_step(session, actor, issue, "meeting_decision", now, reason=body, meeting=meeting.id)
    return decision
