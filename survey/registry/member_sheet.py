"""A list of persons read from a spreadsheet, one row for each: good rows as records, everything else as problems.

Identity numbers are checked here and leave this module only sealed, with their fingerprint; a wrong one is named in its problem with
stars in its middle. Which households exist is told by `member_plan.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from questionnaires.errors import ErrorCode, SurveyError
from survey.places import roster_terms
from survey.places.dates import EARLIEST, read_day
from survey.places.roster import MAX_LENGTHS, cause_of, digits_of, number_of, term_of, village_code_of
from survey.places.sheet_layout import Layout, SheetProblem, Vocabulary, Wrong, find_layouts, in_order, missing_headings
from survey.places.tabular import Row, Sheet, UnreadableTable, read_sheets
from survey.registry import terms
from survey.registry.id_numbers import IdNumber, clean_id_number, mask, read_id_number
from survey.registry.sealing import Sealed, Vault

VOCABULARY = Vocabulary(terms.MEMBER_COLUMNS, terms.MEMBER_REQUIRED, (("village_code", "village_name"),))
MAX_NAME_LENGTH = 64
ROWS_A_TIME = 500
"""After so many rows a progress bar moves on."""
Progress = Callable[[int, int], None]
"""Is told how many are done, of how many."""

_YEAR = re.compile(r"(\d{4})年?", re.ASCII)
_DIGITS_INSIDE = re.compile(r"\d{15}|\d{17}[\dXx]")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One good row; a value is None when the file has no such column, and then the stored value stays as it is.

    `kind`, `cause` and `group_name` are the household's, for one that is not on the roster yet.
    """

    row: int
    number: str
    name: str
    village_code: str = ""
    village_name: str = ""
    township_name: str = ""
    sex: str | None = None
    birth_year: int | None = None
    relation: str | None = None
    schooling: str | None = None
    health: str | None = None
    work: str | None = None
    id_number: Sealed | None = None
    id_number_hash: str | None = None
    kind: str = ""
    cause: str = ""
    group_name: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class MemberList:
    """What a file holds; `headings` maps our column name to the heading in the file."""

    rows: tuple[MemberRow, ...]
    problems: tuple[SheetProblem, ...]
    headings: Mapping[str, str]


def read_members(data: bytes, name: str, vault: Vault, today: date, progress: Progress | None = None) -> MemberList:
    """The persons in an .xlsx or delimited text file called `name`; all sheets that carry the headings are read.

    `progress` is told now and then how many rows of how many are read.

    Raises SurveyError UNREADABLE_MEMBERS when the file as a whole is no list of persons.
    """
    layouts = find_layouts_in(data, name, VOCABULARY, ErrorCode.UNREADABLE_MEMBERS)
    rows: list[MemberRow] = []
    problems: list[SheetProblem] = []
    for row, layout in rows_below(layouts, progress):
        found, wrong = _read_row(row, layout, vault, today)
        problems.extend(wrong)
        rows.extend([found] if found else [])
    headings = {column: heading for _, layout in layouts for column, (_, heading) in layout.columns.items()}
    unique, doubled = without_doubles(rows, headings)
    if not unique and not problems and not doubled:
        raise unreadable(ErrorCode.UNREADABLE_MEMBERS, name, "no_rows", "there are headings but no rows below them.")
    return MemberList(tuple(unique), in_order([*problems, *doubled]), headings)


def rows_below(layouts: Sequence[tuple[Sheet, Layout]], progress: Progress | None = None) -> Iterator[tuple[Row, Layout]]:
    """The rows below the headings that are not blank, sheet by sheet."""
    total = sum(len(sheet.rows) - layout.header_row for sheet, layout in layouts)
    done = 0
    for sheet, layout in layouts:
        for row in sheet.rows[layout.header_row :]:
            done += 1
            if progress and (done % ROWS_A_TIME == 0 or done == total):
                progress(done, total)
            if not row.is_blank:
                yield row, layout


def find_layouts_in(data: bytes, name: str, vocabulary: Vocabulary, code: ErrorCode) -> list[tuple[Sheet, Layout]]:
    """The sheets of the file that carry the headings; SurveyError `code` when it is no table or none does."""
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        raise unreadable(code, name, error.reason, str(error), error.detail) from error
    layouts = find_layouts(sheets, vocabulary)
    if not layouts:
        missing = missing_headings(sheets, vocabulary)
        text = "it lacks the headings {place}. Name the columns as in the sample file."
        raise unreadable(code, name, "no_headings", text, missing)
    return layouts


def unreadable(code: ErrorCode, name: str, reason: str, text: str, detail: str = "") -> SurveyError:
    """The error that the file called `name` is no such list; `reason` and `detail` let a page say why in its language."""
    return SurveyError(code, file=name, detail=text, reason=reason, place=detail)


