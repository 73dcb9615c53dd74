"""What importing rows of the register of identification would do now: which are new, which are there already, which break the order.

Reads, never writes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import new_id
from survey.places.models import Household
from survey.places.roster_compare import VillageFinder
from survey.places.roster_plan import known_villages, stored_households
from survey.places.sheet_layout import SheetProblem, count_bad_rows, in_order
from survey.registry.identification_sheet import IdentificationList, IdentificationRow
from survey.registry.models import IDENTIFICATION_KINDS, Identification
from survey.registry.order import Step, find_break, valid_rows

Key = tuple[str, str]
"""A household's village code and number."""


@dataclass(frozen=True, slots=True)
class IdentificationPlan:
    """The list with every village known; `new` rows would be written, `known` ones stand in the register already."""

    listed: IdentificationList
    households: Mapping[Key, Household]
    stored: Mapping[str, tuple[Identification, ...]]
    new: tuple[IdentificationRow, ...]
    known: tuple[IdentificationRow, ...]
    village_names: Mapping[str, str]

    @property
    def n_bad_rows(self) -> int:
        """The number of rows that cannot be imported."""
        return count_bad_rows(self.listed.problems)

    def by_kind(self) -> dict[str, int]:
        """How many new rows there are of each kind, in the register's order."""
        counts = Counter(row.kind for row in self.new)
        return {kind: counts[kind] for kind in IDENTIFICATION_KINDS if counts[kind]}


def plan_identifications(session: Session, listed: IdentificationList) -> IdentificationPlan:
    """The plan of importing the list; three statements."""
    villages = known_villages(session)
    finder = VillageFinder(villages)
    placed: list[IdentificationRow] = []
    problems = list(listed.problems)
    for row in listed.rows:
        found = finder.find(row, listed.headings)
        if isinstance(found, SheetProblem):
            problems.append(found)
        else:
            placed.append(replace(row, village_code=found))
    households = stored_households(session, {row.village_code for row in placed})
    stored = rows_of(session, households.values())
    groups: dict[Key, list[IdentificationRow]] = defaultdict(list)
    for row in placed:
        groups[row.village_code, row.number].append(row)
    new: list[IdentificationRow] = []
    known: list[IdentificationRow] = []
    for key, group in groups.items():
        if key not in households:
            heading = listed.headings.get("number", "")
            problems.extend(SheetProblem(row.row, heading, row.number, "unknown_household", sheet=row.sheet) for row in group)
            continue
        fresh, there, wrong = _check_household(stored.get(households[key].id, ()), group)
        new.extend(fresh)
        known.extend(there)
        problems.extend(wrong)
    good = tuple(sorted((*new, *known), key=lambda row: (row.sheet, row.row)))
    return IdentificationPlan(
        listed=IdentificationList(good, in_order(set(problems)), listed.headings),
        households=households,
        stored=stored,
        new=tuple(new),
        known=tuple(known),
        village_names={code: name for code, (name, _) in villages.items()},
    )


def rows_of(session: Session, households: Iterable[Household]) -> dict[str, tuple[Identification, ...]]:
    """The rows of the register of all households in the villages of these, by household."""
    codes = sorted({household.village_code for household in households})
    statement = (
        select(Identification)
        .join(Household, Household.id == Identification.household_id)
        .where(Household.village_code.in_(codes))
        .order_by(Identification.household_id, Identification.position)
    )
    found: dict[str, list[Identification]] = defaultdict(list)
    for row in session.scalars(statement):
        found[row.household_id].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _check_household(
    stored: tuple[Identification, ...], group: list[IdentificationRow]
) -> tuple[list[IdentificationRow], list[IdentificationRow], list[SheetProblem]]:
    """The rows of one household that are new, those there already, and the problems: in disorder, none of the new ones is taken."""
    there = {(row.kind, row.happened_on) for row in valid_rows(stored)}
    fresh: list[IdentificationRow] = []
    known: list[IdentificationRow] = []
    seen: dict[tuple[str, object], IdentificationRow] = {}
    problems = []
    for row in in_sequence(group):
        key = (row.kind, row.happened_on)
        if key in there:
            known.append(row)
        elif key in seen:
            place = f"{seen[key].sheet} {seen[key].row}".strip()
            problems.append(SheetProblem(row.row, row.column, row.happened_on.isoformat(), "happened_twice", place, row.sheet))
        else:
            seen[key] = row
            fresh.append(row)
    steps = {new_id(): row for row in fresh}
    turns = len(stored)
    coming = [Step(id, row.kind, row.happened_on, turns + number) for number, (id, row) in enumerate(steps.items(), start=1)]
    broken = find_break([*stored, *coming])
    if broken is None:
        return fresh, known, problems
    # The place of the disorder may be a stored row that a new one has got before; then the new rows are what is to be looked at.
    culprit = steps.get(broken.row.id)
    for row in fresh if culprit is None else (culprit,):
        detail = f"{broken.before},{broken.row.kind}"
        problems.append(SheetProblem(row.row, row.column, row.happened_on.isoformat(), "out_of_order", detail, row.sheet))
    problems.extend(
        SheetProblem(row.row, row.column, row.happened_on.isoformat(), "beside_out_of_order", "", row.sheet)
        for row in fresh
        if culprit is not None and row is not culprit
    )
    return [], known, problems


def in_sequence(rows: Iterable[IdentificationRow]) -> list[IdentificationRow]:
    """The rows by day; those of one day in the register's own order of kinds."""
    return sorted(rows, key=lambda row: (row.happened_on, IDENTIFICATION_KINDS.index(row.kind), row.sheet, row.row))
