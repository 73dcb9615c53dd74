"""Duplicates, outliers, blanks, non-answers, "other", scales, digits and ages: each on an example worked by hand."""

import math

import numpy as np
import pytest

from analysis.quality.answers import missing, missing_by_interviewer, non_answers, other_specify, straight_lining
from analysis.quality.comparing import adjusted, differs_from_others
from analysis.quality.digits import age_heaping, digit_preference, digits_by_interviewer, myers, whipple
from analysis.quality.duplicates import matching_pairs, near_identical, same_household
from analysis.quality.outliers import outliers
from analysis.quality.thresholds import DEFAULTS, Thresholds
from tests.analysis.quality.materials import column, make_material

FEW = Thresholds(match_least_questions=4, group_least=3, other_least=4, digits_least=10, digits_least_of_one=5)


def test_same_household__two_interviews__is_one_row_with_how_alike_they_are() -> None:
    questions = [column("a"), column("b"), column("c")]
    rows = [
        {"household_id": "h1", "a": 1, "b": 2, "c": 3},
        {"household_id": "h1", "a": 1, "b": 2, "c": 4},
        {"household_id": "h2", "a": 9, "b": 9},
    ]
    [found] = same_household(make_material(questions, rows), DEFAULTS).to_dict("records")
    assert (found["household_id"], found["n"], found["n_pairs"], found["instance_ids"]) == ("h1", 2, 1, ("i0", "i1"))
    assert found["match_share"] == pytest.approx(2 / 3)


def test_near_identical__nine_of_ten_alike_at_two_households__is_found_once() -> None:
    questions = [column(f"q{number}", "category", ("x", "y")) for number in range(10)]
    alike = {f"q{number}": "x" for number in range(10)}
    rows = [alike, {**alike, "q3": "y"}, {f"q{number}": "y" for number in range(10)}, {**alike, "household_id": "h0"}]
    found = near_identical(make_material(questions, rows), FEW)
    assert [(row.instance_id, row.other_id) for row in found.itertuples()] == [("i0", "i1"), ("i1", "i3")]
    assert list(found["match_share"]) == [0.9, 0.9]


def test_near_identical__what_only_one_answered__is_a_difference_and_what_neither_did_does_not_count() -> None:
    questions = [column(f"q{number}") for number in range(6)]
    rows = [
        {"q0": 1, "q1": 1, "q2": 1, "q3": 1, "q4": 1, "q5": None},
        {"q0": 1, "q1": 1, "q2": 1, "q3": 1, "q4": None, "q5": None},
        {"q0": 2, "q1": 3, "q2": 4, "q3": 5, "q4": 6, "q5": 7},
    ]
    [found] = near_identical(make_material(questions, rows), Thresholds(match_share=0.8, match_least_questions=4)).to_dict("records")
    assert (found["n_compared"], found["match_share"]) == (5, 0.8)


def test_matching_pairs__among_random_answers__misses_none_that_agree_and_looks_at_few() -> None:
    rng = np.random.default_rng(20180420)
    codes = rng.integers(0, 4, size=(400, 60))
    for number in range(20):
        codes[2 * number + 1] = codes[2 * number]
        codes[2 * number + 1, rng.choice(60, size=9, replace=False)] = 9
    left, right = matching_pairs(codes, 0.85)
    shares = (codes[:, None, :] == codes[None, :, :]).mean(axis=2)
    every = {(one, other) for one, other in np.argwhere(shares >= 0.85).tolist() if one < other}
    assert len(every) == 20
    assert every <= set(zip(left.tolist(), right.tolist(), strict=True))
    assert len(left) < 400 * 399 / 2 / 10


def test_outliers__one_income_a_hundred_times_the_others__is_far_out_by_its_logarithm() -> None:
    rows = [{"income": 1000 * (1 + number % 5)} for number in range(40)] + [{"income": 0}, {"income": 300_000}]
    [found] = outliers(make_material([column("income")], rows), DEFAULTS).to_dict("records")
    assert (found["instance_id"], found["value"]) == ("i41", 300_000)
    # Of the 41 that are not 0 the quartiles are 2,000 and 4,000, the median 3,000; on logarithms the fence lies three spans above.
    assert found["high"] == pytest.approx(4000 * 2**3)
    assert found["robust_z"] > 3.5


def test_outliers__half_of_the_numbers_alike_or_too_few__are_none() -> None:
    alike = [{"year": 2014}] * 30 + [{"year": 2016}]
    assert outliers(make_material([column("year")], alike), DEFAULTS).empty
    assert outliers(make_material([column("year")], [{"year": number} for number in (1, 2, 3, 900)]), DEFAULTS).empty


def test_differences__of_a_group__are_those_of_fishers_exact_test() -> None:
    # Eight of ten against one of six (Agresti 2002, Categorical Data Analysis, 3.5, works such tables): the upper tail of the
    # hypergeometric distribution at 8 is (C(10,8) C(6,1) + C(10,9) C(6,0)) / C(16,9) = (45 * 6 + 10) / 11440.
    others, p_value = differs_from_others(np.array([8.0]), np.array([10.0]), np.array([9.0]), np.array([16.0]))
    assert others[0] == pytest.approx(1 / 6)
    assert p_value[0] == pytest.approx(2 * 280 / 11440)
    assert adjusted(np.array([0.01, np.nan, 0.04, 0.03])).tolist() == pytest.approx([0.03, math.nan, 0.04, 0.04], nan_ok=True)


