"""What a joint meeting reads: the issues of its place as of its day, in a fixed number of statements, and its decisions."""

from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.models import Issue, IssueReply, IssueStep
from survey.joint_meetings.agenda import PastStep, Section, Standing, as_of, make_agenda
from survey.joint_meetings.models import MeetingDecision
from survey.pages.language import page_language
from survey.places.codes import bounds_of
from survey.places.models import Region
from survey.visits.models import Meeting
from survey.visits.periods import Period

KIND = "joint_meeting"


def find_joint_meeting(session: Session, meeting_id: str) -> Meeting:
    """The joint meeting of this id; NOT_FOUND for none, and for a meeting of another kind."""
    statement = select(Meeting).where(Meeting.id == meeting_id, Meeting.kind == KIND).options(joinedload(Meeting.region))
    meeting = session.scalars(statement).one_or_none()
    if meeting is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Joint meeting", key=meeting_id, remedy="Open it from the list of meetings.")
    return meeting


def meeting_before(session: Session, meeting: Meeting) -> date | None:
    """The day of the joint meeting of the same place before this one."""
    statement = (
        select(Meeting.held_on)
        .where(Meeting.kind == KIND, Meeting.region_code == meeting.region_code, Meeting.held_on < meeting.held_on)
        .order_by(Meeting.held_on.desc())
        .limit(1)
    )
    return session.scalar(statement)


def read_agenda(session: Session, meeting: Meeting, today: date) -> tuple[Section, ...]:
    """The agenda as of the meeting's day, or as of today while the meeting is still to come."""
    day = min(meeting.held_on, today)
    return make_agenda(read_standings(session, day, meeting.region_code), day, meeting_before(session, meeting))


def read_standings(session: Session, day: date, region_code: str | None = None, *, language: str | None = None) -> list[Standing]:
    """The issues that were handed over by the day, as they stood when it ended, perhaps of one place only. Three statements.

    Titles are in the language with this code, else in that of the page.
    """
    within = [Issue.reported_at.is_not(None)]
    if region_code is not None:
        lower, upper = bounds_of(region_code)
        within.append(Issue.place_code.between(lower, upper))
    steps = _steps(session, *within)
    replies = _latest_replies(session, day, *within)
    standings = []
    for standing in _standings(session, language or page_language(), *within):
        stood = as_of(standing, steps.get(standing.id, ()), day)
        if stood is not None:
            kind, body = replies.get(standing.id, ("", ""))
            standings.append(replace(stood, reply_kind=kind, reply=body))
    return standings


def read_decisions(session: Session, meeting: Meeting) -> dict[str, MeetingDecision]:
    """What the meeting decided, by issue."""
    statement = select(MeetingDecision).where(MeetingDecision.meeting_id == meeting.id)
    options = joinedload(MeetingDecision.decided_by).lazyload(User.roles)
    return {decision.issue_id: decision for decision in session.scalars(statement.options(options))}


def _standings(session: Session, language: str, *within: ColumnElement[bool]) -> list[Standing]:
    statement = (
        select(
            Issue.id,
            Issue.number,
            Issue.title_in(language),
            Issue.area,
            Region.name,
            Issue.state,
            Issue.state_since,
            Issue.recommendation,
            Issue.responsible_body,
            Issue.due_on,
            Issue.escalated_to,
        )
        .join(Region, Region.code == Issue.place_code)
        .where(*within)
        .order_by(Issue.number)
    )
    return [Standing(*row) for row in session.execute(statement)]


def _steps(session: Session, *within: ColumnElement[bool]) -> dict[str, tuple[PastStep, ...]]:
    statement = (
        select(IssueStep.issue_id, IssueStep.action, IssueStep.to_state, IssueStep.taken_at, IssueStep.changes)
        .join(Issue, Issue.id == IssueStep.issue_id)
        .where(*within)
        .order_by(IssueStep.issue_id, IssueStep.number)
    )
    rows = session.execute(statement)
    return {issue_id: tuple(PastStep(*row[1:]) for row in group) for issue_id, group in groupby(rows, key=itemgetter(0))}


def _latest_replies(session: Session, day: date, *within: ColumnElement[bool]) -> dict[str, tuple[str, str]]:
    """(kind, text) of the last reply of each issue up to the day."""
    before = Period(until=day).instants()[1] or datetime.max
    statement = (
        select(IssueReply.issue_id, IssueReply.kind, IssueReply.body)
        .join(Issue, Issue.id == IssueReply.issue_id)
        .where(*within, IssueReply.replied_at < before)
        .order_by(IssueReply.replied_at)
    )
    return {issue_id: (kind, body) for issue_id, kind, body in session.execute(statement)}
