"""What the pages of looking back on issues read: the issues that a visit follows, their households, and where the same came up again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.field_time import FIELD_ZONE
from survey.household_outcomes.operations import Proposal, propose
from survey.intake.models import COUNTED, Submission
from survey.issues.life import HANDED_OVER
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueFile, IssueStep
from survey.issues.stepping import DECIDED
from survey.places.codes import ancestors_of, bounds_of
from survey.places.models import Household, Region
from survey.protection.reading import shown_name
from survey.visits.models import Assignment, Pair, Visit, VisitMember

SHOWN_AGAIN = 12
"""So many villages, and so many issues, are named in which the same came up again."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An issue that a visit follows: how many households it is asked of, and what they amount to so far."""

    issue: Issue
    n_households: int
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of an issue at one household, and where that was written down."""

    household: Household
    village_name: str
    outcome: str = ""
    note: str = ""
    found_at: datetime | None = None
    found_by: str = ""
    instance_id: str | None = None
    known_at: datetime | None = None
    files: tuple[IssueFile, ...] = ()

    @property
    def counts_from(self) -> datetime | None:
        """When it was known here: what a tablet noted earlier takes part in decisions that are made after it came."""
        return self.known_at or self.found_at


@dataclass(frozen=True, slots=True)
class Round:
    """What one visit found of an issue: household by household, and how many said what."""

    visit: Visit
    found: tuple[Found, ...]

    @property
    def proposal(self) -> Proposal:
        """What they amount to."""
        return propose(_counts(each.outcome for each in self.found))


@dataclass(frozen=True, slots=True)
class Again:
    """Where the rule of an issue found the same since: villages with how many households, and issues."""

    villages: tuple[tuple[str, str, int], ...]
    """(code, name, households), the most first."""
    issues: tuple[Issue, ...]


def list_followed(session: Session, visit: Visit) -> tuple[Followed, ...]:
    """The issues of the visit's places that were reported before it ended, those that wait for it first. Three statements."""
    statement = (
        select(Issue)
        .where(*_is_followed(visit))
        .options(joinedload(Issue.place))
        .order_by(Issue.state != "rectified", Issue.state == "closed", Issue.due_on, Issue.county_code, Issue.year, Issue.sequence)
    )
    issues = session.scalars(statement).all()
    if not issues:
        return ()
    ids = [issue.id for issue in issues]
    villages = [row.village_code for row in visit.villages]
    households = (
        select(IssueEvidence.issue_id, func.count(IssueEvidence.household_id.distinct()))
        .where(IssueEvidence.issue_id.in_(ids), IssueEvidence.village_code.in_(villages), IssueEvidence.withdrawn_at.is_(None))
        .group_by(IssueEvidence.issue_id)
    )
    n_households = {issue_id: n for issue_id, n in session.execute(households)}
    outcomes = (
        select(HouseholdOutcome.issue_id, HouseholdOutcome.outcome, func.count())
        .where(HouseholdOutcome.visit_id == visit.id, HouseholdOutcome.issue_id.in_(ids))
        .group_by(HouseholdOutcome.issue_id, HouseholdOutcome.outcome)
    )
    counts: dict[str, dict[str, int]] = {}
    for issue_id, outcome, n in session.execute(outcomes):
        counts.setdefault(issue_id, {})[outcome] = n
    return tuple(Followed(issue, n_households.get(issue.id, 0), propose(counts.get(issue.id, {}))) for issue in issues)


def list_households(session: Session, issue: Issue, visit: Visit) -> tuple[Found, ...]:
    """The households of the visit of which the issue is asked, with what is written down, as a pair walks.

    They are those that showed it; where none of the visit did, all of its place that are assigned. Four statements at most.
    """
    villages = [row.village_code for row in visit.villages]
    shows = exists().where(
        IssueEvidence.issue_id == issue.id, IssueEvidence.household_id == Household.id, IssueEvidence.withdrawn_at.is_(None)
    )
    has_outcome = exists().where(
        HouseholdOutcome.issue_id == issue.id, HouseholdOutcome.household_id == Household.id, HouseholdOutcome.visit_id == visit.id
    )
    chosen = _households().where(Household.village_code.in_(villages)).order_by(*_WALK)
    rows = session.execute(chosen.where(or_(shows, has_outcome))).all()
    if not rows:
        rows = session.execute(chosen.where(_is_assigned(issue, visit))).all()
    return _with_outcomes(session, issue, visit, [Found(household, name) for household, name in rows])


