"""Tables as .xlsx files, read back."""

import io
from datetime import date
from decimal import Decimal

import openpyxl

from survey.workbooks import TableSheet, write_workbook


def test_write_workbook__texts_amounts_and_days__come_back_as_they_were() -> None:
    rows = [("=1+1", Decimal("6378.58"), date(2019, 5, 1)), ("a\x0bb", 3, None)]
    data = write_workbook([TableSheet("a/b", ("text", "amount", "day"), rows, totals=[("total", Decimal("6381.58"), None)])])

    sheet = openpyxl.load_workbook(io.BytesIO(data))["a b"]

    assert [cell.value for cell in sheet[1]] == ["text", "amount", "day"]
    assert sheet["A2"].data_type == "s"
    assert (sheet["A2"].value, sheet["B2"].value, sheet["C2"].value.date()) == ("=1+1", 6378.58, date(2019, 5, 1))
    assert sheet["A3"].value == "ab"
    assert sheet["A4"].font.bold
    assert sheet.freeze_panes == "A2"
