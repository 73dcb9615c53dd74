"""k-anonymity: what must be withheld so that nobody stands in a cell of fewer than k. Pure.

The attributes are given up one after the other, only for the units that stand in a small cell, and a cell gives up as a whole: cells that
are large enough stay as they are, and in the end every cell that is left holds at least k (Sweeney 2002, *k-anonymity: a model for
protecting privacy*, with local recoding).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Withheld:
    """The units with what is withheld set to "", how many units lost each attribute, and which units cannot be shown at all."""

    units: pd.DataFrame
    counts: Mapping[str, int]
    dropped: pd.Index


def withhold_small_cells(units: pd.DataFrame, always: Sequence[str], ladder: Sequence[str], k: int) -> Withheld:
    """The units (one row each) once no combination of `always` and `ladder` is rarer than `k`.

    `ladder` names the attributes in the order in which they are given up; values are texts, "" where nothing is known.
    """
    result = units[[*always, *ladder]].fillna("").astype(str)
    counts = dict.fromkeys(ladder, 0)
    for attribute in ladder:
        small = _is_small(result, k)
        counts[attribute] = int((small & (result[attribute] != "")).sum())
        result.loc[small, attribute] = ""
    dropped = result.index[_is_small(result, k)]
    return Withheld(result.drop(index=dropped), counts, dropped)


def widen_small_cells(
    persons: pd.DataFrame, around: Sequence[str], narrow: str, wide: str, other: str, k: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The persons with the columns `narrow` and `other` safe, and how many were given a wider group, no group, and no `other`.

    In small cells `narrow` (an age group) becomes `wide`, then "", then `other` (the sex) becomes "". What is known of the unit around a
    person stands in `around` and is safe already.
    """
    result = persons[[*around, narrow, wide, other]].fillna("").astype(str)
    keys = [*around, narrow, other]
    counts = {}
    for name, column, value in (("wider", narrow, None), ("no_group", narrow, ""), ("no_other", other, "")):
        small = _is_small(result[keys], k) & (result[column] != "")
        result.loc[small, column] = result.loc[small, wide] if value is None else value
        counts[name] = int(small.sum())
    return result[[narrow, other]], counts


def _is_small(frame: pd.DataFrame, k: int) -> pd.Series:
    if frame.empty:
        return pd.Series(False, index=frame.index)
    return frame.groupby(list(frame.columns), dropna=False)[frame.columns[0]].transform("size") < k
