"""Bad rows of a list that say the same, told together: a list of 3,000 households repeats one mistake a thousand times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from flask_babel import gettext as _

from questionnaires.lint.grouping import runs_of

RUNS_TOLD = 4
"""How many runs of rows are told of one mistake; whoever mends it finds the others by its value."""


class BadRow(Protocol):
    """What is wrong with one row of any list; some lists name its column and its sheet, too."""

    @property
    def row(self) -> int: ...
    @property
    def value(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...


Bad = TypeVar("Bad", bound=BadRow)


@dataclass(slots=True)
class Alike(Generic[Bad]):
    """The first of some bad rows that differ in nothing but the row, and the rows of all of them."""

    first: Bad
    rows: list[int] = field(default_factory=list)

    @property
    def value(self) -> str:
        """What stands in every one of the rows."""
        return _told_value(self.first)

    @property
    def rows_text(self) -> str:
        """The rows in words: "3–102, 104", or the first of them with how many there are."""
        runs = runs_of(self.rows)
        told = _(", ").join(str(first) if first == last else f"{first}–{last}" for first, last in runs[:RUNS_TOLD])
        if len(runs) <= RUNS_TOLD:
            return told
        return _("%(rows)s … (%(number)s rows)", rows=told, number=len(self.rows))


def put_together(problems: Iterable[Bad]) -> Sequence[Alike[Bad]]:
    """The problems with equal ones put together, in the order of their first rows."""
    found: dict[tuple[Any, ...], Alike[Bad]] = {}
    for problem in problems:
        where = (getattr(problem, "sheet", ""), getattr(problem, "column", ""))
        found.setdefault((*where, problem.reason, problem.detail, _told_value(problem)), Alike(problem)).rows.append(problem.row)
    return list(found.values())


def _told_value(problem: BadRow) -> str:
    """What stands in the row; of cells merged with others only the first holds a value, so that none is told."""
    return "" if problem.reason == "merged" else problem.value
