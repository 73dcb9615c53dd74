"""Codes 0, 1, 2 … for values, and for pairs of codes."""

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
