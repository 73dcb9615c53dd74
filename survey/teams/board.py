"""The board of a visit: its pairs by its days, with what each does where; ready for the template. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey.teams.conflicts import Conflict, Elsewhere, Work
from survey.teams.plan_queries import Bundle, Engagement
from survey.visits.models import Pair


@dataclass(frozen=True, slots=True)
class Cell:
    """What one pair does on one day (None: no day yet)."""

    pair_id: str
    day: date | None
    bundles: tuple[Bundle, ...]
    conflicts: tuple[Conflict, ...]
    engagement: Engagement | None
    """Where one of the two is planned to be instead."""

    @property
    def key(self) -> str:
        """What the cell is called in the page."""
        return f"{self.pair_id}-{self.day or 'none'}"

    @property
    def n_households(self) -> int:
        """How many households are visited."""
        return sum(bundle.n_households for bundle in self.bundles)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One pair with its cells, and all its households."""

    pair: Pair
    cells: tuple[Cell, ...]
    n_households: int
    n_answered: int
    n_assignments: int


@dataclass(frozen=True, slots=True)
class Board:
    """The columns' days (None first: no day yet), and a row per pair."""

    days: tuple[date | None, ...]
    rows: tuple[BoardRow, ...]
    totals: tuple[int, ...]
    """Households by column."""


def make_board(
    pairs: Sequence[Pair],
    days: Sequence[date],
    bundles: Collection[Bundle],
    conflicts: Collection[Conflict],
    engagements: Collection[Engagement],
) -> Board:
    """The board; days outside `days` that have something are columns too, the column without a day only where something is in it."""
    by_slot: dict[tuple[str, date | None], list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        by_slot[bundle.pair_id, bundle.day].append(bundle)
    said: dict[tuple[str, date | None], list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        said[conflict.pair_id, conflict.day].append(conflict)
    busy = {(each.user_id, each.day): each for each in engagements}
    dated = sorted({*days, *(bundle.day for bundle in bundles if bundle.day is not None)})
    columns: tuple[date | None, ...] = (*((None,) if any(bundle.day is None for bundle in bundles) else ()), *dated)
    rows = tuple(_row(pair, columns, by_slot, said, busy) for pair in pairs)
    totals = tuple(sum(row.cells[number].n_households for row in rows) for number in range(len(columns)))
    return Board(columns, rows, totals)


def _row(
    pair: Pair,
    columns: Sequence[date | None],
    by_slot: Mapping[tuple[str, date | None], list[Bundle]],
    said: Mapping[tuple[str, date | None], list[Conflict]],
    busy: Mapping[tuple[str, date], Engagement],
) -> BoardRow:
    cells = []
    for day in columns:
        engagement = None if day is None else busy.get((pair.lead_id, day)) or busy.get((pair.second_id, day))
        cells.append(Cell(pair.id, day, tuple(by_slot.get((pair.id, day), ())), tuple(said.get((pair.id, day), ())), engagement))
    inside = [bundle for cell in cells for bundle in cell.bundles]
    return BoardRow(
        pair,
        tuple(cells),
        sum(bundle.n_households for bundle in inside),
        sum(bundle.n_answered for bundle in inside),
        sum(bundle.n_assignments for bundle in inside),
    )


def work_of(bundles: Collection[Bundle]) -> list[Work]:
    """The bundles as the checks of conflicts take them."""
    return [Work(each.pair_id, each.day, each.village_code, each.n_households, each.n_assignments - each.n_answered) for each in bundles]


def elsewhere_of(pairs: Collection[Pair], engagements: Collection[Engagement]) -> list[Elsewhere]:
    """For each pair the days on which one of the two is planned for another visit."""
    names = {person.id: person.name for pair in pairs for person in (pair.lead, pair.second)}
    return [
        Elsewhere(pair.id, each.day, names[each.user_id], each.visit_title, each.village_name)
        for pair in pairs
        for each in engagements
        if each.user_id in (pair.lead_id, pair.second_id)
    ]
