"""What changed between two visits, answer by answer: kinds of change, rows of repeats, versions of a form, and counts over households."""

from typing import Any

import pytest

from questionnaires.stacking import rows_of
from survey.bundles.codebook import make_form_book
from survey.lookback.changes import FIRST as FIRST_RANK
from survey.lookback.changes import Item, change_of, compare_answers, items_of, match_rows, naming_columns, tally
from tests.survey.lookback import forms

OLD, NEW = forms.questionnaire(forms.FIRST), forms.questionnaire(forms.SECOND)
BOOK = make_form_book([OLD, NEW])
ITEMS = items_of(BOOK)


def item_of(name: str) -> Item:
    """The item of a column."""
    return next(item for item in ITEMS if item.column.name == name)


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("water_safe", "no", "yes", "better"),
        ("water_safe", "yes", "no", "worse"),
        ("water_safe", "yes", "yes", "same"),
        ("income_cny", 4000, 4000.0, "same"),
        ("income_cny", 4000, 5200, "better"),
        ("income_cny", 4000, 3900, "worse"),
        ("wish", "修路", " 修路 ", "same"),
        ("wish", "修路", "通水", "changed"),
        ("wish", "修路", "", "vanished"),
        ("wish", None, "通水", "appeared"),
        ("wish", None, "", None),
        ("road", None, "yes", "appeared"),
    ],
)
def test_change_of__answers__says_what_kind(name: str, before: Any, after: Any, expected: str | None) -> None:
    assert change_of(item_of(name), before, after) == expected


def test_change_of__several_choices_in_another_order__is_the_same() -> None:
    assert change_of(item_of("wish"), ["a", "b"], ["b", "a"]) == "same"


def test_items_of__a_form__puts_indicators_first_and_leaves_prefilled_out() -> None:
    names = [item.column.name for item in ITEMS]

    assert [item.column.name for item in ITEMS if item.rank == FIRST_RANK] == ["water_safe", "income_cny"]
    assert item_of("water_safe").label_in("en") == "Safe water"
    assert item_of("water_safe").word("no", "zh") == "否"
    assert "assignment_id" not in names
    assert "road" in names


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([{"n": "甲"}, {"n": "乙"}], [{"n": "乙"}, {"n": "丙"}], ["甲", "乙", "丙"]),
        ([{"n": "甲"}, {"n": "甲"}], [{"n": "甲"}], ["1", "2"]),
        ([{"n": ""}], [{"n": "甲"}], ["1"]),
        ([], [], []),
    ],
)
def test_match_rows__by_name__falls_back_to_position(before: list[Any], after: list[Any], expected: list[str]) -> None:
    assert [place for place, _old, _new in match_rows(before, after, "n")] == expected


def test_compare_answers__two_versions_and_members_in_another_order__joins_them() -> None:
    before = rows_of(
        OLD, {"water_safe": "no", "members": [{"member_name": "张三", "insured": "no"}, {"member_name": "李四", "insured": "yes"}]}
    )
    after = rows_of(
        NEW,
        {
            "water_safe": "yes",
            "road": "yes",
            "members": [{"member_name": "李四", "insured": "yes"}, {"member_name": "张三", "insured": "yes"}],
        },
    )

    lines = compare_answers(ITEMS, before, after, naming_columns(BOOK))

    assert [(line.item.column.name, line.place, line.change) for line in lines if line.change != "same"] == [
        ("water_safe", "", "better"),
        ("road", "", "appeared"),
        ("insured", "张三", "changed"),
    ]


def test_tally__three_households__counts_by_hand() -> None:
    answers = [("no", 1000, "yes", 3000), ("no", 2000, "no", 2000), ("yes", 3000, "no", None)]
    pairs = [
        (rows_of(OLD, {"water_safe": w1, "income_cny": i1}), rows_of(NEW, {"water_safe": w2, "income_cny": i2}))
        for w1, i1, w2, i2 in answers
    ]

    water, income = tally([item for item in ITEMS if item.rank == FIRST_RANK], pairs)

    assert (water.n, dict(water.counts)) == (3, {"better": 1, "same": 1, "worse": 1})
    assert (water.before, water.after) == (1 / 3, 1 / 3)
    assert (income.n, dict(income.counts)) == (2, {"better": 1, "same": 1, "vanished": 1})
    assert (income.before, income.after) == (1500, 2500)
