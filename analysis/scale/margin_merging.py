"""The variances of figures of all parts together whose weights were brought to totals of the frame.

They are those of `analysis.estimation.calibrating`, from sums that add up over parts (`margin_sums.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.estimation.calibrating import inverse_of, without_explained
from analysis.estimation.parts import DomainParts, Figures, Strata
from analysis.scale.margin_sums import DomainMargins, MarginTotals

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
OfPart = tuple[MarginTotals | None, DomainMargins | None]
"""What one part says of the categories and of domains beside them; None where its weights were brought to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class WholeMargins:
    """Of the categories over all parts: the inverse of their sums of products, their covariance, and per stratum (rows) what a total beside
    them is multiplied with, and what one by the share not taken."""

    inverse: Numbers
    covariance: Numbers
    factor: Numbers
    of_total: Numbers
    of_left: Numbers


def merge_margins(parts: Sequence[MarginTotals | None], strata_of_parts: Sequence[Codes], strata: Strata) -> WholeMargins | None:
    """The categories of all parts, None where there are none; `strata_of_parts` says which strata of the whole those of each part are."""
    n_categories, n_strata = max((max(part.names, default=-1) for part in parts if part is not None), default=-1) + 1, len(strata.size)
    if not n_categories:
        return None
    gram, covariance = np.zeros((n_categories, n_categories)), np.zeros((n_categories, n_categories))
    total, left_total = np.zeros((n_strata, n_categories)), np.zeros((n_strata, n_categories))
    is_lonely = strata.size == 1
    factor = np.where(is_lonely, 1.0, strata.size / np.maximum(strata.size - 1, 1))
    share = np.where(is_lonely, 0.0, 1 / np.maximum(strata.size, 1))
    for part, codes in zip(parts, strata_of_parts, strict=True):
        if part is None:
            continue
        names = np.array(part.names, dtype=np.intp)
        square = np.ix_(names, names)
        gram[square] += part.gram
        covariance[square] += part.within + np.tensordot(factor[codes], part.left_square, axes=1)
        total[np.ix_(codes, names)] += part.total
        left_total[np.ix_(codes, names)] += part.left_total
    by_share = (factor * share)[:, None]
    of_total = (factor * strata.open_share * share**2)[:, None] * total - by_share * left_total
    of_left = -by_share * total
    covariance += total.T @ of_total + left_total.T @ of_left
    return WholeMargins(inverse_of(gram), covariance, factor, of_total, of_left)


@dataclass(frozen=True, slots=True, eq=False)
class Calibrating:
    """What takes out of the variances of figures what the margins explain; `whole` are the sums behind the figures."""

    margins: WholeMargins
    whole: DomainParts
    parts: Sequence[DomainMargins]
    names: Sequence[tuple[int, ...]]
    domains: Sequence[Codes]
    strata: Sequence[Codes]

    def figures(self, found: Figures, is_sum: npt.NDArray[np.bool_]) -> Figures:
        """The figures with the variances that they have because of the margins."""
        plain, below = found.se**2, self.whole.totals["x"]
        variances = np.empty_like(plain)
        for column in range(plain.shape[1]):
            centre = self.whole.centre[column]
            slope = -centre if is_sum[column] else np.nan_to_num(found.estimate[:, column]) - centre
            with np.errstate(divide="ignore", invalid="ignore"):
                above = np.ones(len(plain)) if is_sum[column] else 1 / below[:, column]
                variances[:, column] = self.variances(plain[:, column], [column], above[:, None], (-slope * above)[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(plain > 0, variances / plain, 1.0)
        return replace(found, se=np.sqrt(variances), deff=found.deff * gain)

    def variances(self, plain: Numbers, columns: Sequence[int], above: Numbers, below: Numbers) -> Numbers:
        """The variance per domain of a figure whose deviations are so many times what stands above and below the line of these measures."""
        n_categories = len(self.margins.inverse)
        shape = (len(plain), n_categories)
        by_category, by_dual = np.zeros(shape), np.zeros(shape)
        at = list(columns)
        for part, names, domains, strata in zip(self.parts, self.names, self.domains, self.strata, strict=True):
            a, b = above[domains][:, None, :], below[domains][:, None, :]
            places = np.ix_(domains, np.array(names, dtype=np.intp))
            by_category[places] += _along(a, part.y[:, :, at], b, part.x[:, :, at])
            by_dual[places] += _along(a, part.within_y[:, :, at], b, part.within_x[:, :, at])
            pairs = domains[part.domain]
            left = _along(above[pairs][:, None, :], part.left_y[:, :, at], below[pairs][:, None, :], part.left_x[:, :, at])
            np.add.at(by_dual, (pairs[:, None], np.array(names, dtype=np.intp)), self.margins.factor[strata[part.stratum]][:, None] * left)
        by_dual += self._of_strata(at, above, below, ("y", "x")) @ self.margins.of_total
        by_dual += self._of_strata(at, above, below, ("ly", "lx")) @ self.margins.of_left
        return without_explained(plain, by_category, by_dual, self.margins.inverse, self.margins.covariance)

    def _of_strata(self, columns: Sequence[int], above: Numbers, below: Numbers, names: tuple[str, str]) -> sparse.csr_array:
        whole = self.whole
        y, x = (whole.spread[name][:, columns] for name in names)
        values = (above[whole.domain] * y + below[whole.domain] * x).sum(axis=1)
        return sparse.csr_array((values, (whole.domain, whole.stratum)), shape=(len(above), len(self.margins.factor)))


def _along(a: Numbers, y: Numbers, b: Numbers, x: Numbers) -> Numbers:
    added: Numbers = (a * y + b * x).sum(axis=2)
    return added


def calibrating_of(
    margins: WholeMargins | None,
    whole: DomainParts,
    parts: Sequence[OfPart],
    domains: Sequence[Codes],
    strata: Sequence[Codes],
) -> Calibrating | None:
    """What takes out of the variances what the margins explain, from the sums of all parts; None where weights were brought to nothing."""
    if margins is None:
        return None
    there = [each for each in zip(parts, domains, strata, strict=True) if each[0][0] is not None and each[0][1] is not None]
    return Calibrating(
        margins=margins,
        whole=whole,
        parts=[part for (_, part), _, _ in there if part is not None],
        names=[totals.names for (totals, _), _, _ in there if totals is not None],
        domains=[domain for _, domain, _ in there],
        strata=[stratum for _, _, stratum in there],
    )
