"""Figures made of rows: medians, quantiles, and composites of several ratios, for all domains of a partition at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.domains import Domains
from analysis.estimation.calibrating import Calibrated
from analysis.estimation.composed import Bounded, estimate_composed, observe_composed
from analysis.estimation.design import Design
from analysis.estimation.quantiles import Quantiles, estimate_quantiles, observe_quantiles
from analysis.frame.population import Population
from analysis.functions.named import Composite, Made
from analysis.sampled import SampledRows

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SampledBlock:
    """The sampled rows of a partition: where in the table each stands, its domain, and the design of these rows."""

    rows: Codes
    domain: Codes
    design: Design
    calibrated: Calibrated | None
    is_planned: bool


def sampled_block(sampled: SampledRows, rows: Codes, domain: Codes, *, is_planned: bool) -> SampledBlock:
    """Those of the partition's `rows` (places in the table, which may stand there more than once) that are sampled."""
    position = np.full(len(sampled.basis), -1, dtype=np.intp)
    position[sampled.rows] = np.arange(len(sampled.rows))
    counted = np.flatnonzero((position[rows] >= 0) & (domain >= 0))
    at = position[rows[counted]]
    weights = sampled.village_weights if is_planned else sampled.design.weights
    design = replace(sampled.design, weights=weights[at], ssu=sampled.design.ssu[at])
    calibrated = None if sampled.calibrated is None or is_planned else sampled.calibrated.take(at)
    return SampledBlock(rows[counted], domain[counted], design, calibrated, is_planned)


def figures_of_rows(
    made: Sequence[Made],
    rows: Codes,
    domain: Codes,
    domains: Domains,
    sample: SampledBlock | None,
    is_estimated: Flags,
    people: Population | None,
) -> Bounded:
    """The figures (domains × `made`) of the partition's rows: of the sample in domains that are estimated, else as they were observed."""
    columns = [_figure(each, rows, domain, domains, sample, is_estimated, people) for each in made]
    names = ("n", "estimate", "se", "ci_low", "ci_high", "df", "deff")
    return Bounded(**{name: np.column_stack([getattr(column, name) for column in columns]) for name in names})


def _figure(
    made: Made, rows: Codes, domain: Codes, domains: Domains, sample: SampledBlock | None, is_estimated: Flags, people: Population | None
) -> Bounded:
    n = len(domains)
    if isinstance(made, Composite) and people is not None:
        recipe = made.recipe(people, domains, is_estimated)
        observed = observe_composed([part.take(rows) for part in made.parts], recipe, domain, n)
        if sample is None:
            return observed
        parts = [part.take(sample.rows) for part in made.parts]
        design, planned = sample.design, sample.is_planned
        found = estimate_composed(design, parts, recipe, sample.domain, n, is_planned=planned, calibrated=sample.calibrated)
        return _chosen(is_estimated, found, observed)
    if isinstance(made, Composite) or made.level is None:
        raise ValueError("A composite needs the persons of the frame, and any other measure of rows a level.")
    values, level = np.where(made.is_valid, made.numerator, np.nan), made.level
    observed = _bounded(observe_quantiles(values[rows], level, domain, n))
    if sample is None:
        return observed
    design, planned, own = sample.design, sample.is_planned, values[sample.rows]
    quantiles = estimate_quantiles(design, own, level, sample.domain, n, is_planned=planned, calibrated=sample.calibrated)
    return _chosen(is_estimated, _bounded(quantiles), observed)


def _bounded(found: Quantiles) -> Bounded:
    return Bounded(found.n, found.estimate, found.se, found.ci_low, found.ci_high, found.df, np.full(len(found.n), np.nan))


def _chosen(is_estimated: Flags, estimated: Bounded, observed: Bounded) -> Bounded:
    names = ("n", "estimate", "se", "ci_low", "ci_high", "df", "deff")
    return Bounded(**{name: np.where(is_estimated, getattr(estimated, name), getattr(observed, name)) for name in names})
