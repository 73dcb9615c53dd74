"""Coefficients of agreement against the worked examples of their authors, and what happens where they are undefined."""

import numpy as np
import pytest

from analysis.agreement import (
    METRICS,
    REPLICATES,
    SEED,
    _drawn,
    agreement_weights,
    cohen_kappa,
    intraclass,
    kappa_of_table,
    krippendorff_alpha,
    resampling_weights,
    share_agreeing,
)
from analysis.pooled_agreement import Item, pooled_alpha, pooled_intraclass, pooled_kappa, pooled_share

OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers, twelve units, missing values."""
JUDGES = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""Shrout & Fleiss (1979), table 2: six targets rated by four judges."""


def test_share__nine_of_ten__has_wilsons_interval() -> None:
    found = share_agreeing([True] * 9 + [False])
    # Worked by hand: (0.9 + 3.8415/20 ± 1.96 √(0.09/10 + 3.8415/400)) / (1 + 3.8415/10).
    assert found.estimate == pytest.approx(0.9)
    assert (found.ci_low, found.ci_high) == (pytest.approx(0.5958, abs=5e-4), pytest.approx(0.9821, abs=5e-4))
    assert share_agreeing([]).reason == "no_units"


def test_kappa__diagnoses_of_fleiss__gives_his_figures() -> None:
    # Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, table 18.1: kappa .68, standard error .087.
    found = kappa_of_table(np.array([[75.0, 1, 4], [5, 4, 1], [0, 0, 10]]), agreement_weights(3, ""))
    assert found.estimate == pytest.approx(0.676, abs=5e-4)
    assert (found.ci_high - found.ci_low) / (2 * 1.96) == pytest.approx(0.087, abs=1e-3)


def test_weighted_kappa__diagnoses_of_cohen__gives_his_figures() -> None:
    # Cohen (1968), Psychological Bulletin 70, 213–220, table 1: kappa .492, weighted kappa .348, 200 cases.
    counts = np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]) * 200
    weights = 1 - np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    assert kappa_of_table(counts, agreement_weights(3, "")).estimate == pytest.approx(0.492, abs=5e-4)
    assert kappa_of_table(counts, weights).estimate == pytest.approx(0.348, abs=5e-4)


def test_kappa__of_two_lists__leaves_out_what_one_did_not_rate() -> None:
    left, right = ["yes", "yes", "no", "no", None], ["yes", "no", "no", "no", "yes"]
    found = cohen_kappa(left, right)
    # Po = 3/4; Pe = (2·1 + 2·3)/16 = 1/2.
    assert (found.n, found.estimate) == (4, pytest.approx(0.5))


@pytest.mark.parametrize("weights", ["", "linear", "quadratic"])
def test_kappa__categories_renamed_or_units_shuffled__stays(weights: str) -> None:
    rng = np.random.default_rng(7)
    left, right = rng.integers(0, 4, 60), rng.integers(0, 4, 60)
    plain = cohen_kappa(list(left), list(right), order=range(4), weights=weights)
    order = rng.permutation(60)
    shuffled = cohen_kappa(
        [f"c{n}" for n in left[order]], [f"c{n}" for n in right[order]], order=[f"c{n}" for n in range(4)], weights=weights
    )
    assert shuffled == plain


def test_weighted_kappa__of_two_categories__is_kappa() -> None:
    left, right = list("abbabaabbb"), list("abababbbba")
    plain = cohen_kappa(left, right)
    assert cohen_kappa(left, right, weights="quadratic").estimate == pytest.approx(plain.estimate)


