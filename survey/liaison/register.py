"""A register of assistance read from a spreadsheet: one giver, kind, amount, place and year per row.

Pure: which places there are is told by an argument.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from questionnaires.errors import ErrorCode, SurveyError
from survey.liaison.amounts import parse_fen
from survey.liaison.places import Gazetteer
from survey.places.sheet_layout import HEADING_ROWS, SheetProblem, count_bad_rows
from survey.places.tabular import EMPTY, Cell, Row, Sheet, UnreadableTable, read_sheets

HEADINGS = {
    "giver": ("捐赠方", "帮扶方", "捐赠单位", "帮扶单位", "企业名称", "单位名称", "捐赠方名称", "giver"),
    "giver_kind": ("捐赠方类别", "捐赠方类型", "单位类型", "单位性质", "主体类型", "kind of giver", "giver_kind"),
    "help_kind": ("帮扶类别", "帮扶类型", "帮扶方式", "捐赠类型", "捐赠类别", "kind of help", "help_kind"),
    "amount": (
        "金额（万元）",
        "捐赠金额（万元）",
        "折合金额（万元）",
        "帮扶金额（万元）",
        "资金（万元）",
        "amount (10,000 yuan)",
        "amount",
    ),
    "amount_yuan": ("金额（元）", "捐赠金额（元）", "折合金额（元）", "帮扶金额（元）", "amount (yuan)"),
    "place": ("受助地区", "受援地区", "受捐地区", "帮扶地区", "地区", "县区", "receiving place", "place"),
    "place_code": ("区划代码", "行政区划代码", "地区代码", "代码", "code"),
    "year": ("年度", "年份", "year"),
    "note": ("备注", "说明", "项目内容", "note"),
}
"""Our column name to the headings that mean it. The amount may stand in either of two units, the place by name, by code, or both."""
REQUIRED = ("giver", "giver_kind", "help_kind", "year")
GIVER_TERMS = {
    "enterprise": ("企业", "民营企业", "公司", "会员企业", "enterprise"),
    "party_organisation": ("党派组织", "党派", "支社", "基层组织", "省委会", "市委会", "organisation of the party", "party_organisation"),
    "member": ("党派成员", "成员", "社员", "会员", "个人", "member of the party", "member"),
    "foundation": ("基金会", "慈善组织", "foundation"),
    "institution": ("学校、医院和科研院所", "事业单位", "学校", "医院", "科研院所", "高校", "school, hospital or institute", "institution"),
    "other": ("其他", "其它", "其他捐赠方", "other giver", "other"),
}
HELP_TERMS = {
    "money": ("资金", "捐款", "现金", "money"),
    "goods": ("物资", "捐物", "实物", "goods"),
    "services": ("服务", "义诊", "咨询", "services"),
    "project": ("项目", "产业项目", "投资", "project"),
    "training": ("培训", "training"),
    "other": ("其他", "其它", "其他帮扶", "other help", "other"),
}
TOTALS = frozenset(("合计", "总计", "小计", "共计", "total"))
MAX_GIVER_LENGTH, MAX_NOTE_LENGTH = 128, 255
YEARS = range(1978, 2101)


def fold(text: str) -> str:
    """The text for comparison: width and case made one, without blanks and asterisks; what stands in brackets counts, as units do."""
    return "".join(unicodedata.normalize("NFKC", text).lower().replace("*", "").split())


_COLUMN_OF = {fold(heading): column for column, headings in HEADINGS.items() for heading in headings}
_GIVER_KIND_OF = {fold(term): kind for kind, terms in GIVER_TERMS.items() for term in terms}
_HELP_KIND_OF = {fold(term): kind for kind, terms in HELP_TERMS.items() for term in terms}


@dataclass(frozen=True, slots=True)
class AssistanceRow:
    """One row of the file that can be imported."""

    sheet: str
    row: int
    giver: str
    giver_kind: str
    help_kind: str
    amount_fen: int
    region_code: str
    year: int
    note: str

    @property
    def key(self) -> tuple[str, str, int, str, int]:
        """What two entries for one and the same help have in common."""
        return key_of(self.giver, self.help_kind, self.amount_fen, self.region_code, self.year)


@dataclass(frozen=True, slots=True)
class Register:
    """What a file holds; `n_totals` rows of sums were passed over."""

    rows: tuple[AssistanceRow, ...]
    problems: tuple[SheetProblem, ...]
    n_totals: int = 0

    @property
    def n_bad_rows(self) -> int:
        """How many rows have at least one problem."""
        return count_bad_rows(self.problems)


def key_of(giver: str, help_kind: str, amount_fen: int, region_code: str, year: int) -> tuple[str, str, int, str, int]:
    """The key by which duplicates are noticed; the giver's name counts without width and blanks."""
    return (fold(giver), help_kind, amount_fen, region_code, year)


