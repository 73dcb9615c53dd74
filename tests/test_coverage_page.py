"""The page on what of XLSForm works is true: every row of the program's tables is tried, and does what the table says."""

from pathlib import Path

import pytest

from docs.coverage import (
    FILES,
    OTHER_TYPES,
    appearance_status,
    coverage_document,
    form_source,
    parameter_status,
    tried_functions,
    type_status,
    word_of,
)
from docs.coverage_words import FULL, PLAIN, REFUSED
from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.lint.check import lint_questionnaire
from questionnaires.question_types import APPEARANCES, PARAMETERS, QUESTION_TYPES, Appearance, Parameter, find_appearance

ROOT = Path(__file__).parents[1]


def codes(kind: str, appearance: str = "", parameters: str = "") -> set[str]:
    """What the check says of a form that is written so."""
    source = form_source(kind, appearance, parameters).encode()
    return {problem.code for problem in lint_questionnaire(source, "form.md", FILES)}


@pytest.mark.parametrize(("language", "name"), [("en", "docs/xlsform_coverage.md"), ("zh", "docs/guide/zh/reference/xlsform_coverage.md")])
def test_page__in_the_documentation__is_what_the_trials_say(language: str, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == f"{coverage_document(language)}\n", (
        f"run: python -m docs.coverage {language} > {name}"
    )


@pytest.mark.parametrize("name", [*QUESTION_TYPES, *OTHER_TYPES])
def test_type__of_xlsform__is_accepted(name: str) -> None:
    assert type_status(name) == (PLAIN if name in ("simserial", "subscriberid") else FULL)


@pytest.mark.parametrize("appearance", APPEARANCES, ids=lambda each: f"{each.name} {each.types[0]}")
def test_appearance__at_every_type__is_drawn_as_its_row_says(appearance: Appearance) -> None:
    expected = FULL if appearance.is_full else PLAIN
    assert {kind: appearance_status(appearance, kind) for kind in appearance.types} == dict.fromkeys(appearance.types, expected)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: each.name)
def test_parameter__at_every_type__changes_what_its_row_says(parameter: Parameter) -> None:
    expected = FULL if parameter.is_full else PLAIN
    assert {kind: parameter_status(parameter, kind) for kind in parameter.types} == dict.fromkeys(parameter.types, expected)


@pytest.mark.parametrize("appearance", [each for each in APPEARANCES if not each.is_full], ids=lambda each: f"{each.name} {each.types[0]}")
def test_check__of_an_appearance_that_changes_nothing__says_so(appearance: Appearance) -> None:
    assert all("plain_appearance" in codes(kind, word_of(appearance)) for kind in appearance.types)


def test_check__of_other_words__says_what_is_wrong_with_them_once() -> None:
    assert "unknown_appearance" in codes("text", "sparkling")
    assert "misplaced_appearance" in codes("text", "signature")
    assert "plain_parameter" in codes("image", "", "app=org.example.app")
    assert "plain_parameter" not in codes("image", "", "max-pixels=640")
    assert not {"unknown_appearance", "misplaced_appearance", "plain_appearance"} & codes("image", "signature")
    rows = "".join(f"| | text | t{number} | T | w3 |\n" for number in range(9))
    problems = lint_questionnaire(f"| survey |\n| | type | name | label | appearance |\n{rows}".encode(), "form.md")
    assert [(problem.code, problem.row) for problem in problems] == [("plain_appearance", 2)]


def test_find__families_of_words__are_one_appearance() -> None:
    assert [getattr(find_appearance(word, kind), "name", "") for word, kind in (("columns-3", "select_one"), ("w12", "group"))] == [
        "columns-n",
        "w1 … w12",
    ]
    assert find_appearance("columns-3", "text") is None


def test_trial__of_what_does_not_exist__is_refused() -> None:
    assert type_status("telepathy") == REFUSED


def test_functions__tried__are_all_known() -> None:
    assert tried_functions() <= set(FUNCTIONS)
