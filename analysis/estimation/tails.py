"""Tails and quantiles of the distributions that tests need, from scipy's functions: `scipy.stats` would take a fifth of every start."""

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]


def tail_of_t(values: npt.ArrayLike, df: npt.ArrayLike) -> Numbers:
    """How probable more than each value is for Student's t."""
    return np.asarray(special.stdtr(df, -np.asarray(values, dtype=float)), dtype=float)


def quantile_of_t(share: npt.ArrayLike, df: npt.ArrayLike) -> Numbers:
    """What Student's t exceeds with the rest of the share; NaN without degrees of freedom."""
    free = np.asarray(df, dtype=float)
    return np.where(free > 0, special.stdtrit(np.where(free > 0, free, 1.0), share), np.nan)


def tail_of_f(value: float, above: float, below: float) -> float:
    """How probable more than the value is for F with these degrees of freedom."""
    return float(special.fdtrc(above, below, value))


def sign_test(n_above: int, n: int) -> float:
    """How probable a split at least as uneven as `n_above` of `n` is where either side is as likely; 1 of none."""
    return float(min(1.0, 2 * special.bdtr(min(n_above, n - n_above), n, 0.5))) if n else 1.0


def smaller_tail_of_draws(n_found: Numbers, n: Numbers, total_found: Numbers, total: Numbers) -> Numbers:
    """The smaller of the chances to find so few or fewer, and so many or more, among `n` drawn from `total` that hold `total_found`.

    The chances are those of the hypergeometric distribution; NaN where a number is missing or no draw can have found so many.
    """
    numbers = np.broadcast_arrays(n_found, n, total_found, total)
    found = [_smaller_tail(*map(float, each)) for each in zip(*(each.ravel() for each in numbers), strict=True)]
    return np.array(found, dtype=float).reshape(numbers[0].shape)


def _smaller_tail(found: float, n: float, total_found: float, total: float) -> float:
    lowest, highest = max(0.0, n + total_found - total), min(n, total_found)
    if not lowest <= found <= highest:
        return np.nan
    counts = np.arange(lowest, highest + 1)
    chances = (
        special.betaln(total_found + 1, 1)
        + special.betaln(total - total_found + 1, 1)
        + special.betaln(total - n + 1, n + 1)
        - special.betaln(counts + 1, total_found - counts + 1)
        - special.betaln(n - counts + 1, total - total_found - n + counts + 1)
        - special.betaln(total + 1, 1)
    )
    chances = np.exp(chances)
    position = int(found - lowest)
    return float(min(chances[: position + 1].sum(), chances[position:].sum()))
