"""How Chinese names are typed on a keyboard without Chinese: in full pinyin, by the first letter of each syllable, or both mixed. Pure.

pypinyin is imported with the first name, not with the program: its dictionary takes 9 MB.
"""

import os
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice, product
from typing import Any

MAX_READINGS = 16
"""Of a name with many characters that are read in several ways only so many combinations are offered."""
MAX_SPLITS = 4
"""So many ways to divide typed letters into syllables are tried, those with the fewest syllables first."""
LONGEST = 6
"""So many letters the longest syllables have ("zhuang")."""
AS_TYPED = (("lue", "lve"), ("nue", "nve"))
"""Syllables that many type otherwise than the standard writes them without marks."""


@lru_cache(maxsize=20_000)
def pinyin_of(text: str) -> str:
    """Every way to type the text, separated by spaces: "单小华" gives "danxiaohua dxh shanxiaohua sxh …"; "" for a text without Chinese."""
    if text.isascii():
        return ""
    read, style = _pypinyin().pinyin, _pypinyin().Style.NORMAL
    syllables = read(text, style=style, heteronym=True, errors=lambda other: [each.lower() for each in other if each.isalnum()])
    typed: dict[str, None] = {}
    for reading in islice(product(*syllables), MAX_READINGS):
        typed["".join(reading)] = None
        typed["".join(syllable[:1] for syllable in reading)] = None
    return " ".join(word for word in typed if word)


@cache
def readings_of(sign: str) -> tuple[str, ...]:
    """The syllables that a sign is read as, without tones ("ü" is "v"); none for what is no Chinese."""
    readings = map(_without_tone, _readings().get(ord(sign), "").split(","))
    return tuple(dict.fromkeys(each for each in readings if each in _syllables()))


def is_typed_as(text: str, typed: str) -> bool:
    """Whether these letters type signs that follow each other in the text: some by their syllables, the others after them by first letters,
    the last sign perhaps by the beginning of its syllable. "zhangds", "zds" and "dash" all type a part of "张大山", "zdashan" does not:
    "zhang" would be found in "赵杭" else. `typed` comes from `typed_letters`."""
    # Most signs do not begin with the first letter, and need no further look: a search may go through all titles of issues.
    signs, first = _signs_of(text), typed[:1]
    starts = (at for at, readings in enumerate(signs) for syllable in readings if syllable[0] == first)
    return any(_types(signs, start, typed) for start in starts)


def begins_as(text: str, typed: str) -> bool:
    """Whether these letters type the beginning of the text."""
    return _types(_signs_of(text), 0, typed)


def typed_letters(text: str) -> str:
    """The letters of a text that may be pinyin, as `is_typed_as` takes them; "" for any other text, and for a single letter."""
    letters = "".join(text.lower().split()).replace("'", "").replace("ü", "v")
    if len(letters) < 2 or not (letters.isascii() and letters.isalpha()):
        return ""
    for written, standard in AS_TYPED:
        letters = letters.replace(written, standard)
    return letters


@lru_cache(maxsize=1000)
def splits_of(typed: str) -> tuple[tuple[str, ...], ...]:
    """The ways to divide typed letters into syllables, first letters after them and, at the end, the beginning of a syllable; those with
    the fewest parts, `MAX_SPLITS` at most."""
    found: dict[tuple[int, bool], list[tuple[str, ...]]] = {}
    for at in range(len(typed), -1, -1):
        for is_after_letter in (True, False):
            found[at, is_after_letter] = [()] if at == len(typed) else _fewest(typed, at, is_after_letter, found)
    return tuple(found[0, False])


def _fewest(typed: str, at: int, is_after_letter: bool, after: Mapping[tuple[int, bool], list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The splits of what is typed from this place on; `after` are those from every place behind it."""
    splits = []
    for n in range(1 if is_after_letter else min(LONGEST, len(typed) - at), 0, -1):
        part = typed[at : at + n]
        if _is_part(part, is_last=at + n == len(typed)):
            splits += [(part, *rest) for rest in after[at + n, is_after_letter or _is_first_letter(part)]]
    return sorted(splits, key=len)[:MAX_SPLITS]


def syllables_from(beginning: str) -> tuple[str, ...]:
    """The syllables that begin with these letters, which may be one by themselves; in order."""
    return tuple(sorted(syllable for syllable in _syllables() if syllable.startswith(beginning)))


def _is_part(letters: str, *, is_last: bool) -> bool:
    if len(letters) == 1 or is_last:
        return bool(syllables_from(letters))
    return letters in _syllables()


@lru_cache(maxsize=10_000)
def _signs_of(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(readings_of(sign) for sign in text if not sign.isspace())


def _is_first_letter(part: str) -> bool:
    """Whether a part can only be the first letter of a sign, and no syllable such as "e"."""
    return len(part) == 1 and part not in _syllables()


def _types(signs: tuple[tuple[str, ...], ...], at: int, typed: str) -> bool:
    if not typed:
        return True
    if at == len(signs):
        return False
    for syllable in signs[at]:
        if syllable.startswith(typed) or (typed.startswith(syllable) and _types(signs, at + 1, typed[len(syllable) :])):
            return True
    return _begin_with(signs[at:], typed)


def _begin_with(signs: tuple[tuple[str, ...], ...], letters: str) -> bool:
    """Whether the first letters of the first signs are these."""
    pairs = zip(letters, signs, strict=False)
    return len(letters) <= len(signs) and all(any(syllable[0] == letter for syllable in readings) for letter, readings in pairs)


@cache
def _syllables() -> frozenset[str]:
    """Those of the standard: each has a vowel."""
    toned = {each for told in set(_readings().values()) for each in told.split(",")}
    return frozenset(syllable for syllable in map(_without_tone, toned) if syllable.isascii() and set(syllable) & set("aeiouv"))


def _readings() -> Mapping[int, str]:
    """The syllables of each sign, by its number in Unicode, with their tones and separated by commas."""
    readings: Mapping[int, str] = _pypinyin().constants.PINYIN_DICT
    return readings


@cache
def _pypinyin() -> Any:
    """The library. It reads two settings when it is imported: its dictionary of phrases would take 45 MB and a quarter of a second."""
    os.environ.update(PYPINYIN_NO_PHRASES="1", PYPINYIN_NO_DICT_COPY="1")
    return import_module("pypinyin")


@cache
def _without_tone(syllable: str) -> str:
    """The letters without the marks of tones, "ü" as "v"."""
    marked = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(letter for letter in marked if not unicodedata.combining(letter))
