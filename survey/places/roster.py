"""A household roster read from a spreadsheet: good rows as records, everything else as problems with row, column, value and reason.

Pure: which villages and households exist is told by arguments. Reasons are code names; `roster_texts.py` puts them into words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from questionnaires.errors import ErrorCode, SurveyError
from survey.places import codes
from survey.places import roster_terms as terms
from survey.places.positions import NoDegrees, read_position
from survey.places.sheet_layout import Layout, SheetProblem, Vocabulary, Wrong, count_bad_rows, find_layouts, in_order, missing_headings
from survey.places.tabular import Row, UnreadableTable, read_sheets

MAX_MEMBERS = 60
MAX_LENGTHS = {"number": 32, "head_name": 64, "group_name": 64}
VOCABULARY = Vocabulary(terms.COLUMNS, terms.REQUIRED, (("village_code", "village_name"),))

_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?E[+-]?\d+", re.IGNORECASE)
_LIST_MARKS = re.compile(r"[、,，;；/|\s]+")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One good row; a value is None when the file has no such column, and then the stored value stays as it is."""

    row: int
    number: str
    head_name: str
    kind: str
    n_members: int
    village_code: str = ""
    village_name: str = ""
    township_name: str = ""
    cause: str | None = None
    group_name: str | None = None
    markers: tuple[str, ...] | None = None
    sheet: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file holds; `n_other_members` rows described further members of a household and were passed over."""

    rows: tuple[RosterRow, ...]
    problems: tuple[SheetProblem, ...]
    n_other_members: int = 0
    headings: Mapping[str, str] = field(default_factory=dict)
    """Our column name to the heading in the file."""

    @property
    def n_bad_rows(self) -> int:
        """The number of rows with at least one problem."""
        return count_bad_rows(self.problems)


def read_roster(data: bytes, name: str) -> Roster:
    """The roster in an .xlsx or delimited text file called `name`; all sheets that carry the headings are read.

    Rows are numbered as a spreadsheet program shows them. Raises SurveyError UNREADABLE_ROSTER when the file as a whole is none.
    """
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        raise unreadable(name, error.reason, str(error), error.detail) from error
    layouts = find_layouts(sheets, VOCABULARY)
    if not layouts:
        missing = missing_headings(sheets, VOCABULARY)
        raise unreadable(name, "no_headings", "it lacks the headings {place}. Name the columns as in the sample file.", missing)
    rows: list[RosterRow] = []
    problems: list[SheetProblem] = []
    n_other_members = 0
    for sheet, layout in layouts:
        for row in sheet.rows[layout.header_row :]:
            if row.is_blank:
                continue
            relation = layout.cell(row, "relation").text
            if relation and relation not in terms.HEAD_RELATIONS:
                n_other_members += 1
                continue
            found, wrong = _read_row(row, layout)
            problems.extend(wrong)
            rows.extend([found] if found else [])
    unique, doubled = without_doubles(rows, {column: heading for column, (_, heading) in layouts[0][1].columns.items()})
    if not unique and not problems and not doubled:
        raise unreadable(name, "no_rows", "there are headings but no rows below them.")
    headings = {column: heading for _, layout in layouts for column, (_, heading) in layout.columns.items()}
    return Roster(tuple(unique), in_order([*problems, *doubled]), n_other_members, headings)


def unreadable(name: str, reason: str, text: str, detail: str = "") -> SurveyError:
    """The error that the file called `name` is no roster; `text` says why, `reason` and `detail` let a page say it in its language."""
    return SurveyError(ErrorCode.UNREADABLE_ROSTER, file=name, detail=text, reason=reason, place=detail)


def _read_row(row: Row, layout: Layout) -> tuple[RosterRow | None, list[SheetProblem]]:
    """The record of one row, or None with its problems."""
    problems: list[SheetProblem] = []
    wrong = layout.noter(row, problems)
    texts = layout.texts(row, wrong)
    if problems:
        return None, problems
    village_code = village_code_of(texts, wrong)
    number = number_of(texts["number"], wrong)
    if not texts["head_name"]:
        wrong("head_name", "missing")
    for column in ("head_name", "group_name"):
        if len(texts.get(column, "")) > MAX_LENGTHS[column]:
            wrong(column, "too_long", str(MAX_LENGTHS[column]))
    latitude, longitude = _position(texts, wrong)
    found = RosterRow(
        row=row.number,
        number=number,
        head_name=texts["head_name"],
        kind=term_of("kind", texts["kind"], terms.KIND_OF, wrong),
        n_members=_n_members(texts["n_members"], wrong),
        village_code=village_code,
        village_name=texts.get("village_name", ""),
        township_name=texts.get("township_name", ""),
        cause=cause_of(texts.get("cause"), wrong),
        group_name=texts.get("group_name"),
        markers=_markers(texts.get("markers"), wrong),
        sheet=layout.sheet,
        latitude=latitude,
        longitude=longitude,
    )
    return (None if problems else found), problems


def digits_of(text: str) -> str:
    """The text with full-width digits made ordinary and all blanks removed."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def village_code_of(texts: Mapping[str, str], wrong: Wrong) -> str:
    """The 12-digit village code of a row, or "" when the row names its village only by name (or has a problem)."""
    text = texts.get("village_code", "")
    if not text:
        if not texts.get("village_name"):
            wrong("village_code" if "village_code" in texts else "village_name", "missing")
        return ""
    if _SCIENTIFIC.fullmatch(digits_of(text)):
        wrong("village_code", "scientific")
        return ""
    code = digits_of(text)
    if len(code) != 12 or not codes.is_valid(code) or codes.level_of(code) != "village":
        wrong("village_code", "bad_code")
        return ""
    return code


