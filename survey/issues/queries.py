"""What the pages of issues read: the list with its counts, and one issue with all that belongs to it, in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.intake.models import COUNTED, Submission
from survey.issues.filters import SEVERAL_STATES, IssueFilter, conditions, is_overdue, is_search
from survey.issues.life import ENDED, OPEN
from survey.issues.merging import SAME, Likeness, Told, find_alike
from survey.issues.models import Issue, IssueEvidence, IssueStep, Verification
from survey.issues.searching import search_issues
from survey.pages.paging import Page, page_of
from survey.places.models import Household, Region
from survey.visits.models import VisitVillage

EVIDENCE_PAGE = 20
"""So many pieces of evidence are shown at once."""
ALIKE_AT_MOST = 2000
"""So many open issues of the county, the newest, are compared with one."""


def by_due_day(issue: Any = Issue) -> tuple[ColumnElement[Any], ...]:
    """The order of lists: what has ended last, then by due date, those without one at the end; `issue` may be a table with its columns."""
    return issue.state.in_(ENDED), issue.due_on.is_(None), issue.due_on, issue.county_code, issue.year, issue.sequence


BY_DUE_DAY = by_due_day()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many issues match, by state (the filter's own state left aside), and how many of the open ones are overdue."""

    by_state: Mapping[str, int]
    n_overdue: int

    @property
    def n_open(self) -> int:
        """In a state in which something is due."""
        return sum(n for state, n in self.by_state.items() if state in OPEN)

    def total(self, state: str) -> int:
        """How many a list of this state has; "" is all, a name of `SEVERAL_STATES` all of those."""
        return sum(n for each, n in self.by_state.items() if not state or each in SEVERAL_STATES.get(state, (state,)))


def count_issues(session: Session, wanted: IssueFilter, today: date, reader_id: str) -> Counts:
    """The counts above the list, in one statement."""
    late = func.sum(func.coalesce(is_overdue(today), False).cast(Issue.year.type))
    chosen = conditions(wanted, today, reader_id, with_state=False)
    return counts_of(session.execute(select(Issue.state, func.count(), late).where(*chosen).group_by(Issue.state)))


def counts_of(rows: Iterable[Any]) -> Counts:
    """The counts from rows of (state, issues, overdue ones)."""
    told = [(state, n, n_late or 0) for state, n, n_late in rows]
    return Counts({state: n for state, n, _late in told}, sum(n_late for _state, _n, n_late in told))


def list_issues(session: Session, wanted: IssueFilter, today: date, reader_id: str, number: int) -> tuple[Counts, Page, tuple[Issue, ...]]:
    """The counts of what matches, and page `number` of what is in the filter's state: due first, with place, visit and author."""
    if is_search(wanted.text):
        counts, page, ids = _search_page(session, wanted, today, reader_id, number)
    else:
        counts = count_issues(session, wanted, today, reader_id)
        page = page_of(number, counts.total(wanted.state))
        chosen = select(Issue.id).where(*conditions(wanted, today, reader_id)).order_by(*BY_DUE_DAY)
        ids = list(session.scalars(chosen.limit(page.size).offset(page.offset)))
    if not ids:
        return counts, page, ()
    loaded = joinedload(Issue.place), joinedload(Issue.visit), joinedload(Issue.author).lazyload(User.roles)
    found = session.scalars(select(Issue).where(Issue.id.in_(ids)).options(*loaded).order_by(*BY_DUE_DAY))
    return counts, page, tuple(found)


def _search_page(session: Session, wanted: IssueFilter, today: date, reader_id: str, number: int) -> tuple[Counts, Page, list[str]]:
    chosen = conditions(wanted, today, reader_id, with_state=False)
    states = SEVERAL_STATES.get(wanted.state, (wanted.state,)) if wanted.state else ()
    asked = Page(max(1, number), 0)

    def pick(found: CTE) -> Select[str]:
        in_state = select(found.c.id).where(found.c.state.in_(states)) if states else select(found.c.id)
        return in_state.order_by(*by_due_day(found.c)).limit(asked.size).offset(asked.offset)

    rows, ids = search_issues(session, chosen, today, pick)
    counts = counts_of(rows)
    page = page_of(asked.number, counts.total(wanted.state))
    # Behind the last page there was nothing to pick.
    return (counts, page, ids) if page.number == asked.number else _search_page(session, wanted, today, reader_id, page.number)


