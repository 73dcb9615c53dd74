"""A list of places read from a spreadsheet: code and name per row. Pure: which places exist already is told by an argument."""

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
    "latitude": LATITUDE_HEADINGS,
    "longitude": LONGITUDE_HEADINGS,
}
"""Our column name to the headings that mean it."""

REQUIRED = ("code", "name")

HEADING_ROWS = 20
MAX_NAME_LENGTH = 64
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
    detail = f"it has no row with the headings {wanted} (code and name)."
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
            problems.append(RegionProblem(row.number, text, "bad_code" if text else "missing"))
        elif not 0 < len(name) <= MAX_NAME_LENGTH:
            problems.append(RegionProblem(row.number, name or text, "too_long" if name else "missing", str(MAX_NAME_LENGTH)))
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
