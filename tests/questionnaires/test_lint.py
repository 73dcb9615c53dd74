"""What an author is told: every problem at once, with its place and remedy."""

from pathlib import Path

import pytest

from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.problems import KINDS, Problem
from questionnaires.reader import read_questionnaire
from tests.questionnaires.forms import HOUSEHOLD, markdown, shared_form

INSTRUMENTS = sorted((Path(__file__).parents[2] / "questionnaires").glob("*.md"))
YES_NO = ("yn | yes | Yes", "yn | no | No")


def lint(*rows: str, choices: tuple[str, ...] = (), more: str = "") -> tuple[Problem, ...]:
    return lint_questionnaire(markdown(*rows, choices=choices, more=more).encode(), "form.md")


def places(problems: tuple[Problem, ...]) -> list[tuple[str, int | None, str, str]]:
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in problems]


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.name)
def test_lint__built_in_instruments__have_no_problem(path: Path) -> None:
    assert lint_questionnaire(path) == ()


@pytest.mark.parametrize("name", ["socio-economic-survey-v20240515.xlsx", "whova_form.xlsx"])
def test_lint__real_forms_of_others__have_warnings_only(name: str) -> None:
    problems = lint_questionnaire(shared_form(name))
    assert problems
    assert {problem.severity for problem in problems} == {"warning"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "f.xlsx"),
        (b"\x00\x01\x02", "f.xlsx"),
        (b"PK\x03\x04 broken", "f.xlsx"),
        (b"\xd0\xcf\x11\xe0 broken", "f.xls"),
        (b"text", "f.md"),
    ],
)
def test_lint__not_a_workbook__is_one_problem(data: bytes, name: str) -> None:
    (problem,) = lint_questionnaire(data, name)
    assert problem.code == "not_a_workbook"
    assert problem.severity == "error"


def test_lint__file_that_is_not_there__is_one_problem(tmp_path: Path) -> None:
    (problem,) = lint_questionnaire(tmp_path / "none.xlsx")
    assert problem.code == "not_a_workbook"


@pytest.mark.parametrize(
    "written",
    ["select_one yn", "select one yn", "select one from yn", "add select one prompt using yn", "select all that apply from yn", "rank yn"],
)
def test_lint__choice_question_written_as_older_forms_do__finds_its_list(written: str) -> None:
    assert lint(f"{written} | a | A", choices=YES_NO) == ()


def test_lint__note_without_a_name__is_allowed() -> None:
    assert lint("note | | Read this aloud", "text | a | A") == ()
    assert [problem.code for problem in lint("text | | A")] == ["missing_name"]


def test_lint__sheet_missing__is_named() -> None:
    (problem,) = lint_questionnaire(b"| choices | |\n| | name |\n| | a |\n", "f.md")
    assert (problem.sheet, problem.code) == ("survey", "missing_sheet")
    assert ("choices", None, "", "missing_sheet") in places(lint("select_one yn | a | A"))


def test_lint__sheet_with_a_similar_name__is_pointed_out() -> None:
    problems = lint("text | a | A", more="| indicator | |\n| | name |\n| | x |\n")
    assert ("indicator", None, "", "similar_sheet") in places(problems)


