"""What is still open in each county of a visit before a report on it would be complete. A fixed number of statements for a whole visit."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.intake.models import Submission
from survey.issues.life import VERIFIED
from survey.issues.models import Issue, IssueEvidence
from survey.review.models import AnswerQuery
from survey.visits.models import VisitVillage
from survey.visits.parts import Scope
from survey.visits.progress_queries import HOUSEHOLD_FORM, count_awaited, count_open, count_received, count_unmet

FEW = 30
"""Shares of fewer households are told with their counts only."""
CODES = (
    "no_interview",
    "few_interviews",
    "villages_without",
    "not_visited",
    "to_review",
    "returned",
    "queries",
    "files",
    "candidates",
    "unverified",
    "incomplete",
)
"""Everything that may be lacking, in the order in which it is told: interviews, their review, issues."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a county lacks by its code, and how many of it there are."""

    code: str
    n: int


def read_lacks(session: Session, visit_id: str) -> dict[str, tuple[Lack, ...]]:
    """What each county of the visit lacks, by its six digits; every county that the visit goes to or has interviews of is there."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for county, code, n in (*_interviews(session, visit_id), *_questions(session, visit_id), *_issues(session, visit_id)):
        counts[county][code] = counts[county].get(code, 0) + n
    return {county: tuple(Lack(code, found[code]) for code in CODES if found.get(code)) for county, found in sorted(counts.items())}


def _interviews(session: Session, visit_id: str) -> Iterator[tuple[str, str, int]]:
    scope = Scope(visits=frozenset((visit_id,)))
    received = count_received(session, scope, in_detail=False)
    accepted = {cell.village_code for cell, each in received.items() if each.n_lead_accepted}
    villages = set(session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit_id)))
    for village in villages:
        yield village[:6], "villages_without", int(village not in accepted)
    for cell, each in received.items():
        yield cell.village_code[:6], "to_review", each.by_state.get("received", 0)
        yield cell.village_code[:6], "returned", each.by_state.get("returned", 0)
    unmet = count_unmet(session, scope)
    for cell, n in count_open(session, scope, in_detail=False).items():
        yield cell.village_code[:6], "not_visited", n
    for cell, outcomes in unmet.items():
        # A household that refused, or was not there, is not to be visited any more; where a form told it, it is not among the open ones.
        yield cell.village_code[:6], "not_visited", -sum(n for (_, is_told), n in outcomes.items() if not is_told)
    for cell, n in count_awaited(session, scope).items():
        yield cell.village_code[:6], "files", n
    county = func.substr(Submission.village_code, 1, 6)
    households: dict[str, int] = dict(
        session.execute(
            select(county, func.count())
            .where(Submission.visit_id == visit_id, Submission.review_state == "accepted", Submission.recorded_as == "lead")
            .where(Submission.form_id == HOUSEHOLD_FORM)
            .group_by(county)
        ).all()
    )
    for code in {village[:6] for village in villages} | set(households):
        n = households.get(code, 0)
        if n < FEW:
            yield code, "few_interviews" if n else "no_interview", n or 1


def _questions(session: Session, visit_id: str) -> Iterator[tuple[str, str, int]]:
    county = func.substr(Submission.village_code, 1, 6)
    asked = (
        select(county, func.count())
        .select_from(AnswerQuery)
        .join(Submission, Submission.instance_id == AnswerQuery.instance_id)
        .where(Submission.visit_id == visit_id, AnswerQuery.state != "resolved", Submission.review_state != "replaced")
        .group_by(county)
    )
    for code, n in session.execute(asked):
        yield code or "", "queries", n


def _issues(session: Session, visit_id: str) -> Iterator[tuple[str, str, int]]:
    county = func.substr(IssueCandidate.village_code, 1, 6)
    waiting = (
        select(county, func.count())
        .select_from(IssueCandidate)
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(IssueCandidate.visit_id == visit_id, IssueCandidate.withdrawn_at.is_(None), IssueCandidate.village_code.is_not(None))
        .where(Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .where(~exists().where(IssueEvidence.candidate_id == IssueCandidate.id))
        .group_by(county)
    )
    for code, n in session.execute(waiting):
        yield code, "candidates", n
    is_incomplete = and_(Issue.state.in_(VERIFIED), or_(Issue.recommendation == "", Issue.responsible_body == "", Issue.due_on.is_(None)))
    found = (
        select(Issue.county_code, func.count().filter(Issue.state == "raised"), func.count().filter(is_incomplete))
        .where(Issue.visit_id == visit_id)
        .group_by(Issue.county_code)
    )
    for code, n_raised, n_incomplete in session.execute(found):
        yield code, "unverified", n_raised
        yield code, "incomplete", n_incomplete
