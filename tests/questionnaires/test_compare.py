"""Two versions of a questionnaire: every difference is named with what it does to data already collected, and nothing else is."""

import pytest

from questionnaires.change_kinds import CHANGE_KINDS
from questionnaires.compare import WEIGHTS, Change, compare_questionnaires
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

FIRST = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | required | relevant | constraint | calculation |
| | integer | income | 收入 | Income | yes | | . >= 0 | |
| | select_one yn | water | 饮水 | Water | | ${income} > 0 | | |
| | text | wish | 您家今年有什么愿望？ | What does your household wish for this year? | | | | |
| | geopoint | place | 位置 | Place | | | | |
| | calculate | twice | | | | | | ${income} * 2 |
| | begin_group | g | 组 | Group | | ${income} > 1 | | |
| | note | n | 说明 | Note | | | | |
| | date | day | 日期 | Day | | | | |
| | end_group | | | | | | | |
| | begin_repeat | members | 成员 | Members | | | | |
| | text | member | 姓名 | Name | | | | |
| | end_repeat | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | yes | 是 | Yes |
| | yn | no | 否 | No |
| indicators |
| | name | label::中文 (zh) | area | kind | variable | values |
| | water_share | 饮水 | water | share | water | yes |
| | income_mean | 收入 | other | mean | income | |
| issue_rules |
| | name | title::中文 (zh) | when | area | level | severity |
| | dry | 缺水 | ${water} = 'no' | water | village | high |
| | late | 晚 | ${day} > '2018-01-01' | other | village | low |
| settings |
| | form_id | version | default_language |
| | f | 1 | 中文 (zh) |
"""


WISH = "| | text | wish | 您家今年有什么愿望？ | What does your household wish for this year?"
DAY = "| | date | day | 日期 | Day | | | | |\n"
ANOTHER_DAY = f"{DAY}| | end_group | | | | | | | |\n| | begin_group | k | K | K | | | | |\n{DAY}"


def read(source: str) -> Questionnaire:
    return read_questionnaire(source.encode(), "f.md")


def changed(*pairs: tuple[str, str], version: str = "2") -> tuple[Change, ...]:
    """What is said of the form after these replacements, each of which must change something."""
    second = FIRST.replace("| f | 1 |", f"| f | {version} |")
    for old, new in pairs:
        assert old in second
        second = second.replace(old, new)
    return compare_questionnaires(read(FIRST), read(second))


def kinds(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(change.kind, change.name) for change in changes]


def test_compare__nothing_but_the_version__finds_nothing() -> None:
    assert changed() == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| | text | wish |", "| | text | hope |", [("renamed", "hope")]),
        (WISH, "| | text | age | 年龄 | Age", [("removed", "wish"), ("added", "age")]),
        ("| | text | wish |", "| | integer | wish |", [("retyped", "wish")]),
        ("| | integer | income |", "| | decimal | income |", [("number_retyped", "income"), ("number_retyped", "twice")]),
        ("| | geopoint | place |", "| | text | place |", [("position_retyped", "place")]),
        ("| | select_one yn |", "| | select_multiple yn |", [("retyped", "water")]),
        ("| 饮水 | Water |", "| 饮用水 | Drinking water |", [("reworded", "water"), ("reworded", "water")]),
        ("| ${income} > 0 |", "| ${income} > 5 |", [("other_relevant", "water")]),
        ("| ${income} > 1 |", "| ${income} > 5 |", [("other_group", "g")]),
        ("| . >= 0 |", "| . >= 1 |", [("other_constraint", "income")]),
        ("${income} * 2", "${income} * 3", [("other_calculation", "twice")]),
        ("| yes | | . >=", "| | | . >=", [("other_required", "income")]),
        ("| | yn | no | 否 | No |\n", "| | yn | some | 有时 | Some |\n", [("choice_removed", "no"), ("choice_added", "some")]),
        ("| 否 | No |", "| 没有 | No |", [("choice_reworded", "no")]),
        ("| | income_mean |", "| | mean_income |", [("indicator_removed", "income_mean"), ("indicator_added", "mean_income")]),
        ("| water | yes |", "| water | no |", [("indicator_changed", "water_share")]),
        ("${water} = 'no' |", "${water} != 'yes' |", [("rule_changed", "dry")]),
        ("| village | high |", "| county | high |", [("rule_changed", "dry")]),
        ("| | dry |", "| | drought |", [("rule_added", "drought"), ("rule_removed", "dry")]),
        ("::English (en)", "::Français (fr)", [("language_removed", "English (en)"), ("language_added", "Français (fr)")]),
        (
            "begin_repeat | members",
            "begin_repeat | people",
            [("moved", "member"), ("repeat_removed", "members"), ("repeat_added", "people")],
        ),
    ],
)
def test_compare__one_change__is_named(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(kinds(changed((old, new)))) == sorted(expected)


def test_compare__question_into_a_repeat__no_longer_joins() -> None:
    row = f"{WISH} | | | | |\n"
    (moved,) = changed((row, ""), ("| | text | member |", f"{row}| | text | member |"))
    assert (moved.kind, moved.weight, moved.details) == ("moved", "breaks", {"before": "main.wish", "after": "members.wish"})


def test_compare__question_into_another_group__is_no_change_even_where_rules_read_it() -> None:
    row = "| | integer | income | 收入 | Income | yes | | . >= 0 | |\n"
    group = "| | begin_group | h | 组 | Group | | | | |\n"
    end = "| | end_group | | | | | | | |\n"
    assert changed((row, f"{group}{row}{end}")) == ()


def test_compare__second_question_of_one_name__gives_the_first_another_column() -> None:
    found = changed((DAY, ANOTHER_DAY), ("${day} >", "${income} >"))
    assert ("prefixed", "day") in kinds(found)


def test_compare__several_changes__come_gravest_first() -> None:
    found = changed(
        ("| | text | wish |", "| | integer | wish |"), ("| 饮水 | Water |", "| 饮水 | Drinking |"), ("| . >= 0 |", "| . >= 1 |")
    )
    assert [change.weight for change in found] == ["breaks", "check", "fine"]


def test_compare__change_in_two_languages__says_what_it_does_to_data() -> None:
    (retyped,) = changed(("| | text | wish |", "| | integer | wish |"))
    assert retyped.in_language("zh")[0] == "题目“wish”的类型由“文字”变为“整数”。"
    assert retyped.in_language("en") == (
        "The question 'wish' was a text and becomes a whole number.",
        "The dataset keeps both as text in one column, so figures and tables over it no longer compute. Give the new question a new name.",
    )


def test_change_kinds__in_both_languages__fill_in_the_same_details() -> None:
    for kind in CHANGE_KINDS.values():
        assert kind.severity in WEIGHTS
        assert slots(kind.message + kind.remedy) == slots(kind.message_zh + kind.remedy_zh)


def slots(template: str) -> set[str]:
    return {part.split("}")[0] for part in template.split("{")[1:]}
