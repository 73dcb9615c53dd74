"""The cliff effect 悬崖效应: how much more households of one kind receive than those of another in the same village.

The sheet `indicators` says for which figures (`gap_between`). The gap of a village is the difference of the two kinds' figures; that of a
county or a visit is the mean of its villages' gaps, each village counting once, so that rich and poor villages cancel out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN
from analysis.estimation.comparing import covariance_of_totals
from analysis.estimation.design import WHOLE, Design
from analysis.estimation.estimate import estimate
from analysis.estimation.intervals import student_interval
from analysis.estimation.tails import tail_of_t
from analysis.gaps.rows import Codes, Flags, Found, Numbers, VisitRows, basis_name, read_rows, visits_in
from analysis.gaps.shuffling import add_holm, shuffle_within, shuffled_p
from analysis.measures import Measure, measures_of, unit_of
from analysis.sampled import PURPOSIVE
from questionnaires.errors import SurveyError
from questionnaires.model import Indicator

COLUMNS = (
    "form_id",
    "indicator",
    "unit",
    "first_kind",
    "second_kind",
    "visit_id",
    "domain_type",
    "county_code",
    "domain",
    "n_villages",
    "n_first",
    "n_second",
    "mean_first",
    "mean_second",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "test",
    "p_value",
    "basis",
    "n_tests",
    "p_holm",
)
"""The columns of the table. `estimate` is the first kind's figure less the second's; `n_first` and `n_second` count households with an
answer in villages that have both kinds."""
FIRST, SECOND = 0, 1
N_KINDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Villages:
    """The figures of both kinds in every village of the visit that has both: rows villages, columns kinds."""

    codes: npt.NDArray[np.object_]
    of_row: Codes
    """The village of each row of `kind`, -1 for rows that do not count."""
    kind: Codes
    weight: Numbers
    """Per row, within the village."""
    n: Numbers
    below: Numbers
    figure: Numbers

    @property
    def gap(self) -> Numbers:
        return self.figure[:, FIRST] - self.figure[:, SECOND]


def cliff_gaps(bundle: Bundle, visit_ids: Collection[str] | None = None) -> Found:
    """The gaps of each visit, its counties and its villages, for every indicator with `gap_between`; Holm's p per visit and level.

    Where villages and households were drawn by chance the gap is estimated, with a standard error and Student's test; elsewhere it is what
    was observed, and the test asks how often as large a gap comes about when the households of each village change kinds by chance.
    """
    problems: list[SurveyError] = []
    records = []
    for visit in visits_in(bundle, visit_ids):
        for form in bundle.forms.values():
            wanted = [each for each in form.indicators if len(each.gap_between) == N_KINDS and (each.of or MAIN) == MAIN]
            found = read_rows(bundle, form, visit.id, problems) if wanted else None
            if found is None:
                continue
            for indicator in wanted:
                try:
                    measures = list(measures_of(indicator, found.table, found.rows))
                except SurveyError as problem:
                    problems.append(problem)
                    continue
                if indicator.kind in ("share", "mean", "ratio"):
                    records += list(_of_indicator(found, measures[0]))
    table = pd.DataFrame(records, columns=list(COLUMNS[:-2]))
    return Found(add_holm(table, ("visit_id", "domain_type"))[list(COLUMNS)], tuple({str(each): each for each in problems}.values()))


def _of_indicator(found: VisitRows, measure: Measure) -> Iterator[dict[str, object]]:
    indicator = measure.indicator
    kinds = pd.Index(indicator.gap_between).get_indexer_for(found.units["household_kind"]).astype(np.intp)
    usable = measure.is_valid & (kinds >= 0) & found.units["village_code"].notna().to_numpy(dtype=bool)
    basis = found.basis_of(usable)
    design = found.design if basis < PURPOSIVE else None
    if design is None:
        at, weight, measured = np.arange(len(found.units)), np.ones(len(found.units)), measure
    else:
        at, weight, measured = found.at, found.village_weights, measure.take(found.at)
    villages = _villages(found.units.iloc[at], kinds[at], usable[at], weight, measured)
    if not len(villages.codes):
        return
    counties = np.array([str(code)[:6] for code in villages.codes], dtype=object)
    shuffled = np.zeros((0, 0)) if design is not None else _shuffled(villages, measured)
    for domain_type, inside, county in _domains(counties):
        figures = _mean_gap(design, villages, inside, measured) if design is not None else _observed_gap(villages, inside, shuffled)
        yield {
            **_named(found, indicator),
            "domain_type": domain_type,
            "county_code": county,
            "domain": county or found.visit_id,
            "n_villages": int(inside.sum()),
            "n_first": int(villages.n[inside, FIRST].sum()),
            "n_second": int(villages.n[inside, SECOND].sum()),
            "basis": basis_name(basis),
            **figures,
        }
    yield from _each_village(found, villages, measured, counties, design)


def _domains(counties: npt.NDArray[np.object_]) -> Iterator[tuple[str, Flags, str]]:
    yield "visit", np.ones(len(counties), dtype=bool), ""
    for county in sorted(set(counties)):
        yield "county", counties == county, county


def _named(found: VisitRows, indicator: Indicator) -> dict[str, object]:
    return {
        "form_id": found.form.form_id,
        "indicator": indicator.name,
        "unit": unit_of(indicator),
        "first_kind": indicator.gap_between[FIRST],
        "second_kind": indicator.gap_between[SECOND],
        "visit_id": found.visit_id,
    }


def _villages(units: pd.DataFrame, kinds: Codes, usable: Flags, weight: Numbers, measure: Measure) -> _Villages:
    codes, names = pd.factorize(units["village_code"], sort=True)
    counted = usable & (codes >= 0)
    cell = codes[counted] * N_KINDS + kinds[counted]
    size = len(names) * N_KINDS

    def added(values: Numbers) -> Numbers:
        return np.bincount(cell, weights=values[counted], minlength=size).reshape(-1, N_KINDS).astype(float)

    n, above, below = added(np.ones(len(codes))), added(weight * measure.numerator), added(weight * measure.denominator)
    has_both = ((n > 0) & (below != 0)).all(axis=1)
    number = np.where(has_both, np.cumsum(has_both) - 1, -1)
    of_row = np.where(counted, number[np.maximum(codes, 0)] if len(names) else -1, -1).astype(np.intp)
    kept = np.flatnonzero(has_both)
    with np.errstate(divide="ignore", invalid="ignore"):
        figure = (above / below)[kept]
    return _Villages(np.asarray(names, dtype=object)[kept], of_row, kinds, weight, n[kept], below[kept], figure)


def _mean_gap(design: Design, villages: _Villages, inside: Flags, measure: Measure) -> dict[str, object]:
    """The mean of the villages' gaps, weighted by how many villages each stands for; linearised (Särndal et al. 1992, 5.5)."""
    psu = design.cell_psu[design.cell]
    n_psus = len(design.psu_stratum)
    stands_for = np.bincount(psu, weights=design.weights, minlength=n_psus)
    within = np.bincount(psu, weights=villages.weight, minlength=n_psus)
    psu_of_village = np.full(len(villages.codes), -1, dtype=np.intp)
    counted = villages.of_row >= 0
    psu_of_village[villages.of_row[counted]] = psu[counted]
    share = np.where(inside, stands_for[psu_of_village] / within[psu_of_village], 0.0)
    share = share / share.sum()
    gap = float(share @ villages.gap)
    village_of_psu = np.full(n_psus, -1, dtype=np.intp)
    village_of_psu[psu_of_village] = np.arange(len(psu_of_village))
    home = village_of_psu[psu]
    is_home = home >= 0
    of_village = np.where(is_home, share[home], 0.0)
    # The village's own deviation lies on all its households alike, so that it adds nothing to what the draw of households does.
    influence = of_village * np.where(is_home, villages.gap[home] - gap, 0.0) * villages.weight / within[psu]
    row, kind = np.flatnonzero(counted), villages.kind[counted]
    village = villages.of_row[counted]
    residual = measure.numerator[row] - villages.figure[village, kind] * measure.denominator[row]
    sign = np.where(kind == FIRST, 1.0, -1.0)
    influence[row] += share[village] * sign * villages.weight[row] * residual / villages.below[village, kind]
    values = np.divide(influence, design.weights, out=np.zeros_like(influence), where=design.weights > 0)
    se = float(np.sqrt(covariance_of_totals(design, values[:, None])[0, 0]))
    df = _free(design, psu_of_village[inside])
    low, high = _interval(measure, np.array([gap]), np.array([se]), np.array([float(df)]))
    p_value = float(2 * tail_of_t(abs(gap) / se, df)) if se > 0 and df > 0 else np.nan
    means = share @ villages.figure
    return _figures(means, gap, se, float(low[0]), float(high[0]), float(df), "student", p_value)


