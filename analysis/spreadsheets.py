"""What everything for spreadsheet programs has in common: no text becomes a formula, and the same content gives the same bytes."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from analysis.archive import without_times

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the first ones in full width, which spreadsheet programs of East Asia take for them."""
QUOTE = '"'
NEEDS_QUOTES = re.compile('[,"\r\n]')
WRITTEN_AT = datetime(2000, 1, 1)


def harmless(value: Any) -> Any:
    """The value of a cell in CSV; a text that a spreadsheet would run gets an apostrophe in front (CSV injection).

    Numbers written as texts are numbers for a spreadsheet, too, and stay. Source: OWASP, "CSV Injection".
    """
    if not isinstance(value, str) or not value.startswith(FORMULA_SIGNS) or _is_number(value):
        return value
    return f"'{value}"


def csv_cell(value: Any) -> str:
    """The value as it stands in a CSV file: harmless, and in quotation marks where its signs would be taken for the file's own."""
    text = "" if value is None else str(harmless(value))
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if NEEDS_QUOTES.search(text) else text


def csv_of_cells(heading: Sequence[str], columns: Sequence[Sequence[str]]) -> bytes:
    """The file that `csv_bytes` makes, of columns whose cells are made by `csv_cell` already."""
    if len(columns) == 1:
        # A line with nothing in it would be no row.
        columns = [[cell or QUOTE * 2 for cell in columns[0]]]
    lines = [",".join(map(csv_cell, heading)), *map(",".join, zip(*columns, strict=True)), ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file that Excel opens rightly: UTF-8 with its mark, "" for None, and no text that a spreadsheet would take for a formula."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(each) for each in heading])
    # Few texts begin so, and a table has a million cells; None is written as nothing.
    writer.writerows([harmless(each) if isinstance(each, str) and each.startswith(FORMULA_SIGNS) else each for each in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def harmless_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with each of its texts as `harmless` gives it; numbers and days are left as they are."""
    texts = frame.select_dtypes(include=["object", "string", "category"])
    return frame.assign(**{str(name): column.map(harmless, na_action="ignore") for name, column in texts.items() if _has_signs(column)})


def xlsx_bytes(workbook: Workbook) -> bytes:
    """The workbook as a file: texts stay texts even where they begin like a formula, and no clock is read."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.data_type = "s"
    content = BytesIO()
    workbook.save(content)
    workbook.properties.created = workbook.properties.modified = WRITTEN_AT
    # Saving sets the time of the change; the properties are therefore written once more.
    return without_times(content.getvalue(), {ARC_CORE: tostring(workbook.properties.to_tree())})


def _has_signs(column: pd.Series) -> bool:
    return any(isinstance(text, str) and text.startswith(FORMULA_SIGNS) for text in column.unique())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
