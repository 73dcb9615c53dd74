"""What the pages of issue candidates read: groups by rule and county with how many were affected of those asked, and drill-down.

Only accepted submissions count, on both sides of "affected of asked"; of two records of one interview the lead's, whose candidates are
settled by what was reconciled (`survey/candidates/settling.py`). A household that was asked at several visits counts once.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.intake.models import Submission
from survey.issues.models import Issue, IssueEvidence
from survey.pages.paging import Page, page_of
from survey.places.queries import county_names
from survey.review.filters import within
from survey.visits.models import Visit

UNKNOWN_COUNTY = "unknown"
WITHDRAWN = "withdrawn"
"""The state of candidates whose rule no longer holds for the answers that count."""


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What is looked for; "" means no limit; `county` is six digits. `state` is "" for what stands, or "withdrawn"."""

    visit: str = ""
    county: str = ""
    area: str = ""
    state: str = ""

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class CandidateGroup:
    """One rule in one county: how many households and villages show it, of how many that were asked with the same form."""

    form_id: str
    rule: str
    title: dict[str, str]
    area: str
    level: str
    severity: str
    county_code: str
    """Six digits, or "unknown"."""
    county_name: str
    n_households: int
    n_households_asked: int
    n_villages: int
    n_villages_asked: int

    @property
    def household_share(self) -> float:
        """Households affected of those asked, 0 to 1."""
        return self.n_households / self.n_households_asked if self.n_households_asked else 0.0


_COUNTY = func.coalesce(func.substr(Submission.village_code, 1, 6), UNKNOWN_COUNTY)
_HOUSEHOLD = func.coalesce(Submission.household_id, Submission.instance_id)


def _submission_conditions(wanted: CandidateFilter, state: str = "accepted") -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Submission.review_state == state, Submission.recorded_as == "lead"]
    if wanted.visit:
        found.append(Submission.visit_id == wanted.visit)
    if wanted.county == UNKNOWN_COUNTY:
        found.append(Submission.village_code.is_(None))
    elif wanted.county:
        found.append(within(wanted.county))
    return found


def _candidate_conditions(wanted: CandidateFilter) -> list[ColumnElement[bool]]:
    is_withdrawn = IssueCandidate.withdrawn_at.is_not(None)
    found: list[ColumnElement[bool]] = [is_withdrawn if wanted.state == WITHDRAWN else ~is_withdrawn]
    return [*found, IssueCandidate.area == wanted.area] if wanted.area else found


def group_candidates(session: Session, wanted: CandidateFilter) -> tuple[CandidateGroup, ...]:
    """The groups, those with the largest share of households first within each rule, rules by how many households show them."""
    statement = (
        select(
            Submission.form_id,
            IssueCandidate.rule,
            _COUNTY.label("county_code"),
            func.count(_HOUSEHOLD.distinct()).label("n_households"),
            func.count(Submission.village_code.distinct()).label("n_villages"),
            func.max(IssueCandidate.id).label("newest_id"),
        )
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(*_submission_conditions(wanted), *_candidate_conditions(wanted))
        .group_by(Submission.form_id, IssueCandidate.rule, _COUNTY)
    )
    rows = session.execute(statement).all()
    asked = _count_asked(session, wanted)
    samples = _samples(session, {row.newest_id for row in rows})
    names = county_names(session, {row.county_code for row in rows})
    groups = []
    for row in rows:
        sample = samples[row.newest_id]
        n_households_asked, n_villages_asked = asked[(row.form_id, row.county_code)]
        groups.append(
            CandidateGroup(
                form_id=row.form_id,
                rule=row.rule,
                title=sample.title,
                area=sample.area,
                level=sample.level,
                severity=sample.severity,
                county_code=row.county_code,
                county_name=names.get(row.county_code, ""),
                n_households=row.n_households,
                n_households_asked=n_households_asked,
                n_villages=row.n_villages,
                n_villages_asked=n_villages_asked,
            )
        )
    return _in_order(groups)


def _in_order(groups: Iterable[CandidateGroup]) -> tuple[CandidateGroup, ...]:
    totals: dict[tuple[str, str], int] = {}
    kept = list(groups)
    for group in kept:
        key = (group.form_id, group.rule)
        totals[key] = totals.get(key, 0) + group.n_households
    return tuple(
        sorted(
            kept,
            key=lambda group: (-totals[(group.form_id, group.rule)], group.form_id, group.rule, -group.household_share, group.county_code),
        )
    )


