"""How problems are told: equal ones together, and what pyxform says in Chinese too."""

import re

import pytest
from pyxform.errors import ErrorCode

from questionnaires.converter_words import in_chinese
from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.grouping import group_problems, rows_text
from tests.questionnaires.forms import markdown

FORM = """
| survey |      |      |           |           |            |
|        | type | name | label::en | label::zh | constraint |
|        | text | a    | A         |           | . != 'x'   |
|        | text | b    | B         |           | . != 'y'   |
|        | text | c    | C         | 丙        |            |
|        | text | d    | D         |           |            |
"""
SAID = tuple(
    code for code in ErrorCode if re.match("HEADER_00[234]|LABEL|NAMES_00[1346]|NAMES_007|PYREF_00[134]|RANGE_00[1-5]|SURVEY", code.name)
)


def test_group__the_same_of_several_rows__is_told_once_with_its_rows() -> None:
    groups = group_problems([each for each in lint_questionnaire(FORM.encode(), "form.md") if each.code != "notice"])
    assert [(each.first.code, rows_text(each.runs), each.value) for each in groups] == [
        ("silent_constraint", "2-3", ""),
        ("missing_translation", "2-3, 5", ""),
    ]
    assert group_problems(()) == ()


def test_group__one_cell__keeps_its_text_on_one_line() -> None:
    rows = FORM.replace(". != 'y'", "        ").replace(". != 'x'", ". !=&#10;'x'")
    [first, *_] = [each for each in group_problems(lint_questionnaire(rows.encode(), "form.md")) if each.first.code == "silent_constraint"]
    assert first.value == ". != 'x'"


@pytest.mark.parametrize("code", SAID, ids=lambda code: code.name)
def test_chinese__of_what_pyxform_says__leaves_no_english_sentence(code: ErrorCode) -> None:
    values = {"row": 3, "sheet": "survey", "column": "label", "sheet_name": "survey", "type": "group", "header": "a", "name": "start"}
    said = re.sub(r"^\[row : \S+\] ", "", code.value.format(**values, value="x", q="x", other="b", missing="'type'", accepted="rows"))
    if code.name in ("SURVEY_006", "SURVEY_003"):
        said = said.split(". ", 1)[0] + "."
    assert re.findall(r"[A-Za-z]+ [a-z]+ [a-z]+", in_chinese(said)) == []


@pytest.mark.parametrize(
    "expression",
    ["1 +", "1 ! 2", "(1", "1 2", "sums(${a})", "floor(1, 2)", "concat()", "round()", "sum('x')", "instance(x)/root/item/a", "position(1)"],
)
def test_chinese__of_a_faulty_expression__says_what_is_wrong(expression: str) -> None:
    form = markdown("text | a | A", f"calculate | c | | | {expression}")
    [problem] = [each for each in lint_questionnaire(form.encode(), "form.md") if each.code == "bad_expression"]
    said = problem.in_language("zh")[0].removeprefix("表达式无法计算：")
    assert re.search("[\u4e00-\u9fff]", said), said
    assert re.findall(r"[A-Za-z]+ [a-z]+ [a-z]+", said) == []


def test_chinese__of_an_unknown_sentence__is_the_sentence() -> None:
    assert in_chinese("Something quite new.") == "Something quite new."


def test_lint__what_pyxform_says__is_chinese_on_chinese_pages() -> None:
    [problem] = lint_questionnaire(markdown("text | a | A | ", "end group | | |").encode(), "form.md")
    assert problem.in_language("zh")[0].startswith("问卷无法转换：“end_group”没有对应的“begin_group”")
    assert problem.message.startswith("The form cannot be converted: Unmatched 'end_group'.")