def _read_row(row: Row, layout: Layout, vault: Vault, today: date) -> tuple[MemberRow | None, list[SheetProblem]]:
    """The record of one row, or None with its problems."""
    problems: list[SheetProblem] = []
    wrong = layout.noter(row, problems)
    texts = layout.texts(row, wrong)
    if problems:
        return None, [_veiled(problem, layout) for problem in problems]
    for column, limit in (("name", MAX_NAME_LENGTH), ("group_name", MAX_LENGTHS["group_name"])):
        if len(texts.get(column, "")) > limit:
            wrong(column, "too_long", str(limit))
    if not texts["name"]:
        wrong("name", "missing")
    id_number = _id_number(texts, today, wrong)
    birth_year = _birth_year(texts, id_number, today, wrong)
    sex = _sex(texts, id_number, wrong)
    found = MemberRow(
        row=row.number,
        number=number_of(texts["number"], wrong),
        name=texts["name"],
        village_code=village_code_of(texts, wrong),
        village_name=texts.get("village_name", ""),
        township_name=texts.get("township_name", ""),
        sex=sex,
        birth_year=birth_year,
        relation=_term(texts, "relation", wrong),
        schooling=_term(texts, "schooling", wrong),
        health=_term(texts, "health", wrong),
        work=_term(texts, "work", wrong),
        id_number=vault.seal(id_number.text) if id_number else None,
        id_number_hash=vault.fingerprint(id_number.text) if id_number else None,
        kind=term_of("kind", texts["kind"], roster_terms.KIND_OF, wrong) if texts.get("kind") else "",
        cause=cause_of(texts.get("cause"), wrong) or "",
        group_name=texts.get("group_name", ""),
        sheet=layout.sheet,
    )
    return (None if problems else found), [_veiled(problem, layout) for problem in problems]


def _veiled(problem: SheetProblem, layout: Layout) -> SheetProblem:
    """The problem with stars in whatever may be an identity number, also one that was written into another column."""
    is_number = problem.column == layout.heading("id_number")
    shown = mask(clean_id_number(problem.value)) if is_number else _DIGITS_INSIDE.sub(lambda found: mask(found[0]), problem.value)
    return SheetProblem(problem.row, problem.column, shown, problem.reason, problem.detail, problem.sheet)


def _id_number(texts: Mapping[str, str], today: date, wrong: Wrong) -> IdNumber | None:
    text = texts.get("id_number", "")
    if text.lower() in roster_terms.NOTHING:
        return None
    found = read_id_number(text, today)
    if isinstance(found, str):
        wrong("id_number", found)
        return None
    return found


def _birth_year(texts: Mapping[str, str], id_number: IdNumber | None, today: date, wrong: Wrong) -> int | None:
    """The year of birth: what the column says, which must agree with the identity number, or else what the number says."""
    text = texts.get("birth", "")
    if text.lower() in roster_terms.NOTHING:
        return id_number.born_on.year if id_number else None
    year = _YEAR.fullmatch(digits_of(text))
    born = int(year[1]) if year else read_day(text)
    if isinstance(born, str):
        wrong("birth", born)
        return None
    born_year = born if isinstance(born, int) else born.year
    if not EARLIEST.year <= born_year <= today.year or (isinstance(born, date) and born > today):
        wrong("birth", "date_impossible")
    elif id_number and (id_number.born_on.year != born if isinstance(born, int) else id_number.born_on != born):
        wrong("birth", "birth_differs")
    return born_year


def _sex(texts: Mapping[str, str], id_number: IdNumber | None, wrong: Wrong) -> str | None:
    """The sex that the column says, which must agree with the identity number, or else the one that the number says."""
    said = _term(texts, "sex", wrong)
    if id_number and said and said != id_number.sex:
        wrong("sex", "sex_differs")
    return said or (id_number.sex if id_number else said)


def _term(texts: Mapping[str, str], column: str, wrong: Wrong) -> str | None:
    """The code name of a term, "" for an empty cell, None when the file has no such column."""
    text = texts.get(column)
    if text is None or text.lower() in roster_terms.NOTHING:
        return None if text is None else ""
    return term_of(column, text, terms.MEMBER_CODES[column], wrong)


def without_doubles(rows: Iterable[MemberRow], headings: Mapping[str, str]) -> tuple[list[MemberRow], list[SheetProblem]]:
    """The rows of persons who occur for the first time, and a problem for every later one.

    A person is the same by the identity number anywhere, and without one by the name within the household.
    """
    by_number: dict[str, MemberRow] = {}
    by_name: dict[tuple[str, ...], MemberRow] = {}
    unique, doubled = [], []
    for row in rows:
        name = (row.village_code or row.township_name + row.village_name, row.number, row.name)
        if row.id_number_hash is not None:
            before, column, value = by_number.setdefault(row.id_number_hash, row), "id_number", ""
        else:
            before, column, value = by_name.setdefault(name, row), "name", row.name
        if before is row:
            unique.append(row)
        else:
            place = f"{before.sheet} {before.row}".strip()
            doubled.append(SheetProblem(row.row, headings.get(column, ""), value, f"twice_by_{column}", place, row.sheet))
    return unique, doubled
