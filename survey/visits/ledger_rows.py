"""The rows behind each number of the work ledger: exactly those that ledger.py counts, because both take the same selections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import AnySelect
from survey.field_time import field_date
from survey.pages.paging import PAGE_SIZE, Page, page_of
from survey.places import codes
from survey.places.models import Household, Region
from survey.protection.reading import shown_name
from survey.reports.models import Report
from survey.visits.ledger import ARCHIVE_FORM, BEGUN, HOUSEHOLD_FORM, NO_VISIT, received_forms
from survey.visits.models import Meeting, Recommendation, Visit, VisitVillage
from survey.visits.periods import EVER, Period

PLACE_DIGITS = {"cities": 4, "counties": 6, "villages": 12}
FORMS = {"households": HOUSEHOLD_FORM, "files_read": ARCHIVE_FORM}
REPORT_KINDS = {"survey_reports": "survey", "theory_reports": "theory"}
WITHOUT_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of a number are wanted: of a period, and of a visit ("" for all, "none" for what belongs to no visit that has begun)."""

    period: Period = EVER
    visit: str = ""


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One row behind a number; `kind` and `key` say which page it leads to ("" for none). `place` is a code."""

    title: str
    kind: str = ""
    key: str = ""
    place: str = ""
    visits: tuple[tuple[str, str], ...] = field(default=())
    """The visits it belongs to, as (id, title)."""
    day: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerItems:
    """One page of the rows behind a number, with the names of places by code."""

    page: Page
    items: tuple[LedgerItem, ...]
    names: dict[str, str]


def read_items(session: Session, name: str, chosen: Chosen, number: int = 1, size: int = PAGE_SIZE) -> LedgerItems:
    """Page `number` of the rows behind a number of the ledger; raises NOT_FOUND for a name that is none. At most four statements."""
    if name in FORMS:
        page, items = _forms(session, name, chosen, number, size)
    elif name in REPORT_KINDS:
        page, items = _reports(session, REPORT_KINDS[name], chosen, number, size)
    elif name in PLACE_DIGITS:
        page, items = _places(session, PLACE_DIGITS[name], chosen, number, size)
    elif name in _OTHERS:
        page, items = _OTHERS[name](session, chosen, number, size)
    else:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Number of the ledger", key=name, remedy="Open it from the work ledger.")
    return LedgerItems(page, items, _names(session, items))


def _names(session: Session, items: Iterable[LedgerItem]) -> dict[str, str]:
    """The names of the items' places and of the places above them."""
    own = {item.place for item in items if item.place}
    wanted = sorted(own | {above for code in own if codes.is_valid(code) for above in codes.ancestors_of(code)})
    return {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(wanted)))}


def _paged(session: Session, statement: AnySelect, number: int, size: int) -> tuple[Page, Sequence[Any]]:
    """A page of the rows of a statement, and how many there are in all."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page = page_of(number, total, size)
    return page, session.execute(statement.limit(size).offset(page.offset)).all()


def _begun(chosen: Chosen) -> ColumnElement[bool]:
    """The condition that a visit has begun in the period, and is the one that is wanted."""
    conditions = [Visit.state.in_(BEGUN), *_within(Visit.starts_on, chosen.period)]
    if chosen.visit:
        conditions.append(Visit.id == chosen.visit)
    return and_(*conditions)


def _within(column: Any, period: Period) -> list[ColumnElement[bool]]:
    found = []
    if period.since is not None:
        found.append(column >= period.since)
    if period.until is not None:
        found.append(column <= period.until)
    return found


def _of_visit(column: Any, chosen: Chosen) -> list[ColumnElement[bool]]:
    """The condition that a record belongs to the wanted visit; "none" are those of no visit that has begun."""
    if chosen.visit == NO_VISIT:
        return [or_(column.is_(None), column.not_in(select(Visit.id).where(Visit.state.in_(BEGUN))))]
    return [column == chosen.visit] if chosen.visit else []


def _visits(session: Session, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    statement = select(Visit.id, Visit.title, Visit.starts_on, Visit.ends_on).where(_begun(chosen)).order_by(Visit.starts_on, Visit.id)
    page, rows = _paged(session, statement, number, size)
    return page, tuple(LedgerItem(row.title, "visit", row.id, day=row.starts_on, until=row.ends_on) for row in rows)


def _places(session: Session, n_digits: int, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    """The different places that share so many digits, with the visits that went there."""
    statement = (
        select(VisitVillage.village_code, Visit.id, Visit.title)
        .join(Visit, Visit.id == VisitVillage.visit_id)
        .where(_begun(chosen))
        .order_by(VisitVillage.village_code, Visit.starts_on, Visit.id)
    )
    found: dict[str, dict[str, str]] = {}
    for code, visit_id, title in session.execute(statement):
        found.setdefault(code[:n_digits].ljust(12, "0"), {})[visit_id] = title
    page = page_of(number, len(found), size)
    shown = sorted(found.items())[page.offset : page.offset + page.size]
    return page, tuple(LedgerItem("", "place", code, place=code, visits=tuple(visits.items())) for code, visits in shown)


def _forms(session: Session, name: str, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    """The households that a form was received of: with a visit by the visit's first day, else by the day of receipt."""
    forms = received_forms(FORMS[name])
    statement = (
        select(forms, Household.number, Household.head_name, Household.village_code.label("home_code"), Visit.title)
        .outerjoin(Household, Household.id == forms.c.household_id)
        .outerjoin(Visit, Visit.id == forms.c.visit_id)
        .where(*_forms_within(forms, chosen))
        .order_by(forms.c.received_at, forms.c.instance_id)
    )
    page, rows = _paged(session, statement, number, size)
    return page, tuple(
        LedgerItem(
            title=" ".join(filter(None, (row.number, shown_name(row.head_name)))) or row.instance_id,
            kind="submission",
            key=row.instance_id,
            place=row.home_code or row.village_code or "",
            visits=((row.visit_id, row.title),) if row.visit_id else (),
            day=field_date(row.received_at),
        )
        for row in rows
    )


