"""What the responsible side reads. Its pages get these records and nothing else, so that what they do not hold cannot be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import batches
from survey.field_time import field_date
from survey.intake.models import COUNTED, Submission
from survey.issues.life import AWAITED, HANDED_OVER
from survey.issues.models import Issue, IssueFile, IssueReply, IssueStep, ReplyDecision
from survey.pages.language import page_language
from survey.pages.paging import Page, page_of
from survey.places.codes import bounds_of
from survey.places.models import Region
from survey.responsible.coarse import basis_text, told_place

ANSWERED = tuple(state for state in HANDED_OVER if state != "closed")
"""The states in which a reply can be given; what is closed needs none."""
_STATE = Issue.state.concat("")
"""The state, but not as a way into an index: a place has few issues, a state has most of them."""


@dataclass(frozen=True, slots=True)
class ReportedFilter:
    """Which issues are looked for: "open" (the default), "overdue" or "all", and signs of the number or title."""

    show: str = "open"
    search: str = ""


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """One issue in the list of the responsible side; `place` is as much of it as is told."""

    number: str
    title: str
    area: str
    place: str
    body: str
    state: str
    due_on: date | None
    is_overdue: bool
    n_replies: int
    n_undecided: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the issues that were reported wait for something, are overdue, and are there in all."""

    n_open: int
    n_overdue: int
    n_all: int


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file beside a reply."""

    id: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ShownReply:
    """A reply and what was decided on it; who decided is not told. `by` is "" for what somebody else entered."""

    kind: str
    body: str
    proposed_due_on: date | None
    replied_on: date
    way: str
    by: str
    decision: str
    answer: str
    files: tuple[ShownFile, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """Something that was decided about the issue: a state that it came into, or another due date."""

    day: date
    state: str = ""
    due_before: date | None = None
    due_after: date | None = None


@dataclass(frozen=True, slots=True)
class ReportedIssue:
    """An issue as the responsible side sees it."""

    number: str
    title: str
    finding: str
    area: str
    place: str
    attribution: str
    scope: str
    basis: str
    """How many show it of those asked, in words that name no number below three."""
    recommendation: str
    body: str
    due_on: date | None
    is_overdue: bool
    state: str
    n_steps: int
    may_reply: bool
    replies: tuple[ShownReply, ...]
    decided: tuple[Decided, ...]


def count_reported(session: Session, region_code: str | None, today: date) -> Counts:
    """What there is for a place."""
    if region_code is None:
        return Counts(0, 0, 0)
    # PostgreSQL takes what is selected and grouped by for the same only where it is: a day told twice is two parameters.
    told = (Issue.state, Issue.due_on < today)
    rows = session.execute(select(*told, func.count()).where(is_reported_to(region_code)).group_by(*told)).all()
    return Counts(
        n_open=sum(n for state, _is_past, n in rows if state in AWAITED),
        n_overdue=sum(n for state, is_past, n in rows if state in AWAITED and is_past),
        n_all=sum(n for _state, _is_past, n in rows),
    )


def list_reported(
    session: Session, region_code: str | None, wanted: ReportedFilter, today: date, number: int
) -> tuple[Page, tuple[ReportedLine, ...]]:
    """One page of what was reported to a place, what is due first on top; a fixed number of statements."""
    if region_code is None:
        return page_of(1, 0), ()
    conditions = [is_reported_to(region_code), *_wanted(wanted, today)]
    total = session.scalar(select(func.count()).select_from(Issue).where(*conditions)) or 0
    page = page_of(number, total)
    # The page is found by the index alone; issues are read for it only.
    chosen = select(Issue.id).where(*conditions).order_by(Issue.due_on, Issue.number).limit(page.size).offset(page.offset)
    found = {issue.id: issue for issue in session.scalars(select(Issue).where(Issue.id.in_(session.scalars(chosen).all())))}
    issues = sorted(found.values(), key=lambda issue: (issue.due_on or date.max, issue.number))
    places, replies = told_places(session, issues), _count_replies(session, [issue.id for issue in issues])
    return page, tuple(
        ReportedLine(
            number=issue.number,
            title=issue.title_in(page_language()),
            area=issue.area,
            place=places[issue.id],
            body=issue.responsible_body,
            state=issue.state,
            due_on=issue.due_on,
            is_overdue=_is_overdue(issue, today),
            n_replies=replies.get(issue.id, (0, 0))[0],
            n_undecided=replies.get(issue.id, (0, 0))[1],
        )
        for issue in issues
    )


def find_reported(session: Session, region_code: str | None, number: str) -> Issue:
    """The issue of this number that was reported to the place; NOT_FOUND for any other, whether it exists or not."""
    found = None
    if region_code is not None:
        found = session.scalars(select(Issue).where(Issue.number == number, is_reported_to(region_code))).one_or_none()
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Issue", key=number, remedy="Open it from the list of issues.")
    return found


def find_reply_file(session: Session, issue: Issue, file_id: str) -> IssueFile:
    """The file of this id beside a reply to the issue; NOT_FOUND for anything else, such as files beside evidence."""
    statement = select(IssueFile).where(IssueFile.id == file_id, IssueFile.issue_id == issue.id, IssueFile.reply_id.is_not(None))
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=file_id, remedy="Open it from the page of its issue.")
    return found


def read_reported(session: Session, issue: Issue, now: datetime) -> ReportedIssue:
    """The issue as the responsible side sees it."""
    return ReportedIssue(
        number=issue.number,
        title=issue.title_in(page_language()),
        finding=issue.finding,
        area=issue.area,
        place=told_places(session, [issue])[issue.id],
        attribution=issue.attribution or "",
        scope=issue.scope or "",
        basis=basis_text(issue.basis),
        recommendation=issue.recommendation,
        body=issue.responsible_body,
        due_on=issue.due_on,
        is_overdue=_is_overdue(issue, field_date(now)),
        state=issue.state,
        n_steps=issue.n_steps,
        may_reply=issue.state in ANSWERED,
        replies=_read_replies(session, issue),
        decided=_read_decided(session, issue),
    )


def told_places(session: Session, issues: Iterable[Issue]) -> dict[str, str]:
    """How the place of each issue is named to the responsible side, by the issue's id."""
    listed = tuple(issues)
    at_visits, ever = _count_interviewed(session, {issue.place_code for issue in listed})
    codes = {
        issue.id: told_place(
            issue.place_code, at_visits.get((issue.place_code, issue.visit_id), 0) if issue.visit_id else ever.get(issue.place_code, 0)
        )
        for issue in listed
    }
    names: dict[str, str] = {}
    for part in batches(code for one in codes.values() for code in (one, one[:6].ljust(12, "0"))):
        names.update((code, name) for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(part))))
    return {key: _with_county(code, names) for key, code in codes.items()}


