"""Issues of the register as the records that reports are made of, as they stood on a day. A fixed number of statements each.

Places bear their names here; a version that leaves the house is masked as a whole (`analysis/report/outward`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from analysis.report.kinds.records import IssueFact, MeetingFact
from survey.field_time import field_date
from survey.issue_ledger.queries import latest_replies
from survey.issues.life import AWAITED
from survey.issues.models import HouseholdOutcome, Issue
from survey.issues.scope import read_basis
from survey.joint_meetings.agenda import Standing, make_agenda
from survey.joint_meetings.models import MeetingDecision
from survey.joint_meetings.queries import KIND as JOINT
from survey.joint_meetings.queries import read_standings
from survey.places.queries import county_names
from survey.visits.models import Meeting
from survey.visits.periods import Period

UNTOLD = ("raised", "refuted", "merged")
"""States of issues that no report tells: not verified, found not true, or told as another one."""


def read_issue_facts(session: Session, today: date, language: str, *conditions: ColumnElement[bool]) -> tuple[IssueFact, ...]:
    """The issues of the conditions that may be told, as they stand, by number, with their titles in the language. Five statements."""
    statement = select(Issue).where(Issue.state.not_in(UNTOLD), *conditions).order_by(Issue.number)
    issues = session.scalars(statement).unique().all()
    ids = [issue.id for issue in issues]
    names = county_names(session, {issue.county_code for issue in issues})
    replies = latest_replies(session, ids)
    outcomes = _outcomes(session, ids)
    facts = []
    for issue in issues:
        fact = _fact(issue, names, today, language)
        reply = replies.get(issue.id)
        facts.append(replace(fact, reply=reply.body if reply else "", outcomes=outcomes.get(issue.id, {})))
    return tuple(facts)


def read_issues_of_visit(session: Session, visit_id: str, today: date, language: str, *, county_code: str = "") -> tuple[IssueFact, ...]:
    """The issues that were raised from a visit, perhaps in one county (six digits)."""
    conditions = [Issue.visit_id == visit_id]
    if county_code:
        conditions.append(Issue.county_code == county_code)
    return read_issue_facts(session, today, language, *conditions)


def read_standing_facts(session: Session, day: date, language: str, *, since: date | None, county_code: str = "") -> tuple[IssueFact, ...]:
    """The issues that were handed over by the day, as they stood when it ended, each with its section of a joint meeting's agenda.

    `since` is the day of the joint meeting before. Issues that were closed before it have no section.
    """
    standings = read_standings(session, day, county_code.ljust(12, "0") if county_code else None, language=language)
    section_of = {issue.id: section.name for section in make_agenda(standings, day, since) for issue in section.issues}
    by_id = {standing.id: standing for standing in standings}
    facts = []
    for issue in session.scalars(select(Issue).where(Issue.reported_at.is_not(None)).order_by(Issue.number)).unique():
        if issue.id in by_id:
            facts.append((issue, by_id[issue.id]))
    names = county_names(session, {issue.county_code for issue, _ in facts})
    return tuple(_stood(_fact(issue, names, day, language), standing, section_of.get(issue.id, ""), day) for issue, standing in facts)


def read_meeting_facts(session: Session, period: Period, *, visit_id: str = "") -> tuple[MeetingFact, ...]:
    """The meetings of a period, or of a visit, with what joint meetings decided, the earliest first."""
    statement = select(Meeting).order_by(Meeting.held_on, Meeting.id)
    if period.since is not None:
        statement = statement.where(Meeting.held_on >= period.since)
    if period.until is not None:
        statement = statement.where(Meeting.held_on <= period.until)
    if visit_id:
        statement = statement.where(Meeting.visit_id == visit_id)
    meetings = session.scalars(statement).all()
    decisions: dict[str, list[tuple[str, str]]] = {}
    decided = (
        select(MeetingDecision.meeting_id, Issue.number, MeetingDecision.body)
        .join(Issue, Issue.id == MeetingDecision.issue_id)
        .where(MeetingDecision.meeting_id.in_([meeting.id for meeting in meetings]))
        .order_by(Issue.number)
    )
    for meeting_id, number, body in session.execute(decided):
        decisions.setdefault(meeting_id, []).append((number, body))
    return tuple(
        MeetingFact(meeting.held_on, meeting.kind, meeting.title, meeting.region.name, tuple(decisions.get(meeting.id, ())))
        for meeting in meetings
    )


def joint_meeting_before(session: Session, day: date) -> date | None:
    """The day of the last joint meeting before this one, of whatever place."""
    return session.scalar(select(func.max(Meeting.held_on)).where(Meeting.kind == JOINT, Meeting.held_on < day))


def _fact(issue: Issue, names: Mapping[str, str], day: date, language: str) -> IssueFact:
    basis = read_basis(issue.basis)
    return IssueFact(
        number=issue.number,
        title=issue.title_in(language),
        finding=issue.finding,
        area=issue.area,
        level=issue.level,
        severity=issue.severity,
        scope=issue.scope or "",
        attribution=issue.attribution or "",
        state=issue.state,
        county_code=issue.county_code,
        county=names.get(issue.county_code, issue.county_code),
        place=issue.place.name,
        place_code=issue.place_code,
        households=basis.households if basis else None,
        households_asked=basis.households_asked if basis else None,
        villages=basis.villages if basis else None,
        recommendation=issue.recommendation,
        responsible_body=issue.responsible_body,
        due_on=issue.due_on,
        raised_on=field_date(issue.raised_at),
        reported_on=field_date(issue.reported_at) if issue.reported_at else None,
        state_since=field_date(issue.state_since),
        is_overdue=_is_overdue(issue.state, issue.due_on, day),
    )


def _stood(fact: IssueFact, standing: Standing, section: str, day: date) -> IssueFact:
    """The fact as the issue stood on the day."""
    return replace(
        fact,
        state=standing.state,
        state_since=field_date(standing.state_since),
        title=standing.title,
        area=standing.area,
        recommendation=standing.recommendation,
        responsible_body=standing.responsible_body,
        due_on=standing.due_on,
        reported_on=standing.reported_on,
        is_overdue=_is_overdue(standing.state, standing.due_on, day),
        section=section,
        reply=standing.reply,
    )


def _is_overdue(state: str, due_on: date | None, day: date) -> bool:
    return state in AWAITED and due_on is not None and due_on < day


def _outcomes(session: Session, ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many households had each outcome, by issue."""
    statement = (
        select(HouseholdOutcome.issue_id, HouseholdOutcome.outcome, func.count())
        .where(HouseholdOutcome.issue_id.in_(list(ids)))
        .group_by(HouseholdOutcome.issue_id, HouseholdOutcome.outcome)
    )
    found: dict[str, dict[str, int]] = {}
    for issue_id, outcome, n in session.execute(statement):
        found.setdefault(issue_id, {})[outcome] = n
    return found
