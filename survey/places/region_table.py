"""A list of places read from a spreadsheet: code and name per row. Pure: which places exist already is told by an argument."""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass

from questionnaires.errors import ErrorCode, SurveyError
from survey.places import codes
from survey.places.positions import LATITUDE_HEADINGS, LONGITUDE_HEADINGS, NoDegrees, read_position
from survey.places.roster_terms import fold
from survey.places.tabular import Row, UnreadableTable, read_sheets

HEADINGS = {
    "code": ("代码", "区划代码", "行政区划代码", "统计用区划代码", "编码", "code", "region_code"),
    "name": ("名称", "单位名称", "地名", "区划名称", "name"),
    "level": ("级别", "层级", "行政级别", "level"),
    "latitude": LATITUDE_HEADINGS,
    "longitude": LONGITUDE_HEADINGS,
}
"""Our column name to the headings that mean it."""

REQUIRED = ("code", "name")
LEVELS = {
    "province": ("省级", "省", "自治区", "直辖市", "province"),
    "city": ("地级", "市级", "市", "地级市", "自治州", "地区", "city"),
    "county": ("县级", "县", "区", "区县", "县级市", "旗", "county"),
    "township": ("乡级", "乡镇级", "乡镇", "乡", "镇", "街道", "township"),
    "village": ("村级", "村", "行政村", "社区", "village"),
}
"""What lists write for each level, where they have a column for it."""

HEADING_ROWS = 20
MAX_NAME_LENGTH = 64
_LEVEL_OF = {fold(word): level for level, words in LEVELS.items() for word in words}
_OTHER_SIGNS = re.compile(r"[^0-9]")
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?E\+?\d+", re.IGNORECASE)
_COLUMN_OF = {fold(heading): column for column, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One place of the file: 12-digit code, name, and where it is, None twice when the file does not say."""

    row: int
    code: str
    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class RegionProblem:
    """Why one row cannot be imported: row and value as the file has them, and a reason's code name with a detail."""

    row: int
    value: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RegionTable:
    """What a file holds, places above before places below."""

    rows: tuple[RegionRow, ...]
    problems: tuple[RegionProblem, ...]


def read_regions(data: bytes, name: str) -> RegionTable:
    """The places in an .xlsx or delimited text file; short codes ("610727") are completed, a repeated row counts once.

    Raises SurveyError UNREADABLE_PLACES when the file as a whole is no list of places.
    """
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        values = {"reason": error.reason, "place": error.detail}
        raise SurveyError(ErrorCode.UNREADABLE_PLACES, file=name, detail=str(error), **values) from error
    for sheet in sheets:
        for heading in sheet.rows[:HEADING_ROWS]:
            columns = _columns_of(heading)
            if set(REQUIRED) <= set(columns):
                return _read_rows([row for row in sheet.rows[heading.number :] if not row.is_blank], columns)
    wanted = "、".join(HEADINGS[column][0] for column in REQUIRED)
    detail = "it has no row with the headings {place} (code and name)."
    raise SurveyError(ErrorCode.UNREADABLE_PLACES, file=name, detail=detail, reason="no_headings", place=wanted)


def _columns_of(row: Row) -> dict[str, int]:
    """The positions of the known columns; the first of several headings for one column counts."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(row.cells):
        if (column := _COLUMN_OF.get(fold(cell.text))) is not None:
            columns.setdefault(column, position)
    return columns


def _read_rows(rows: Iterable[Row], columns: dict[str, int]) -> RegionTable:
    found: dict[str, RegionRow] = {}
    problems = []
    for row in rows:
        cells = {column: row.cells[position] for column, position in columns.items() if position < len(row.cells)}
        text = cells["code"].text if "code" in cells else ""
        name = cells["name"].text if "name" in cells else ""
        code = codes.full_code(text)
        faults = [cell.fault for cell in cells.values() if cell.fault]
        if faults:
            problems.append(RegionProblem(row.number, text, faults[0]))
        elif code is None:
            problems.append(RegionProblem(row.number, text, *_code_fault(text)))
        elif not 0 < len(name) <= MAX_NAME_LENGTH:
            problems.append(RegionProblem(row.number, name or text, "too_long" if name else "missing", str(MAX_NAME_LENGTH)))
        elif not any(sign.isalpha() for sign in name):
            problems.append(RegionProblem(row.number, name, "bad_name"))
        elif level_fault := _level_fault(code, cells["level"].text if "level" in cells else ""):
            problems.append(RegionProblem(row.number, cells["level"].text, *level_fault))
        else:
            place = {column: cells[column].text if column in cells else "" for column in ("latitude", "longitude")}
            try:
                latitude, longitude = read_position(**place) or (None, None)
            except NoDegrees as error:
                problems.append(RegionProblem(row.number, ", ".join(place.values()), str(error)))
                continue
            if (before := found.setdefault(code, RegionRow(row.number, code, name, latitude, longitude))).name != name:
                problems.append(RegionProblem(row.number, text, "duplicate", str(before.row)))
    return RegionTable(tuple(sorted(found.values(), key=lambda row: (len(codes.prefix_of(row.code)), row.code))), tuple(problems))


def _code_fault(text: str) -> tuple[str, str]:
    """Why a text is no place code, with a detail: what stands there that is no digit, how many digits there are, or the first two."""
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    if not digits:
        return "missing", ""
    if _SCIENTIFIC.fullmatch(digits):
        return "scientific", ""
    if others := _OTHER_SIGNS.findall(digits):
        return "no_digits", "".join(dict.fromkeys(others))
    return ("unknown_province", digits[:2]) if len(digits) in codes.SHORT_LENGTHS else ("bad_length", str(len(digits)))


def _level_fault(code: str, text: str) -> tuple[str, str] | None:
    """Why the level that a row names cannot be right, with the level that the code has; None when it is right or absent."""
    if not text:
        return None
    level = _LEVEL_OF.get(fold(text))
    if level is None:
        return "unknown_level", ""
    return None if level == codes.level_of(code) else ("level_differs", codes.level_of(code))


def with_parents(table: RegionTable, known: Container[str]) -> RegionTable:
    """The table without places whose place above is neither in `known` nor in the table; each becomes a problem that names it."""
    present: set[str] = set()
    rows, problems = [], list(table.problems)
    for row in table.rows:
        parent = codes.parent_of(row.code)
        if parent is None or parent in known or parent in present:
            rows.append(row)
            present.add(row.code)
        else:
            problems.append(RegionProblem(row.row, row.code, "missing_parent", parent))
    return RegionTable(tuple(rows), tuple(sorted(problems, key=lambda problem: problem.row)))