def read_register(data: bytes, name: str, gazetteer: Gazetteer) -> Register:
    """The rows of every sheet that has the headings.

    Raises SurveyError UNREADABLE_REGISTER when the file as a whole is no register.
    """
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        values = {"reason": error.reason, "place": error.detail}
        raise SurveyError(ErrorCode.UNREADABLE_REGISTER, file=name, detail=str(error), **values) from error
    parts, nearest = [], set(HEADINGS)
    for sheet in sheets:
        for heading in sheet.rows[:HEADING_ROWS]:
            columns = _columns_of(heading)
            if not (missing := missing_columns(columns)):
                parts.append(_read_sheet(sheet, heading, columns, gazetteer))
                break
            nearest = min(nearest, missing, key=len)
    if not parts:
        wanted = "、".join(HEADINGS[column][0] for column in HEADINGS if column in nearest)
        detail = "it has no row with these headings: {place}."
        raise SurveyError(ErrorCode.UNREADABLE_REGISTER, file=name, detail=detail, reason="no_headings", place=wanted)
    found = Register(
        tuple(row for part in parts for row in part.rows),
        tuple(problem for part in parts for problem in part.problems),
        sum(part.n_totals for part in parts),
    )
    if not found.rows and not found.problems:
        raise SurveyError(ErrorCode.UNREADABLE_REGISTER, file=name, detail="it has no rows.", reason="no_rows", place="")
    return found


def missing_columns(columns: Iterable[str]) -> set[str]:
    """The columns that a heading row lacks."""
    present = set(columns)
    either = {"amount": {"amount", "amount_yuan"}, "place": {"place", "place_code"}}
    return {column for column in REQUIRED if column not in present} | {first for first, those in either.items() if not present & those}