def list_others(session: Session, issue: Issue, visit: Visit, known: Sequence[Found]) -> tuple[tuple[str, str], ...]:
    """The assigned households of the issue's place that are not among the known ones, as (id, what it is called)."""
    statement = _households().where(_is_assigned(issue, visit), Household.id.not_in([each.household.id for each in known]))
    rows = session.execute(statement.order_by(*_WALK))
    return tuple((household.id, f"{name} {household.number} {shown_name(household.head_name)}") for household, name in rows)


def list_files(session: Session, issue: Issue, visit: Visit) -> tuple[IssueFile, ...]:
    """The files beside what the visit found of the issue, at whichever household. One statement."""
    statement = (
        select(IssueFile)
        .join(HouseholdOutcome, HouseholdOutcome.id == IssueFile.outcome_id)
        .where(HouseholdOutcome.issue_id == issue.id, HouseholdOutcome.visit_id == visit.id)
    )
    return tuple(session.scalars(statement.order_by(IssueFile.added_at, IssueFile.name)))


def list_rounds(session: Session, issue: Issue) -> tuple[Round, ...]:
    """What visits found of the issue, the newest visit first. Three statements."""
    statement = select(Visit).where(Visit.id.in_(select(HouseholdOutcome.visit_id).where(HouseholdOutcome.issue_id == issue.id)))
    visits = session.scalars(statement.order_by(Visit.starts_on.desc(), Visit.id)).all()
    if not visits:
        return ()
    rows = session.execute(
        _outcomes(issue)
        .add_columns(Household, Region.name.label("village_name"))
        .join(Household, Household.id == HouseholdOutcome.household_id)
        .join(Region, Region.code == Household.village_code)
        .order_by(*_WALK)
    ).all()
    found: dict[str, list[Found]] = {}
    for row in rows:
        each = _told(Found(row.Household, row.village_name), row.HouseholdOutcome, row.found_by)
        found.setdefault(row.HouseholdOutcome.visit_id, []).append(each)
    return tuple(Round(visit, tuple(found.get(visit.id, ()))) for visit in visits)


def propose_for(session: Session, issue: Issue, rounds: Iterable[Round]) -> Proposal:
    """What was found since the issue was last reported or decided about amounts to: the newest outcome of each household. One statement."""
    last = session.scalar(select(func.max(IssueStep.taken_at)).where(IssueStep.issue_id == issue.id, IssueStep.action.in_(DECIDED)))
    newest: dict[str, Found] = {}
    for each in (each for visit in rounds for each in visit.found):
        known = newest.get(each.household.id)
        if (
            last
            and each.found_at
            and each.counts_from
            and each.counts_from >= last
            and (known is None or (known.found_at or last) < each.found_at)
        ):
            newest[each.household.id] = each
    return propose(_counts(each.outcome for each in newest.values()))


def find_again(session: Session, issue: Issue) -> Again:
    """Where else the rule of the issue held since it was raised; nothing for an issue that no rule raised. Two statements."""
    if not issue.rule:
        return Again((), ())
    lowest, highest = bounds_of(issue.place_code)
    households = func.count(IssueCandidate.household_id.distinct())
    villages = (
        select(IssueCandidate.village_code, Region.name, households)
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .join(Region, Region.code == IssueCandidate.village_code)
        .where(IssueCandidate.rule == issue.rule, Submission.form_id == issue.form_id, Submission.review_state.in_(COUNTED))
        .where(*counts_as_finding(), IssueCandidate.raised_at > issue.raised_at)
        .where(or_(IssueCandidate.village_code < lowest, IssueCandidate.village_code > highest))
        .group_by(IssueCandidate.village_code, Region.name)
        .order_by(households.desc(), IssueCandidate.village_code)
        .limit(SHOWN_AGAIN)
    )
    issues = (
        select(Issue)
        .where(Issue.form_id == issue.form_id, Issue.rule == issue.rule, Issue.raised_at > issue.raised_at, Issue.id != issue.id)
        .where(Issue.state.not_in(("refuted", "merged")), Issue.place_code != issue.place_code)
        .options(joinedload(Issue.place))
        .order_by(Issue.raised_at.desc())
        .limit(SHOWN_AGAIN)
    )
    found = tuple((str(code), name, n) for code, name, n in session.execute(villages))
    return Again(found, tuple(session.scalars(issues)))


