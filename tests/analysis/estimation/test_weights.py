"""Weights: response and totals of the frame; intervals of shares at their edges and how often they hold; what is left out."""

import numpy as np
import pytest

from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, part_interval, student_interval
from analysis.estimation.suppression import Suppression
from analysis.estimation.weights import Margin, adjust_for_response, rake
from benchmarks.coverage import coverage, coverage_of_ratio
from questionnaires.errors import ErrorCode, SurveyError


def margin(title: str, codes: list[int], totals: list[float]) -> Margin:
    """A margin whose categories are called a, b, c …"""
    return Margin(title, [chr(97 + number) for number in range(len(totals))], np.array(codes), np.array(totals))


def test_weights__of_those_who_did_not_answer__are_carried_by_their_class_or_the_next_coarser() -> None:
    weights, answered = np.array([2.0, 2, 3, 3, 5]), np.array([True, False, True, True, False])
    found = adjust_for_response(weights, answered, (np.array([0, 0, 1, 1, 2]), np.zeros(5, dtype=np.intp)))
    # The second is carried by the first; the fifth, alone in its class, by all of them: (4 + 6 + 5) / (4 + 6).
    assert found == pytest.approx([6, 0, 4.5, 4.5, 0])


def test_raking__to_two_margins__meets_both() -> None:
    margins = [margin("kind", [0, 0, 1, 1], [30, 70]), margin("county", [0, 1, 0, 1], [40, 60])]
    raked = rake(np.ones(4), margins)
    assert [raked[:2].sum(), raked[2:].sum(), raked[::2].sum()] == pytest.approx([30, 70, 40])
    assert raked == pytest.approx([12, 18, 28, 42])


@pytest.mark.parametrize(
    ("margins", "bounds", "says"),
    [
        ([margin("kind", [0, 0, 0, 0], [30, 70])], None, "kind 'b' has 70"),
        ([margin("kind", [0, 0, 1, 1], [30, 70])], (0.5, 2.0), "Widen the bounds"),
        ([margin("kind", [0, 0, 1, 1], [30, 70]), margin("county", [0, 0, 1, 1], [50, 50])], None, "same frame"),
    ],
)
def test_raking__that_cannot_be_done__names_the_category_and_the_remedy(
    margins: list[Margin], bounds: tuple[float, float] | None, says: str
) -> None:
    with pytest.raises(SurveyError, match=says) as refusal:
        rake(np.ones(4), margins, bounds=bounds)
    assert refusal.value.code is ErrorCode.NOT_CONVERGED


@pytest.mark.parametrize("name", sorted(SHARE_INTERVALS))
def test_interval__of_shares_of_0_and_1__is_not_empty_and_stays_within(name: str) -> None:
    share, se, df, n = np.array([0.0, 1.0, 0.5, 0.3]), np.array([0.0, 0, 0.05, 0]), np.array([9.0, 9, 9, 0]), np.array([40.0, 40, 40, 8])
    low, high = SHARE_INTERVALS[name](share, se, df, n)
    assert (low[0], high[1]) == (0, 1)
    assert 0.05 < high[0] < 0.3
    assert low[1] == pytest.approx(1 - high[0])
    assert low[2] < 0.5 < high[2]
    # Everybody was asked: df and se are 0, and the interval is the share itself.
    assert (low[3], high[3]) == (0.3, 0.3)
    assert student_interval(share[3:], se[3:], df[3:])[1][0] == 0.3


@pytest.mark.parametrize("name", sorted(SHARE_INTERVALS))
def test_interval__with_what_adding_up_leaves_of_a_standard_error_of_0__is_as_with_0(name: str) -> None:
    share, df, n = np.array([1.0, 1 - 2e-16, 2e-16, 0.3]), np.array([26.0, 11, 11, 0]), np.array([27.0, 20, 20, 8])
    exact = SHARE_INTERVALS[name](np.round(share, 12), np.zeros(4), df, n)
    left_over = SHARE_INTERVALS[name](share, np.full(4, 3e-9), df, n)
    assert np.array(left_over) == pytest.approx(np.array(exact))
    assert left_over[0][0] > 0.8


def test_interval__of_a_ratio_that_is_part_of_a_whole__stays_within_it_unless_the_value_does_not() -> None:
    ratio, n = np.array([0.0, 1 + 1e-12, 0.9, 1.2]), np.full(4, 40.0)
    low, high = part_interval(ratio, np.array([0.0, 0, 0.1, 0.1]), np.full(4, 4.0), n)
    assert (low[0], high[1]) == (0, 1)
    assert 0.05 < high[0] < 0.2
    assert low[1] == pytest.approx(1 - high[0])
    # ln 9 ± 2.776 × 0.1 / 0.09, brought back.
    assert (low[2], high[2]) == pytest.approx((0.2916, 0.9949), abs=1e-4)
    # 120 per cent of a whole is no part of it: the plain interval shows that something is wrong.
    assert (low[3], high[3]) == pytest.approx((1.2 - 0.2776, 1.2 + 0.2776), abs=1e-4)


def test_interval__of_500_samples_of_ratios__holds_the_truth_more_often_than_the_plain_one() -> None:
    held = coverage_of_ratio(0.9, 5, np.random.default_rng(11), 500)
    assert held["logit"][0] == pytest.approx(0.94, abs=0.03)
    assert held["logit"][0] > held["student"][0]
    assert held["logit"][1] == 0 < held["student"][1]


@pytest.mark.parametrize(("share", "n_villages"), [(0.1, 10), (0.5, 20), (0.9, 30)])
def test_interval__of_500_samples__holds_the_truth_about_as_often_as_it_says(share: float, n_villages: int) -> None:
    covered = coverage(share, n_villages, np.random.default_rng(11), 500)
    assert covered[SHARE_INTERVAL] == pytest.approx(0.95, abs=0.03)


def test_suppression__by_number_relative_error_and_width__is_one_rule() -> None:
    rule = Suppression(minimum_n=10, largest_relative_error=0.3, widest_interval=0.4)
    n, estimate, se = np.array([0.0, 5, 50, 50, 50]), np.array([np.nan, 0.5, 100, 0.5, 0.5]), np.array([np.nan, 0.1, 40, 0.1, 0.1])
    low, high = np.array([np.nan, 0.3, 20, 0.2, 0.4]), np.array([np.nan, 0.7, 180, 0.8, 0.6])
    is_share = np.array([True, True, False, True, True])
    assert rule.applies(n, estimate, se, low, high, is_share).tolist() == [False, True, True, True, False]