def test_blanks__of_one_interviewer__are_told_from_those_of_the_others() -> None:
    rows = [{"lead_id": "a", "worry": None if number < 9 else "w", "never": None} for number in range(10)]
    rows += [{"lead_id": "b", "worry": "w", "never": None} for _ in range(10)]
    material = make_material([column("worry", "text"), column("never", "text")], rows)
    by_question = missing(material, FEW).set_index("question")
    assert by_question.loc["worry", ["n", "n_missing", "share", "is_noticed"]].tolist() == [20, 9, 0.45, False]
    assert bool(by_question.loc["never", "is_noticed"])
    people = missing_by_interviewer(material, FEW).set_index("interviewer")
    assert people.loc["a", ["n", "n_found", "share", "share_others"]].tolist() == [10, 9, 0.9, 0.0]
    assert people["is_noticed"].tolist() == [True, False], "whoever has fewer blanks is not asked"
    assert people.loc["a", "instance_ids"] == tuple(f"i{number}" for number in range(9))


def test_non_answers__over_all_questions__are_counted_by_kind_and_interviewer() -> None:
    questions = [
        column("p", "category", ("yes", "dont_know")),
        column("q", "category", ("yes", "unsaid")),
        column("r", "multi", ("x", "dont_know")),
    ]
    rows = [{"lead_id": "a", "p": "dont_know", "q": "yes", "r": ["dont_know"]}] * 4 + [
        {"lead_id": "b", "p": "yes", "q": "unsaid", "r": ["x"]}
    ] * 4
    found = non_answers(make_material(questions, rows), FEW)
    assert [(row.kind, row.interviewer, row.n, row.n_found) for row in found.itertuples()] == [
        ("dont_know", "a", 8, 8),
        ("dont_know", "b", 8, 0),
        ("refused", "a", 4, 0),
        ("refused", "b", 4, 4),
    ]


def test_other__with_and_without_a_text__is_listed_by_text() -> None:
    questions = [column("cause", "category", ("ill", "other")), column("cause_other", "text"), column("who", "multi", ("me", "other"))]
    rows = [
        {"cause": "other", "cause_other": "修路", "who": ["me", "other"]},
        {"cause": "other", "cause_other": "修路 ", "who": ["me"]},
        {"cause": "other", "cause_other": None, "who": None},
        {"cause": "ill", "cause_other": None, "who": []},
    ]
    found = other_specify(make_material(questions, rows), FEW)
    assert [(row.question, row.text, row.n, row.n_found, row.share) for row in found.itertuples()] == [
        ("cause", "", 4, 1, 0.75),
        ("cause", "修路", 4, 2, 0.75),
        ("who", "", 2, 1, 0.5),
    ]


def test_straight_lining__scale_of_four_answered_alike__is_a_share_of_those_who_answered_all() -> None:
    scale = ("1", "2", "3", "4")
    questions = [column(name, "category", scale) for name in "abcd"] + [column("e", "category", ("yes", "no"))]
    straight, mixed = dict.fromkeys("abcd", "2"), {"a": "1", "b": "2", "c": "3", "d": "4"}
    rows = [straight, mixed, straight, {**straight, "d": None}]
    [found] = straight_lining(make_material(questions, rows), FEW).to_dict("records")
    assert (found["question"], found["n_questions"], found["n"], found["n_found"]) == ("a", 4, 3, 2)
    assert found["instance_ids"] == ("i0", "i2")


def test_last_digits__half_of_them_round__have_the_chi_square_of_the_hand() -> None:
    rows = [{"minutes": value} for value in (10, 15, 20, 25, 30, 11, 12, 13, 14, 16)]
    [found] = digit_preference(make_material([column("minutes")], rows), FEW).to_dict("records")
    # Five of ten where two are expected: (5 − 2)² / 2 + (5 − 8)² / 8.
    assert (found["n"], found["n_found"], found["chi_square"]) == (10, 5, pytest.approx(4.5 + 1.125))
    assert found["p_value"] == pytest.approx(0.0177, abs=0.0001)
    assert not found["is_noticed"], "exactly half is not more than half"


def test_last_digits__of_somebody_who_rounds__are_told_from_the_others() -> None:
    rows = [{"lead_id": "a", "minutes": 10 * (1 + number)} for number in range(12)]
    rows += [{"lead_id": "b", "minutes": 11 + number} for number in range(30)]
    found = digits_by_interviewer(make_material([column("minutes")], rows), FEW).set_index("interviewer")
    assert found.loc["a", ["n", "n_found", "share", "share_others"]].tolist() == pytest.approx([12, 12, 1.0, 0.2])
    assert found["is_noticed"].tolist() == [True, False]


def test_ages__without_preference_and_all_round__have_the_ends_of_both_indices() -> None:
    even = np.arange(10.0, 90.0)
    assert whipple(np.arange(23.0, 63.0)) == 100
    assert myers(np.concatenate((even, np.arange(90.0, 100.0)))) == pytest.approx(0, abs=1e-9)
    assert (whipple(np.array([30.0, 35, 40])), myers(np.full(50, 30.0))) == (500, 90)
    ages = [{"instance_id": f"i{number % 5}", "age": 20 + 5 * (number % 10)} for number in range(60)]
    material = make_material([], [{}] * 5, members=[column("age", is_asked=False)], member_rows=ages)
    [found] = age_heaping(material, DEFAULTS).to_dict("records")
    assert (found["n"], found["whipple"], found["is_noticed"]) == (60, 500, True)
