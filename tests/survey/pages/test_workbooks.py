"""Tables as .xlsx files, read back."""

import io
from datetime import date
from decimal import Decimal

import openpyxl

from survey.pages.workbooks import Column, TableSheet, stream_workbook, write_workbook


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


def test_write_workbook__sheets_of_one_title__are_told_apart() -> None:
    data = write_workbook([TableSheet(title, ("a",), [("x",)]) for title in ("汇总", "汇总", "'", "a" * 40, "A" * 40)])
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["汇总", "汇总 2", "1", "a" * 31, "A" * 29 + " 2"]


def test_stream_workbook__texts_that_look_like_more__stay_texts_and_words_are_offered() -> None:
    columns = (Column("内容", 30, is_wrapped=True), Column("是否完成", 10, offered=("是", "否")), Column("day", 12))
    rows = [
        ("=cmd|' /C calc'!A0", "是", date(2018, 6, 30)),
        ("https://x.invalid", None, None),
        ("007", "", None),
        ("@a\x01\nb", None, None),
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(stream_workbook("台账", columns, iter(rows)))).active

    assert [cell.value for cell in sheet["A"]] == ["内容", "=cmd|' /C calc'!A0", "https://x.invalid", "007", "@a\nb"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.hyperlink for cell in sheet["A"]] == [None] * 5
    assert sheet["C2"].value.date() == date(2018, 6, 30)
    assert (sheet["A2"].alignment.wrap_text, sheet["A1"].font.bold, sheet.freeze_panes) == (True, True, "A2")
    assert [cell.value for cell in sheet["B"][2:]] == [None] * 3
    [offered] = sheet.data_validations.dataValidation
    assert (offered.formula1, str(offered.sqref).split(":")[0]) == ('"是,否"', "B2")