def _interval(measure: Measure, gap: Numbers, se: Numbers, df: Numbers) -> tuple[Numbers, Numbers]:
    """Student's interval; two figures within 0 to 1 are never further apart than 1."""
    low, high = student_interval(gap, se, df)
    return (np.maximum(low, -1), np.minimum(high, 1)) if measure.is_part else (low, high)


def _free(design: Design, psus: Codes) -> int:
    """Villages less strata among those drawn; where all were taken, households less strata of them."""
    is_whole = design.psu_fraction[psus] >= WHOLE
    drawn = psus[~is_whole]
    free = len(drawn) - len(np.unique(design.psu_stratum[drawn]))
    cells = np.flatnonzero(np.isin(design.cell_psu, psus[is_whole]) & (design.cell_fraction < WHOLE))
    return int(free + np.maximum(design.cell_size[cells] - 1, 0).sum())


def _shuffled(villages: _Villages, measure: Measure) -> Numbers:
    order = np.argsort(villages.of_row, kind="stable")
    starts = np.searchsorted(villages.of_row[order], np.arange(len(villages.codes) + 1))
    rows = [order[start:end] for start, end in zip(starts[:-1], starts[1:], strict=True)]
    above, below = [measure.numerator[each] for each in rows], [measure.denominator[each] for each in rows]
    return shuffle_within(above, below, [int(n) for n in villages.n[:, FIRST]])


