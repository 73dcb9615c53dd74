"""ASCII names for questions, such as SPSS, Stata and R all take: proposed to authors whose own names those programs garble."""

import re
from collections.abc import Iterable, Mapping

from anyascii import anyascii

MAX_LENGTH = 32
"""Stata's limit for names of variables."""

_RESERVED = frozenset(
    # SPSS
    ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
    # Stata
    + ("byte", "double", "float", "if", "in", "int", "long", "str", "strl", "using")
    # R
    + ("break", "else", "false", "for", "function", "inf", "na", "nan", "next", "null", "repeat", "true", "while")
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


def is_reserved(name: str) -> bool:
    """Whether SPSS, Stata or R read something else than a variable in an ASCII name, or refuse it for how it begins."""
    return name.lower() in _RESERVED or not name[:1].isalpha()


def is_portable(name: str) -> bool:
    """Whether SPSS, Stata and R all take the name as it is."""
    return _PLAIN.fullmatch(name) is not None and len(name) <= MAX_LENGTH and not is_reserved(name)


def aliases_of(names: Iterable[str]) -> Mapping[str, str]:
    """A portable name for every name that is not portable, or that differs from an earlier one only in capital letters.

    The same names give the same aliases in any order, except that of several with one transliteration the later ones get numbers.
    """
    known = tuple(dict.fromkeys(names))
    taken: set[str] = set()
    waiting = []
    for name in known:
        if is_portable(name) and name.lower() not in taken:
            taken.add(name.lower())
        else:
            waiting.append(name)
    found = {}
    for name in waiting:
        base = transliterated(name)
        alias, number = base, 2
        while alias in taken:
            alias, number = f"{base[: MAX_LENGTH - len(str(number)) - 1].rstrip('_')}_{number}", number + 1
        taken.add(alias)
        found[name] = alias
    return found


def transliterated(name: str) -> str:
    """The name in ASCII, Chinese as pinyin by syllable: "家庭人口" is "jia_ting_ren_kou"; never empty, never reserved."""
    # Chinese comes as "JiaTing", one capital a syllable; what the author wrote in ASCII keeps its own words.
    words = _HUMP.sub("_", anyascii(name)).lower()
    plain = _OTHER.sub("_", words).strip("_")
    if not plain or is_reserved(plain):
        plain = f"q_{plain}".rstrip("_")
    if len(plain) <= MAX_LENGTH:
        return plain
    cut = plain[: MAX_LENGTH + 1].rpartition("_")[0] or plain[:MAX_LENGTH]
    return cut[:MAX_LENGTH]
