"""What the pages read of the register of assistance: entries, and totals that add up; a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import ColumnOf
from survey.liaison.models import GIVER_KINDS, HELP_KINDS, Assistance
from survey.liaison.register import Register, key_of
from survey.pages.paging import Page, page_of
from survey.places import codes
from survey.places.models import Region

CITY_DIGITS, COUNTY_DIGITS = 4, 6
YEAR_DIGITS = 4
GIVERS_OFFERED = 1000


@dataclass(frozen=True, slots=True)
class AssistanceFilter:
    """Which entries are looked for; "" means no limit. `place` is a code: what lies in it counts."""

    year: str = ""
    place: str = ""
    giver_kind: str = ""
    help_kind: str = ""
    search: str = ""

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Total:
    """The sum over the entries of one kind, year or place: `n_givers` counts each giver once, so that only entries and amounts add up."""

    key: str
    n_entries: int
    n_givers: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PlaceTotal:
    """A city with its total, and the counties in it; entries for the city itself, or a whole province, have a row of their own."""

    code: str
    name: str
    total: Total
    parts: tuple[tuple[str, str, Total], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole, and the same by kind of giver, kind of help, year and place; each adds up to the whole."""

    whole: Total
    by_giver_kind: tuple[Total, ...]
    by_help_kind: tuple[Total, ...]
    by_year: tuple[Total, ...]
    by_place: tuple[PlaceTotal, ...]


def _conditions(wanted: AssistanceFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.year.isdecimal():
        # One digit more than years have is enough to find none, and few enough for any database.
        found.append(Assistance.year == int(wanted.year[: YEAR_DIGITS + 1]))
    if wanted.place:
        found.append(Assistance.region_code.between(*codes.bounds_of(wanted.place)))
    if wanted.giver_kind:
        found.append(Assistance.giver_kind == wanted.giver_kind)
    if wanted.help_kind:
        found.append(Assistance.help_kind == wanted.help_kind)
    if wanted.search:
        columns = (Assistance.giver, Assistance.note)
        found.append(or_(*(column.contains(wanted.search, autoescape=True) for column in columns)))
    return found


def list_assistance(session: Session, wanted: AssistanceFilter, number: int) -> tuple[Page, tuple[Assistance, ...]]:
    """Page `number` of the entries that match, the latest year first, then by place and giver; two statements."""
    total = session.scalar(select(func.count()).select_from(Assistance).where(*_conditions(wanted))) or 0
    page = page_of(number, total)
    return page, tuple(session.scalars(_entries(wanted).limit(page.size).offset(page.offset)))


def all_assistance(session: Session, wanted: AssistanceFilter) -> tuple[Assistance, ...]:
    """Every entry that matches, in the order of the list; one statement."""
    return tuple(session.scalars(_entries(wanted)))


def _entries(wanted: AssistanceFilter) -> Any:
    order = (Assistance.year.desc(), Assistance.region_code, Assistance.giver, Assistance.id)
    return select(Assistance).where(*_conditions(wanted)).options(joinedload(Assistance.region)).order_by(*order)


def list_years(session: Session) -> tuple[int, ...]:
    """The years that entries are of, the latest first."""
    return tuple(session.scalars(select(Assistance.year).distinct().order_by(Assistance.year.desc())))


def read_latest_year(session: Session) -> Total | None:
    """The total of the latest year that entries are of, or None when there is no entry; one statement."""
    counts = (func.count(), func.count(Assistance.giver.distinct()), func.sum(Assistance.amount_fen))
    row = session.execute(select(Assistance.year, *counts).group_by(Assistance.year).order_by(Assistance.year.desc()).limit(1)).first()
    return Total(str(row[0]), row[1], row[2], int(row[3])) if row else None


def read_totals(session: Session, wanted: AssistanceFilter) -> Totals:
    """The totals of what matches; seven statements."""
    columns: dict[str, ColumnOf[Any]] = {
        "giver_kind": Assistance.giver_kind,
        "help_kind": Assistance.help_kind,
        "year": Assistance.year,
        "county": _prefix(COUNTY_DIGITS),
        "city": _prefix(CITY_DIGITS),
    }
    sums = {name: _sums(session, wanted, column) for name, column in columns.items()}
    counts = (func.count(), func.count(Assistance.giver.distinct()), func.coalesce(func.sum(Assistance.amount_fen), 0))
    n_entries, n_givers, amount = session.execute(select(*counts).where(*_conditions(wanted))).one()
    return Totals(
        whole=Total("", n_entries, n_givers, int(amount)),
        by_giver_kind=_in_order(sums["giver_kind"], GIVER_KINDS),
        by_help_kind=_in_order(sums["help_kind"], HELP_KINDS),
        by_year=_in_order(sums["year"], sorted(sums["year"], reverse=True)),
        by_place=_by_place(session, sums["city"], sums["county"]),
    )


def _prefix(n_digits: int) -> ColumnElement[str]:
    """The leading digits of the place; written out, because PostgreSQL does not see that two parameters are the same."""
    return func.substr(Assistance.region_code, literal_column("1"), literal_column(str(n_digits)))


def _sums(session: Session, wanted: AssistanceFilter, column: ColumnOf[Any]) -> dict[str, Total]:
    statement = (
        select(column, func.count(), func.count(Assistance.giver.distinct()), func.sum(Assistance.amount_fen))
        .where(*_conditions(wanted))
        .group_by(column)
    )
    return {str(key): Total(str(key), n_entries, n_givers, int(amount)) for key, n_entries, n_givers, amount in session.execute(statement)}


def _in_order(sums: dict[str, Total], keys: Iterable[str]) -> tuple[Total, ...]:
    return tuple(sums[key] for key in keys if key in sums)


def _by_place(session: Session, cities: dict[str, Total], counties: dict[str, Total]) -> tuple[PlaceTotal, ...]:
    wanted = sorted(key.ljust(12, "0") for key in (*cities, *counties))
    names = {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(wanted)))}
    found = []
    for city, total in sorted(cities.items()):
        code = city.ljust(12, "0")
        parts = tuple(
            (key.ljust(12, "0"), names.get(key.ljust(12, "0"), key), part) for key, part in sorted(counties.items()) if key.startswith(city)
        )
        found.append(PlaceTotal(code, names.get(code, city), replace(total, key=code), parts))
    return tuple(found)


def known_keys(session: Session, register: Register) -> set[tuple[str, str, int, str, int]]:
    """The keys of the entries of the register's years and places; one statement."""
    years = sorted({row.year for row in register.rows})
    columns = (Assistance.giver, Assistance.help_kind, Assistance.amount_fen, Assistance.region_code, Assistance.year)
    return {key_of(*row) for row in session.execute(select(*columns).where(Assistance.year.in_(years)))}


def find_assistance(session: Session, key: str) -> Assistance:
    """The entry; raises NOT_FOUND."""
    found = session.get(Assistance, key, options=(joinedload(Assistance.region),))
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Entry", key=key, remedy="It may have been removed already.")
    return found


def list_givers(session: Session) -> tuple[str, ...]:
    """The givers known so far, for completing what somebody types."""
    return tuple(session.scalars(select(Assistance.giver).distinct().order_by(Assistance.giver).limit(GIVERS_OFFERED)))