def count_same(session: Session, issues: Iterable[Issue]) -> dict[str, int]:
    """By id, how many other open issues of the county the same rule raised; issues without any are left out. One statement at most."""
    shown = [issue for issue in issues if issue.rule and issue.state in OPEN]
    if not shown:
        return {}
    key = Issue.county_code, Issue.form_id, Issue.rule
    statement = (
        select(*key, func.count())
        .where(
            Issue.county_code.in_({issue.county_code for issue in shown}),
            Issue.rule.in_({issue.rule for issue in shown}),
            Issue.state.in_(OPEN),
        )
        .group_by(*key)
    )
    counts = {(county, form_id, rule): n for county, form_id, rule, n in session.execute(statement)}
    found = {issue.id: counts.get((issue.county_code, issue.form_id, issue.rule), 1) - 1 for issue in shown}
    return {key: n for key, n in found.items() if n > 0}


def find_issue(session: Session, number: str) -> Issue:
    """The issue of this number with what its head shows; NOT_FOUND otherwise."""
    statement = (
        select(Issue)
        .where(Issue.number == number)
        .options(
            joinedload(Issue.place),
            joinedload(Issue.visit),
            joinedload(Issue.author).lazyload(User.roles),
            joinedload(Issue.merged_into),
            selectinload(Issue.verifications).joinedload(Verification.assigned_to).lazyload(User.roles),
        )
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Issue", key=number, remedy="Open it from the list of issues.")
    return found


def list_evidence(session: Session, issue: Issue, number: int) -> tuple[Page, tuple[IssueEvidence, ...]]:
    """Page `number` of an issue's evidence: what was withdrawn or changed and waits for a decision first, then by village and household."""
    mine = IssueEvidence.issue_id == issue.id
    page = page_of(number, session.scalar(select(func.count()).where(mine)) or 0, EVIDENCE_PAGE)
    is_settled = ~IssueEvidence.is_undecided()
    statement = (
        select(IssueEvidence)
        .where(mine)
        .options(
            joinedload(IssueEvidence.submission),
            joinedload(IssueEvidence.household),
            joinedload(IssueEvidence.village),
            joinedload(IssueEvidence.meeting),
        )
        .order_by(is_settled, IssueEvidence.village_code, IssueEvidence.household_id, IssueEvidence.added_at, IssueEvidence.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(session.scalars(statement))


def shown_again(session: Session, evidence: Iterable[IssueEvidence]) -> dict[str, str]:
    """For evidence that was withdrawn and waits for a decision: the candidate that shows the same of the same household by now, by id.

    Such a one is of an interview that counts, of the same visit and rule, and evidence of no issue yet.
    """
    ids = [row.id for row in evidence if row.candidate_id and row.household_id and row.withdrawn_at and not row.withdrawal_decided_at]
    if not ids:
        return {}
    old, used = aliased(IssueCandidate), aliased(IssueEvidence)
    is_same = (
        (IssueCandidate.rule == old.rule) & (IssueCandidate.household_id == old.household_id) & (IssueCandidate.visit_id == old.visit_id)
    )
    statement = (
        select(IssueEvidence.id, IssueCandidate.id)
        .join(old, old.id == IssueEvidence.candidate_id)
        .join(IssueCandidate, is_same & (IssueCandidate.id != old.id))
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(IssueEvidence.id.in_(ids), Submission.review_state.in_(COUNTED), *counts_as_finding())
        .where(~select(used.id).where(used.candidate_id == IssueCandidate.id).exists())
        .order_by(IssueCandidate.raised_at, IssueCandidate.id)
    )
    return {evidence_id: candidate_id for evidence_id, candidate_id in session.execute(statement)}


def count_evidence(session: Session, issue: Issue) -> dict[str, int]:
    """How many pieces of evidence there are of each kind that still count."""
    statement = select(IssueEvidence.kind, func.count()).where(IssueEvidence.issue_id == issue.id, IssueEvidence.withdrawn_at.is_(None))
    return {kind: n for kind, n in session.execute(statement.group_by(IssueEvidence.kind))}


def list_steps(session: Session, issue: Issue, after: int = 0) -> tuple[IssueStep, ...]:
    """The history after a step, the newest first, with who took each."""
    taken = IssueStep.issue_id == issue.id, IssueStep.number > after
    people = joinedload(IssueStep.taken_by).lazyload(User.roles)
    return tuple(session.scalars(select(IssueStep).where(*taken).options(people).order_by(IssueStep.number.desc())))


def list_alike(session: Session, issue: Issue) -> tuple[tuple[Issue, Likeness], ...]:
    """Issues of the county that may be the same one and have not ended, the surest first."""
    columns = Issue.id, Issue.title, Issue.finding, Issue.area, Issue.place_code, Issue.form_id, Issue.rule
    others = (
        select(*columns)
        .where(Issue.county_code == issue.county_code, Issue.state.in_(OPEN), Issue.id != issue.id)
        .order_by(Issue.year.desc(), Issue.sequence.desc())
        .limit(ALIKE_AT_MOST)
    )
    found = find_alike(told_of(issue), (Told(*row) for row in session.execute(others)))[:8]
    if not found:
        return ()
    statement = select(Issue).where(Issue.id.in_({each.id for each in found})).options(joinedload(Issue.place))
    issues = {each.id: each for each in session.scalars(statement)}
    return tuple((issues[each.id], each) for each in found)


def told_of(issue: Issue) -> Told:
    """What says whether an issue is another one."""
    return Told(issue.id, issue.title, issue.finding, issue.area, issue.place_code, issue.form_id, issue.rule)


def is_certain(likeness: Likeness) -> bool:
    """Whether the same rule raised both."""
    return likeness.kind == SAME


def names_of_places(session: Session, codes: Sequence[str | None]) -> dict[str, str]:
    """The names of these places by their code."""
    wanted = {code for code in codes if code}
    statement = select(Region.code, Region.name).where(Region.code.in_(wanted))
    return {code: name for code, name in session.execute(statement)} if wanted else {}


def numbers_of_households(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The numbers of these households in their villages, by id; no statement for none."""
    statement = select(Household.id, Household.number).where(Household.id.in_(ids))
    return {key: number for key, number in session.execute(statement)} if ids else {}


def list_takers(session: Session, county_code: str, form_id: str | None, rule: str | None) -> tuple[Issue, ...]:
    """The issues of a county that more evidence can be added to, those of the same rule first, then the newest; at most a hundred."""
    is_other = case((Issue.rule.is_(None), 1), ((Issue.form_id == form_id) & (Issue.rule == rule), 0), else_=1)
    statement = (
        select(Issue)
        .where(Issue.county_code == county_code, Issue.state.in_(OPEN))
        .order_by(is_other, Issue.year.desc(), Issue.sequence.desc())
        .limit(100)
    )
    return tuple(session.scalars(statement))


def list_places_of_visits(session: Session) -> tuple[tuple[str, str], ...]:
    """The counties and villages of all visits as (code, name with what it lies in), by code: where an issue by hand can be of."""
    villages = set(session.scalars(select(VisitVillage.village_code).distinct()))
    counties = {code[:6].ljust(12, "0") for code in villages}
    names = names_of_places(session, [*villages, *counties])
    return tuple(
        (code, names[code] if code in counties else f"{names.get(code[:6].ljust(12, '0'), '')} {names[code]}")
        for code in sorted(villages | counties)
        if code in names
    )


def households_of(session: Session, ids: Iterable[str | None]) -> dict[str, Household]:
    """These households by their id."""
    wanted = {key for key in ids if key}
    return {found.id: found for found in session.scalars(select(Household).where(Household.id.in_(wanted)))} if wanted else {}
