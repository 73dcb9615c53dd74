"""Where the columns of a list stand in a sheet, found by their headings, and the faults of single cells. Pure.

What a list is called and which headings mean what comes as a `Vocabulary`; rosters, lists of persons and registers each have one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from questionnaires.errors import ErrorCode, SurveyError
from survey.places.roster_terms import fold
from survey.places.tabular import EMPTY, Cell, Row, Sheet

HEADING_ROWS = 20
"""How many rows from the top may hold titles and remarks before the headings."""

Wrong = Callable[..., None]
"""Notes a problem: the column's name, the reason's code name, and a detail."""


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """Why one row cannot be imported: the heading as the file writes it, the value as found, a reason's code name and a detail."""

    row: int
    column: str
    value: str
    reason: str
    detail: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The columns of a list: our name to the headings that mean it, the first one being the sample's.

    Without the `required` columns, and one of each group in `one_of`, a sheet is no such list.
    """

    columns: Mapping[str, Sequence[str]]
    required: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    def is_whole(self, found: Mapping[str, object]) -> bool:
        """Whether these columns suffice."""
        return set(self.required) <= set(found) and all(set(group) & set(found) for group in self.one_of)

    def missing(self, found: Mapping[str, object]) -> list[str]:
        """The sample's headings of what lacks."""
        groups = [" / ".join(self.columns[name][0] for name in group) for group in self.one_of if not set(group) & set(found)]
        return groups + [self.columns[name][0] for name in self.required if name not in found]

    def find_columns(self, row: Row) -> dict[str, tuple[int, str]]:
        """The known columns of a heading row as (position from 0, heading); of several headings for one, the one listed first."""
        ranks = {fold(heading): (name, rank) for name, headings in self.columns.items() for rank, heading in enumerate(headings)}
        found: dict[str, tuple[int, str]] = {}
        best: dict[str, int] = {}
        for position, cell in enumerate(row.cells):
            name, rank = ranks.get(fold(cell.text), ("", 0)) if cell.text else ("", 0)
            if name and (name not in best or rank < best[name]):
                found[name], best[name] = (position, cell.text), rank
        return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of one sheet are; `sheet` is its name, or "" where the file has only one such sheet."""

    sheet: str
    header_row: int
    columns: Mapping[str, tuple[int, str]]
    vocabulary: Vocabulary

    def cell(self, row: Row, column: str) -> Cell:
        """The cell of `column`, empty when the row is short or the column absent."""
        position = self.columns.get(column, (len(row.cells), ""))[0]
        return row.cells[position] if position < len(row.cells) else EMPTY

    def heading(self, column: str) -> str:
        """The heading of `column` in the file; our own first word for it when absent."""
        return self.columns[column][1] if column in self.columns else self.vocabulary.columns[column][0]

    def texts(self, row: Row, wrong: Wrong) -> dict[str, str]:
        """The texts of the row's known cells by column; a cell whose text cannot be trusted is noted as wrong."""
        found = {}
        for column in self.columns:
            cell = self.cell(row, column)
            if cell.fault:
                wrong(column, cell.fault)
            found[column] = cell.text
        return found

    def noter(self, row: Row, problems: list[SheetProblem]) -> Wrong:
        """A function that adds a problem of this row to `problems`."""

        def wrong(column: str, reason: str, detail: str = "") -> None:
            problems.append(SheetProblem(row.number, self.heading(column), self.cell(row, column).text, reason, detail, self.sheet))

        return wrong


def find_layouts(sheets: Iterable[Sheet], vocabulary: Vocabulary) -> list[tuple[Sheet, Layout]]:
    """The sheets that carry the headings, with where their columns are; empty when none does."""
    found = [(sheet, layout) for sheet in sheets if (layout := _find_layout(sheet, vocabulary)) is not None]
    return [(sheet, layout if len(found) > 1 else replace(layout, sheet="")) for sheet, layout in found]


def missing_headings(sheets: Iterable[Sheet], vocabulary: Vocabulary) -> str:
    """Which headings the most promising row lacks."""
    rows = (vocabulary.find_columns(row) for sheet in sheets for row in sheet.rows[:HEADING_ROWS])
    return "、".join(vocabulary.missing(max(rows, key=len, default={})))


def in_order(problems: Iterable[SheetProblem]) -> tuple[SheetProblem, ...]:
    """The problems by sheet and row; those of one row stay in the order of its columns."""
    return tuple(sorted(problems, key=lambda problem: (problem.sheet, problem.row)))


def count_bad_rows(problems: Iterable[SheetProblem]) -> int:
    """The number of rows with at least one problem."""
    return len({(problem.sheet, problem.row) for problem in problems})


def refuse_bad_rows(problems: Sequence[SheetProblem], file_name: str, *, keep_good: bool) -> None:
    """Raise BAD_ROWS, which tells how many rows are bad and where the first is, unless there is none or the good ones are wanted alone."""
    if problems and not keep_good:
        first = problems[0]
        place = "sheet '{sheet}', row {row}" if first.sheet else "row {row}"
        count = count_bad_rows(problems)
        raise SurveyError(ErrorCode.BAD_ROWS, file=file_name, count=count, place=place, sheet=first.sheet, row=first.row)


def _find_layout(sheet: Sheet, vocabulary: Vocabulary) -> Layout | None:
    """The layout of a sheet from the first row that holds every required heading, or None."""
    for row in sheet.rows[:HEADING_ROWS]:
        columns = vocabulary.find_columns(row)
        if vocabulary.is_whole(columns):
            return Layout(sheet.name, row.number, columns, vocabulary)
    return None
