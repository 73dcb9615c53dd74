"""What the checks found as an .xlsx file: what each means, then a sheet per check with all its rows. No number is changed."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.codebook import label_in
from analysis.quality.checks import CHECKS, Check, Quality
from analysis.quality.thresholds import DEFAULTS, Thresholds
from analysis.quality.words import HEADINGS, KINDS, TITLES, meaning_of
from analysis.quality.writing import cell_value
from analysis.spreadsheets import xlsx_bytes

FORMATS = {"share": "0.0%", "p": "0.000", "number": "#,##0.00", "metres": "#,##0", "seconds": "0.0", "degrees": "0.00000"}
WIDTHS = {"question": 46, "interview": 24, "person": 14, "text": 30, "village": 18, "choice": 24, "household": 14}
OVERVIEW = {
    "zh": ("概览", "检查", "何时标出", "行数", "标出", "涉及访谈"),
    "en": ("Overview", "Check", "Marked when", "Rows", "Marked", "Interviews"),
}
SHEET_NAME = 31
NOT_IN_NAMES = {ord(sign): " " for sign in "\\/?*[]:"}
IDS = {"zh": "访谈编号", "en": "Instance ids"}
IDS_AT_MOST = 50
"""A cell names so many interviews; a row about nearly all of them says so by its count."""


def workbook_of(qualities: Sequence[tuple[str, Quality]], language: str, thresholds: Thresholds = DEFAULTS) -> bytes:
    """Every check over all visits and forms, each a `Quality` with its visit's title, as the bytes of an .xlsx file."""
    workbook = Workbook()
    overview = workbook.worksheets[0]
    overview.title, *headings = OVERVIEW[language]
    _head(overview, headings)
    for check in CHECKS:
        rows = [quality.tables[check.name] for _visit, quality in qualities]
        noticed = [quality.noticed(check.name) for _visit, quality in qualities]
        concerned = {each for frame in noticed for ids in frame["instance_ids"] for each in ids}
        counts = (sum(map(len, rows)), sum(map(len, noticed)), len(concerned))
        overview.append((TITLES[language][check.name], meaning_of(check.name, language, thresholds), *counts))
        overview.cell(overview.max_row, 2).alignment = Alignment(wrap_text=True, vertical="top")
        if counts[0]:
            _write(workbook.create_sheet(_free_name(workbook, TITLES[language][check.name])), check, qualities, language)
    for number, width in enumerate((34, 90, 10, 10, 10), 1):
        overview.column_dimensions[get_column_letter(number)].width = width
    return xlsx_bytes(workbook)


def _write(sheet: Worksheet, check: Check, qualities: Sequence[tuple[str, Quality]], language: str) -> None:
    words = HEADINGS[language]
    own = [words[name] for name, _kind in check.columns]
    _head(sheet, [words["visit"], words["form"], *own, words["n_concerned"], words["is_noticed"], IDS[language]])
    for title, quality in qualities:
        form = label_in(quality.material.form.title, language, quality.material.form.form_id)
        for row in quality.tables[check.name].to_dict("records"):
            named = {str(name): value for name, value in row.items()}
            values = [cell_value(quality.material, named, name, kind, language) for name, kind in check.columns]
            ids, said = named["instance_ids"], KINDS[language]["yes" if named["is_noticed"] else "no"]
            shown = " ".join(ids) if len(ids) <= IDS_AT_MOST else None
            sheet.append([_clean(value) for value in (title, form, *values, len(ids), said, shown)])
            for number, (_name, kind) in enumerate(check.columns, 3):
                if kind in FORMATS:
                    sheet.cell(sheet.max_row, number).number_format = FORMATS[kind]
    sheet.auto_filter.ref = sheet.dimensions
    for number, kind in enumerate(("text", "text", *(kind for _name, kind in check.columns), "", "", "text"), 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(kind, 13)


def _clean(value: str | int | float | None) -> str | int | float | None:
    """The value; a text without signs that Excel refuses."""
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _head(sheet: Worksheet, headings: Sequence[str]) -> None:
    sheet.append(list(headings))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _free_name(workbook: Workbook, title: str) -> str:
    name = title.translate(NOT_IN_NAMES)[:SHEET_NAME].strip("'")
    number = 1
    while name.casefold() in {each.casefold() for each in workbook.sheetnames}:
        number += 1
        name = f"{name[: SHEET_NAME - 2]} {number}"
    return name