def test_lint__everything_wrong_at_once__is_told_at_once() -> None:
    problems = lint(
        "text | 1bad | A",
        "text | a | A | ${nobody} = 1",
        "text | a | B",
        "integer | n | | | | . > 1",
        "select_one yn | q | Q",
        "select_one none | r | R",
        "calculate | c | | | selectd(${q}, 'x')",
        choices=(*YES_NO, "yn | yes | Again", "spare | x | X"),
    )
    assert places(problems) == [
        ("survey", 2, "name", "invalid_name"),
        ("survey", 3, "relevant", "unknown_reference"),
        ("survey", 4, "name", "duplicate_name"),
        ("survey", 5, "label", "missing_label"),
        ("survey", 5, "constraint", "silent_constraint"),
        ("survey", 7, "type", "unknown_list"),
        ("survey", 8, "calculation", "bad_expression"),
        ("choices", 4, "name", "duplicate_choice"),
        ("choices", 5, "list_name", "unused_list"),
    ]
    assert all(problem.message and problem.remedy for problem in problems)


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        (("text | | A",), "missing_name", 2),
        (("text | 姓名 | A",), "non_ascii_name", 2),
        ((f"text | {'a' * 33} | A",), "long_name", 2),
        (("txt | a | A",), "unknown_type", 2),
        (("text | b | B", "begin group | g | G", "text | a | A"), "invalid_form", 3),
        (("text | a | A", "text | b | B | ${a} = = 1"), "bad_expression", 3),
        (("text | a | A ${c}",), "unknown_reference", 2),
        (("text | a | A | sum(1) > 0",), "bad_expression", 2),
        (("text | a | A | pulldata('f', 'a', 'b', 'c') = ''",), "missing_file", 2),
        (("calculate | a | | | ${b} + 1", "calculate | b | | | ${a} + 1"), "circular", 2),
        (("text | a | A | ${a} = ''",), "circular", 2),
        (("text | a | A | ${b} = ''", "text | b | B | ${a} = ''"), "codependent", 2),
        (("select_one_from_file towns.csv | t | T",), "missing_file", 2),
        (("select_multiple yn | a | A",), "space_in_choice", None),
    ],
)
def test_lint__one_mistake__is_found_in_its_row(rows: tuple[str, ...], code: str, row: int | None) -> None:
    problems = lint(*rows, choices=("yn | a b | A",) if code == "space_in_choice" else ())
    assert code in [problem.code for problem in problems if row is None or problem.row == row]


def test_lint__types_and_groups_beside_other_errors__are_told_with_them() -> None:
    rows = ("txt | a | A", "select_one none | b | B", "interger | c | C", "begin group | g | G", "text | d | D", "begin repeat | r | R")
    problems = lint(*rows, choices=YES_NO)

    assert [(each.row, each.code) for each in problems if each.severity == "error"] == [
        (2, "unknown_type"),
        (3, "unknown_list"),
        (4, "unknown_type"),
        (5, "invalid_form"),
        (7, "invalid_form"),
    ]
    assert [
        each.row for each in lint("text | a | A", "end group | | |", "select_one x | b | B", choices=YES_NO) if each.severity == "error"
    ] == [3, 4]


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Text",
            "q string",
            "add image prompt",
            "photo",
            "date time",
            "select_one_external x",
            "osm buildings",
            "range",
            "audit",
            "rank yn",
        ),
        *("number of days in last month", "begin_score", "start-geopoint", "select_multiple_from_file x.csv", "uri:deviceid"),
    ],
)
def test_lint__types_that_there_are__are_not_told_as_unknown_beside_errors(written: str) -> None:
    problems = lint(f"{written} | a | A", "text | b | B ${none}", choices=YES_NO)

    assert [each for each in problems if each.code == "unknown_type" and each.row == 2] == []


def test_lint__instance_name__is_checked() -> None:
    settings = "| settings |\n| | form_id | instance_name |\n| | f | concat(${a} |\n"
    assert ("settings", 2, "instance_name", "bad_expression") in places(lint("text | a | A", more=settings))


def test_lint__title_column_that_other_software_cannot_read__is_pointed_out() -> None:
    settings = "| settings |\n| | form_id | form_title | form_title::English (en) |\n| | f | T | T |\n"
    (problem,) = lint("text | a | A", more=settings)
    assert (problem.sheet, problem.row, problem.code) == ("settings", 1, "title_column")
    assert "display_title::English (en)" in problem.remedy


@pytest.mark.parametrize(
    ("settings", "row", "expected"),
    [
        ("public_key | MIIBIjAN", "text | a | A", ("settings", 2, "sealed_answers")),
        ("submission_url | https://example.org/submission", "text | a | A", ("settings", 2, "sent_elsewhere")),
        ("", "osm | a | A", ("survey", 2, "plain_type")),
        ("", "sim id | a", ("survey", 2, "empty_metadata")),
        ("", "begin_score | a | A", ("survey", 2, "kobo_type")),
    ],
)
def test_lint__what_only_other_software_does__is_told(settings: str, row: str, expected: tuple[str, int, str]) -> None:
    column, _, text = settings.partition(" | ")
    more = f"| settings |\n| | form_id | {column} |\n| | f | {text} |\n" if settings else ""
    found = [(each.sheet, each.row, each.code) for each in lint(row, "text | b | B", more=more)]
    assert expected in found
    if expected[2] == "kobo_type":
        return
    assert found == [expected]
    xform = read_questionnaire(markdown(row, more=more).encode(), "form.md").xform
    assert "PublicKey" not in xform
    assert "example.org" not in xform


