"""What importing a list of places would do now: its rows compared with the places there are. Reads, never writes."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.places import codes
from survey.places.models import LEVELS, Region
from survey.places.region_table import RegionProblem, RegionRow, RegionTable, with_parents


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """The list with every place's place above known, and what would come of its rows; a place may be both renamed and placed.

    `same_names` are rows whose name another place of the same place above has, too: likely a slip, but it happens.
    """

    table: RegionTable
    new: tuple[RegionRow, ...]
    renamed: tuple[tuple[RegionRow, str], ...]
    placed: tuple[RegionRow, ...]
    n_unchanged: int
    same_names: tuple[RegionRow, ...]

    def new_by_level(self) -> dict[str, int]:
        """How many new places there are of each level."""
        counts = Counter(codes.level_of(row.code) for row in self.new)
        return {level: counts[level] for level in LEVELS if counts[level]}


def plan_regions(session: Session, table: RegionTable) -> RegionPlan:
    """The plan of importing `table`; one statement."""
    columns = (Region.code, Region.name, Region.latitude, Region.longitude)
    stored = {code: (name, latitude, longitude) for code, name, latitude, longitude in session.execute(select(*columns))}
    checked = with_parents(table, stored)
    known = [row for row in checked.rows if row.code in stored]
    renamed = tuple((row, stored[row.code][0]) for row in known if stored[row.code][0] != row.name)
    placed = tuple(row for row in known if row.latitude is not None and stored[row.code][1:] != (row.latitude, row.longitude))
    touched = {row.code for row, _ in renamed} | {row.code for row in placed}
    return RegionPlan(
        table=checked,
        new=tuple(row for row in checked.rows if row.code not in stored),
        renamed=renamed,
        placed=placed,
        n_unchanged=len(known) - len(touched),
        same_names=_same_names(checked, {code: name for code, (name, _, _) in stored.items()}),
    )


def _same_names(table: RegionTable, stored: Mapping[str, str]) -> tuple[RegionRow, ...]:
    after = {**stored, **{row.code: row.name for row in table.rows}}
    siblings: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for code, name in after.items():
        siblings[codes.parent_of(code), name].append(code)
    return tuple(row for row in table.rows if len(siblings[codes.parent_of(row.code), row.name]) > 1 and stored.get(row.code) != row.name)


def region_record(table: RegionTable) -> dict[str, Any]:
    """The list as JSON values, so that it can wait for its importer's word."""
    return asdict(table)


def regions_of(record: Mapping[str, Any]) -> RegionTable:
    """The list that `region_record` wrote."""
    rows = tuple(RegionRow(**values) for values in record["rows"])
    return RegionTable(rows, tuple(RegionProblem(**values) for values in record["problems"]))
