"""A roster against what is stored: which villages it means, and which households are new, changed or unchanged. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from analysis.spreadsheets import csv_bytes
from survey.places import roster_terms as terms
from survey.places.models import Household
from survey.places.roster import Roster, RosterRow, without_doubles
from survey.places.sheet_layout import SheetProblem, in_order


def resolve_villages(roster: Roster, villages: Mapping[str, tuple[str, str]]) -> Roster:
    """The roster with every row's village code known; rows whose village is not in `villages` become problems.

    `villages` maps the 12-digit code to (village name, township name). A village given by name alone must be the only one of that
    name (within the township, if the file names it).
    """
    finder = VillageFinder(villages)
    rows, problems = [], []
    for row in roster.rows:
        found = finder.find(row, roster.headings)
        if isinstance(found, SheetProblem):
            problems.append(found)
        else:
            rows.append(replace(row, village_code=found))
    unique, doubled = without_doubles(rows, roster.headings)
    return replace(roster, rows=tuple(unique), problems=in_order([*roster.problems, *problems, *doubled]))


class InVillage(Protocol):
    """A row that names its village by code, or by name with or without its township; "" where it says nothing."""

    @property
    def row(self) -> int: ...
    @property
    def sheet(self) -> str: ...
    @property
    def village_code(self) -> str: ...
    @property
    def village_name(self) -> str: ...
    @property
    def township_name(self) -> str: ...


class VillageFinder:
    """Finds the village that a row means among `villages`, which maps the 12-digit code to (village name, township name)."""

    def __init__(self, villages: Mapping[str, tuple[str, str]]) -> None:
        self._villages = villages
        self._by_name: dict[str, list[str]] = {}
        for code, (name, _) in villages.items():
            self._by_name.setdefault(_village_key(name), []).append(code)

    def find(self, row: InVillage, headings: Mapping[str, str]) -> str | SheetProblem:
        """The code of the row's village, or the problem that there is none or that several have its name."""
        found = [row.village_code] if row.village_code in self._villages else []
        if not row.village_code:
            found = self._by_name.get(_village_key(row.village_name), [])
            if row.township_name and len(found) > 1:
                found = [code for code in found if self._villages[code][1] == row.township_name]
        if len(found) == 1:
            return found[0]
        column = "village_code" if row.village_code else "village_name"
        reason = "ambiguous_village" if found else "unknown_village"
        return SheetProblem(row.row, headings.get(column, ""), row.village_code or row.village_name, reason, sheet=row.sheet)


def _village_key(name: str) -> str:
    """A village's name without the words that offices add or leave out: 村, 村委会, 村民委员会, 社区."""
    return re.sub(r"(村民委员会|村委会|社区居委会|社区|村)+$", "", terms.fold(name)) or terms.fold(name)


def without_lost_zeros(roster: Roster, stored: Collection[tuple[str, str]]) -> Roster:
    """The roster without the rows whose number is another one's but for zeros in front; they would double a household.

    `stored` are the numbers that are known, each as (village code, number); a row may also repeat one that stands above it.
    """
    known = {(village, number.lstrip("0")): number for village, number in stored}
    kept, problems = [], []
    for row in roster.rows:
        other = known.setdefault((row.village_code, row.number.lstrip("0")), row.number)
        if other == row.number or (row.village_code, row.number) in stored:
            kept.append(row)
        else:
            problems.append(SheetProblem(row.row, roster.headings.get("number", ""), row.number, "lost_zeros", other, row.sheet))
    return replace(roster, rows=tuple(kept), problems=in_order([*roster.problems, *problems]))


FIELDS = ("head_name", "kind", "n_members", "cause", "group_name", "markers", "latitude", "longitude")
"""The fields of a household that a roster row may change."""


@dataclass(frozen=True, slots=True)
class RosterComparison:
    """What importing would do: rows new, changed (with the names of the changed fields) and unchanged."""

    new: tuple[RosterRow, ...]
    changed: tuple[tuple[RosterRow, tuple[str, ...]], ...]
    unchanged: tuple[RosterRow, ...]
    n_absent: int
    """Households stored for these villages that the file does not mention; an import leaves them as they are."""


def compare_roster(rows: Iterable[RosterRow], stored: Mapping[tuple[str, str], Household]) -> RosterComparison:
    """The comparison of resolved rows with the stored households, which are keyed by (village code, number)."""
    new, changed, unchanged = [], [], []
    for row in rows:
        household = stored.get((row.village_code, row.number))
        if household is None:
            new.append(row)
            continue
        differing = tuple(name for name in FIELDS if _differs(getattr(row, name), getattr(household, name)))
        if differing:
            changed.append((row, differing))
        else:
            unchanged.append(row)
    n_known = len(changed) + len(unchanged)
    return RosterComparison(tuple(new), tuple(changed), tuple(unchanged), len(stored) - n_known)


def _differs(given: object, stored: object) -> bool:
    """Whether a given value says something else than the stored one; None says nothing."""
    if isinstance(given, tuple) and isinstance(stored, list):
        return list(given) != stored
    return given is not None and given != stored


def problems_csv(problems: Iterable[SheetProblem], headings: tuple[str, ...], texts: Iterable[str]) -> bytes:
    """The problems as a CSV file that Excel opens rightly (UTF-8 with mark); cells that look like formulas are made text.

    `headings` are for sheet, row, column, value and reason; `texts` are the reasons in words, one per problem.
    """
    told = zip(problems, texts, strict=True)
    return csv_bytes(headings, ((each.sheet, each.row, each.column, each.value, text) for each, text in told))