def test_lint__circle__is_written_out() -> None:
    (problem,) = lint("calculate | a | | | ${c}", "calculate | b | | | ${a}", "calculate | c | | | ${b}")
    assert problem.details["cycle"] == "a → b → c → a"
    assert (problem.row, problem.column, problem.value) == (2, "calculation", "${c}")


def test_lint__translation_missing__is_named_by_language() -> None:
    source = """
    | survey | | | | |
    | | type | name | label::中文 (zh) | label::English (en) |
    | | text | a | 甲 | |
    | | text | b | 乙 | B |
    """
    (problem,) = lint_questionnaire(source.encode(), "f.md")
    assert (problem.row, problem.column, problem.code) == (2, "label::English (en)", "missing_translation")
    assert problem.severity == "warning"


INDICATORS = "| indicators |\n| | name | label | area | kind | variable | values | numerator | denominator | of | good | threshold |\n"
SURVEY = (
    "select_one yn | q | Q",
    "integer | n | N",
    "text | t | T",
    "begin repeat | r | R",
    "select_one yn | inner | I",
    "end repeat",
    "calculate | word | | | if(${n} > 1, 'yes', 'no')",
    "calculate | twice | | | ${n} * 2",
)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("ok | L | health | share | q | yes", None),
        ("ok | L | health | share | word | yes", None),
        ("ok | L | health | mean | twice", None),
        ("ok | L | health | ratio | | | n | twice", None),
        ("ok | L | health | share | inner | yes no | | | r", None),
        ("ok | L | other | distribution | q | | | | | low | 0.5", None),
        (" | L | health | share | q | yes", ("name", "missing_name")),
        ("x | | health | share | q | yes", ("label", "missing_title")),
        ("x | L | wealth | share | q | yes", ("area", "unknown_word")),
        ("ok | L | health | median | n", None),
        ("x | L | health | average | n", ("kind", "unknown_word")),
        ("x | L | health | median | t", ("variable", "not_numeric")),
        ("x | L | health | quantile | n", ("p", "missing_cell")),
        ("x | L | health | function", ("name", "unknown_word")),
        ("said_filed_agreement | L | identification | function", None),
        ("x | L | health | share | p | yes", ("variable", "unknown_question")),
        ("x | L | health | share | q | maybe", ("values", "not_a_choice")),
        ("x | L | health | share | q", ("values", "missing_cell")),
        ("x | L | health | share", ("variable", "missing_cell")),
        ("x | L | health | mean | t", ("variable", "not_numeric")),
        ("x | L | health | total | q", ("variable", "not_numeric")),
        ("x | L | health | distribution | t", ("variable", "not_selected")),
        ("x | L | health | ratio | | | n", ("denominator", "missing_cell")),
        ("x | L | health | share | inner | yes", ("variable", "inside_repeat")),
        ("x | L | health | share | q | yes | | | r", ("variable", "outside_repeat")),
        ("x | L | health | share | q | yes | | | q", ("of", "unknown_repeat")),
        ("x | L | health | share | q | yes | | | | best", ("good", "unknown_word")),
        ("x | L | health | share | q | yes | | | | high | most", ("threshold", "not_a_number")),
    ],
)
def test_lint__indicator__is_checked_against_the_form(row: str, expected: tuple[str, str] | None) -> None:
    problems = lint(*SURVEY, choices=YES_NO, more=f"{INDICATORS}| | {row} |\n")
    found = [(problem.column, problem.code) for problem in problems if problem.sheet == "indicators"]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(("least", "code"), [("3", None), ("", None), ("few", "not_a_number"), ("-1", "not_a_number")])
def test_lint__minimum_n__is_a_whole_number(least: str, code: str | None) -> None:
    sheet = "| indicators |\n| | name | label | area | kind | variable | values | minimum_n |\n"
    problems = lint(*SURVEY, choices=YES_NO, more=f"{sheet}| | x | L | health | share | q | yes | {least} |\n")
    assert [problem.code for problem in problems if problem.column == "minimum_n"] == ([code] if code else [])


