"""The sheets of a checked file as rows to read, each with the problems that are about it. Pure.

A sheet is shown whole when it is short; of a long one only the rows that have problems, with their neighbours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questionnaires.errors import SurveyError
from questionnaires.lint.authored import Authored, SurveyRow, cell, read_authored, split_header, translations
from questionnaires.lint.problems import Problem
from questionnaires.sheets import Row, Sheet, read_workbook

SHOWN_WHOLE = 300
NEIGHBOURS = 2
"""Rows shown before and after one with problems."""
MAX_DEPTH = 3
_LEFT_OUT = frozenset(("type", "name", "label", "list_name"))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row to read: what it is called and what it says, the other cells by column, and the problems; `number` is the spreadsheet's."""

    number: int
    kind: str
    name: str
    label: str
    cells: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    depth: int = 0
    is_group: bool = False
    is_after_gap: bool = False
    """Whether rows before it are left out."""


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet that has problems; `key` is its name in lower case, which its rows' addresses on the page begin with."""

    key: str
    name: str
    rows: tuple[SheetRow, ...]
    n_problems: int


def checked_sheets(source: bytes, name: str, problems: Sequence[Problem], language: str) -> tuple[ReadSheet, ...]:
    """The sheets with problems of a checked file, none when it cannot be read as a workbook."""
    if not any(problem.row is not None for problem in problems):
        return ()
    try:
        return read_sheets(read_authored(read_workbook(source, name)), problems, language)
    except SurveyError:
        return ()


def read_sheets(authored: Authored, problems: Sequence[Problem], language: str) -> tuple[ReadSheet, ...]:
    """The sheets that have rows with problems, as the workbook orders them; labels in the language whose code is given, else in any."""
    nested = {each.row.number: each for each in authored.survey}
    found = []
    for key, sheet in authored.workbook.sheets.items():
        own = [problem for problem in problems if problem.sheet.strip().lower() == key and problem.row is not None]
        if own:
            rows = tuple(_rows(sheet, own, nested if key == "survey" else {}, language))
            found.append(ReadSheet(key, sheet.name, rows, len(own)))
    return tuple(found)


def _rows(sheet: Sheet, problems: Sequence[Problem], nested: dict[int, SurveyRow], language: str) -> Iterator[SheetRow]:
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row or 1, []).append(problem)
    header = Row(1, {column: column for column in sheet.columns})
    written = {row.number: row for row in (header, *sheet.rows)}
    # A merged range or a formula may lie where nothing is read.
    rows = [written.get(number, Row(number, {})) for number in sorted({*written, *by_row})]
    places = [place for place, row in enumerate(rows) if row.number in by_row]
    is_whole = len(rows) <= SHOWN_WHOLE
    near = {place + shift for place in places for shift in range(-NEIGHBOURS, NEIGHBOURS + 1)}
    before = 0
    for place, row in enumerate(rows):
        is_header = row.number == 1
        if (is_header and 1 not in by_row) or not (is_whole or place in near):
            continue
        yield _row(row, by_row.get(row.number, ()), nested.get(row.number), language, is_after_gap=place > 0 and before != place - 1)
        before = place


def _row(row: Row, problems: Sequence[Problem], nested: SurveyRow | None, language: str, *, is_after_gap: bool) -> SheetRow:
    labels = translations(row, "label") or translations(row, "title") or translations(row, "display_title")
    is_header = row.number == 1
    cells = ((header, text) for header, text in row.cells.items() if split_header(header)[0] not in _LEFT_OUT)
    return SheetRow(
        number=row.number,
        kind="" if is_header else cell(row, "type") or cell(row, "list_name"),
        name="" if is_header else cell(row, "name"),
        label=" · ".join(row.cells) if is_header else _in_language(labels, language),
        cells=() if is_header else tuple((header, text) for header, text in cells if not _is_wording(header)),
        problems=tuple(problems),
        depth=min(len(nested.groups) - nested.is_end, MAX_DEPTH) if nested else 0,
        is_group=nested is not None and (nested.is_group or nested.is_end),
        is_after_gap=is_after_gap,
    )


def _is_wording(header: str) -> bool:
    """Whether a column is a text in one language, which would only repeat the label."""
    return split_header(header)[0] in ("label", "title", "display_title")


def _in_language(texts: dict[str, str], code: str) -> str:
    """The text of the language whose name ends in the code, else the first there is."""
    return next((text for name, text in texts.items() if name.endswith(f"({code})")), next(iter(texts.values()), ""))
