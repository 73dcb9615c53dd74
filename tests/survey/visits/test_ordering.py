"""Numbered names in the order that people expect."""

import pytest

from survey.visits.ordering import natural_key


@pytest.mark.parametrize(
    "names",
    [
        ["第一组", "第二组", "第三组", "第四组", "第九组", "第十组", "第十一组", "第二十组", "第二十一组"],
        ["第1组", "第2组", "第10组"],
        ["Pair 1", "Pair 9", "Pair 10"],
        ["A", "A 1", "B"],
    ],
)
def test_natural_key__numbered_names__orders_them_by_number(names: list[str]) -> None:
    assert sorted(reversed(names), key=natural_key) == names
