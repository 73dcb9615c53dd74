"""The 12-digit codes: levels, parents, short forms, ranges."""

import pytest

from survey.places import codes


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("610000000000", "province", None),
        ("610700000000", "city", "610000000000"),
        ("610727000000", "county", "610700000000"),
        ("610727101000", "township", "610727000000"),
        ("610727101201", "village", "610727101000"),
        ("441900003000", "township", "441900000000"),
        ("500229101201", "village", "500229101000"),
    ],
)
def test_code__of_each_level__knows_level_and_parent(code: str, level: str, parent: str | None) -> None:
    assert (codes.level_of(code), codes.parent_of(code)) == (level, parent)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("610727", "610727000000"),
        (" ６１０７２７ ", "610727000000"),
        ("61", "610000000000"),
        ("610727101201", "610727101201"),
        ("61072", None),
        ("990000", None),
        ("6107 27", "610727000000"),
        ("6.107E+11", None),
        ("", None),
    ],
)
def test_full_code__of_what_people_write__is_twelve_digits_or_nothing(text: str, code: str | None) -> None:
    assert codes.full_code(text) == code


def test_ancestors_and_bounds__of_a_village__are_the_places_above_and_itself() -> None:
    village = "610727101201"

    assert codes.ancestors_of(village) == ("610000000000", "610700000000", "610727000000", "610727101000")
    assert codes.bounds_of(village) == (village, village)
    assert codes.bounds_of("610727000000") == ("610727000000", "610727999999")
