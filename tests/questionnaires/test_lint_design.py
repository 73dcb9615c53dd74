"""What an author is told of a design that converts: never asked, never offered, never true, and names that other software breaks."""

import pytest

from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.problems import Problem
from tests.questionnaires.forms import markdown

YES_NO = ("yn | yes | Yes", "yn | no | No")
PLACES = ("county | a | A", "county | b | B", "village | v1 | V1 | a", "village | v2 | V2 | c")
SURVEY = (
    "select_one yn | q | Q",
    "select_multiple yn | m | M",
    "integer | n | N | | | . >= 0 and . <= 20",
    "decimal | d | D",
    "text | t | T",
    "date | day | Day",
    "calculate | c | | | if(${n} > 5, 'many', 'few')",
    "begin repeat | r | R",
    "select_one yn | inner | I",
    "end repeat",
)


def lint(*rows: str, choices: tuple[str, ...] = YES_NO, more: str = "") -> tuple[Problem, ...]:
    problems = lint_questionnaire(markdown(*rows, choices=choices, more=more).encode(), "form.md")
    return tuple(problem for problem in problems if problem.code not in ("silent_constraint", "unused_list"))


def found(condition: str, *rows: str) -> list[str]:
    """The codes of what is said of a question with this condition, after the questions of `SURVEY`."""
    last = len(SURVEY) + 2
    return [problem.code for problem in lint(*SURVEY, f"text | x | X | {condition}", *rows) if problem.row == last]


@pytest.mark.parametrize(
    "condition",
    [
        "false()",
        "1 = 2",
        "${q} = 'yes' and ${q} = 'no'",
        "${q} = 'yes' and not(${q} = 'yes')",
        "selected(${q}, 'yes') and selected(${q}, 'no')",
        "${n} > 5 and ${n} < 3",
        "${n} > 5 and ${n} < 6",
        "${n} > 20",
        "${n} < 0 or ${n} = 21",
        "${d} > 1 and ${d} <= 0.5",
        "${c} = 'none'",
        "not(true())",
        "string(${q}) = 'yes' and ${q} != 'yes'",
        "${t} = 'x' and false()",
    ],
)
def test_design__condition_that_is_never_true__is_pointed_out(condition: str) -> None:
    assert "never_asked" in found(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "true()",
        "${q} = 'yes' or ${q} = 'no'",
        "${q} != 'yes' and ${q} != 'no'",
        "${q} = ''",
        "${n} > 5 and ${n} < 7",
        "${n} = 20",
        "${d} > 1 and ${d} < 2",
        "${c} = 'many'",
        "${c} = ''",
        "${t} = 'a' and ${t} = 'a'",
        "selected(${m}, 'yes') and selected(${m}, 'no')",
        "count(${r}) > 3 and ${q} = 'yes'",
        "${day} > '2018-01-01' and ${day} < '2018-02-01'",
        "${day} > today()",
        "${n} * 2 = 6",
        "string-length(${t}) > 3 and ${q} = 'no'",
    ],
)
def test_design__condition_that_can_be_true__is_left_alone(condition: str) -> None:
    assert found(condition) == []


def test_design__question_in_a_group_never_shown__is_told_once_and_again_where_an_answer_is_required() -> None:
    rows = (
        "select_one yn | q | Q",
        "begin group | g | G | ${q} = 'yes' and ${q} = 'no'",
        "text | a | A",
        "text | b | B | | | | yes",
        "end group",
    )
    assert [(problem.row, problem.code) for problem in lint(*rows)] == [(3, "never_asked"), (5, "required_never_asked")]


def test_design__question_that_waits_for_one_never_asked__is_never_asked_either() -> None:
    rows = ("select_one yn | q | Q | false()", "text | a | A | ${q} = 'yes'", "text | b | B | ${q} = ''")
    assert [(problem.row, problem.code) for problem in lint(*rows)] == [(2, "never_asked"), (3, "never_asked")]


def test_design__group_and_question_that_exclude_each_other__are_seen_together() -> None:
    rows = ("select_one yn | q | Q", "begin group | g | G | ${q} = 'yes'", "text | a | A | ${q} = 'no'", "end group")
    assert [(problem.row, problem.code) for problem in lint(*rows)] == [(4, "never_asked")]