def number_of(text: str, wrong: Wrong) -> str:
    """The household's number in the registry, with ordinary digits."""
    number = digits_of(text)
    if not number:
        wrong("number", "missing")
    elif _SCIENTIFIC.fullmatch(number):
        wrong("number", "scientific")
    elif len(number) > MAX_LENGTHS["number"]:
        wrong("number", "too_long", str(MAX_LENGTHS["number"]))
    return number


def _n_members(text: str, wrong: Wrong) -> int:
    """The number of members; "4", "４" and "4.0" are numbers, "four" and "4-5" are not."""
    digits = digits_of(text)
    if not digits:
        wrong("n_members", "missing")
    elif not re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", digits, re.ASCII):
        wrong("n_members", "not_a_number")
    elif not 1 <= (number := int(float(digits))) <= MAX_MEMBERS:
        wrong("n_members", "out_of_range", f"1–{MAX_MEMBERS}")
    else:
        return number
    return 0


def term_of(column: str, text: str, names: Mapping[str, str], wrong: Wrong) -> str:
    """The code name of a term, "" with a problem when the term is missing or unknown."""
    if not text:
        wrong(column, "missing")
        return ""
    name = names.get(terms.fold(text), "")
    if not name:
        wrong(column, f"unknown_{column}")
    return name


def cause_of(text: str | None, wrong: Wrong) -> str | None:
    """The code name of the main cause of poverty, "" for none, None when the file has no such column."""
    if text is None or text.lower() in terms.NOTHING:
        return None if text is None else ""
    return term_of("cause", text, terms.CAUSE_OF, wrong)


def _markers(text: str | None, wrong: Wrong) -> tuple[str, ...] | None:
    """The markers of a household in our order, None when the file has no such column."""
    if text is None or text.lower() in terms.NOTHING:
        return None if text is None else ()
    words = [word for word in _LIST_MARKS.split(unicodedata.normalize("NFKC", text)) if word]
    unknown = [word for word in words if terms.fold(word) not in terms.MARKER_OF]
    if unknown:
        wrong("markers", "unknown_marker", "、".join(unknown))
        return ()
    chosen = {terms.MARKER_OF[terms.fold(word)] for word in words}
    return tuple(marker for marker in terms.MARKERS if marker in chosen)


def _position(texts: Mapping[str, str], wrong: Wrong) -> tuple[float | None, float | None]:
    """Where the house stands, in degrees; None twice when the row does not say (or has a problem)."""
    given = {column: "" if texts.get(column, "") in terms.NOTHING else texts[column] for column in ("latitude", "longitude")}
    try:
        return read_position(**given) or (None, None)
    except NoDegrees as error:
        wrong("latitude" if "latitude" in texts else "longitude", str(error))
        return None, None


def without_doubles(rows: Iterable[RosterRow], headings: Mapping[str, str]) -> tuple[list[RosterRow], list[SheetProblem]]:
    """The rows whose number occurs for the first time in its village, and a problem for every later one."""
    first: dict[tuple[str, ...], RosterRow] = {}
    doubled = []
    for row in rows:
        village = (row.village_code,) if row.village_code else (row.township_name, row.village_name)
        before = first.setdefault((*village, row.number), row)
        if before is not row:
            doubled.append(_double(row, before, headings))
    return list(first.values()), doubled


def _double(row: RosterRow, before: RosterRow, headings: Mapping[str, str]) -> SheetProblem:
    """The problem of a row whose number an earlier row of the same village carries."""
    place = f"{before.sheet} {before.row}".strip()
    return SheetProblem(row.row, headings.get("number", ""), row.number, "duplicate", place, row.sheet)
