"""CSV, a workbook and Parquet: files whose cells hold what people read, the labels of choices, or (Parquet) names with types."""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from analysis.exports.variables import ExportTable, Variable, objects
from analysis.spreadsheets import csv_cell, csv_of_cells

Codes = npt.NDArray[np.intp]
MAX_TITLE = 31
"""Signs in the name of a sheet."""
MAX_CELL = 32_767
MAX_ROWS = 1_048_576
WIDE, NARROW = 48, 10
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("\\/?*[]:'", "_"))


def shown_rows(table: ExportTable) -> Iterator[list[Any]]:
    """The rows of the table as people read them: labels for choices, None where nothing was answered."""
    columns = [_shown(variable, table.frame[variable.name]) for variable in table.variables]
    yield from (list(row) for row in zip(*columns, strict=True))


def _shown(variable: Variable, series: pd.Series) -> list[Any]:
    codes, values = _told(variable, series)
    return _taken(values, codes)


def _told(variable: Variable, series: pd.Series) -> tuple[Codes, list[Any]]:
    """For every row the place of its value among those that the variable has, and these as people read them; -1 where nothing is.

    Tables have millions of cells and few different ones, so that whatever is made of a value is made of each once.
    """
    if variable.kind == "decimal":
        # By their bits, because 0.0 is taken for the same as -0.0.
        bits, found = pd.factorize(series.to_numpy(dtype=float, na_value=np.nan).view(np.int64))
        return bits, [None if value != value else value for value in found.view(float).tolist()]
    codes, found = pd.factorize(series)
    if variable.kind == "category":
        labels = {value.name: value.label for value in variable.values}
        return codes, [labels.get(value, value) for value in found]
    if variable.kind in ("date", "datetime"):
        return codes, [value.date() if variable.kind == "date" else value.to_pydatetime() for value in found]
    if variable.kind in ("integer", "flag"):
        return codes, [int(value) for value in found]
    return codes, list(found)


def _taken(values: Sequence[Any], codes: Codes, nothing: Any = None) -> list[Any]:
    """The value of each code, and what stands for -1."""
    taken: list[Any] = objects((*values, nothing)).take(codes, mode="wrap").tolist()
    return taken


def table_csv(table: ExportTable) -> bytes:
    """The table as CSV; the first row holds the names of the variables."""
    told = [_told(variable, table.frame[variable.name]) for variable in table.variables]
    cells = [_taken([csv_cell(value) for value in values], codes, "") for codes, values in told]
    return csv_of_cells([variable.name for variable in table.variables], cells)


def write_parquet(table: ExportTable, path: Path) -> None:
    """The table as Parquet with plain types, which R reads with `arrow::read_parquet`: choices as their names, 0 and 1 as whole numbers."""
    frame = table.frame.copy()
    for variable in table.variables:
        if variable.kind in ("text", "category"):
            frame[variable.name] = frame[variable.name].astype("string")
    frame.to_parquet(path, index=False)


def workbook_bytes(sheets: Iterable[tuple[str, Sequence[Sequence[Any]], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of sheets, each given as title, heading rows (which stay in view) and rows; texts stay texts."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for title, headings, rows in sheets:
        sheet = book.create_sheet(_sheet_title(title, taken))
        sheet.freeze_panes = f"A{len(headings) + 1}"
        for number, name in enumerate(headings[-1], start=1):
            longest = max(len(str(name)), *(min(len(str(heading[number - 1])), WIDE // 2) for heading in headings))
            sheet.column_dimensions[get_column_letter(number)].width = min(WIDE, max(NARROW, longest + 4))
        for heading in headings:
            sheet.append([_heading(sheet, text) for text in heading])
        for number, row in enumerate(rows, start=len(headings) + 1):
            if number > MAX_ROWS:
                break
            sheet.append([_value(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_title(title: str, taken: set[str]) -> str:
    base = title.translate(_NOT_IN_TITLES)[:MAX_TITLE] or "sheet"
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base[: MAX_TITLE - 3]}_{number}", number + 1
    taken.add(name.lower())
    return name


def _heading(sheet: Any, text: object) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(text)))
    cell.data_type = "s"
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _value(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL]
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
