"""Tests that shuffle what was observed, for visits whose villages nobody drew by chance: whether the order found could be any other.

They say nothing of households that were not visited. All draw from one seed, so that the same answers give the same figure.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.agreement import SEED
from analysis.estimation.comparing import adjust_by_holm

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHUFFLES = 1_999
MANY = 200
"""From so many villages on a difference is a sum of so many parts that shuffles of it are distributed normally."""
SHUFFLES_OF_MANY = 199
CELLS_AT_ONCE = 4_000_000
_NOISE = 1e-9


def shuffles_for(n_villages: int) -> int:
    """How many shuffles tell whether a difference over so many villages is chance."""
    return SHUFFLES if n_villages < MANY else SHUFFLES_OF_MANY


def shuffled_p(found: float, others: Numbers) -> float:
    """How often shuffling gives a difference at least as large, the one found counted among them; NaN where nothing can be shuffled.

    Of `SHUFFLES_OF_MANY` or fewer the normal distribution with their spread is taken.
    """
    usable = others[np.isfinite(others)]
    if not np.isfinite(found) or not len(usable) or np.allclose(usable, usable[0], atol=_NOISE):
        return float("nan")
    if len(others) <= SHUFFLES_OF_MANY:
        return float(2 * special.ndtr(-abs(found) / np.sqrt(np.mean(usable**2))))
    return float((1 + np.count_nonzero(np.abs(usable) >= abs(found) - _NOISE * max(abs(found), 1))) / (len(usable) + 1))


def shuffle_within(above: Sequence[Numbers], below: Sequence[Numbers], n_first: Sequence[int]) -> Numbers:
    """Per group (village) a row of the differences of two parts' ratios, for shuffles of who belongs to the first part.

    `above` and `below` hold the numbers of each group's households; the first `n_first` of a shuffle are the first part.
    """
    random, n_shuffles = np.random.default_rng(SEED), shuffles_for(len(above))
    found: Numbers = np.zeros((len(above), n_shuffles))
    for row, (numerator, denominator, n) in enumerate(zip(above, below, n_first, strict=True)):
        order = np.argsort(random.random((n_shuffles, len(numerator))), axis=1)[:, :n]
        y, x = numerator[order].sum(axis=1), denominator[order].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[row] = np.asarray(y / x - (numerator.sum() - y) / (denominator.sum() - x))
    return found


def differences_within(values: Numbers, is_marked: Flags, blocks: npt.NDArray[np.intp]) -> Numbers:
    """Per column: the mean of the marked rows less that of the others, within blocks; rows without a value do not count.

    Blocks weigh as in a model with an effect of each block: by n₁ n₀ / (n₁ + n₀).
    """
    return np.asarray(_differences(values, is_marked[None, :], blocks)[0], dtype=float)


def shuffled_marks(values: Numbers, is_marked: Flags, blocks: npt.NDArray[np.intp]) -> Numbers:
    """`differences_within` for shuffles of the marks within blocks: (shuffles × columns)."""
    random, n_shuffles = np.random.default_rng(SEED), shuffles_for(len(values))
    at_once = max(1, CELLS_AT_ONCE // max(len(values), 1))
    parts = []
    for start in range(0, n_shuffles, at_once):
        keys = random.random((min(at_once, n_shuffles - start), len(values))) + blocks[None, :]
        # Sorted by block and chance, the rows of a block change places among themselves; blocks stand in their order.
        order = np.argsort(keys, axis=1)
        home = np.argsort(blocks, kind="stable")
        marks = np.empty((len(keys), len(values)), dtype=bool)
        marks[:, home] = np.take_along_axis(np.broadcast_to(is_marked, keys.shape), order, axis=1)
        parts.append(_differences(values, marks, blocks))
    return np.concatenate(parts)


def _differences(values: Numbers, marks: Flags, blocks: npt.NDArray[np.intp]) -> Numbers:
    is_known = np.isfinite(values)
    filled = np.where(is_known, values, 0.0)
    marks = marks.astype(float)
    above, below = np.zeros((len(marks), values.shape[1])), np.zeros((len(marks), values.shape[1]))
    for block in np.unique(blocks):
        inside = blocks == block
        known, part, marked = is_known[inside].astype(float), filled[inside], marks[:, inside]
        n, n_marked, total, of_marked = known.sum(axis=0), marked @ known, part.sum(axis=0), marked @ part
        n_others = n - n_marked
        usable = np.maximum(n, 1)
        above += (n_others * of_marked - n_marked * (total - of_marked)) / usable
        below += n_marked * n_others / usable
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def add_holm(table: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """The table with `n_tests`, how many tests were made together, and Holm's p values; rows of equal `groups` are one set of tests."""
    n_tests, adjusted = np.zeros(len(table), dtype=np.int64), np.full(len(table), np.nan)
    if len(table):
        for at in table.groupby(list(groups), sort=False).indices.values():
            p_values = table["p_value"].to_numpy(dtype=float)[at]
            tested = at[np.isfinite(p_values)]
            n_tests[at] = len(tested)
            if len(tested):
                adjusted[tested] = adjust_by_holm(list(table["p_value"].to_numpy(dtype=float)[tested]))
    return table.assign(n_tests=n_tests, p_holm=adjusted)
