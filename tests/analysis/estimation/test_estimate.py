"""Variances worked by hand, against a slower general formula, by other methods, and what must hold for any data."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.calibrating import calibrated_of
from analysis.estimation.comparing import adjust_by_holm, covariance_of_totals, difference_of
from analysis.estimation.design import Design, design_of
from analysis.estimation.estimate import estimate
from analysis.estimation.quantiles import estimate_quantiles
from analysis.estimation.ranking import rank_domains
from analysis.estimation.replicates import bootstrap, jackknife, replicate_variances
from analysis.estimation.sums import centres_of, sum_measures
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.estimation.samples import measure, reference_sample


def random_design(seed: int, *, lonely: str = "adjust") -> tuple[pd.DataFrame, Design]:
    """Persons in households in villages in three strata, with unequal weights; villages and households are few, some alone."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({"psu": random.integers(0, 9, 60), "ssu": random.integers(0, 25, 60)})
    rows["stratum"] = rows["psu"] % 3
    rows["ssu_stratum"] = rows["ssu"] % 2
    rows["weight"] = random.choice([1.0, 2.0, 5.0], 25)[rows["ssu"]]
    rows["psu_fraction"] = np.where(rows["stratum"] == 0, 1.0, 0.3)
    rows["ssu_fraction"] = 0.5
    rows["y"] = np.where(random.random(60) < 0.1, np.nan, random.normal(100, 10, 60))
    rows["x"] = random.integers(1, 6, 60).astype(float)
    rows["domain"] = random.integers(-1, 3, 60)
    return rows, design_of(rows, lonely=lonely)


def test_variance__of_six_households_in_two_stages__is_what_the_hand_finds() -> None:
    """Two of four villages, with two of four and three of three households: by hand (Lohr 2010, equation 6.6).

    Totals of the villages: 2 × (1 + 3) = 8 and 2 + 2 + 5 = 9, each times 2: total 34.
    Between: (1 − 1/2) × 2 × ((16 − 17)² + (18 − 17)²) = 2.
    Within: the first village only, 1/2 × (1 − 1/2) × 2 × ((4 − 8)² + (12 − 8)²) = 16. Together 18.
    """
    rows = pd.DataFrame({"psu": [1, 1, 2, 2, 2], "weight": [4.0, 4, 2, 2, 2], "psu_fraction": 0.5, "ssu_fraction": [0.5, 0.5, 1, 1, 1]})
    found = estimate(design_of(rows), [measure("total", [1, 3, 2, 2, 5])])
    assert (found.estimate[0, 0], found.se[0, 0] ** 2, found.df[0, 0]) == pytest.approx((34, 18, 1))
    village = estimate(design_of(rows), [measure("mean", [1, 3, 2, 2, 5])], np.array([0, 0, 1, 1, 1]), 2, is_planned=True)
    # As it stands: mean 2 of two of four households, s² = 2, so (1 − 1/2) × 2 / 2 = 0.5; the other was taken whole.
    assert village.estimate[:, 0] == pytest.approx([2, 3])
    assert village.se[:, 0] ** 2 == pytest.approx([0.5, 0])
    assert list(village.df[:, 0]) == [1, 0]


@pytest.mark.parametrize("lonely", ["adjust", "certainty"])
@pytest.mark.parametrize("seed", range(5))
def test_variance__of_every_kind_in_domains__is_that_of_the_general_formula(seed: int, lonely: str) -> None:
    rows, design = random_design(seed, lonely=lonely)
    measures = [measure("total", rows["y"]), measure("mean", rows["y"]), measure("ratio", rows["y"], rows["x"])]
    domain = rows["domain"].to_numpy(dtype=np.intp)
    found = estimate(design, measures, domain, 3)
    for row in range(3):
        for column, each in enumerate(measures):
            inside = (domain == row) & each.is_valid
            below = 1.0 if each.is_sum else design.weights[inside] @ each.denominator[inside]
            value = design.weights[inside] @ each.numerator[inside] / below
            influence = np.where(inside, each.numerator - (0 if each.is_sum else value * each.denominator), 0) / below
            variance = covariance_of_totals(design, influence[:, None])[0, 0]
            assert (found.estimate[row, column], found.se[row, column] ** 2) == pytest.approx((value, variance))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_estimates__of_any_sample__do_not_depend_on_order_and_add_up(seed: int) -> None:
    rows, design = random_design(seed)
    measures = [measure("total", rows["y"]), measure("mean", rows["y"])]
    domain = rows["domain"].to_numpy(dtype=np.intp)
    parts, whole = estimate(design, measures, domain + 1, 4), estimate(design, measures)
    assert np.nansum(parts.estimate[:, 0]) == pytest.approx(whole.estimate[0, 0])
    assert parts.n.sum(0) == pytest.approx(whole.n[0])
    shuffled = rows.sample(frac=1, random_state=seed)
    again = estimate(design_of(shuffled, lonely="adjust"), [measure("total", shuffled["y"]), measure("mean", shuffled["y"])])
    assert (again.estimate, again.se) == (pytest.approx(whole.estimate), pytest.approx(whole.se))
    constant = estimate(design.reweighted(np.full(60, 3.0)), measures)
    assert constant.estimate[0, 1] == pytest.approx(rows["y"].mean())


