"""The numbers of one county's issues, from how many there are of each sort. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.issues.ageing import AGES
from survey.issues.life import ENDED, STATES
from survey.issues.words import SEVERITIES

WORST_FIRST = tuple(reversed(SEVERITIES))


@dataclass(frozen=True, slots=True)
class Sort:
    """How many issues of one sort there are: the same state, area and severity, as long in that state, and overdue or not."""

    state: str
    area: str
    severity: str
    age: int
    is_overdue: bool
    n: int


@dataclass(frozen=True, slots=True)
class CountyNumbers:
    """The numbers: all by state; of the open ones how many are overdue, how long they are in their state, and by area and severity.

    `ages` has a row for each open state in which there is an issue, `areas` one for each area, the one with the most issues first; a row
    has a number for each group of ages, or for each of `WORST_FIRST`.
    """

    by_state: Mapping[str, int]
    n_overdue: int
    ages: Mapping[str, tuple[int, ...]]
    areas: Mapping[str, tuple[int, ...]]

    @property
    def n_all(self) -> int:
        """Every issue but those that were merged into another one."""
        return sum(n for state, n in self.by_state.items() if state != "merged")

    @property
    def n_open(self) -> int:
        """In a state in which something is due."""
        return sum(n for state, n in self.by_state.items() if state not in ENDED)

    @property
    def age_totals(self) -> tuple[int, ...]:
        """How many open issues are of each group of ages."""
        return _totals(self.ages, len(AGES) + 1)

    @property
    def severity_totals(self) -> tuple[int, ...]:
        """How many open issues there are of each severity."""
        return _totals(self.areas, len(WORST_FIRST))


def add_up(sorts: Iterable[Sort]) -> CountyNumbers:
    """The numbers of these sorts."""
    by_state: Counter[str] = Counter()
    ages: dict[str, list[int]] = {}
    areas: dict[str, list[int]] = {}
    n_overdue = 0
    for sort in sorts:
        by_state[sort.state] += sort.n
        if sort.state in ENDED:
            continue
        n_overdue += sort.n if sort.is_overdue else 0
        ages.setdefault(sort.state, [0] * (len(AGES) + 1))[sort.age] += sort.n
        areas.setdefault(sort.area, [0] * len(WORST_FIRST))[WORST_FIRST.index(sort.severity)] += sort.n
    by_number = sorted(areas.items(), key=lambda item: (-sum(item[1]), item[0]))
    return CountyNumbers(
        by_state={state: by_state[state] for state in STATES if by_state[state]},
        n_overdue=n_overdue,
        ages={state: tuple(ages[state]) for state in STATES if state in ages},
        areas={area: tuple(row) for area, row in by_number},
    )


def _totals(rows: Mapping[str, tuple[int, ...]], width: int) -> tuple[int, ...]:
    return tuple(sum(row[position] for row in rows.values()) for position in range(width))