def _with_county(code: str, names: dict[str, str]) -> str:
    county = code[:6].ljust(12, "0")
    own = names.get(code, code)
    return own if code == county or county not in names else f"{names[county]} {own}"


def _count_interviewed(session: Session, codes: set[str]) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """How many households were interviewed in each place: by place and visit, and by place."""
    at_visits: dict[tuple[str, str], int] = {}
    ever: dict[str, int] = {}
    n_households = func.count(Submission.household_id.distinct())
    for part in batches(codes):
        counted = (Submission.village_code.in_(part), Submission.review_state.in_(COUNTED))
        by_visit = select(Submission.village_code, Submission.visit_id, n_households).where(*counted)
        for code, visit_id, n in session.execute(by_visit.group_by(Submission.village_code, Submission.visit_id)):
            at_visits[str(code), str(visit_id)] = n
        ever.update(
            (str(code), n)
            for code, n in session.execute(select(Submission.village_code, n_households).where(*counted).group_by(Submission.village_code))
        )
    return at_visits, ever


def is_reported_to(region_code: str) -> ColumnElement[bool]:
    """The condition that an issue was reported to the place or to one within it."""
    return _STATE.in_(HANDED_OVER) & Issue.responsible_code.between(*bounds_of(region_code))


def _wanted(wanted: ReportedFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.show != "all":
        conditions.append(_STATE.in_(AWAITED))
    if wanted.show == "overdue":
        conditions.append(Issue.due_on < today)
    if wanted.search:
        conditions.append(or_(Issue.number.contains(wanted.search, autoescape=True), Issue.title.contains(wanted.search, autoescape=True)))
    return conditions


def _is_overdue(issue: Issue, today: date) -> bool:
    return issue.state in AWAITED and issue.due_on is not None and issue.due_on < today


def _count_replies(session: Session, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many replies each issue has, and how many of them wait for a decision."""
    statement = (
        select(IssueReply.issue_id, func.count(), func.count() - func.count(ReplyDecision.reply_id))
        .outerjoin(ReplyDecision, ReplyDecision.reply_id == IssueReply.id)
        .where(IssueReply.issue_id.in_(ids))
        .group_by(IssueReply.issue_id)
    )
    return {key: (n, n_undecided) for key, n, n_undecided in session.execute(statement)}


def _read_replies(session: Session, issue: Issue) -> tuple[ShownReply, ...]:
    """The replies, the newest first."""
    statement = (
        select(IssueReply)
        .where(IssueReply.issue_id == issue.id)
        .options(joinedload(IssueReply.replied_by), joinedload(IssueReply.decision), selectinload(IssueReply.files))
        .order_by(IssueReply.replied_at.desc(), IssueReply.id)
    )
    return tuple(
        ShownReply(
            kind=reply.kind,
            body=reply.body,
            proposed_due_on=reply.proposed_due_on,
            replied_on=reply.written_on or field_date(reply.replied_at),
            way=reply.way,
            by=reply.replied_by.name if reply.way == "account" else "",
            decision=reply.decision.decision if reply.decision else "",
            answer=reply.decision.answer if reply.decision else "",
            files=tuple(ShownFile(file.id, file.name, file.size_bytes) for file in reply.files),
        )
        for reply in session.scalars(statement)
    )


def _read_decided(session: Session, issue: Issue) -> tuple[Decided, ...]:
    """The states since it was reported, and every other due date, with their days; never why or by whom, which others may be named in."""
    steps = session.execute(
        select(IssueStep.from_state, IssueStep.to_state, IssueStep.changes, IssueStep.taken_at)
        .where(IssueStep.issue_id == issue.id, IssueStep.to_state.in_(HANDED_OVER))
        .order_by(IssueStep.number)
    )
    found: list[Decided] = []
    for before, after, changes, taken_at in steps:
        day = field_date(taken_at)
        if before != after:
            found.append(Decided(day, state=after))
        due = changes.get("due_on")
        if due and before in HANDED_OVER:
            first, last = (date.fromisoformat(value) if value else None for value in due)
            found.append(Decided(day, due_before=first, due_after=last))
    return tuple(found)
