"""Minutes of interviews from counts, worked by hand."""

import pytest

from survey.visits.measures import Measures, added, summarise_minutes


def test_summarise_minutes__five_interviews__gives_median_and_quartiles() -> None:
    found = summarise_minutes({30: 1, 40: 2, 50: 1, 90: 1})

    assert found is not None
    assert (found.n, found.median, found.low, found.high) == (5, 40, 40, 50)


def test_summarise_minutes__four_interviews__lies_between_two() -> None:
    found = summarise_minutes({10: 1, 20: 1, 30: 1, 40: 1})

    assert found is not None
    assert (found.median, found.low, found.high) == (25, 17.5, 32.5)


def test_summarise_minutes__none__says_nothing() -> None:
    assert summarise_minutes({}) is None


@pytest.mark.parametrize(("measures", "expected"), [(Measures(n_to_sign=4, n_signed=3), 0.75), (Measures(), None)])
def test_signed_share__interviews__is_a_share_or_nothing(measures: Measures, expected: float | None) -> None:
    assert measures.signed_share == expected


def test_added__two_pairs__counts_together() -> None:
    assert added([{30: 1, 40: 2}, {40: 1}]) == {30: 1, 40: 3}