def test_alpha__binary_and_nominal_examples_of_krippendorff__give_his_figures() -> None:
    # Krippendorff (2011), examples A and B: 0.095 and 0.692.
    assert krippendorff_alpha(list(zip("0100000010", "1110010000", strict=True))).estimate == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(list(zip("aabbdcccedda", "babbbccceddd", strict=True))).estimate == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize(("metric", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha__four_observers_with_missing_values__gives_krippendorffs_figures(metric: str, expected: float) -> None:
    found = krippendorff_alpha(list(zip(*OBSERVERS, strict=True)), metric)
    assert found.estimate == pytest.approx(expected, abs=5e-4)
    assert found.n == 11, "the unit that one observer alone rated does not count"
    assert found.ci_low < expected < found.ci_high


def test_alpha__asked_twice__draws_the_same_interval() -> None:
    units = list(zip(*OBSERVERS, strict=True))
    assert krippendorff_alpha(units, "interval") == krippendorff_alpha(units, "interval")
    assert krippendorff_alpha(units, "interval", seed=1) != krippendorff_alpha(units, "interval")


@pytest.mark.parametrize(("model", "expected", "low", "high"), [(1, 0.17, -0.13, 0.72), (2, 0.29, 0.02, 0.76)])
def test_intraclass__judges_of_shrout_and_fleiss__gives_their_figures(model: int, expected: float, low: float, high: float) -> None:
    found = intraclass(JUDGES, model=model)
    assert found.estimate == pytest.approx(expected, abs=5e-3)
    assert (found.ci_low, found.ci_high) == (pytest.approx(low, abs=5e-3), pytest.approx(high, abs=5e-3))


def test_intraclass__one_rater_always_higher__counts_as_disagreement() -> None:
    found = intraclass([(10.0, 20.0), (20.0, 30.0), (30.0, 40.0)], model=2)
    # MSB = 200, MSE = 0, MSJ = 150: 200 / (200 + 2·150/3) = 2/3.
    assert found.estimate == pytest.approx(2 / 3)
    assert found.ci_low is None


@pytest.mark.parametrize("metric", METRICS)
def test_alpha__nothing_varies_or_too_few__is_missing_with_the_reason(metric: str) -> None:
    assert krippendorff_alpha([(1, 1)] * 5, metric).reason == "no_variance"
    assert krippendorff_alpha([(1, 2)], metric).reason == "too_few"
    assert krippendorff_alpha([(1, None)] * 5, metric).reason == "no_units"
    assert krippendorff_alpha([(1, 1), (2, 2)], metric).reason == "no_disagreement"


def test_coefficients__undefined__are_missing_and_never_one() -> None:
    for found in (cohen_kappa(["a"] * 9, ["a"] * 9), intraclass([(4.0, 4.0)] * 9), intraclass([(4.0, 4.0)] * 9, model=2)):
        assert (found.estimate, found.ci_low, found.reason) == (None, None, "no_variance")
    for found in (cohen_kappa(["a"], ["b"]), intraclass([(4.0, 5.0)])):
        assert (found.estimate, found.reason) == (None, "too_few")
    for found in (cohen_kappa([], []), intraclass([(4.0, None)])):
        assert (found.estimate, found.reason) == (None, "no_units")


def test_coefficients__all_agree__are_one_without_an_interval() -> None:
    for found in (cohen_kappa(list("abab"), list("abab")), intraclass([(1.0, 1.0), (2.0, 2.0)])):
        assert (found.estimate, found.ci_low, found.reason) == (1.0, None, "no_disagreement")


def test_pooled__one_question__is_the_questions_own_figure() -> None:
    left, right = list("aabbdcccedda"), list("babbbccceddd")
    agrees = [one == other for one, other in zip(left, right, strict=True)]
    item = Item(range(12), agrees, left, right)
    assert pooled_share([item], 12).estimate == pytest.approx(share_agreeing(agrees).estimate)
    assert pooled_kappa([item], 12).estimate == pytest.approx(cohen_kappa(left, right).estimate)
    assert pooled_alpha([item], 12).estimate == pytest.approx(krippendorff_alpha(list(zip(left, right, strict=True))).estimate)
    numbers = Item(range(6), [False] * 6, left_numbers=[row[0] for row in JUDGES], right_numbers=[row[3] for row in JUDGES])
    two = [(float(row[0]), float(row[3])) for row in JUDGES]
    for model in (1, 2):
        assert pooled_intraclass([numbers], 6, model=model).estimate == pytest.approx(intraclass(two, model=model).estimate)


def test_pooled_intraclass__questions_of_other_scales__is_the_mean_weighted_by_answers() -> None:
    first = _rated(0, 3)
    # In fen, and in four interviews only: the scale changes nothing, fewer answers weigh less.
    second = _rated(0, 2, times=100, last=4)
    six, four = intraclass([(row[0], row[3]) for row in JUDGES], model=2), intraclass([(row[0], row[2]) for row in JUDGES[:4]], model=2)
    found = pooled_intraclass([first, second], 6, model=2)
    assert found.n == 10
    assert found.estimate == pytest.approx((6 * six.estimate + 4 * four.estimate) / 10)
    assert found.ci_low is not None
    assert found.ci_low <= found.estimate <= found.ci_high
    constant = Item(range(6), [True] * 6, left_numbers=[5] * 6, right_numbers=[5] * 6)
    beside = pooled_intraclass([first, constant], 6, model=2)
    assert (beside.n, beside.estimate) == (6, pytest.approx(six.estimate)), "what never varies has no weight"


def test_pooled_intraclass__second_leans_upwards__lowers_the_absolute_agreement_of_icc_2_1() -> None:
    found = [pooled_intraclass([_rated(0, 1, plus=plus)], 6, model=2).estimate for plus in (0, 3)]
    assert found[0] == pytest.approx(intraclass([(row[0], row[1]) for row in JUDGES], model=2).estimate)
    assert found[1] > found[0], "judge 2 of the table rates lower; three more brings them together"


def _rated(one: int, other: int, *, times: float = 1, plus: float = 0, last: int = 6) -> Item:
    """Two of the four judges as a question with numbers."""
    rows = JUDGES[:last]
    left, right = [row[one] * times for row in rows], [(row[other] + plus) * times for row in rows]
    return Item(range(last), [False] * last, left_numbers=left, right_numbers=right)


def test_pooled_kappa__two_questions__pools_observed_and_expected_agreement() -> None:
    first = Item(range(4), [True, False, True, True], ["y", "y", "n", "n"], ["y", "n", "n", "n"])
    second = Item(range(4), [True] * 4, ["y", "y", "y", "n"], ["y", "y", "y", "n"])
    # Po = 3/4 and 1; Pe = 1/2 and 10/16: (0.875 - 0.5625) / (1 - 0.5625).
    found = pooled_kappa([first, second], 4)
    assert (found.n, found.estimate) == (8, pytest.approx(0.3125 / 0.4375))


def test_pooled__nothing_or_one_interview__says_why() -> None:
    item = Item([0, 0], [True, False], ["y", "n"], ["y", "y"])
    assert pooled_kappa([], 3).reason == "no_units"
    assert pooled_share([item], 1).reason == "too_few"
    assert pooled_kappa([Item([0, 1], [True, True], ["y", "y"], ["y", "y"])], 2).reason == "no_variance"
    assert pooled_intraclass([Item([0, 1], [True, True], left_numbers=[1, 1], right_numbers=[1, 1])], 2).reason == "no_variance"


@pytest.mark.parametrize("n", [1, 2, 300, 1000])
def test_resampling__of_so_many_units__draws_as_many_and_keeps_a_byte_for_each(n: int) -> None:
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=REPLICATES)
    weights = resampling_weights(n)
    assert weights.dtype == np.float64
    assert np.array_equal(weights, drawn)
    assert _drawn(n, SEED).nbytes == REPLICATES * n
