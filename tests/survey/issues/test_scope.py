"""Which scope is proposed from how many show a problem of those asked."""

import pytest

from survey.issues.scope import Basis, Thresholds, propose_scope, read_basis

DEFAULTS = Thresholds()


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (Basis(1, 80, 1, 4), "single"),
        (Basis(0, 80, 0, 4), "single"),
        (Basis(1, None, 1, None), "single"),
        (Basis(2, 80, 1, 4), "several"),
        (Basis(20, 20, 1, 4), "several"),
        (Basis(16, 80, 2, 4), "general"),
        (Basis(15, 80, 2, 4), "several"),
        (Basis(16, 80, 2, 5), "several"),
        (Basis(30, None, 3, None), "several"),
    ],
)
def test_propose_scope__shares_at_the_defaults__is_as_stated(basis: Basis, expected: str) -> None:
    assert propose_scope(basis, DEFAULTS) == expected


def test_propose_scope__other_thresholds__move_the_lines() -> None:
    strict = Thresholds(single_households=3, general_household_percent=60, general_village_percent=100)
    assert propose_scope(Basis(3, 80, 1, 4), strict) == "single"
    assert propose_scope(Basis(40, 80, 4, 4), strict) == "several"
    assert propose_scope(Basis(48, 80, 4, 4), strict) == "general"


def test_read_basis__of_what_was_kept__is_the_same() -> None:
    basis = Basis(3, 80, 1, 4)
    assert read_basis(basis.record()) == basis
    assert read_basis({}) is None
    assert basis.household_share == 3 / 80
    assert Basis(3).village_share is None