def test_design__choice_that_no_filter_lets_through__is_pointed_out() -> None:
    rows = ("select_one county | county | C", "select_one village | village | V | | | | | parent = ${county}")
    assert [(problem.sheet, problem.row, problem.code) for problem in lint(*rows, choices=PLACES)] == [("choices", 5, "never_offered")]
    unfiltered = (*rows, "select_multiple village | several | S")
    assert lint(*unfiltered, choices=PLACES) == ()
    several = ("select_multiple county | county | C", "select_one village | village | V | | | | | selected(${county}, parent)")
    assert [problem.code for problem in lint(*several, choices=PLACES)] == ["never_offered"]


def test_design__filter_on_what_is_typed_in__lets_every_choice_through() -> None:
    rows = ("text | county | C", "select_one village | village | V | | | | | parent = ${county}")
    assert lint(*rows, choices=PLACES[2:]) == ()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("${q} = 'maybe'", "value_never_chosen"),
        ("selected(${m}, 'yess') or ${q} = 'yes'", "value_never_chosen"),
        ("${m} = 'yes'", "compare_multiple"),
        ("${t} > 3", "text_as_number"),
        ("${q} + 1 > 0", "text_as_number"),
        ("${n} = 'many' or ${q} = 'no'", "number_as_text"),
        ("${q}", "not_a_condition"),
        ("'yes'", "not_a_condition"),
        ("${n} + 1", "not_a_condition"),
    ],
)
def test_design__expression_of_doubtful_type__is_pointed_out(condition: str, code: str) -> None:
    assert code in found(condition)


@pytest.mark.parametrize("condition", ["number(${t}) > 3", "${n} = '3'", "${q} = ''", "${m} = ''", "${day} >= '2018-01-01'"])
def test_design__expression_of_fitting_type__is_left_alone(condition: str) -> None:
    assert found(condition) == []


def test_design__numbers_as_names_of_choices__are_compared_as_numbers() -> None:
    rows = ("select_one k | q | Q", "text | a | A | ${q} = 1", "text | b | B | ${q} > 1", "text | c | C | ${q} = 3")
    assert [(problem.row, problem.code) for problem in lint(*rows, choices=("k | 1 | A", "k | 2 | B"))] == [
        (5, "never_asked"),
        (5, "value_never_chosen"),
    ]


def test_design__issue_rule_that_can_never_raise_anything__is_pointed_out() -> None:
    rules = "| issue_rules |\n| | name | title | when | area | level | severity |\n| | r | T | ${q} = 'maybe' | water | village | high |\n"
    (problem,) = lint("select_one yn | q | Q", more=rules)
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("issue_rules", 2, "when", "value_never_chosen")


@pytest.mark.parametrize(("count", "is_long"), [(14, False), (15, True)])
def test_design__page_of_many_questions__is_long_for_a_tablet(count: int, is_long: bool) -> None:
    head = "| survey |\n| | type | name | label | appearance |\n| | begin group | g | G | field-list |\n"
    rows = "".join(f"| | text | q{number} | Q | |\n" for number in range(count))
    problems = lint_questionnaire(f"{head}{rows}| | end group | | | |\n".encode(), "form.md")
    assert [(problem.row, problem.code) for problem in problems] == ([(2, "long_page")] if is_long else [])


@pytest.mark.parametrize(
    ("name", "code", "alias"),
    [
        ("姓名", "non_ascii_name", "xing_ming"),
        ("a-b", "punctuated_name", "a_b"),
        ("a.b", "punctuated_name", "a_b"),
        ("a" * 33, "long_name", "a" * 32),
        ("while", "reserved_name", "q_while"),
        ("_x", "reserved_name", "x"),
        ("FIRST", "case_clash", "first_2"),
    ],
)
def test_names__that_other_software_breaks__are_told_with_one_that_it_takes(name: str, code: str, alias: str) -> None:
    (problem,) = lint("text | first | F", f"text | {name} | X")
    assert (problem.row, problem.code, problem.details["alias"]) == (3, code, alias)
    assert alias in problem.remedy


def test_names__of_groups_and_notes__may_be_anything() -> None:
    assert lint("begin group | 情况 | G", "note | 说明 | N", "text | a | A", "end group") == ()


def test_lint__very_many_problems__are_cut_off_with_a_word() -> None:
    problems = lint(*(f"text | 题{number} | X" for number in range(1_200)))
    assert len(problems) == 1_001
    assert problems[-1].code == "more_problems"
