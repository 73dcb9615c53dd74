"""The households (or, where a form is about none, the interviews) of a visit with what could single one out, over all its forms. Pure."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN
from analysis.exports import sensitivity
from analysis.exports.cells import withhold_small_cells
from analysis.exports.tables import SourceTable

ATTRIBUTES = ("markers", "size", "village", "kind", "county")
"""In the order in which they are given up: the place and the kind of household are what figures are made of."""
SIZES = ((1, 2), (3, 4), (5, 99))
NO_MARK = frozenset(("none", "no", "nobody", "nothing", ""))


@dataclass(frozen=True, slots=True)
class Safety:
    """How careful an export is: nobody is shown in a cell of fewer than `k`, no village by its code with fewer than `village_minimum`."""

    k: int = 5
    village_minimum: int = 10


class Pseudonyms:
    """Names that nobody can undo without the key, the same for the same thing within a visit; another key gives others."""

    def __init__(self, key: bytes, visit_id: str) -> None:
        self._key = key
        self._visit = visit_id

    def name(self, of: str, identifier: str) -> str:
        """The pseudonym of something ("household", "interview", …) with this identifier, twelve hexadecimal signs."""
        return hmac.new(self._key, f"{self._visit}\0{of}\0{identifier}".encode(), hashlib.sha256).hexdigest()[:12]


@dataclass(frozen=True)
class Units:
    """The units by key with what may be said of each, the unit of every interview, and what was withheld."""

    frame: pd.DataFrame
    """Indexed by unit: markers, size, village, kind, county, each "" where it is withheld or unknown; without the dropped."""
    of_interview: Mapping[str, str]
    withheld: Mapping[str, int]
    n_units: int
    n_dropped: int
    n_coded_villages: int
    coded: frozenset[str]
    """The codes that stand in place of villages with few households."""


def find_units(bundle: Bundle, tables: Sequence[SourceTable], pseudonyms: Pseudonyms, safety: Safety) -> Units:
    """The units of all tables, safe to show: whatever would stand in a small cell is withheld for them everywhere."""
    raw, of_interview = _raw_units(bundle, [table for table in tables if table.table == MAIN])
    raw, coded, n_coded = _with_codes(raw, pseudonyms, safety.village_minimum)
    safe = withhold_small_cells(raw, ("about",), ATTRIBUTES, safety.k)
    units = safe.units
    # A place within a county that is not told would tell the county.
    units.loc[units["county"] == "", "village"] = ""
    return Units(units, of_interview, safe.counts, len(raw), len(safe.dropped), n_coded, coded)


def _raw_units(bundle: Bundle, mains: Sequence[SourceTable]) -> tuple[pd.DataFrame, dict[str, str]]:
    frame_of = bundle.households.drop_duplicates("household_id").set_index("household_id")
    marked = {key for key, markers in frame_of["markers"].items() if markers is not None and len(markers)}
    sizes = frame_of["n_members"].to_dict()
    units: dict[str, dict[str, str]] = {}
    of_interview: dict[str, str] = {}
    for table in mains:
        roles = {each.column.name: sensitivity.role_of(each.column) for each in table.columns if not each.is_record}
        size_column = next((name for name, role in roles.items() if role == sensitivity.SIZE), None)
        mark_columns = [name for name, role in roles.items() if role == sensitivity.MARKERS]
        for row in table.frame.to_dict("records"):
            household = row.get("household_id")
            key = household if isinstance(household, str) and household else str(row["instance_id"])
            of_interview[str(row["instance_id"])] = key
            unit = units.setdefault(key, {"about": "household" if key == household else table.form_id, **dict.fromkeys(ATTRIBUTES, "")})
            for name, value in (("kind", row.get("household_kind")), ("village", row.get("village_code")), ("county", row.get("county"))):
                unit[name] = unit[name] or (value if isinstance(value, str) else "")
            if size_column and (group := size_group(row[size_column])):
                unit["size"] = group
            unit["size"] = unit["size"] or size_group(sizes.get(key))
            if key in marked or any(_is_marked(row[name]) for name in mark_columns):
                unit["markers"] = "yes"
            elif key == household:
                unit["markers"] = unit["markers"] or "no"
    return pd.DataFrame.from_dict(units, orient="index", columns=["about", *ATTRIBUTES]), of_interview


def size_group(value: object) -> str:
    """The group of a number of members, "3-4"; "" for none."""
    number = pd.to_numeric(value, errors="coerce")
    return next((_size_name(low, high) for low, high in SIZES if low <= number <= high), "")


def _size_name(low: int, high: int) -> str:
    return f"{low}+" if high == SIZES[-1][1] else f"{low}-{high}"


SIZE_NAMES = tuple(_size_name(low, high) for low, high in SIZES)


def _is_marked(value: Any) -> bool:
    names = {value} if isinstance(value, str) else set(value) if hasattr(value, "__iter__") else set()
    return bool(names - NO_MARK)


def _with_codes(units: pd.DataFrame, pseudonyms: Pseudonyms, minimum: int) -> tuple[pd.DataFrame, frozenset[str], int]:
    """The units with a code in place of every village in which fewer than `minimum` of them are; codes begin with the county's."""
    counts = units.loc[units["village"] != "", "village"].value_counts()
    small = sorted(counts.index[counts < minimum], key=lambda village: (village[:6], pseudonyms.name("village", village)))
    codes: dict[str, str] = {}
    for village in small:
        number = sum(code.startswith(f"{village[:6]}-") for code in codes.values()) + 1
        codes[village] = f"{village[:6]}-V{number:02}"
    replaced = units.assign(village=units["village"].map(lambda village: codes.get(village, village)))
    return replaced, frozenset(codes.values()), len(codes)
