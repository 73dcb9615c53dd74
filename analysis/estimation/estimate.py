"""Estimates of totals, means, ratios and shares for many domains at once, with linearised variances, from rows or sums of groups."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.estimation.calibrating import Calibrated
from analysis.estimation.design import Design
from analysis.estimation.parts import Figures, Groups, Strata, figures_from, parts_of
from analysis.estimation.sums import Sums, centres_of, sum_measures
from analysis.measures import Measure

Codes = npt.NDArray[np.intp]


def estimate(
    design: Design,
    measures: Sequence[Measure],
    domain: Codes | None = None,
    n_domains: int = 1,
    *,
    is_planned: bool = False,
    calibrated: Calibrated | None = None,
) -> Figures:
    """The figures of the measures in each domain; `domain` is that of every row, -1 outside all of them.

    `is_planned` says that each domain is one psu, of which a figure is wanted as it stands: then chance is only in which of its
    households were drawn, and the choice of the psu does not count. `calibrated` are the margins that the weights were brought to.
    """
    codes = np.zeros(len(design.weights), dtype=np.intp) if domain is None else domain
    groups = groups_of(design, codes)
    rows = np.flatnonzero(groups.of_row >= 0)
    chosen = [measure.take(rows) for measure in measures] if len(rows) < len(codes) else measures
    sums = sum_measures(chosen, groups.of_row[rows], len(groups.cell), ssu=design.ssu[rows], centres=centres_of(measures))
    found = figures_of(design, sums, groups, n_domains, np.array([each.is_sum for each in measures]), is_planned=is_planned)
    return found if calibrated is None or is_planned else after_calibration(found, design, calibrated, measures, codes)


def after_calibration(found: Figures, design: Design, calibrated: Calibrated, measures: Sequence[Measure], domain: Codes) -> Figures:
    """The figures with the variances that they have because the weights were brought to known totals."""
    plain = found.se**2
    variances = calibrated.variances(plain, found.estimate, design.weights, measures, domain)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(plain > 0, variances / plain, 1.0)
    return replace(found, se=np.sqrt(variances), deff=found.deff * gain)


def groups_of(design: Design, domain: Codes) -> Groups:
    """The groups of the rows: by domain, then cell, then weight. `of_row` is -1 for rows outside all domains."""
    inside = np.flatnonzero(domain >= 0)
    weights, codes_of_weight = np.unique(design.weights[inside], return_inverse=True)
    cell = design.cell[inside]
    n_cells, n_weights = len(design.cell_psu), max(len(weights), 1)
    keys, first, of_inside = np.unique(
        (domain[inside] * n_cells + cell) * n_weights + codes_of_weight, return_index=True, return_inverse=True
    )
    of_row = np.full(len(domain), -1, dtype=np.intp)
    of_row[inside] = of_inside
    return Groups(of_row, cell[first], domain[inside][first], weights[keys % n_weights])


def figures_of(design: Design, sums: Sums, groups: Groups, n_domains: int, is_sum: npt.NDArray[np.bool_], *, is_planned: bool) -> Figures:
    """The figures from the sums of the groups, which must be in the order of their domains and cells."""
    parts = parts_of(design, sums, groups, n_domains, is_planned=is_planned)
    return figures_from(parts, Strata.of(design), is_sum, lonely=design.lonely)