def test_sums__of_two_parts__are_those_of_the_whole() -> None:
    rows, design = random_design(7)
    measures = [measure("mean", rows["y"]), measure("ratio", rows["y"], rows["x"])]
    centres, groups = centres_of(measures), design.cell
    whole = sum_measures(measures, groups, len(design.cell_psu), ssu=design.ssu, centres=centres)
    first = rows["psu"].to_numpy() < 4
    parts = [
        sum_measures([each.take(at) for each in measures], groups[at], len(design.cell_psu), ssu=design.ssu[at], centres=centres)
        for at in (np.flatnonzero(first), np.flatnonzero(~first))
    ]
    for name in ("n", "n_ssu", "y", "x", "yy", "xy", "xx", "ryy", "rxy", "rxx"):
        assert getattr(parts[0] + parts[1], name) == pytest.approx(getattr(whole, name))
    with pytest.raises(ValueError, match="centres"):
        _ = whole + replace(whole, centre=centres + 1)


@pytest.mark.parametrize("case", ["clus1", "clus1_wr", "strat"])
def test_replicates__of_a_total_and_a_mean__agree_with_the_linearised_variance(case: str) -> None:
    rows, design = reference_sample(case)
    measures = [measure("total", rows["enroll"]), measure("mean", rows["api00"])]
    linear = estimate(design, measures).se[0] ** 2
    by_jackknife = replicate_variances(design, measures, jackknife(design))[0]
    assert by_jackknife[0] == pytest.approx(linear[0])
    assert by_jackknife[1] == pytest.approx(linear[1], rel=0.03 if case == "strat" else 0.3)
    drawn = bootstrap(design, 400, np.random.default_rng(1))
    assert replicate_variances(design, measures, drawn)[0, 0] == pytest.approx(linear[0], rel=0.25)


def test_quantiles__of_domains__are_the_weighted_ones_with_woodruffs_interval() -> None:
    values = np.array([1.0, 2, 3, 4, 10, 20, 30, 40, np.nan])
    rows = pd.DataFrame({"psu": np.arange(9), "weight": [1.0, 1, 1, 1, 1, 1, 1, 5, 1]})
    found = estimate_quantiles(design_of(rows), values, 0.5, np.array([0, 0, 0, 0, 1, 1, 1, 1, 1]), 3)
    assert found.estimate[:2] == pytest.approx([2, 40])
    assert np.isnan(found.estimate[2])
    assert list(found.n) == [4, 4, 0]
    assert found.ci_low[0] <= 2 <= found.ci_high[0]


@pytest.mark.parametrize("lonely", ["adjust", "certainty"])
def test_variance__of_calibrated_weights__is_that_of_the_residuals_from_the_margins(lonely: str) -> None:
    rows, design = random_design(3, lonely=lonely)
    measures = [measure("total", rows["y"]), measure("mean", rows["y"]), measure("ratio", rows["y"], rows["x"])]
    domain = rows["domain"].to_numpy(dtype=np.intp)
    random = np.random.default_rng(1)
    categories = np.eye(3)[random.integers(0, 3, len(design.ssu_cell))]
    calibrated = calibrated_of(design, np.hstack([categories, np.ones((len(categories), 1))]))
    found = estimate(design, measures, domain, 3, calibrated=calibrated)
    assert found.estimate == pytest.approx(estimate(design, measures, domain, 3).estimate)
    _, first = np.unique(design.ssu, return_index=True)
    once = np.zeros((len(rows), 3))
    once[first] = categories
    for column, each in enumerate(measures):
        inside = (domain == 1) & each.is_valid
        below = 1.0 if each.is_sum else design.weights[inside] @ each.denominator[inside]
        value = 0.0 if each.is_sum else found.estimate[1, column]
        influence = np.where(inside, each.numerator - value * each.denominator, 0) / below
        of_household = np.bincount(design.ssu, weights=influence)
        weights = design.weights[first]
        slope = np.linalg.solve(categories.T @ (weights[:, None] * categories), categories.T @ (weights * of_household))
        residual = influence - once @ slope
        assert found.se[1, column] ** 2 == pytest.approx(covariance_of_totals(design, residual[:, None])[0, 0])


def test_ranks__of_counties__overlap_as_far_as_their_intervals_do() -> None:
    ranks = rank_domains(np.array([0.9, 0.5, 0.52, np.nan, 0.1]), np.array([0.01, 0.02, 0.02, 0.01, np.nan]), np.full(5, 30.0))
    assert ranks.place[:3].tolist() == [1, 3, 2]
    assert ranks.best[:3].tolist() == [1, 2, 2]
    assert ranks.worst[:3].tolist() == [1, 3, 3]
    assert np.isnan(ranks.place[3:]).all()
    assert rank_domains(np.array([0.9, 0.5]), np.full(2, 0.01), np.full(2, 30.0), is_high_good=False).place.tolist() == [2, 1]


def test_difference__between_groups__is_that_of_their_means() -> None:
    rows, design = reference_sample("clus1")
    found = difference_of(design, rows["api00"].to_numpy(dtype=float), rows["stype"].to_numpy(), "H", "E")
    assert found.estimate == pytest.approx(648.8680556 - 618.5714286)
    assert found.se > 0
    assert found.ci_low < found.estimate < found.ci_high
    assert adjust_by_holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"psu": [1, 1], "psu_fraction": 0.5}, ErrorCode.LONELY_PSU),
        ({"psu": [1, 2], "weight": [0.0, 0.0]}, ErrorCode.UNUSABLE_WEIGHTS),
        ({"psu": [1, 2], "weight": [1.0, np.nan]}, ErrorCode.UNUSABLE_WEIGHTS),
    ],
)
def test_design__that_says_nothing_of_chance__is_refused_with_its_place(columns: dict[str, object], code: ErrorCode) -> None:
    with pytest.raises(SurveyError, match="Form 'x'") as refusal:
        design_of(pd.DataFrame(columns), place="Form 'x'")
    assert refusal.value.code is code
