"""Problems that say the same of many rows, told together. A form of 500 questions repeats one mistake fifty times."""

from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.lint.problems import Problem

Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The first of some equal problems, with the rows of all of them; a problem without a row stands alone."""

    first: Problem
    rows: tuple[int, ...]

    @property
    def value(self) -> str:
        """The cell's text on one line where the group has one cell, "" for several cells, which need not say the same."""
        return " ".join(self.first.value.split()) if len(self.rows) < 2 else ""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The rows as the first and last of each unbroken run."""
        return runs_of(self.rows)


def group_problems(problems: Sequence[Problem]) -> tuple[ProblemGroup, ...]:
    """The problems with those that differ in nothing but the row and its value put together, in the order of their first rows."""
    found: dict[tuple[object, ...], list[Problem]] = {}
    for number, problem in enumerate(problems):
        alone = number if problem.row is None else None
        key = (alone, problem.sheet, problem.column, problem.severity, problem.message, problem.remedy)
        found.setdefault(key, []).append(problem)
    return tuple(ProblemGroup(each[0], tuple(p.row for p in each if p.row is not None)) for each in found.values())


def runs_of(rows: Sequence[int]) -> tuple[Run, ...]:
    """Rows in rising order as the first and last of each unbroken run."""
    found: list[Run] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return tuple(found)


def rows_text(runs: Sequence[Run]) -> str:
    """Runs of rows in words of numbers: "3, 5-9"."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
