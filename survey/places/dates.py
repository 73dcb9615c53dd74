"""Days as people write them in spreadsheets, read strictly: five ways of writing are understood, everything else is refused by name.

Understood are 2018-04-20 (also with one digit, points or slashes), 20180420, 2018年4月20日, and the serial number that a spreadsheet
program keeps for a day (43210). A day that could be read in two ways, such as 04/05/2018, is not guessed at. Pure.
"""

import re
import unicodedata
from datetime import date, timedelta

_SEPARATED = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", re.ASCII)
_INCOMPLETE = re.compile(r"\d{4}(?:年|[-/.]?\d{1,2}月?|年\d{1,2}月)?", re.ASCII)

SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of the 1900 system, which counts a 29 February 1900 that never was; right from 1 March 1900 on."""
EARLIEST, LATEST = date(1890, 1, 1), date(2099, 12, 31)


def read_day(text: str) -> date | str:
    """The day that `text` writes, or the code name of what is wrong: "date_ambiguous", "date_incomplete", "date_impossible", "bad_date"."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()) if "年" in text else unicodedata.normalize("NFKC", text).strip()
    for pattern in (_SEPARATED, _COMPACT, _CHINESE):
        if (found := pattern.fullmatch(plain)) is not None:
            numbers = [int(group) for group in found.groups() if group.isdecimal()]
            return _day(*numbers)
    if (found := _SERIAL.fullmatch(plain)) is not None:
        return _within(SERIAL_ZERO + timedelta(days=int(found[1])))
    if _YEAR_LAST.fullmatch(plain) or _SHORT_YEAR.fullmatch(plain):
        return "date_ambiguous"
    return "date_incomplete" if _INCOMPLETE.fullmatch(plain) else "bad_date"


def _day(year: int, month: int, day: int) -> date | str:
    try:
        return _within(date(year, month, day))
    except ValueError:
        return "date_impossible"


def _within(day: date) -> date | str:
    return day if EARLIEST <= day <= LATEST else "date_impossible"
