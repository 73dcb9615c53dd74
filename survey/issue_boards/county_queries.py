"""What the pages of counties read, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, label, select, union_all
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import AnySelect
from survey.issue_boards.county import CountyNumbers, Sort, add_up
from survey.issues.ageing import AGES, age_bounds
from survey.issues.filters import is_overdue
from survey.issues.life import AWAITED, OPEN
from survey.issues.models import Issue, IssueEvidence, IssueReply, ReplyDecision
from survey.issues.queries import BY_DUE_DAY, names_of_places
from survey.issues.words import SEVERITIES
from survey.pages.language import page_language
from survey.places.codes import level_of
from survey.places.models import Region

OPEN_SHOWN = 60
"""So many open issues stand on the page of a county, the gravest; the list has all."""
RULES_SHOWN = 10
ISSUES_OF_RULE = 5
"""So many issues are named of one rule, the newest."""
AWAITED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county in the list of counties; `by_state` are all its issues."""

    code: str
    name: str
    by_state: Mapping[str, int]
    n_overdue: int

    @property
    def n_open(self) -> int:
        """In a state in which something is due."""
        return sum(n for state, n in self.by_state.items() if state in OPEN)

    def total(self, *states: str) -> int:
        """How many are in these states."""
        return sum(self.by_state.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """One open issue on the page of its county."""

    number: str
    title: str
    place: str
    area: str
    severity: str
    state: str
    due_on: date | None
    state_since: datetime
    responsible_body: str


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One rule that holds in several villages of the county: how many issues show it in each, by name, and the newest of them."""

    form_id: str
    rule: str
    villages: Mapping[str, int]
    issues: tuple[tuple[str, str, str], ...]
    """(number, title, state)"""


@dataclass(frozen=True, slots=True)
class Awaited:
    """An issue that the responsible side has not answered since it was reported."""

    number: str
    title: str
    responsible_body: str
    due_on: date | None
    reported_at: datetime


def find_county(session: Session, code: str) -> Region:
    """The county of these six digits; NOT_FOUND for anything else."""
    region = session.get(Region, code.ljust(12, "0")) if len(code) == 6 else None
    if region is None or region.level != "county":
        raise SurveyError(ErrorCode.NOT_FOUND, what="County", key=code, remedy="Choose one from the list of counties.")
    return region


def list_counties(session: Session, today: date) -> tuple[CountyLine, ...]:
    """Every county with an issue, by code; two statements, of which the first walks over the list's index, state by state."""
    late = func.sum(func.coalesce(is_overdue(today), False).cast(Issue.year.type))
    by_state: dict[str, dict[str, int]] = {}
    overdue: dict[str, int] = {}
    for code, state, n, n_late in session.execute(
        select(Issue.county_code, Issue.state, func.count(), late).group_by(Issue.state, Issue.county_code)
    ):
        by_state.setdefault(code, {})[state] = n
        overdue[code] = overdue.get(code, 0) + int(n_late or 0)
    names = names_of_places(session, [code.ljust(12, "0") for code in by_state])
    return tuple(CountyLine(code, names.get(code.ljust(12, "0"), code), by_state[code], overdue[code]) for code in sorted(by_state))


def count_county(session: Session, county_code: str, today: date, now: datetime) -> CountyNumbers:
    """The numbers of the county's issues, in one statement."""
    age = case(*((Issue.state_since > bound, group) for group, bound in enumerate(age_bounds(now))), else_=len(AGES)).label("age")
    late = func.coalesce(is_overdue(today), False).label("late")
    key = Issue.state, Issue.area, Issue.severity, age, late
    statement = select(*key, func.count()).where(Issue.county_code == county_code).group_by(*key)
    return add_up(
        Sort(state, area, severity, of_age, bool(is_late), n) for state, area, severity, of_age, is_late, n in session.execute(statement)
    )


def list_open(session: Session, county_code: str) -> tuple[OpenIssue, ...]:
    """The open issues of the county, the gravest first and among those the ones due first; at most `OPEN_SHOWN`."""
    weight = case({severity: position for position, severity in enumerate(SEVERITIES)}, value=Issue.severity)
    first = (
        select(Issue.id)
        .where(Issue.county_code == county_code, Issue.state.in_(OPEN))
        .order_by(weight.desc(), *BY_DUE_DAY[1:])
        .limit(OPEN_SHOWN)
    )
    statement = (
        select(
            Issue.number,
            Issue.title_in(page_language()),
            Region.name,
            Issue.area,
            Issue.severity,
            Issue.state,
            Issue.due_on,
            Issue.state_since,
            Issue.responsible_body,
        )
        .join(Region, Region.code == Issue.place_code)
        .where(Issue.id.in_(first))
        .order_by(weight.desc(), *BY_DUE_DAY[1:])
    )
    return tuple(OpenIssue(*row) for row in session.execute(statement))


def list_recurrences(session: Session, county_code: str) -> tuple[tuple[Recurrence, ...], int]:
    """The rules that issues show in several villages of the county, the most villages first, at most `RULES_SHOWN`; and how many there are.

    Villages are those of the evidence that stands. Three statements at most.
    """
    villages = _villages_by_rule(session, county_code)
    several = sorted((key for key, found in villages.items() if len(found) > 1), key=lambda key: (-len(villages[key]), key))
    shown = several[:RULES_SHOWN]
    if not shown:
        return (), 0
    issues: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    newest = union_all(*(_newest(county_code, *key) for key in shown)).subquery()
    columns = newest.c.form_id, newest.c.rule, newest.c.number, newest.c.title, newest.c.state
    for form_id, rule, *told in session.execute(select(*columns).order_by(newest.c.year.desc(), newest.c.sequence.desc())):
        issues.setdefault((form_id, rule), []).append((told[0], told[1], told[2]))
    names = names_of_places(session, [code for key in shown for code in villages[key]])
    found = tuple(
        Recurrence(*key, {names.get(code, code): n for code, n in sorted(villages[key].items())}, tuple(issues.get(key, ())))
        for key in shown
    )
    return found, len(several)


def list_awaited(session: Session, county_code: str) -> tuple[tuple[Awaited, ...], int]:
    """The issues of the county that wait for a reply since they were reported, the longest first, and how many there are."""
    is_answered = select(IssueReply.id).where(IssueReply.issue_id == Issue.id, IssueReply.replied_at >= Issue.reported_at).exists()
    waiting = Issue.county_code == county_code, Issue.state.in_(AWAITED), ~is_answered
    order = Issue.reported_at, Issue.sequence
    # Which they are is told by an index; only those that are shown are read.
    first = select(Issue.id, func.count().over().label("n_all")).where(*waiting).order_by(*order).limit(AWAITED_SHOWN).subquery()
    columns = Issue.number, Issue.title_in(page_language()), Issue.responsible_body, Issue.due_on, Issue.reported_at, first.c.n_all
    rows = session.execute(select(*columns).join(first, first.c.id == Issue.id).order_by(*order)).all()
    return tuple(Awaited(*row[:5]) for row in rows), rows[0][5] if rows else 0


def count_undecided(session: Session, county_code: str) -> int:
    """How many replies about issues of the county nobody has decided on."""
    is_decided = select(ReplyDecision.reply_id).where(ReplyDecision.reply_id == IssueReply.id).exists()
    statement = select(func.count()).select_from(IssueReply).join(IssueReply.issue).where(Issue.county_code == county_code, ~is_decided)
    return session.scalar(statement) or 0


def _counting(county_code: str) -> Sequence[ColumnElement[bool]]:
    """The conditions on issues that a rule raised in the county and that were not found untrue or given up."""
    return Issue.county_code == county_code, Issue.rule.is_not(None), Issue.form_id.is_not(None), Issue.state.not_in(("refuted", "merged"))


def _newest(county_code: str, form_id: str, rule: str) -> AnySelect:
    """The newest issues of one rule in the county, at most `ISSUES_OF_RULE`."""
    title = label("title", Issue.title_in(page_language()))
    statement = (
        select(Issue.form_id, Issue.rule, Issue.number, title, Issue.state, Issue.year, Issue.sequence)
        .where(*_counting(county_code), Issue.form_id == form_id, Issue.rule == rule)
        .order_by(Issue.year.desc(), Issue.sequence.desc())
        .limit(ISSUES_OF_RULE)
    )
    return select(statement.subquery())


def _villages_by_rule(session: Session, county_code: str) -> dict[tuple[str, str], dict[str, int]]:
    """How many issues show each rule, by (form, rule) and village."""
    evidence = (
        select(Issue.form_id, Issue.rule, IssueEvidence.village_code, func.count(Issue.id.distinct()))
        .join(IssueEvidence, IssueEvidence.issue_id == Issue.id)
        .where(*_counting(county_code), IssueEvidence.withdrawn_at.is_(None), IssueEvidence.village_code.is_not(None))
        .group_by(Issue.form_id, Issue.rule, IssueEvidence.village_code)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for form_id, rule, village, n in session.execute(evidence):
        if village is not None and level_of(village) == "village":
            found.setdefault((str(form_id), str(rule)), {})[village] = n
    return found