@pytest.mark.parametrize(
    ("kind", "is_part", "code"),
    [("ratio", "yes", None), ("ratio", "no", None), ("share", "yes", "part_of_no_ratio"), ("ratio", "most", "unknown_word")],
)
def test_lint__is_part__is_said_of_a_ratio_with_yes_or_no(kind: str, is_part: str, code: str | None) -> None:
    sheet = "| indicators |\n| | name | label | area | kind | variable | values | numerator | denominator | is_part |\n"
    of = " |  | n | n" if kind == "ratio" else "q | yes |  | "
    problems = lint(*SURVEY, choices=YES_NO, more=f"{sheet}| | x | L | health | {kind} | {of} | {is_part} |\n")
    assert [problem.code for problem in problems if problem.column == "is_part"] == ([code] if code else [])


@pytest.mark.parametrize(("told_of", "code"), [("county", None), ("village", None), ("district", "unknown_word")])
def test_lint__told_of__is_a_word_of_ours(told_of: str, code: str | None) -> None:
    problems = lint(*SURVEY, choices=YES_NO, more=f"| settings |\n| | form_id | told_of |\n| | f | {told_of} |\n")
    assert [problem.code for problem in problems if problem.column == "told_of"] == ([code] if code else [])


@pytest.mark.parametrize(
    ("kinds", "of", "code"),
    [
        ("registered marginal", "", None),
        ("registered poor", "", "unknown_word"),
        ("registered", "", "not_two_kinds"),
        ("marginal marginal", "", "not_two_kinds"),
        ("registered marginal", "r", "not_two_kinds"),
    ],
)
def test_lint__gap_between__names_two_kinds_for_a_figure_per_household(kinds: str, of: str, code: str | None) -> None:
    sheet = "| indicators |\n| | name | label | area | kind | variable | values | of | gap_between |\n"
    variable = "inner" if of else "q"
    problems = lint(*SURVEY, choices=YES_NO, more=f"{sheet}| | x | L | health | share | {variable} | yes | {of} | {kinds} |\n")
    assert [problem.code for problem in problems if problem.column == "gap_between"] == ([code] if code else [])


RULES = "| issue_rules |\n| | name | title | when | area | level | severity | evidence |\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("ok | T | ${q} = 'no' and ${n} > 3 | health | village | high | q n", None),
        ("x | T | ${p} = 1 | health | village | high", ("when", "unknown_reference")),
        ("x | T | ${q} = | health | village | high", ("when", "bad_expression")),
        ("x | T | sum(${n} + 1) > 0 | health | village | high", ("when", "bad_expression")),
        ("x | T | | health | village | high", ("when", "missing_cell")),
        ("x | | ${n} > 1 | health | village | high", ("title", "missing_title")),
        ("x | T | ${n} > 1 | health | street | high", ("level", "unknown_word")),
        ("x | T | ${n} > 1 | health | village | terrible", ("severity", "unknown_word")),
        ("x | T | ${n} > 1 | | village | high", ("area", "missing_cell")),
        ("x | T | ${n} > 1 | health | village | high | q nn", ("evidence", "unknown_question")),
    ],
)
def test_lint__issue_rule__is_checked_against_the_form(row: str, expected: tuple[str, str] | None) -> None:
    problems = lint(*SURVEY, choices=YES_NO, more=f"{RULES}| | {row} |\n")
    found = [(problem.column, problem.code) for problem in problems if problem.sheet == "issue_rules"]
    assert found == ([] if expected is None else [expected])


def test_lint__form_that_does_not_convert__still_has_its_figures_checked() -> None:
    problems = lint("text | a | A | ${b}", more=f"{INDICATORS}| | x | L | wealth | mean | a |\n")
    assert [(problem.sheet, problem.code) for problem in problems] == [("survey", "unknown_reference"), ("indicators", "unknown_word")]


def test_lint__small_form__has_only_what_is_missing_on_purpose() -> None:
    problems = lint_questionnaire(HOUSEHOLD)
    assert {problem.code for problem in problems} == {"missing_translation", "silent_constraint"}


def test_problem__in_chinese__is_worded_in_chinese() -> None:
    (problem,) = lint("text | a | A | ${nobody} = 1")
    assert problem.in_language("zh") == ("${nobody} 引用的题目不存在。", "请更正名称。")
    assert problem.in_language("en") == (problem.message, problem.remedy)


def test_kinds__both_languages__fill_in_the_same_details() -> None:
    for kind in KINDS.values():
        assert fields(kind.message + kind.remedy) == fields(kind.message_zh + kind.remedy_zh)


def fields(template: str) -> set[str]:
    return {part.split("}")[0] for part in template.replace("{{", "").split("{")[1:]}
