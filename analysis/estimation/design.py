"""How the rows of a table were sampled: villages (psu) in strata, households (ssu) in strata of their village, and what share was taken.

Nothing here knows of indicators, visits or bundles. With unequal probabilities the share taken is each psu's own inclusion probability,
which is the usual approximation where joint probabilities are unknown (Särndal, Swensson and Wretman 1992, section 3.6; R's `survey` does
the same with sampling fractions as fpc).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.codes import Codes, codes_of, nested
from questionnaires.errors import ErrorCode, SurveyError, not_one_of

Numbers = npt.NDArray[np.float64]
LONELY = ("error", "adjust", "certainty")
"""What a stratum with one sampled unit means: refuse; take the unit's deviation from the mean of all; or give it no variance."""
WHOLE = 1 - 1e-9
"""A share of the population from which on everything counts as taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The sample of a table's rows. Codes are 0, 1, 2 …; a *cell* is a stratum of households within one psu."""

    weights: Numbers
    """Per row, the same for all rows of a household."""
    ssu: Codes
    """Per row."""
    ssu_cell: Codes
    cell_psu: Codes
    cell_fraction: Numbers
    """Share of the cell's households that is in the sample."""
    psu_stratum: Codes
    psu_fraction: Numbers
    """Inclusion probability of the psu; 1 where all of the stratum are in the sample."""
    lonely: str = "error"

    @property
    def cell(self) -> Codes:
        """The cell of every row."""
        return self.ssu_cell[self.ssu]

    @property
    def cell_size(self) -> Numbers:
        """Sampled households per cell."""
        return np.bincount(self.ssu_cell, minlength=len(self.cell_psu)).astype(float)

    @property
    def stratum_size(self) -> Numbers:
        """Sampled psus per stratum."""
        return np.bincount(self.psu_stratum).astype(float)

    @property
    def df(self) -> int:
        """Degrees of freedom of the whole sample: psus less strata."""
        return len(self.psu_stratum) - len(self.stratum_size)

    def reweighted(self, weights: Numbers) -> "Design":
        """The same sample with other weights."""
        return Design(weights, self.ssu, self.ssu_cell, self.cell_psu, self.cell_fraction, self.psu_stratum, self.psu_fraction, self.lonely)


def design_of(frame: pd.DataFrame, *, lonely: str = "error", place: str = "The sample") -> Design:
    """The design of the rows of `frame`, whose columns are read by name; only `psu` must be there.

    `psu`; `weight` (1); `stratum` (one); `ssu` (each row one); `ssu_stratum` (one per psu); `psu_fraction` and `ssu_fraction`, the share of
    the population that was taken: without the first, psus count as drawn with replacement; without the second, psus as taken whole.
    Raises UNUSABLE_WEIGHTS for weights that are missing, negative or all zero, and LONELY_PSU when `lonely` is "error" and some stratum has
    one unit though more were not sampled.
    """
    if lonely not in LONELY:
        raise not_one_of("lonely", lonely, LONELY)
    n_rows = len(frame)
    weights = _numbers(frame, "weight", 1.0)
    _check_weights(weights, place)
    stratum = _codes(frame, "stratum", np.zeros(n_rows, dtype=np.intp))
    psu, first = nested(stratum, _codes(frame, "psu", np.arange(n_rows)))
    cell, first_of_cell = nested(psu, _codes(frame, "ssu_stratum", np.zeros(n_rows, dtype=np.intp)))
    ssu, first_of_ssu = nested(cell, _codes(frame, "ssu", np.arange(n_rows)))
    design = Design(
        weights=weights,
        ssu=ssu,
        ssu_cell=cell[first_of_ssu],
        cell_psu=psu[first_of_cell],
        cell_fraction=np.clip(_numbers(frame, "ssu_fraction", 1.0)[first_of_cell], 0, 1),
        psu_stratum=stratum[first],
        psu_fraction=np.clip(_numbers(frame, "psu_fraction", 0.0)[first], 0, 1),
        lonely=lonely,
    )
    if lonely == "error":
        _check_lonely(design, place)
    return design


def lonely_units(design: Design) -> tuple[int, int]:
    """How many strata have a single psu, and how many cells a single household, though more of them were not sampled."""
    lonely_strata = design.stratum_size[design.psu_stratum] == 1
    lonely_cells = (design.cell_size == 1) & (design.cell_fraction < WHOLE)
    return int((lonely_strata & (design.psu_fraction < WHOLE)).sum()), int(lonely_cells.sum())


def _check_lonely(design: Design, place: str) -> None:
    n_strata, n_cells = lonely_units(design)
    if n_strata or n_cells:
        raise SurveyError(ErrorCode.LONELY_PSU, place=place, n_strata=n_strata, n_cells=n_cells)


def _check_weights(weights: Numbers, place: str) -> None:
    if not np.isfinite(weights).all() or (weights < 0).any():
        detail = "{value} rows have a weight that is missing or negative"
        raise SurveyError(ErrorCode.UNUSABLE_WEIGHTS, place=place, detail=detail, value=int((~np.isfinite(weights) | (weights < 0)).sum()))
    if len(weights) and not weights.any():
        raise SurveyError(ErrorCode.UNUSABLE_WEIGHTS, place=place, detail="all weights are zero")


def _codes(frame: pd.DataFrame, name: str, otherwise: Codes) -> Codes:
    return codes_of(frame[name]) if name in frame else otherwise


def _numbers(frame: pd.DataFrame, name: str, otherwise: float) -> Numbers:
    return frame[name].to_numpy(dtype=float, na_value=np.nan) if name in frame else np.full(len(frame), otherwise)