def list_open_look_backs(session: Session, user_id: str) -> tuple[Visit, ...]:
    """The open look-backs that somebody goes along on, the newest first. One statement."""
    in_pair = select(Pair.visit_id).where(or_(Pair.lead_id == user_id, Pair.second_id == user_id))
    in_team = select(VisitMember.visit_id).where(VisitMember.user_id == user_id)
    statement = select(Visit).where(
        Visit.state == "open", Visit.look_back_of_id.is_not(None), or_(Visit.id.in_(in_pair), Visit.id.in_(in_team))
    )
    return tuple(session.scalars(statement.order_by(Visit.starts_on.desc(), Visit.id)))


_WALK = (Household.village_code, Household.group_name, func.length(Household.number), Household.number)


def _is_followed(visit: Visit) -> tuple[ColumnElement[bool], ...]:
    villages = [row.village_code for row in visit.villages]
    places = {*villages, *(code for village in villages for code in ancestors_of(village))}
    shown_there = Issue.id.in_(select(IssueEvidence.issue_id).where(IssueEvidence.village_code.in_(villages)))
    outcome_there = exists().where(HouseholdOutcome.issue_id == Issue.id, HouseholdOutcome.visit_id == visit.id)
    day_after = datetime.combine(visit.ends_on + timedelta(days=1), time(), FIELD_ZONE)
    first_day = datetime.combine(visit.starts_on, time(), FIELD_ZONE)
    return (
        Issue.state.in_(HANDED_OVER),
        or_(Issue.visit_id.is_(None), Issue.visit_id != visit.id),
        or_(Issue.place_code.in_(places), shown_there),
        Issue.raised_at < day_after,
        or_(Issue.closed_at.is_(None), Issue.closed_at >= first_day, outcome_there),
    )


def _households() -> Select[Household, str]:
    return select(Household, Region.name).join(Region, Region.code == Household.village_code)


def _is_assigned(issue: Issue, visit: Visit) -> ColumnElement[bool]:
    lowest, highest = bounds_of(issue.place_code)
    assigned = exists().where(Assignment.household_id == Household.id, Assignment.visit_id == visit.id)
    return and_(assigned, Household.village_code.between(lowest, highest))


def _outcomes(issue: Issue) -> Select[HouseholdOutcome, str]:
    return (
        select(HouseholdOutcome, User.name.label("found_by"))
        .outerjoin(User, User.id == HouseholdOutcome.found_by_id)
        .where(HouseholdOutcome.issue_id == issue.id)
        .options(selectinload(HouseholdOutcome.files))
    )


def _with_outcomes(session: Session, issue: Issue, visit: Visit, rows: Sequence[Found]) -> tuple[Found, ...]:
    recorded = session.execute(_outcomes(issue).where(HouseholdOutcome.visit_id == visit.id))
    known = {outcome.household_id: (outcome, name) for outcome, name in recorded}
    return tuple(_told(each, *known[each.household.id]) if each.household.id in known else each for each in rows)


def _told(found: Found, outcome: HouseholdOutcome, name: str | None) -> Found:
    return replace(
        found,
        outcome=outcome.outcome,
        note=outcome.note,
        found_at=outcome.found_at,
        found_by=name or "",
        instance_id=outcome.instance_id,
        known_at=outcome.known_at,
        files=tuple(outcome.files),
    )


def _counts(outcomes: Iterable[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for outcome in outcomes:
        found[outcome] = found.get(outcome, 0) + 1
    return found
