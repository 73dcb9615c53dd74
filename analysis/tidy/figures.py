"""The figures of one table in every partition into domains: those of its sample where there is one, the others as they were observed."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from analysis.domains import DOMAIN_KEYS, VILLAGE, Domains, domains_of, is_one_population, marked_rows
from analysis.estimation.composed import Bounded
from analysis.estimation.estimate import after_calibration
from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, part_interval, student_interval
from analysis.estimation.parts import FIGURES, Figures
from analysis.functions.named import Composite, Made
from analysis.functions.of_rows import figures_of_rows, sampled_block
from analysis.grouped import GroupedRows, group_rows, known_basis
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE
from analysis.tidy.table import Completed
from analysis.tidy.work import Work

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


def partitions_of(work: Work, domain_types: Collection[str] | None, centres: Numbers) -> Iterator[tuple[int, GroupedRows, Domains]]:
    """(place in `DOMAIN_KEYS`, groups, domains) of every partition of the table's rows; of counties' forms none by village."""
    everyone = np.arange(len(work.units))
    wanted = {key for domain_type, keys in DOMAIN_KEYS if domain_types is None or domain_type in domain_types for key in keys}
    grouped: dict[bool, GroupedRows] = {}
    for block, (domain_type, keys) in enumerate(DOMAIN_KEYS):
        is_told = domain_type != VILLAGE or not work.is_of_county
        if not is_told or (domain_types is not None and domain_type not in domain_types):
            continue
        is_marked = "marker" in keys
        if is_marked not in grouped:
            rows, frame = marked_rows(work.units, work.households) if is_marked else (everyone, work.units)
            names = ["visit_id", "county_code", *(["marker"] if is_marked else sorted(wanted & {"village_code", "household_kind"}))]
            grouped[is_marked] = group_rows(frame[names], rows, work.sampled, work.basis, work.measures, centres)
        groups = grouped[is_marked]
        yield block, groups, domains_of(domain_type, keys, groups.keys)


def complete(work: Work, groups: GroupedRows, domains: Domains) -> Completed:
    """The figures of all measures in the domains, those that are made of rows behind the others."""
    size, basis, figures = _figures(work, groups, domains)
    low, high = intervals_of(work.measures, figures)
    measures: list[Made] = [*work.measures]
    orders = [*work.orders[: len(work.measures)]]
    if added := [(order, each) for order, each in zip(work.orders[len(measures) :], work.of_rows, strict=True) if _is_told(each, domains)]:
        found = _figures_of_rows(work, groups, domains, [each for _, each in added], basis < PURPOSIVE)
        figures = Figures(**{name: np.hstack([getattr(figures, name), getattr(found, name)]) for name in FIGURES})
        low, high = np.hstack([low, found.ci_low]), np.hstack([high, found.ci_high])
        orders += [order for order, _ in added]
        measures += [each for _, each in added]
    return Completed(measures, orders, size, basis, figures, low, high)


def _figures(work: Work, groups: GroupedRows, domains: Domains) -> tuple[Numbers, Codes, Figures]:
    """(rows, basis, figures) per domain: those of the sample where there is one, the others as they were observed."""
    size, sums = groups.plain(domains)
    is_estimable = work.sampled is None or is_one_population(domains.domain_type, work.units["visit_id"].nunique())
    basis = known_basis(groups.weakest_of(domains), is_estimable=is_estimable)
    is_sum = np.array([measure.is_sum for measure in work.measures], dtype=bool)
    if work.sampled is None or not (basis < PURPOSIVE).any():
        return size, basis, observed_figures(sums.n, sums.y, sums.x, sums.centre, is_sum)
    of_sample, found = groups.figures(work.sampled, domains, is_sum)
    if work.sampled.calibrated is not None and domains.domain_type != VILLAGE:
        block = sampled_block(work.sampled, groups.rows, domains.codes[groups.of_row], is_planned=False)
        if block.calibrated is not None:
            taken = [measure.take(block.rows) for measure in work.measures]
            found = after_calibration(found, block.design, block.calibrated, taken, block.domain)
    return chosen_figures(basis, size, observed_figures(sums.n, sums.y, sums.x, sums.centre, is_sum), of_sample, found)


def observed_figures(n: Numbers, y: Numbers, x: Numbers, centre: Numbers, is_sum: Flags) -> Figures:
    """The figures among the rows as they are, from their plain sums."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x != 0, y / x + centre, np.nan)
    observed = np.where(is_sum, y + centre * x, ratio)
    observed[n == 0] = np.nan
    nothing = np.full_like(observed, np.nan)
    return Figures(n, observed, nothing, nothing, nothing)


def chosen_figures(
    basis: Codes, size: Numbers, observed: Figures, of_sample: Numbers, estimated: Figures
) -> tuple[Numbers, Codes, Figures]:
    """(rows, basis, figures) per domain: the estimated ones where the basis is better than purposive, else the observed ones."""
    is_estimated = (basis < PURPOSIVE)[:, None]
    figures = Figures(**{name: np.where(is_estimated, getattr(estimated, name), getattr(observed, name)) for name in FIGURES})
    return np.where(is_estimated[:, 0], of_sample, size), basis, figures


def _figures_of_rows(work: Work, groups: GroupedRows, domains: Domains, made: Sequence[Made], is_estimated: Flags) -> Bounded:
    """The figures that are made of the rows of the domains."""
    of_row = domains.codes[groups.of_row]
    block = None
    if work.sampled is not None and is_estimated.any():
        block = sampled_block(work.sampled, groups.rows, of_row, is_planned=domains.domain_type == VILLAGE)
    return figures_of_rows(made, groups.rows, of_row, domains, block, is_estimated, work.people)


def intervals_of(measures: Sequence[Measure], figures: Figures) -> tuple[Numbers, Numbers]:
    """The interval of each figure that has a standard error."""
    low, high = np.full_like(figures.estimate, np.nan), np.full_like(figures.estimate, np.nan)
    is_known = np.isfinite(figures.se)
    is_share, is_part = (
        np.broadcast_to(np.array(flags, dtype=bool), figures.n.shape)
        for flags in ([measure.is_share for measure in measures], [measure.is_part for measure in measures])
    )
    for interval, here in (
        (SHARE_INTERVALS[SHARE_INTERVAL], is_known & is_share),
        (part_interval, is_known & is_part & ~is_share),
        (_without_bounds, is_known & ~is_part),
    ):
        low[here], high[here] = interval(figures.estimate[here], figures.se[here], figures.df[here], figures.n[here])
    return low, high


def _without_bounds(estimate: Numbers, se: Numbers, df: Numbers, _n: Numbers) -> tuple[Numbers, Numbers]:
    return student_interval(estimate, se, df)


def _is_told(made: Made, domains: Domains) -> bool:
    """Whether the figure has a meaning in domains of this kind."""
    return not isinstance(made, Composite) or domains.domain_type in made.domain_types
