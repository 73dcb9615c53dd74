"""Small lists of persons and of identification as offices send them; people, places and identity numbers are invented.

The numbers stand every check, but 619999 is the code of no county.
"""

import io
from collections.abc import Sequence

from openpyxl import Workbook

from survey.registry.id_numbers import check_digit

MEMBER_HEADINGS = ("村代码", "户编号", "姓名", "与户主关系", "性别", "身份证号", "出生日期", "文化程度", "健康状况", "务工状况")
IDENTIFICATION_HEADINGS = ("村代码", "户编号", "事项", "日期", "备注")
VILLAGE = "610727101201"


def invented_number(born: str, sequence: int) -> str:
    """A valid identity number of nobody: born on this day (eight digits), with this sequence number (odd for men)."""
    digits = f"619999{born}{sequence:03}"
    return digits + check_digit(digits)


ZHANG, LI, CHILD = invented_number("19640105", 1), invented_number("19660302", 2), invented_number("20050911", 3)
MEMBERS = (
    (VILLAGE, "001", "张一", "户主", "男", ZHANG, "1964-01-05", "小学", "健康", "在家务农"),
    (VILLAGE, "001", "李二", "配偶", "女", LI, "1966/3/2", "初中", "长期慢性病", "无"),
    (VILLAGE, "001", "张小三", "之子", "男", CHILD, "2005年9月11日", "九年级", "健康", ""),
)
HAPPENED = (
    (VILLAGE, "001", "识别", "2014-11-30", "首轮识别"),
    (VILLAGE, "001", "脱贫", "20161220", ""),
    (VILLAGE, "001", "验收", "2016/12/28", ""),
)


def text_file(headings: Sequence[str], *rows: Sequence[object], encoding: str = "utf-8") -> bytes:
    """A delimited text file with these rows."""
    return "\r\n".join(",".join(map(str, row)) for row in (headings, *rows)).encode(encoding)


def members_file(*rows: Sequence[object], headings: Sequence[str] = MEMBER_HEADINGS) -> bytes:
    """A list of persons as delimited text."""
    return text_file(headings, *rows)


def workbook(headings: Sequence[str], *rows: Sequence[object]) -> bytes:
    """The rows as an .xlsx file."""
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(row: Sequence[object], **values: object) -> tuple[object, ...]:
    """The row of a person with other values, given by the English name of the column."""
    names = ("village", "household", "name", "relation", "sex", "id_number", "birth", "schooling", "health", "work")
    return tuple(values.get(name, value) for name, value in zip(names, row, strict=True))