def _forms_within(forms: Subquery, chosen: Chosen) -> list[ColumnElement[bool]]:
    begin, after = chosen.period.instants()
    received: list[ColumnElement[bool]] = [forms.c.visit_id.is_(None)]
    if begin is not None:
        received.append(forms.c.received_at >= begin)
    if after is not None:
        received.append(forms.c.received_at < after)
    in_period = or_(and_(forms.c.visit_id.is_not(None), *_within(Visit.starts_on, chosen.period)), and_(*received))
    return [in_period, *_of_visit(forms.c.visit_id, chosen)]


def _meetings(session: Session, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    statement = (
        select(Meeting.id, Meeting.title, Meeting.region_code, Meeting.held_on, Meeting.visit_id, Visit.title.label("visit_title"))
        .outerjoin(Visit, Visit.id == Meeting.visit_id)
        .where(*_within(Meeting.held_on, chosen.period), *_of_visit(Meeting.visit_id, chosen))
        .order_by(Meeting.held_on, Meeting.id)
    )
    page, rows = _paged(session, statement, number, size)
    return page, tuple(
        LedgerItem(row.title, "meeting", row.id, row.region_code, _visit_of(row.visit_id, row.visit_title), row.held_on) for row in rows
    )


def _recommendations(session: Session, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    found = Recommendation
    statement = (
        select(found.text, found.region_code, found.handed_over_on, found.visit_id, Visit.title.label("visit_title"))
        .outerjoin(Visit, Visit.id == found.visit_id)
        .where(*_within(found.handed_over_on, chosen.period), *_of_visit(found.visit_id, chosen))
        .order_by(found.handed_over_on, found.id)
    )
    page, rows = _paged(session, statement, number, size)
    return page, tuple(
        LedgerItem(row.text, "recommendation", row.visit_id, row.region_code, _visit_of(row.visit_id, row.visit_title), row.handed_over_on)
        for row in rows
    )


def _reports(session: Session, kind: str, chosen: Chosen, number: int, size: int) -> tuple[Page, tuple[LedgerItem, ...]]:
    about = aliased(Visit)
    statement = (
        select(Report.id, Report.title, Report.region_code, Report.reported_on, Report.visit_id, Report.sha256, about.title.label("about"))
        .outerjoin(about, about.id == Report.visit_id)
        .where(Report.kind == kind, *_within(Report.reported_on, chosen.period), *_of_visit(Report.visit_id, chosen))
        .order_by(Report.reported_on, Report.id)
    )
    page, rows = _paged(session, statement, number, size)
    return page, tuple(
        LedgerItem(
            title=row.title,
            kind="report_file" if row.sha256 else "report",
            key=row.id,
            place=row.region_code or "",
            visits=_visit_of(row.visit_id, row.about),
            day=row.reported_on,
        )
        for row in rows
    )


def _visit_of(visit_id: str | None, title: str | None) -> tuple[tuple[str, str], ...]:
    return ((visit_id, title or visit_id),) if visit_id else ()


_OTHERS = {"visits": _visits, "meetings": _meetings, "recommendations": _recommendations}
