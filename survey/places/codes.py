"""The 12-digit statistical codes of places: level, parent, county. Pure; knows nothing of a database.

A code is read in five segments (province 2, city 2, county 2, township 3, village 3 digits), as the National Bureau of Statistics
writes them; its first six digits are those of GB/T 2260. A segment of zeros means "no such level", also in the middle: a city
without counties has townships whose county digits are zero (441900003000), and their parent is the city.
"""

import re
import unicodedata

_ENDS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
"""Each level, from above, with the number of leading digits that identify it."""

PROVINCES = frozenset(
    f"{digit}{other}"
    for digit, others in (
        ("1", "12345"),
        ("2", "123"),
        ("3", "1234567"),
        ("4", "123456"),
        ("5", "01234"),
        ("6", "12345"),
        ("7", "1"),
        ("8", "12"),
    )
    for other in others
)
"""The first two digits that are in use (GB/T 2260)."""

_CODE = re.compile(r"[0-9]{12}")
SHORT_LENGTHS = frozenset({2, 4, 6, 9, 12})
"""How many digits a code of each level may be written with."""


def is_valid(code: str) -> bool:
    """Whether `code` is twelve ASCII digits that begin with a province in use."""
    return _CODE.fullmatch(code) is not None and code[:2] in PROVINCES


def full_code(text: str) -> str | None:
    """The 12-digit code that `text` writes, or None if it writes none.

    Full-width digits, blanks and the short forms of 2, 4, 6 and 9 digits ("610727") are understood.
    """
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    if len(digits) not in SHORT_LENGTHS:
        return None
    code = digits.ljust(12, "0")
    return code if is_valid(code) else None


def level_of(code: str) -> str:
    """The level of a valid 12-digit code: "province", "city", "county", "township" or "village"."""
    ends = (0, *_ENDS.values())
    return next(level for level, start in zip(reversed(_ENDS), reversed(ends[:-1]), strict=True) if int(code[start : _ENDS[level]]))


def prefix_of(code: str) -> str:
    """The leading digits that all places inside `code` share: "610727" for a county, all twelve for a village."""
    return code[: _ENDS[level_of(code)]]


def parent_of(code: str) -> str | None:
    """The 12-digit code of the next place above, skipping levels whose digits are zero; None for a province."""
    levels = tuple(_ENDS)
    position = levels.index(level_of(code))
    return None if position == 0 else code[: _ENDS[levels[position - 1]]].ljust(12, "0")


def ancestors_of(code: str) -> tuple[str, ...]:
    """The 12-digit codes above `code`, province first; empty for a province."""
    above: list[str] = []
    parent = parent_of(code)
    while parent is not None:
        above.append(parent)
        parent = parent_of(parent)
    return tuple(reversed(above))


def county_of(code: str) -> str:
    """The six-digit county code in which `code` lies, as offices and our commands write it: "610727"."""
    return code[:6]


def city_of(code: str) -> str:
    """The four digits of the city in which `code` lies: "6107"."""
    return code[:4]


def bounds_of(code: str) -> tuple[str, str]:
    """The lowest and highest 12-digit code inside the place `code`, itself included, for a range condition on an index."""
    prefix = prefix_of(code)
    return prefix.ljust(12, "0"), prefix.ljust(12, "9")
