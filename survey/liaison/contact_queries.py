"""What the pages read of contacts and of the places that liaison speaks of; a fixed number of statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from questionnaires.errors import ErrorCode, SurveyError
from survey.liaison.models import CONTACT_LEVELS, Contact
from survey.places import codes
from survey.places.models import Region
from survey.visits.models import Visit, VisitVillage

INDENT = "\u2003"
"""One em for each level below, so that a list of places shows what lies in what."""


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts are looked for; "" means no limit. `place` is a code: what lies in it counts."""

    place: str = ""
    level: str = ""
    search: str = ""
    with_past: bool = False


def list_offices(session: Session) -> tuple[tuple[str, str], ...]:
    """The provinces, cities and counties as (code, name), by code, indented by level."""
    statement = select(Region.code, Region.name, Region.level).where(Region.level.in_(CONTACT_LEVELS)).order_by(Region.code)
    return tuple((code, INDENT * CONTACT_LEVELS.index(level) + name) for code, name, level in session.execute(statement))


def list_visit_choices(session: Session) -> tuple[tuple[str, str], ...]:
    """The visits as (id, title), newest first."""
    return tuple((key, title) for key, title in session.execute(select(Visit.id, Visit.title).order_by(Visit.starts_on.desc(), Visit.id)))


def list_contacts(session: Session, wanted: ContactFilter, today: date) -> tuple[Contact, ...]:
    """The contacts that match, by place, those who hold their post before former ones; one statement."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.place:
        conditions.append(Contact.region_code.between(*codes.bounds_of(wanted.place)))
    if wanted.level:
        conditions.append(Region.level == wanted.level)
    if wanted.search:
        columns = (Contact.name, Contact.post, Contact.organisation)
        conditions.append(or_(*(column.contains(wanted.search, autoescape=True) for column in columns)))
    if not wanted.with_past:
        conditions.append(or_(Contact.active_until.is_(None), Contact.active_until >= today))
    statement = (
        select(Contact)
        .join(Contact.region)
        .options(contains_eager(Contact.region))
        .where(*conditions)
        .order_by(Contact.region_code, Contact.active_until.is_not(None), Contact.active_from.desc(), Contact.id)
    )
    return tuple(session.scalars(statement))


def count_contacts(session: Session, today: date) -> dict[str, int]:
    """How many contacts hold their post today, by level."""
    is_active = or_(Contact.active_until.is_(None), Contact.active_until >= today)
    statement = select(Region.level, func.count()).join(Contact, Contact.region_code == Region.code).where(is_active).group_by(Region.level)
    return {level: n for level, n in session.execute(statement)}


def find_contact(session: Session, contact_id: str) -> Contact:
    """The contact; raises NOT_FOUND."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Contact", key=contact_id, remedy="It may have been removed already.")
    return contact


def list_counties_without(session: Session, today: date) -> tuple[Region, ...]:
    """The counties that visits went to and that have no contact of their own today, by code; three statements."""
    villages = session.scalars(select(VisitVillage.village_code).distinct())
    visited = {codes.county_of(code).ljust(12, "0") for code in villages}
    reached = {contact.region_code for contact in list_contacts(session, ContactFilter(), today)}
    statement = select(Region).where(Region.level == "county", Region.code.in_(sorted(visited - reached))).order_by(Region.code)
    return tuple(session.scalars(statement))
