"""Variances of figures whose weights were brought to known totals: those of the residuals from a regression on the margins.

What the margins explain of an answer no longer varies from sample to sample (Deville and Särndal 1992, Journal of the American Statistical
Association 87, 376–382; Deville, Särndal and Sautory 1993 for raking). No residual is ever written down: the variance of u − x'B is that of
u less 2 B' cov(x, u) plus B' cov(x, x) B, and the middle part is a sum over the rows of the domain.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.estimation.comparing import covariance_of_totals
from analysis.estimation.design import WHOLE, Design
from analysis.estimation.sums import reducer
from analysis.measures import Measure

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
NOISE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """The margins that weights were brought to. Of every row: the categories of its household, and what its weighted value adds to the
    covariance with the total of each category (rows × categories)."""

    categories: Numbers
    dual: Numbers
    inverse: Numbers
    """Of the weighted sums of squares of the categories."""
    covariance: Numbers
    """Of the totals of the categories, as if they had been estimated."""

    def take(self, rows: Codes) -> "Calibrated":
        """The margins of these rows alone, which may stand there more than once."""
        return Calibrated(self.categories[rows], self.dual[rows], self.inverse, self.covariance)

    def variances(self, plain: Numbers, values: Numbers, weights: Numbers, measures: Sequence[Measure], domain: Codes) -> Numbers:
        """The variance of each figure (domains × measures), given the `plain` ones without calibration and the figures in `values`."""
        inside = np.flatnonzero(domain >= 0)
        n_domains, found = len(values), plain.copy()
        places = (domain[inside], np.arange(len(inside)))
        categories, dual = self.categories[inside], self.dual[inside]
        for column, measure in enumerate(measures):
            taken, weight = measure.take(inside), weights[inside]
            below: Numbers = np.ones(n_domains)
            residual = taken.numerator
            if not measure.is_sum:
                below = np.bincount(domain[inside], weights=weight * taken.denominator, minlength=n_domains).astype(float)
                residual = residual - np.nan_to_num(values[:, column])[domain[inside]] * taken.denominator
            adding = sparse.csr_array((weight * residual, places), shape=(n_domains, len(inside)))
            with np.errstate(divide="ignore", invalid="ignore"):
                by_category, by_dual = ((adding @ each) / below[:, None] for each in (categories, dual))
            found[:, column] = without_explained(plain[:, column], by_category, by_dual, self.inverse, self.covariance)
        return found


def without_explained(plain: Numbers, by_category: Numbers, by_dual: Numbers, inverse: Numbers, covariance: Numbers) -> Numbers:
    """The variances of figures less what the categories explain: of every figure (rows) its weighted deviations in each category, and their
    covariance with the category's total. What is left of nothing but rounding is 0."""
    slope = by_category @ inverse
    adjusted = plain - 2 * (slope * by_dual).sum(1) + ((slope @ covariance) * slope).sum(1)
    return np.where(adjusted > NOISE * plain, adjusted, np.where(np.isnan(plain), np.nan, 0.0))


def inverse_of(gram: Numbers) -> Numbers:
    """The inverse of weighted sums of products of categories, some of which may be sums of others."""
    return np.asarray(np.linalg.pinv(gram, rcond=1e-10, hermitian=True), dtype=float)


def calibrated_of(design: Design, categories: Numbers) -> Calibrated:
    """What is needed of a design whose weights were calibrated; `categories` has a row per household (ssu) with 1 where it belongs."""
    _, first = np.unique(design.ssu, return_index=True)
    once = np.zeros((len(design.ssu), categories.shape[1]))
    once[first] = categories
    weighted = design.weights[:, None] * once
    to_ssu, to_psu = reducer(design.ssu, len(design.ssu_cell)), reducer(design.cell_psu[design.cell], len(design.psu_stratum))
    chance = design.psu_fraction[design.cell_psu[design.ssu_cell]]
    within = _dual(to_ssu(weighted), design.ssu_cell, 1 - design.cell_fraction[design.ssu_cell], design.lonely) * chance[:, None]
    between = _dual(to_psu(weighted), design.psu_stratum, 1 - design.psu_fraction, design.lonely)
    gram = categories.T @ (design.weights[first][:, None] * categories)
    return Calibrated(
        categories=categories[design.ssu],
        dual=within[design.ssu] + between[design.cell_psu[design.cell]],
        inverse=inverse_of(gram),
        covariance=covariance_of_totals(design, once),
    )


def _dual(totals: Numbers, stratum: Codes, left: Numbers, lonely: str) -> Numbers:
    """What each unit's total is to be multiplied with so that the sum is the covariance with `totals` (units × categories)."""
    size = np.bincount(stratum).astype(float)
    add = reducer(stratum, len(size))
    is_lonely = (size == 1)[stratum][:, None]
    open_share = np.where(left > 1 - WHOLE, left, 0.0)[:, None]
    factor = open_share * (size / np.maximum(size - 1, 1))[stratum][:, None]
    spread = factor * (totals - (add(totals) / size[:, None])[stratum])
    centred = spread - (add(spread) / size[:, None])[stratum]
    return np.where(is_lonely, open_share * totals if lonely == "adjust" else 0.0, centred)