def _columns_of(row: Row) -> dict[str, int]:
    """The positions of the known columns; the first of several headings for one column counts."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(row.cells):
        if (column := _COLUMN_OF.get(fold(cell.text))) is not None:
            columns.setdefault(column, position)
    return columns


def _read_sheet(sheet: Sheet, heading: Row, columns: Mapping[str, int], gazetteer: Gazetteer) -> Register:
    rows, problems, n_totals = [], [], 0
    titles = {column: heading.cells[position].text for column, position in columns.items()}
    for row in sheet.rows:
        if row.number <= heading.number or row.is_blank:
            continue
        cells = {column: row.cells[position] if position < len(row.cells) else EMPTY for column, position in columns.items()}
        if any(fold(cell.text) in TOTALS for cell in row.cells):
            n_totals += 1
            continue
        reader = _RowReader(sheet.name, row.number, cells, titles, gazetteer)
        found = reader.read()
        problems += reader.problems
        if found is not None:
            rows.append(found)
    return Register(tuple(rows), tuple(problems), n_totals)


class _RowReader:
    """Reads one row; what is wrong with it is in `problems` afterwards."""

    def __init__(self, sheet: str, row: int, cells: Mapping[str, Cell], titles: Mapping[str, str], gazetteer: Gazetteer) -> None:
        self._sheet, self._row, self._cells, self._titles, self._gazetteer = sheet, row, cells, titles, gazetteer
        self.problems: list[SheetProblem] = []

    def read(self) -> AssistanceRow | None:
        """The row, or None when something is wrong with it."""
        giver, note = self._text("giver", MAX_GIVER_LENGTH), self._text("note", MAX_NOTE_LENGTH, is_required=False)
        giver_kind = self._word("giver_kind", _GIVER_KIND_OF, GIVER_TERMS)
        help_kind = self._word("help_kind", _HELP_KIND_OF, HELP_TERMS)
        amount_fen, year, code = self._amount(), self._year(), self._place()
        if self.problems or amount_fen is None or year is None:
            return None
        return AssistanceRow(self._sheet, self._row, giver, giver_kind, help_kind, amount_fen, code, year, note)

    def _refuse(self, column: str, reason: str, detail: str = "") -> None:
        value = self._cells[column].text
        self.problems.append(SheetProblem(self._row, self._titles[column], value, reason, detail, self._sheet))

    def _value(self, column: str, *, is_required: bool = True) -> str:
        """The cell's text; "" when it is missing or faulty, which is then a problem."""
        cell = self._cells.get(column, EMPTY)
        # A binary fraction has many digits without having lost one that counts; parsing the amount decides.
        if cell.fault and not (cell.fault == "digits_lost" and "." in cell.text):
            self._refuse(column, cell.fault)
            return ""
        if not cell.text and is_required:
            self._refuse(column, "missing")
        return cell.text

    def _text(self, column: str, limit: int, *, is_required: bool = True) -> str:
        text = " ".join(self._value(column, is_required=is_required).split())
        if len(text) > limit:
            self._refuse(column, "too_long", str(limit))
        return text

    def _word(self, column: str, known: Mapping[str, str], terms: Mapping[str, tuple[str, ...]]) -> str:
        text = self._value(column)
        if text and fold(text) not in known:
            self._refuse(column, "unknown_word", "、".join(names[0] for names in terms.values()))
        return known.get(fold(text), "")

    def _amount(self) -> int | None:
        column = "amount" if "amount" in self._cells else "amount_yuan"
        text = self._value(column)
        fen = parse_fen(text, in_yuan=column == "amount_yuan") if text else None
        if text and fen is None:
            self._refuse(column, "bad_amount")
        return fen

    def _year(self) -> int | None:
        text = self._value("year").removesuffix("年").strip()
        if not text:
            return None
        if text.isascii() and text.isdigit() and int(text) in YEARS:
            return int(text)
        self._refuse("year", "bad_year")
        return None

    def _place(self) -> str:
        """The place by its code where there is one, else by its name."""
        column = "place_code" if self._cells.get("place_code", EMPTY).text or "place" not in self._cells else "place"
        text = self._value(column)
        found = self._gazetteer.find(text)
        if text and not found.code:
            self._refuse(column, "ambiguous_place" if found.is_ambiguous else "unknown_place")
        return found.code


def register_record(register: Register) -> dict[str, Any]:
    """The register as JSON values, so that it can wait for its importer's word."""
    return asdict(register)


def register_of(record: Mapping[str, Any]) -> Register:
    """The register that `register_record` wrote."""
    return Register(
        tuple(AssistanceRow(**values) for values in record["rows"]),
        tuple(SheetProblem(**values) for values in record["problems"]),
        record["n_totals"],
    )


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row for help that is in the register already (`first_row` 0), or that an earlier row of the file tells of."""

    row: AssistanceRow
    first_row: int = 0


def split_duplicates(register: Register, known: Iterable[tuple[str, str, int, str, int]]) -> tuple[Register, tuple[Duplicate, ...]]:
    """The register without the rows whose help is known or told before, and those rows."""
    stored, first = set(known), dict[tuple[str, str, int, str, int], int]()
    rows, duplicates = [], []
    for row in register.rows:
        if row.key in stored:
            duplicates.append(Duplicate(row))
        elif row.key in first:
            duplicates.append(Duplicate(row, first[row.key]))
        else:
            first[row.key] = row.row
            rows.append(row)
    return replace(register, rows=tuple(rows)), tuple(duplicates)
