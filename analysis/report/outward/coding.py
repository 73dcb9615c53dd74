"""Villages under codes: a bundle in which no village has its name or its official code. Pure.

The codes are dealt by a keyed digest: the same key gives the same letters for the same villages, in every draft and both languages, and
without the key nobody can tell the villages' order.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.bundle import COUNTY_DIGITS, Bundle

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_DIGITS = 12
NAMES = {"zh": "村{letter}", "en": "Village {letter}"}
OTHER = "9"
"""With what the codes of villages begin, after their county's, that were not visited: nothing is said of one."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The code and the name that stand for each village, by its official code."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    def code_of(self, village_code: str) -> str:
        """The code that stands for a village; what is a code already, or not known, stays."""
        return self.codes.get(village_code, village_code)

    def village_of(self, code: str) -> str:
        """The village for which the code stands; another text stays."""
        return next((village for village, each in self.codes.items() if each == code), code)


def code_villages(bundles: Sequence[Bundle], key: bytes, language: str) -> Coding:
    """The codes of all villages of the bundles; those that a visit went to, or was to go to, have letters."""
    visited = sorted({str(code) for bundle in bundles for code in bundle.visit_villages["village_code"].dropna()})
    visited.sort(key=lambda code: _digest(key, code))
    codes, names = {}, {}
    for number, village in enumerate(visited):
        letter = _letter(number)
        codes[village] = village[:COUNTY_DIGITS] + letter.rjust(CODE_DIGITS - COUNTY_DIGITS, "0")
        names[village] = NAMES[language].format(letter=letter)
    others = sorted({code for bundle in bundles for code in _villages_in(bundle)} - set(codes))
    others.sort(key=lambda code: _digest(key, code))
    for number, village in enumerate(others):
        codes[village] = f"{village[:COUNTY_DIGITS]}{OTHER}{number:0{CODE_DIGITS - COUNTY_DIGITS - 1}}"
        names[village] = codes[village]
    return Coding(codes, names)


def coded_bundle(bundle: Bundle, coding: Coding) -> Bundle:
    """The bundle with every village under its code and without townships, which would tell where a village is."""
    regions = bundle.regions
    is_above = regions["code"].str.endswith("0" * (CODE_DIGITS - COUNTY_DIGITS))
    villages = regions[regions["code"].isin(list(coding.codes))]
    coded = villages.assign(code=villages["code"].map(coding.codes), name=villages["code"].map(coding.names))
    return replace(
        bundle,
        regions=pd.concat([regions[is_above], coded], ignore_index=True),
        households=_coded(bundle.households, coding),
        visit_villages=_coded(bundle.visit_villages, coding),
        candidates=_coded(bundle.candidates, coding),
        sample=None if bundle.sample is None else _coded(bundle.sample, coding),
        tables={key: _coded(frame, coding) for key, frame in bundle.tables.items()},
        raw_tables={key: _coded(frame, coding) for key, frame in bundle.raw_tables.items()},
    )


def _coded(frame: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    if "village_code" not in frame:
        return frame
    column = frame["village_code"]
    return frame.assign(village_code=column.map(coding.codes).astype(object).where(column.notna(), None))


def _villages_in(bundle: Bundle) -> Iterable[str]:
    frames = [bundle.households, bundle.visit_villages, bundle.candidates, bundle.sample, *bundle.tables.values()]
    for frame in frames:
        if frame is not None and "village_code" in frame:
            yield from map(str, frame["village_code"].dropna().unique())


def _digest(key: bytes, code: str) -> str:
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def _letter(number: int) -> str:
    """A to Z, then AA to ZZ and on."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters
