"""Codes 0, 1, 2 … for values, and for pairs of codes; and which rows of two tables belong together."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.intp]


def codes_of(values: pd.Series) -> Codes:
    """The code of each value, in the order in which they first stand; a missing one is a value of its own."""
    codes: Codes = pd.factorize(values, use_na_sentinel=False)[0].astype(np.intp)
    return codes


def nested(outer: Codes, inner: Codes) -> tuple[Codes, Codes]:
    """The code of each pair of codes, ordered by the outer one, and the first place of each."""
    _, first, codes = np.unique(outer * (int(inner.max(initial=0)) + 1) + inner, return_index=True, return_inverse=True)
    return codes.astype(np.intp), first.astype(np.intp)


def common_codes(*columns: pd.Series) -> list[Codes]:
    """The codes of each column, where the same code means the same value in all of them; a missing value is -1."""
    if shared := _shared(columns):
        return shared
    coded = [_coded(column) for column in columns]
    whole = pd.factorize(pd.concat([pd.Series(values) for _, values in coded], ignore_index=True))[0]
    ends = np.cumsum([len(values) for _, values in coded])[:-1]
    found = []
    for (codes, _), of_value in zip(coded, np.split(whole, ends), strict=True):
        found.append(np.append(of_value, -1)[codes].astype(np.intp))
    return found


def matching(frame: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str]) -> tuple[Codes, Codes]:
    """A number for each row of both tables that is the same where all keys are; -1 where one is missing."""
    n = len(frame)
    combined = np.zeros(n + len(other), dtype=np.int64)
    for key in keys:
        codes = np.concatenate(common_codes(frame[key], other[key]))
        is_missing = (combined < 0) | (codes < 0)
        combined = np.where(is_missing, -1, combined * (int(codes.max(initial=0)) + 1) + codes)
    return combined[:n].astype(np.intp), combined[n:].astype(np.intp)


def positions_in(frame: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str]) -> Codes:
    """For each row of `frame` the first row of `other` with the same keys, -1 where there is none."""
    ours, theirs = matching(frame, other, keys)
    known, first = np.unique(theirs, return_index=True)
    at = np.minimum(np.searchsorted(known, ours), max(len(known) - 1, 0))
    if not len(known):
        return np.full(len(ours), -1, dtype=np.intp)
    return np.where((known[at] == ours) & (ours >= 0), first[at], -1).astype(np.intp)


def _shared(columns: Sequence[pd.Series]) -> list[Codes] | None:
    """The codes of columns that have the same categories in the same order."""
    dtypes = [column.dtype for column in columns]
    first = dtypes[0] if dtypes else None
    if not isinstance(first, pd.CategoricalDtype):
        return None
    if not all(isinstance(each, pd.CategoricalDtype) and each.categories.equals(first.categories) for each in dtypes[1:]):
        return None
    return [np.asarray(column.cat.codes, dtype=np.intp) for column in columns]


def _coded(column: pd.Series) -> tuple[Codes, pd.Series]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes, dtype=np.intp), pd.Series(column.cat.categories)
    codes, values = pd.factorize(column)
    return codes.astype(np.intp), pd.Series(values)
