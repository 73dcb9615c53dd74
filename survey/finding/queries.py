"""What the search reads: one statement for each kind of thing, and at most `MOST` rows of it.

What somebody may not see is cut by the session (`survey/rights/cutting.py`); kinds whose pages they may not open are left out by the view.
Names of people of households lie sealed and are found by their tokens. These statements walk over a whole table: no index serves LIKE that
begins anywhere, and one over tokens of every name would be larger than the names. Titles that are typed in pinyin are compared here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, label, not_, or_, select
from sqlalchemy.orm import Session, aliased

from survey.accounts.models import User, user_roles
from survey.db import AnyRow, AnySelect
from survey.finding.wanted import Wanted
from survey.issues.models import Issue
from survey.issues.words import STATE_LABELS
from survey.liaison.models import Contact, Expert
from survey.pages.language import page_language
from survey.places.models import Household, Region
from survey.places.words import KIND_LABELS, LEVEL_LABELS
from survey.registry.models import HouseholdMember
from survey.registry.words import RELATION_LABELS
from survey.reports.models import Report
from survey.reports.words import KIND_LABELS as REPORT_KIND_LABELS
from survey.teams.queries import TEAM_ACCOUNT_ROLES
from survey.visits.models import Visit
from survey.visits.words import VISIT_STATE_LABELS

MOST = 200
"""Of one kind so many are shown; whoever finds more says more of what they look for."""

SHORTEST_NUMBER = 4
"""Fewer signs stand in the numbers of too many issues, which have a county and a year in them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: its number or title, the name of somebody of a household ("" for all else), what else tells it apart, and
    the view that shows it."""

    title: str
    details: tuple[object, ...]
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def find_households(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Households by number or by the name of their head, of several words by their village too; names that begin so first, then by village
    and number."""
    conditions = _of_household(wanted)
    if wanted.words:
        conditions.append(and_(*(or_(_holds((Region.name,), word), *_of_household(word)) for word in wanted.words)))
    if not conditions:
        return ()
    columns = (Household.id, Household.number, Household.head_name, Household.kind, Household.village_code, Region.name)
    rows = session.execute(select(*columns).join(Household.village).where(or_(*conditions)).limit(MOST + 1)).all()
    kept = [row for row in rows if wanted.stands_in_any((row.number, row.head_name if wanted.is_by_name else "", row.name))]
    kept.sort(key=lambda row: (not wanted.begins(row.head_name), row.village_code, row.number.zfill(32)))
    return tuple(
        Found(row.number, (row.name, KIND_LABELS[row.kind]), "places.household", {"household_id": row.id}, row.head_name) for row in kept
    )


