"""Households and persons by kind and cause, in any place on any day: counted from the register in one statement.

A household's state on a day is the kind of its last row up to that day that counts (`order.py` says which do); before its first one it
is an ordinary household. A household without any row is what the roster says it is. Cause and number of persons are the roster's.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey.places import codes
from survey.places.models import HOUSEHOLD_KINDS, Household, Region
from survey.places.roster_terms import CAUSES
from survey.registry.models import IDENTIFICATION_KINDS, Identification
from survey.registry.order import BEFORE_REGISTRATION, KIND_OF_STATE

PREFIX_BELOW = {"province": 4, "city": 6, "county": 9, "township": 12, "village": 12}
"""For a place of each level: how many digits tell the places of the next level below it apart."""
NOT_YET, NO_ROWS = "not_yet", "no_rows"
"""The states of households before their first row, and of those that the register does not know."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many households, and so many persons in them."""

    n_households: int = 0
    n_persons: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.n_households + other.n_households, self.n_persons + other.n_persons)


@dataclass(frozen=True, slots=True)
class Group:
    """The households of one place below (its leading digits), state of the register, kind and cause."""

    area: str
    state: str
    kind: str
    cause: str
    count: Count


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a place on a day; every table of it adds up, for all are sums of the same groups."""

    groups: tuple[Group, ...]
    n_without_rows: int
    """Households that are on no row of the register and so counted by the roster's kind."""

    def total(self, **wanted: str) -> Count:
        """The count over the groups that have these values, such as `kind="registered"`."""
        found = (group.count for group in self.groups if all(getattr(group, name) == value for name, value in wanted.items()))
        return sum(found, Count())

    def causes(self) -> tuple[str, ...]:
        """The causes that occur, in the order of the list; "" (none) comes last."""
        present = {group.cause for group in self.groups}
        return (*(cause for cause in CAUSES if cause in present), *sorted(present - set(CAUSES) - {""}), *({""} & present))

    def table(self, rows: Sequence[str], of_row: Callable[[Group], str]) -> list[tuple[str, dict[str, Count]]]:
        """For each of the rows, the counts by kind, with the sum under "total"."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for group in self.groups:
            for kind in (group.kind, "total"):
                counts[of_row(group), kind, "households"] += group.count.n_households
                counts[of_row(group), kind, "persons"] += group.count.n_persons
        kinds = (*HOUSEHOLD_KINDS, "total")
        return [(row, {kind: Count(counts[row, kind, "households"], counts[row, kind, "persons"]) for kind in kinds}) for row in rows]

    def by_cause(self) -> list[tuple[str, dict[str, Count]]]:
        """The counts of each cause that occurs."""
        return self.table(self.causes(), lambda group: group.cause)

    def by_area(self) -> list[tuple[str, dict[str, Count]]]:
        """The counts of each place below, by its leading digits."""
        return self.table(sorted({group.area for group in self.groups}), lambda group: group.area)

    def by_state(self) -> list[tuple[str, Count]]:
        """The counts of each state of the register, in its order."""
        return [(state, self.total(state=state)) for state in IDENTIFICATION_KINDS]

    def totals(self) -> dict[str, Count]:
        """The counts by kind, with the sum of all under "total"."""
        return self.table(("",), lambda _group: "")[0][1]


def read_figures(session: Session, region: Region, day: date) -> Figures:
    """The counts of the place on the day; one statement, however many households there are."""
    inner = (
        select(
            Household.village_code.label("village"),
            func.coalesce(_state_on(day), case((_has_rows(), NOT_YET), else_=NO_ROWS)).label("state"),
            Household.kind.label("kind"),
            Household.cause.label("cause"),
            Household.n_members.label("n_members"),
        )
        .where(Household.village_code.between(*codes.bounds_of(region.code)))
        .subquery()
    )
    keys = (inner.c.village, inner.c.state, inner.c.kind, inner.c.cause)
    counted: Select[Any] = select(*keys, func.count(), func.sum(inner.c.n_members)).group_by(*keys)
    groups: dict[tuple[str, str, str, str], Count] = defaultdict(Count)
    n_without_rows = 0
    for village, state, kind, cause, n_households, n_persons in session.execute(counted):
        own_kind = kind if state == NO_ROWS else KIND_OF_STATE.get(state, BEFORE_REGISTRATION)
        own_cause = "" if own_kind == BEFORE_REGISTRATION else cause
        # Whole villages are grouped by the database, as its index has them in order, and added up here.
        groups[village[: PREFIX_BELOW[region.level]], state, own_kind, own_cause] += Count(n_households, n_persons)
        n_without_rows += n_households if state == NO_ROWS else 0
    return Figures(tuple(Group(*key, count) for key, count in groups.items()), n_without_rows)


def _counts() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row of the register counts: it neither withdraws another nor was corrected."""
    later = aliased(Identification)
    return Identification.is_withdrawn.is_(False), ~exists().where(later.corrects_id == Identification.id)


