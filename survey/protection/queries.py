"""What the page of reads shows; a fixed number of statements however many there are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from survey.accounts.models import User
from survey.field_time import FIELD_ZONE
from survey.pages.paging import Page, page_of
from survey.places.models import Household
from survey.protection.models import ErasureRequest, PersonalRead


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Which reads are wanted: those of one person, of some days, on pages whose address holds some text."""

    user_id: str = ""
    since: date | None = None
    until: date | None = None
    address: str = ""


def list_reads(session: Session, wanted: ReadFilter, number: int) -> tuple[Page, int, tuple[PersonalRead, ...]]:
    """Page `number` of the reads that match, newest first, and how many names all of them showed."""
    conditions = _conditions(wanted)
    total, n_names = session.execute(
        select(func.count(), func.coalesce(func.sum(PersonalRead.n_names), 0)).select_from(PersonalRead).where(*conditions)
    ).one()
    page = page_of(number, total)
    statement = (
        select(PersonalRead)
        .join(PersonalRead.user)
        .options(contains_eager(PersonalRead.user).lazyload(User.roles))
        .where(*conditions)
        .order_by(PersonalRead.read_at.desc(), PersonalRead.id.desc())
        .limit(page.size)
        .offset(page.offset)
    )
    return page, int(n_names), tuple(session.scalars(statement))


def list_readers(session: Session) -> tuple[tuple[str, str], ...]:
    """Everybody who was shown names, as (id, name)."""
    read = select(PersonalRead.user_id).distinct()
    return tuple((key, name) for key, name in session.execute(select(User.id, User.name).where(User.id.in_(read)).order_by(User.name)))


def list_requests(session: Session, number: int) -> tuple[Page, tuple[ErasureRequest, ...]]:
    """Page `number` of the requests for erasure, those that wait first, then the newest."""
    page = page_of(number, session.scalar(select(func.count()).select_from(ErasureRequest)) or 0)
    statement = (
        select(ErasureRequest)
        .options(joinedload(ErasureRequest.household).joinedload(Household.village), joinedload(ErasureRequest.member))
        .options(joinedload(ErasureRequest.asked_by).lazyload(User.roles), joinedload(ErasureRequest.decided_by).lazyload(User.roles))
        .order_by(ErasureRequest.decided_at.is_not(None), ErasureRequest.asked_at.desc(), ErasureRequest.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(session.scalars(statement))


def _conditions(wanted: ReadFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.user_id:
        found.append(PersonalRead.user_id == wanted.user_id)
    if wanted.since:
        found.append(PersonalRead.read_at >= _midnight(wanted.since))
    if wanted.until:
        found.append(PersonalRead.read_at < _midnight(wanted.until + timedelta(days=1)))
    if wanted.address:
        found.append(PersonalRead.address.contains(wanted.address, autoescape=True))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), FIELD_ZONE)