def _of_household(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Where a household itself may hold what is looked for."""
    by_number = [Household.number.contains(wanted.text, autoescape=True)] if wanted.text.isascii() else []
    return [*by_number, _is_named(Household.head_name, wanted)] if wanted.is_by_name else by_number


def find_members(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """People of households by name, a head only where the household is not found by the same name; names that begin so first, then those
    who live there, then by village and number. Nobody for a reader who is shown no names."""
    if not wanted.is_by_name:
        return ()
    columns = (HouseholdMember.name, HouseholdMember.relation, HouseholdMember.left_on, HouseholdMember.position)
    household = (Household.id, Household.number, Household.village_code, Region.name.label("village"))
    is_told_otherwise = and_(HouseholdMember.relation == "head", _is_named(Household.head_name, wanted))
    statement = select(*columns, *household).join(HouseholdMember.household).join(Household.village)
    statement = statement.where(_is_named(HouseholdMember.name, wanted), not_(is_told_otherwise)).limit(MOST + 1)
    kept = [row for row in session.execute(statement) if wanted.stands_in(row.name)]
    kept.sort(key=lambda row: (not wanted.begins(row.name), row.left_on is not None, row.village_code, row.number.zfill(32), row.position))
    return tuple(
        Found(row.number, (row.village, *_told_of(row.relation, row.left_on)), "places.household", {"household_id": row.id}, row.name)
        for row in kept
    )


def _told_of(relation: str, left_on: date | None) -> tuple[object, ...]:
    """What somebody is to the head, where it is known, and since when they are gone."""
    known = (RELATION_LABELS[relation],) if relation else ()
    return known if left_on is None else (*known, _l("left on %(day)s", day=left_on.isoformat()))


def _is_named(column: Any, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a sealed name may hold what is looked for; names that are read are compared once more."""
    is_written = column.contains(wanted.text, autoescape=True)
    return or_(is_written, column.is_typed(wanted.typed)) if wanted.typed else is_written


def find_issues(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Issues by a part of their number that is not too short, by words of the title, of place and county, of what was found and of the
    responsible body; the newest first."""
    place, county = Region.__table__.alias(), Region.__table__.alias()
    places = label("place", place.c.name), label("county", county.c.name)
    shown = label("shown", Issue.title_in(page_language()))
    titles = (Issue.number, Issue.title, shown) if len(wanted.text) >= SHORTEST_NUMBER else (Issue.title, shown)
    statement = select(Issue.number, Issue.title, shown, Issue.state, *places).order_by(Issue.raised_at.desc(), Issue.number)
    statement = statement.join(place, place.c.code == Issue.place_code).outerjoin(county, county.c.code == Issue.county_code + "000000")
    rows = _matching(session, statement, (*titles, *places), wanted, also=(Issue.finding, Issue.responsible_body))
    return tuple(Found(row.shown, (row.number, STATE_LABELS[row.state]), "issues.show", {"number": row.number}) for row in rows)


def find_visits(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Visits by title or identifier, the newest first."""
    statement = select(Visit.id, Visit.title, Visit.starts_on, Visit.state).order_by(Visit.starts_on.desc(), Visit.id)
    rows = _matching(session, statement, (Visit.id, Visit.title), wanted)
    return tuple(
        Found(row.title, (row.starts_on.isoformat(), VISIT_STATE_LABELS[row.state]), "visits.overview", {"visit_id": row.id})
        for row in rows
    )


def find_reports(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Reports by title, the newest first; a draft leads to its file, one that was registered by hand to the register."""
    statement = select(Report.id, Report.title, Report.kind, Report.reported_on, Report.sha256)
    rows = _matching(session, statement.order_by(Report.created_at.desc(), Report.id), (Report.title,), wanted)
    return tuple(
        Found(
            row.title,
            (REPORT_KIND_LABELS[row.kind], row.reported_on.isoformat()),
            *(("reports.file", {"report_id": row.id}) if row.sha256 else ("reports.index", {})),
        )
        for row in rows
    )


def find_places(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Places by name or by the beginning of their code, the larger ones first."""
    above = aliased(Region)
    statement = (
        select(Region.code, Region.name, Region.level, above.name.label("above"))
        .outerjoin(above, above.code == Region.parent_code)
        .order_by(func.length(func.rtrim(Region.code, "0")), Region.code)
    )
    if wanted.text.isdigit():
        rows = session.execute(statement.where(Region.code.startswith(wanted.text)).limit(MOST + 1)).all()
    else:
        rows = _matching(session, statement, (Region.name,), wanted)
    return tuple(Found(row.name, (LEVEL_LABELS[row.level], row.above or "", row.code), "places.region", {"code": row.code}) for row in rows)


def find_people(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """People who may belong to a team, by name, user name or organisation, by name."""
    holders = select(user_roles.c.user_id).where(user_roles.c.role_name.in_(sorted(TEAM_ACCOUNT_ROLES)))
    statement = select(User.id, User.name, User.username, User.organisation).where(User.id.in_(holders), User.active)
    rows = _matching(session, statement.order_by(User.name, User.username), (User.name, User.username, User.organisation), wanted)
    return tuple(Found(row.name, (row.username, row.organisation), "people.person", {"user_id": row.id}) for row in rows)


def find_contacts(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Contacts by name, post or organisation, by place and name."""
    columns = (Contact.name, Contact.post, Contact.organisation)
    statement = select(*columns, Region.name.label("place")).join(Contact.region).order_by(Contact.region_code, Contact.name)
    rows = _matching(session, statement, columns, wanted)
    return tuple(
        Found(row.name, (row.post, row.organisation, row.place), "liaison_contacts.index", {"search": row.name, "past": "y"})
        for row in rows
    )


def find_experts(session: Session, wanted: Wanted) -> tuple[Found, ...]:
    """Experts of the pool by name, post or organisation, by name."""
    columns = (Expert.name, Expert.post, Expert.organisation)
    rows = _matching(session, select(Expert.id, *columns).order_by(Expert.name, Expert.id), columns, wanted)
    return tuple(Found(row.name, (row.post, row.organisation), "liaison_experts.show", {"expert_id": row.id}) for row in rows)


def _matching(session: Session, statement: AnySelect, columns: tuple[Any, ...], wanted: Wanted, also: tuple[Any, ...] = ()) -> list[AnyRow]:
    """The first rows whose columns hold what is looked for, one more than `MOST` at most; `also` are columns not compared with pinyin.

    The database does not know how a title is typed, so for pinyin the titles are read and compared.
    """
    if not wanted.is_typed:
        return list(session.execute(statement.where(_holds((*columns, *also), wanted)).limit(MOST + 1)))
    names = [column.key for column in columns]
    found = []
    for row in session.execute(statement):
        if wanted.stands_in_any([getattr(row, name) or "" for name in names]):
            found.append(row)
        if len(found) > MOST:
            break
    return found


def _holds(columns: tuple[Any, ...], wanted: Wanted) -> ColumnElement[bool]:
    whole = or_(*(column.icontains(wanted.text, autoescape=True) for column in columns))
    return or_(whole, and_(*(_holds(columns, word) for word in wanted.words))) if wanted.words else whole


FINDERS: Mapping[str, tuple[str, Callable[[Session, Wanted], tuple[Found, ...]]]] = {
    "households": ("places.household", find_households),
    "members": ("places.household", find_members),
    "issues": ("issues.show", find_issues),
    "visits": ("visits.overview", find_visits),
    "reports": ("reports.index", find_reports),
    "places": ("places.region", find_places),
    "people": ("people.person", find_people),
    "contacts": ("liaison_contacts.index", find_contacts),
    "experts": ("liaison_experts.show", find_experts),
}
"""For each kind in the order to show: the view whose readers may find it, and what finds it."""
