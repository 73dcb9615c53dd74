"""Writes what visits leave behind beside interviews: meetings, recommendations, and reports registered by hand."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import County, Facts, VisitFacts
from survey.demo.liaison import VENUES, attendees
from survey.demo.schedule import LOCAL
from survey.reports.operations import register_report
from survey.visits.models import Visit
from survey.visits.operations import record_meeting, record_recommendation

JOINT = "joint_meeting"
OPEN_DAY = 4
"""In a visit that still goes on, what is handed over at the end of others has been handed over on this day."""


def record_meetings(session: Session, people: Mapping[str, User], facts: Facts, visit: Visit, told: VisitFacts) -> None:
    """Record the visit's meetings; while it goes on, a second discussion stands for the feedback that comes at its end."""
    actor, counties = people["coordinator"], _counties(facts, told)
    kinds = {kind.kind: kind for kind in facts.meetings}
    for number, kind in enumerate(kinds.values()):
        if kind.kind == JOINT and told.id not in facts.joint_after:
            continue
        is_early = told.is_open and kind.kind == "feedback"
        held = kinds["discussion"] if is_early else kind
        county = counties[number % len(counties)]
        day = told.starts_on + timedelta(days=OPEN_DAY) if is_early else _day(told, kind.kind, kind.day)
        record_meeting(
            session,
            actor,
            # The joint meeting looks at a quarter, not at one visit.
            None if held.kind == JOINT else visit,
            region_code=(facts.province[0] if held.kind == JOINT else county.code).ljust(12, "0"),
            kind=held.kind,
            held_on=day,
            title=held.title.format(place=county.name),
            minutes=held.minutes.format(place=county.name),
            venue=VENUES[held.kind],
            people=attendees(facts, told, held.kind, county, people),
            now=_at(day),
        )


def _day(told: VisitFacts, kind: str, day: int) -> date:
    if kind == JOINT:
        return told.ends_on + timedelta(days=day)
    return told.starts_on + timedelta(days=day) if day >= 0 else told.ends_on + timedelta(days=day + 1)


def record_recommendations(session: Session, actor: User, facts: Facts, visit: Visit, told: VisitFacts) -> None:
    """Record the opinions and suggestions that the visit handed over, over its counties in turn."""
    counties = _counties(facts, told)
    first = 5 * facts.visits.index(told)
    day = told.starts_on + timedelta(days=OPEN_DAY) if told.is_open else told.ends_on
    for number in range(told.n_recommendations):
        suggestion = facts.recommendations[(first + number) % len(facts.recommendations)]
        county = counties[number % len(counties)]
        record_recommendation(
            session,
            actor,
            visit,
            region_code=county.code.ljust(12, "0"),
            area=suggestion.area,
            text=suggestion.text.format(place=county.name),
            handed_over_on=day,
            now=_at(day),
        )


def record_reports(session: Session, actor: User, facts: Facts) -> None:
    """Register the survey reports and the theoretical report."""
    for report in facts.reports:
        register_report(
            session,
            actor,
            kind=report.kind,
            title=report.title,
            reported_on=report.reported_on,
            visit_id=report.visit,
            now=_at(report.reported_on),
        )


def _counties(facts: Facts, told: VisitFacts) -> list[County]:
    return list(dict.fromkeys(facts.county_of(key) for key in told.villages))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(18, 0), LOCAL)
