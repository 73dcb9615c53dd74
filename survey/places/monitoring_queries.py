"""What the page of a monitoring point reads: its times, the visits, and what they left behind; a fixed number of statements."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.db import ColumnOf
from survey.intake.models import Submission
from survey.places import codes
from survey.places.models import MonitoringPoint, Region
from survey.places.queries import VisitHistory, list_history
from survey.reports.models import Report
from survey.visits.models import Meeting, Recommendation


@dataclass(frozen=True, slots=True)
class PointVisit:
    """One visit to the place, with how many candidates of issues it raised there."""

    history: VisitHistory
    n_candidates: int


@dataclass(frozen=True, slots=True)
class PointHistory:
    """Everything of a monitoring point: its times, and within the place visits, meetings, recommendations and reports, newest first."""

    points: tuple[MonitoringPoint, ...]
    visits: tuple[PointVisit, ...]
    meetings: tuple[Meeting, ...]
    recommendations: tuple[Recommendation, ...]
    reports: tuple[Report, ...]
    candidates_by_area: dict[str, int]


def read_point_history(session: Session, region: Region) -> PointHistory:
    """The history of the place; seven statements."""
    candidates = (
        select(IssueCandidate.visit_id, IssueCandidate.area, func.count())
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(_inside(IssueCandidate.village_code, region), *counts_as_finding())
        .group_by(IssueCandidate.visit_id, IssueCandidate.area)
    )
    by_visit: Counter[str | None] = Counter()
    by_area: Counter[str] = Counter()
    for visit_id, area, n in session.execute(candidates):
        by_visit[visit_id] += n
        by_area[area] += n
    return PointHistory(
        points=tuple(
            session.scalars(
                select(MonitoringPoint).where(MonitoringPoint.region_code == region.code).order_by(MonitoringPoint.chosen_on.desc())
            )
        ),
        visits=tuple(PointVisit(each, by_visit[each.visit.id]) for each in list_history(session, region)),
        meetings=tuple(
            session.scalars(
                select(Meeting)
                .where(_inside(Meeting.region_code, region))
                .options(joinedload(Meeting.region))
                .order_by(Meeting.held_on.desc(), Meeting.id)
            )
        ),
        recommendations=tuple(
            session.scalars(
                select(Recommendation)
                .where(_inside(Recommendation.region_code, region))
                .options(joinedload(Recommendation.region))
                .order_by(Recommendation.handed_over_on.desc(), Recommendation.id)
            )
        ),
        reports=tuple(
            session.scalars(select(Report).where(_inside(Report.region_code, region)).order_by(Report.reported_on.desc(), Report.id))
        ),
        candidates_by_area=dict(by_area.most_common()),
    )


def _inside(column: ColumnOf[str] | ColumnOf[str | None], region: Region) -> ColumnElement[bool]:
    """The condition that a code lies in the place, as a range that an index serves."""
    return column.between(*codes.bounds_of(region.code))
