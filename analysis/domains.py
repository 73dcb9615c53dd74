"""Which figures are made: the domains of a table's rows, from all interviews down to villages, kinds of household and marks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.codes import matching

Codes = npt.NDArray[np.intp]

ALL, VILLAGE = "all", "village"
DOMAIN_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (ALL, ()),
    ("visit", ("visit_id",)),
    ("county", ("visit_id", "county_code")),
    (VILLAGE, ("visit_id", "county_code", "village_code")),
    ("household_kind", ("visit_id", "household_kind")),
    ("household_kind", ("visit_id", "county_code", "household_kind")),
    ("marker", ("visit_id", "marker")),
    ("marker", ("visit_id", "county_code", "marker")),
)
"""Each domain type and the keys whose every combination is a domain; the last key names the domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """One partition of rows or groups of rows: the domain of each (-1 outside all), and a row of `keys` per domain."""

    domain_type: str
    codes: Codes
    keys: pd.DataFrame

    def __len__(self) -> int:
        return len(self.keys)


def is_one_population(domain_type: str, n_visits: int) -> bool:
    """Whether interviews of so many visits describe one population in domains of this type: several visits go to the same households."""
    return domain_type != ALL or n_visits <= 1


def domains_of(domain_type: str, keys: Sequence[str], frame: pd.DataFrame) -> Domains:
    """The domains of the rows of `frame`, which has a column for each key, by the order of their codes."""
    combined = np.zeros(len(frame), dtype=np.intp)
    is_known = np.ones(len(frame), dtype=bool)
    levels = []
    for key in keys:
        codes, values = _sorted_codes(frame[key])
        is_known &= codes >= 0
        combined = combined * max(len(values), 1) + codes
        levels.append(values)
    present, found = np.unique(combined[is_known], return_inverse=True)
    of_row = np.full(len(frame), -1, dtype=np.intp)
    of_row[is_known] = found
    columns: dict[str, object] = {}
    rest = present
    for key, values in zip(reversed(keys), reversed(levels), strict=True):
        rest, position = np.divmod(rest, max(len(values), 1))
        columns[key] = values.take(position)
    named = pd.DataFrame(columns, index=range(len(present)))
    empty = pd.Series([""] * len(present), dtype="str")
    domain = named[keys[-1]] if keys else empty
    told = {"visit_id": named.get("visit_id", empty), "county_code": named.get("county_code", empty), "domain": domain}
    return Domains(domain_type, of_row, pd.DataFrame(told))


def domains_over(domain_type: str, keys: Sequence[pd.DataFrame]) -> tuple[Domains, list[Codes]]:
    """The domains that stand in any of the frames (visit_id, county_code, domain), and for each frame which of them its own are."""
    whole = domains_of(domain_type, ("visit_id", "county_code", "domain"), pd.concat(keys, ignore_index=True))
    ends = np.cumsum([len(each) for each in keys])[:-1]
    return whole, [each.astype(np.intp) for each in np.split(whole.codes, ends)]


def _sorted_codes(column: pd.Series) -> tuple[Codes, pd.Index]:
    """The code of each value in the order of the values, -1 for a missing one, and the values; some may stand nowhere."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.is_monotonic_increasing:
        return np.asarray(column.cat.codes, dtype=np.intp), column.cat.categories
    codes, values = pd.factorize(column, sort=True)
    return codes.astype(np.intp), pd.Index(values)


def marked_rows(units: pd.DataFrame, households: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """The rows whose household bears a mark, once for each of its marks, with the mark in the column "marker"."""
    marks = households[["household_id", "markers"]].explode("markers").dropna().reset_index(drop=True)
    ours, theirs = matching(units, marks, ["household_id"])
    # The marks of a household stand together in the order of its number, of which none is missing.
    n_by_household = np.bincount(theirs, minlength=int(max(ours.max(initial=-1), theirs.max(initial=-1))) + 1)
    first, order = np.cumsum(n_by_household) - n_by_household, np.argsort(theirs, kind="stable")
    n_marks = np.where(ours >= 0, n_by_household[ours], 0) if len(n_by_household) else np.zeros(len(ours), dtype=np.intp)
    rows = np.repeat(np.arange(len(units)), n_marks)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(n_marks) - n_marks, n_marks)
    codes, names = pd.factorize(marks["markers"], sort=True)
    mark = pd.Categorical.from_codes(codes[order[first[ours[rows]] + number]], categories=pd.Index(names, dtype="str"))
    return rows.astype(np.intp), units[["visit_id", "county_code", "household_id"]].iloc[rows].reset_index(drop=True).assign(marker=mark)
