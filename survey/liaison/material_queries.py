"""What the pages read of requests for materials; a fixed number of statements however many there are."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import AnySelect
from survey.kept_files import find_kept
from survey.liaison.models import Contact, MaterialFile, MaterialReminder, MaterialRequest
from survey.pages.paging import Page, page_of
from survey.places import codes

SOON = timedelta(days=7)
"""A request that is due within so many days is due soon."""
DUE_SHOWN = 8
WAITED_FOR = ("asked", "partly")


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are looked for; "" means no limit. `state` is one of them, or "overdue", "soon" or "waiting"."""

    place: str = ""
    visit: str = ""
    state: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """A request as a list shows it: how many files came, how often somebody was reminded and when last."""

    request: MaterialRequest
    n_files: int
    n_reminders: int
    reminded_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """What is overdue and what is due soon: how many, and the first of each."""

    n_overdue: int
    n_soon: int
    overdue: tuple[ListedRequest, ...]
    soon: tuple[ListedRequest, ...]


def _is_waited_for() -> ColumnElement[bool]:
    return MaterialRequest.state.in_(WAITED_FOR)


def _is_overdue(today: date) -> ColumnElement[bool]:
    return _is_waited_for() & (MaterialRequest.due_on < today)


def _is_due_soon(today: date) -> ColumnElement[bool]:
    return _is_waited_for() & MaterialRequest.due_on.between(today, today + SOON)


def _listed() -> AnySelect:
    """The requests with the counts that a list shows, and their places, contacts and visits."""
    n_files = select(func.count()).where(MaterialFile.request_id == MaterialRequest.id).correlate(MaterialRequest).scalar_subquery()
    reminders = select(func.count()).where(MaterialReminder.request_id == MaterialRequest.id).correlate(MaterialRequest)
    last = select(func.max(MaterialReminder.reminded_on)).where(MaterialReminder.request_id == MaterialRequest.id)
    return select(MaterialRequest, n_files, reminders.scalar_subquery(), last.correlate(MaterialRequest).scalar_subquery()).options(
        joinedload(MaterialRequest.region),
        joinedload(MaterialRequest.contact).joinedload(Contact.region),
        joinedload(MaterialRequest.visit),
    )


def list_requests(session: Session, wanted: RequestFilter, today: date, number: int) -> tuple[Page, tuple[ListedRequest, ...]]:
    """Page `number` of the requests that match: what is waited for by due day, then the others, the latest first. Two statements."""
    conditions = _conditions(wanted, today)
    total = session.scalar(select(func.count()).select_from(MaterialRequest).where(*conditions)) or 0
    page = page_of(number, total)
    is_waited_for = _is_waited_for()
    statement = (
        _listed()
        .where(*conditions)
        .order_by(~is_waited_for, case((is_waited_for, MaterialRequest.due_on)), MaterialRequest.due_on.desc(), MaterialRequest.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(ListedRequest(*row) for row in session.execute(statement))


def _conditions(wanted: RequestFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.place:
        found.append(MaterialRequest.region_code.between(*codes.bounds_of(wanted.place)))
    if wanted.visit:
        found.append(MaterialRequest.visit_id == wanted.visit)
    if wanted.search:
        columns = (MaterialRequest.title, MaterialRequest.details)
        found.append(or_(*(column.contains(wanted.search, autoescape=True) for column in columns)))
    states = {"overdue": _is_overdue(today), "soon": _is_due_soon(today), "waiting": _is_waited_for()}
    if wanted.state:
        found.append(states.get(wanted.state, MaterialRequest.state == wanted.state))
    return found


def read_due(session: Session, today: date) -> Due:
    """What is overdue, and what is due within a week, the most urgent first; three statements."""
    counts = session.execute(
        select(
            func.count().filter(_is_overdue(today)),
            func.count().filter(_is_due_soon(today)),
        ).select_from(MaterialRequest)
    ).one()

    def first(condition: ColumnElement[bool]) -> tuple[ListedRequest, ...]:
        statement = _listed().where(condition).order_by(MaterialRequest.due_on, MaterialRequest.id).limit(DUE_SHOWN)
        return tuple(ListedRequest(*row) for row in session.execute(statement))

    return Due(*counts, overdue=first(_is_overdue(today)), soon=first(_is_due_soon(today)))


def find_request(session: Session, request_id: str) -> MaterialRequest:
    """The request with place, contact, visit, files and reminders; raises NOT_FOUND."""
    options = (
        joinedload(MaterialRequest.region),
        joinedload(MaterialRequest.contact).joinedload(Contact.region),
        joinedload(MaterialRequest.visit),
        selectinload(MaterialRequest.files),
        selectinload(MaterialRequest.reminders).joinedload(MaterialReminder.reminded_by),
    )
    request = session.get(MaterialRequest, request_id, options=options)
    if request is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Request", key=request_id, remedy="It may have been removed already.")
    return request


def find_file(request: MaterialRequest, file_id: str) -> MaterialFile:
    """The file of this request; raises NOT_FOUND."""
    return find_kept(request.files, file_id)
