"""Rows of the register of identification read from a spreadsheet: one row for each happening, or one for each household. Pure.

A list with a column for the day of each kind (识别日期, 脱贫日期 …) yields one happening for every day that is filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.errors import ErrorCode
from survey.places import roster_terms
from survey.places.dates import read_day
from survey.places.roster import number_of, term_of, village_code_of
from survey.places.sheet_layout import Layout, SheetProblem, Vocabulary, Wrong, in_order
from survey.places.tabular import Row
from survey.registry import terms
from survey.registry.member_sheet import Progress, find_layouts_in, rows_below, unreadable

DAY_COLUMNS = tuple(terms.IDENTIFICATION_KINDS)
VOCABULARY = Vocabulary(terms.IDENTIFICATION_COLUMNS, ("number",), (("village_code", "village_name"), ("day", *DAY_COLUMNS)))
MAX_NOTE_LENGTH = 255


@dataclass(frozen=True, slots=True)
class IdentificationRow:
    """One happening of one household; `column` is the heading of its day, by which a problem of it is named."""

    row: int
    number: str
    kind: str
    happened_on: date
    column: str
    village_code: str = ""
    village_name: str = ""
    township_name: str = ""
    note: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class IdentificationList:
    """What a file holds; `headings` maps our column name to the heading in the file."""

    rows: tuple[IdentificationRow, ...]
    problems: tuple[SheetProblem, ...]
    headings: Mapping[str, str]


def read_identifications(data: bytes, name: str, today: date, progress: Progress | None = None) -> IdentificationList:
    """The happenings in an .xlsx or delimited text file called `name`, in the file's order; `progress` as in `read_members`.

    Raises SurveyError UNREADABLE_IDENTIFICATIONS when the file as a whole is no such register.
    """
    layouts = find_layouts_in(data, name, VOCABULARY, ErrorCode.UNREADABLE_IDENTIFICATIONS)
    rows: list[IdentificationRow] = []
    problems: list[SheetProblem] = []
    for _sheet, layout in layouts:
        if "day" in layout.columns and "kind" not in layout.columns:
            missing = terms.IDENTIFICATION_COLUMNS["kind"][0]
            text = "it lacks the heading {place}. Name the columns as in the sample file."
            raise unreadable(ErrorCode.UNREADABLE_IDENTIFICATIONS, name, "no_headings", text, missing)
    for row, layout in rows_below(layouts, progress):
        found, wrong = _read_row(row, layout, today)
        problems.extend(wrong)
        rows.extend(found)
    if not rows and not problems:
        raise unreadable(ErrorCode.UNREADABLE_IDENTIFICATIONS, name, "no_rows", "there are headings but no rows below them.")
    headings = {column: heading for _, layout in layouts for column, (_, heading) in layout.columns.items()}
    return IdentificationList(tuple(rows), in_order(problems), headings)


def _read_row(row: Row, layout: Layout, today: date) -> tuple[list[IdentificationRow], list[SheetProblem]]:
    """What one row says happened, or nothing with its problems: a row is taken whole or not at all."""
    problems: list[SheetProblem] = []
    wrong = layout.noter(row, problems)
    texts = layout.texts(row, wrong)
    if problems:
        return [], problems
    number, village_code = number_of(texts["number"], wrong), village_code_of(texts, wrong)
    note = texts.get("note", "")
    if len(note) > MAX_NOTE_LENGTH:
        wrong("note", "too_long", str(MAX_NOTE_LENGTH))
    happened: list[tuple[str, str, date | None]] = []
    if "day" in texts:
        kind = term_of("kind", texts["kind"], terms.IDENTIFICATION_CODES, wrong)
        happened.append((kind, "day", _day("day", texts["day"], today, wrong)))
    filled = [column for column in DAY_COLUMNS if texts.get(column, "").lower() not in roster_terms.NOTHING]
    happened.extend((column, column, _day(column, texts[column], today, wrong)) for column in filled)
    if not happened and not problems:
        wrong(next(column for column in DAY_COLUMNS if column in layout.columns), "no_day")
    if problems:
        return [], problems
    return [
        IdentificationRow(
            row=row.number,
            number=number,
            kind=kind,
            happened_on=day,
            column=layout.heading(column),
            village_code=village_code,
            village_name=texts.get("village_name", ""),
            township_name=texts.get("township_name", ""),
            note=note,
            sheet=layout.sheet,
        )
        for kind, column, day in happened
        if day is not None
    ], problems


def _day(column: str, text: str, today: date, wrong: Wrong) -> date | None:
    """The day of a cell; None with a problem when it is none or has not come yet."""
    day = read_day(text) if text else "missing"
    if isinstance(day, str):
        wrong(column, day)
        return None
    if day > today:
        wrong(column, "date_to_come")
        return None
    return day
