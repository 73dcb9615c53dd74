"""The order in which people expect numbered names: 第二组 before 第三组, and "Pair 9" before "Pair 10". Pure."""

import re

from survey.visits.models import Pair, Visit

_NUMERALS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = re.compile(r"\d+|[一二三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]")


def natural_key(text: str) -> tuple[tuple[str, int], ...]:
    """A key that orders texts by the words before each number and then by the number; Chinese numerals count up to ninety-nine."""
    parts, start = [], 0
    for found in _NUMBER.finditer(text):
        parts.append((text[start : found.start()], _value(found.group())))
        start = found.end()
    return (*parts, (text[start:], -1))


def _value(numeral: str) -> int:
    """The number that decimal digits or a Chinese numeral write."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _NUMERALS[numeral]
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)


def pairs_in_order(visit: Visit) -> list[Pair]:
    """The visit's pairs by name."""
    return sorted(visit.pairs, key=lambda pair: natural_key(pair.name))