def _has_rows() -> ColumnElement[bool]:
    """Whether the register knows the household at all."""
    return exists().where(Identification.household_id == Household.id, *_counts())


def _state_on(day: date) -> ScalarSelect[str]:
    """The kind of the household's last row up to the day that counts; an index gives the newest first."""
    return (
        select(Identification.kind)
        .where(Identification.household_id == Household.id, Identification.happened_on <= day, *_counts())
        .order_by(Identification.happened_on.desc(), Identification.turn.desc())
        .limit(1)
        .correlate(Household)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """The households of a place in each state of the register on a day."""

    day: date
    by_state: dict[str, int]

    def n_of_kind(self, kind: str) -> int:
        """The households whose state makes them this kind."""
        return sum(n for state, n in self.by_state.items() if KIND_OF_STATE.get(state) == kind)


def read_moments(session: Session, region: Region, days: Iterable[date]) -> tuple[Moment, ...]:
    """What the register said of the place on each of these days; one statement, which passes through its rows once."""
    wanted = tuple(sorted(set(days)))
    until = func.lead(Identification.happened_on).over(
        partition_by=Identification.household_id, order_by=(Identification.happened_on, Identification.turn)
    )
    spans = (
        select(Identification.kind, Identification.happened_on, until.label("until"))
        .join(Household, Household.id == Identification.household_id)
        .where(Household.village_code.between(*codes.bounds_of(region.code)), *_counts())
        .subquery()
    )
    standing: list[ColumnElement[int]] = [
        func.sum(case((and_(spans.c.happened_on <= day, or_(spans.c.until.is_(None), spans.c.until > day)), 1), else_=0)) for day in wanted
    ]
    counted = (
        {kind: numbers for kind, *numbers in session.execute(select(spans.c.kind, *standing).group_by(spans.c.kind))} if wanted else {}
    )
    return tuple(Moment(day, {kind: numbers[place] for kind, numbers in counted.items()}) for place, day in enumerate(wanted))


YEARS_LOOKED_AT = 15


def list_moments(session: Session, region: Region, begins: Iterable[date], today: date) -> tuple[Moment, ...]:
    """What the register said of the place at the ends of years, when visits began, and today; newest first.

    Days before the first row are left out, and ends of years at which nothing had changed. Empty where the register has no row. One
    statement.
    """
    asked = {today, *(day for day in begins if day <= today)}
    year_ends = {date(year, 12, 31) for year in range(today.year - YEARS_LOOKED_AT, today.year)}
    kept: list[Moment] = []
    for moment in read_moments(session, region, asked | year_ends):
        has_changed = moment.by_state != (kept[-1].by_state if kept else {})
        if any(moment.by_state.values()) and (moment.day in asked or has_changed):
            kept.append(moment)
    return tuple(reversed(kept))
