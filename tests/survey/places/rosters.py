"""Small rosters as the files that offices send; their people and places are invented."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

HEADINGS = ("村代码", "乡镇", "行政村", "组", "户编号", "户主姓名", "户类型", "人口数", "致贫原因", "特殊群体标记")
GOOD_ROWS = (
    ("610727101201", "甲镇", "甲村", "一组", "0001", "张一", "建档立卡贫困户", "4", "因病", "病人"),
    ("610727101201", "甲镇", "甲村", "一组", "0002", "李二", "脱贫户", "3", "缺技术", ""),
    ("610727101201", "甲镇", "甲村", "二组", "0003", "王三", "边缘户", "2", "", "老人、残疾人"),
)


def workbook(*rows: Sequence[object], headings: Sequence[str] = HEADINGS, title: Sequence[object] = ()) -> bytes:
    """An .xlsx file with these rows, under a title row if one is given."""
    book = Workbook()
    if title:
        book.active.append(title)
    for row in (headings, *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def text_file(*rows: Sequence[object], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A delimited text file with these rows."""
    return "\r\n".join(delimiter.join(map(str, row)) for row in (HEADINGS, *rows)).encode(encoding)


def changed(row: Sequence[object], **values: object) -> tuple[object, ...]:
    """The row with other values, given by the English name of the column."""
    names = ("village_code", "township", "village", "group", "number", "head", "kind", "members", "cause", "markers")
    return tuple(values.get(name, value) for name, value in zip(names, row, strict=True))