def _observed_gap(villages: _Villages, inside: Flags, shuffled: Numbers) -> dict[str, object]:
    gap = float(villages.gap[inside].mean())
    p_value = shuffled_p(gap, shuffled[inside].mean(axis=0))
    return _figures(villages.figure[inside].mean(axis=0), gap, np.nan, np.nan, np.nan, np.nan, "shuffled_kinds", p_value)


def _figures(means: Numbers, gap: float, se: float, low: float, high: float, df: float, test: str, p_value: float) -> dict[str, object]:
    return {
        "mean_first": float(means[FIRST]),
        "mean_second": float(means[SECOND]),
        "estimate": gap,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "df": df,
        "test": test,
        "p_value": p_value,
    }


def _each_village(
    found: VisitRows, villages: _Villages, measure: Measure, counties: npt.NDArray[np.object_], design: Design | None
) -> Iterator[dict[str, object]]:
    """The gap of each village as it stands; the two kinds' figures vary by themselves, because a household is of one kind."""
    n = len(villages.codes)
    nothing = np.full(n, np.nan)
    se, df = nothing, nothing
    if design is not None:
        domain = np.where(villages.of_row >= 0, villages.of_row * N_KINDS + villages.kind, -1)
        of_both = estimate(design.reweighted(villages.weight), [measure], domain, n * N_KINDS, is_planned=True)
        se = np.sqrt((of_both.se.reshape(-1, N_KINDS) ** 2).sum(axis=1))
        df = of_both.df.reshape(-1, N_KINDS).sum(axis=1)
    low, high = _interval(measure, villages.gap, se, df)
    for number, code in enumerate(villages.codes):
        inside = (found.units["village_code"] == code).to_numpy(dtype=bool)
        rank = found.basis_of(inside, is_village=True) if design is not None else PURPOSIVE
        figures = _figures(
            villages.figure[number], float(villages.gap[number]), se[number], low[number], high[number], df[number], "", np.nan
        )
        yield {
            **_named(found, measure.indicator),
            "domain_type": "village",
            "county_code": counties[number],
            "domain": str(code),
            "n_villages": 1,
            "n_first": int(villages.n[number, FIRST]),
            "n_second": int(villages.n[number, SECOND]),
            "basis": basis_name(rank),
            **figures,
        }