def _count_asked(session: Session, wanted: CandidateFilter) -> dict[tuple[str, str], tuple[int, int]]:
    statement = (
        select(Submission.form_id, _COUNTY, func.count(_HOUSEHOLD.distinct()), func.count(Submission.village_code.distinct()))
        .where(*_submission_conditions(wanted))
        .group_by(Submission.form_id, _COUNTY)
    )
    return {(form_id, county): (n_households, n_villages) for form_id, county, n_households, n_villages in session.execute(statement)}


def _samples(session: Session, ids: set[str]) -> dict[str, IssueCandidate]:
    return {candidate.id: candidate for candidate in session.scalars(select(IssueCandidate).where(IssueCandidate.id.in_(ids)))}


def list_candidates(
    session: Session, form_id: str, rule: str, wanted: CandidateFilter, number: int
) -> tuple[Page, tuple[IssueCandidate, ...]]:
    """Page `number` of the candidates of one rule, by village, with submission, household and people loaded."""
    chosen = [*_submission_conditions(wanted), *_candidate_conditions(wanted)]
    matching = [IssueCandidate.rule == rule, Submission.form_id == form_id, *chosen]
    joined = select(IssueCandidate).join(Submission, Submission.instance_id == IssueCandidate.instance_id).where(*matching)
    total = session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    page = page_of(number, total)
    submission = joinedload(IssueCandidate.submission)
    statement = (
        joined.order_by(Submission.village_code, Submission.received_at, Submission.instance_id)
        .options(
            submission.joinedload(Submission.village),
            submission.joinedload(Submission.household),
            submission.joinedload(Submission.visit),
            submission.joinedload(Submission.questionnaire),
            submission.joinedload(Submission.lead).lazyload(User.roles),
        )
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(session.scalars(statement))


def list_free_candidates(session: Session, form_id: str, rule: str, wanted: CandidateFilter, at_most: int) -> tuple[IssueCandidate, ...]:
    """The first candidates of a rule, by village, that are evidence of no issue yet, with their questionnaires.

    The filter's county may also be a village's or any other place's code.
    """
    taken = select(IssueEvidence.candidate_id).where(IssueEvidence.candidate_id.is_not(None))
    statement = (
        select(IssueCandidate)
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(IssueCandidate.rule == rule, Submission.form_id == form_id)
        .where(*_submission_conditions(wanted), *_candidate_conditions(wanted), IssueCandidate.id.not_in(taken))
        .options(contains_eager(IssueCandidate.submission).joinedload(Submission.questionnaire))
        .order_by(IssueCandidate.village_code, IssueCandidate.raised_at, IssueCandidate.id)
        .limit(at_most)
    )
    return tuple(session.scalars(statement))


def issues_of_candidates(session: Session, candidates: Iterable[IssueCandidate]) -> dict[str, str]:
    """The number of the issue that each of these candidates is evidence of, by the candidate's id."""
    ids = [candidate.id for candidate in candidates]
    statement = select(IssueEvidence.candidate_id, Issue.number).join(IssueEvidence.issue).where(IssueEvidence.candidate_id.in_(ids))
    return {key: number for key, number in session.execute(statement) if key}


def list_candidates_of(session: Session, instance_id: str) -> tuple[IssueCandidate, ...]:
    """The candidates that one submission raised, by rule."""
    return tuple(session.scalars(select(IssueCandidate).where(IssueCandidate.instance_id == instance_id).order_by(IssueCandidate.rule)))


def count_waiting(session: Session, wanted: CandidateFilter) -> int:
    """How many candidates of the filter belong to submissions that still wait for review, and so are not counted yet."""
    statement = (
        select(func.count())
        .select_from(IssueCandidate)
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(*_submission_conditions(wanted, "received"), *_candidate_conditions(wanted))
    )
    return session.scalar(statement) or 0


def list_visits(session: Session) -> tuple[tuple[str, str], ...]:
    """Every visit with a candidate, the latest first, as (id, title)."""
    used = select(IssueCandidate.visit_id).distinct()
    statement = select(Visit.id, Visit.title).where(Visit.id.in_(used)).order_by(Visit.starts_on.desc(), Visit.id)
    return tuple((key, title) for key, title in session.execute(statement))


def list_counties(session: Session, visit: str) -> tuple[tuple[str, str], ...]:
    """Every county with a candidate (of the visit, if one is given), as (six digits, name)."""
    statement = select(func.substr(IssueCandidate.village_code, 1, 6)).where(IssueCandidate.village_code.is_not(None)).distinct()
    if visit:
        statement = statement.where(IssueCandidate.visit_id == visit)
    return tuple(sorted(county_names(session, set(session.scalars(statement))).items()))
