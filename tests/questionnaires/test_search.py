"""Choices by the older appearance search(): the file, its columns, and the conditions that ODK Collect knows."""

import pytest

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import check_instance, parse_instance
from questionnaires.lint.check import lint_questionnaire
from questionnaires.model import Question
from questionnaires.reader import read_questionnaire
from questionnaires.search import split_search, with_file_choices
from tests.questionnaires.forms import NOW

CROPS = b"crop_key,crop,season\nm,Maize,summer\np,Potato,spring\nw,Winter wheat,winter\n"
CALL = "search('crops', 'matches', 'season', ${season})"


def form(*appearances: str, more: str = "") -> str:
    """A form that asks for crops by these appearances, the last question inside a repeat."""
    *outer, inner = appearances
    rows = "".join(f"| | select_one crop | crop{number} | Crop | {words} |\n" for number, words in enumerate(outer))
    return (
        "| survey |\n| | type | name | label | appearance |\n| | text | season | Season | |\n"
        f"{rows}| | begin_repeat | fields | Field | |\n| | text | kind | Kind | |\n"
        f"| | select_multiple crop | crops | Crops | {inner} |\n| | end_repeat | | | |\n"
        f"| choices |\n| | list_name | name | label |\n| | crop | crop_key | crop, season |\n{more}"
        "| settings |\n| | form_id | version |\n| | crops | 1 |\n"
    )


def questions(*appearances: str) -> list[Question]:
    """The questions of such a form that take choices from the file."""
    read = read_questionnaire(form(*appearances).encode(), "form.md", {"crops.csv": CROPS})
    return [question for question in read.questions() if question.instance_id]


def test_search__by_every_way__becomes_choices_of_the_file() -> None:
    found = questions(
        "search('crops')",
        f"minimal {CALL}",
        "search('crops', 'endswith', 'crop', ${season})",
        "search('crops.csv', 'contains', 'crop, season', 'A', 'season', ${season}) quick",
        "search('crops', 'startswith', 'crop', ${kind})",
    )
    assert [(each.type, each.choice_filter) for each in found] == [
        ("select_one_from_file", None),
        ("select_one_from_file", "season = /data/season"),
        ("select_one_from_file", "ends-with(lower-case(crop), lower-case(/data/season))"),
        (
            "select_one_from_file",
            "(contains(lower-case(crop), lower-case('A')) or contains(lower-case(season), lower-case('A'))) and season = /data/season",
        ),
        ("select_multiple_from_file", "starts-with(lower-case(crop), lower-case(current()/../kind))"),
    ]
    assert [each.appearance for each in found] == [(), ("minimal",), (), ("quick",), ()]
    assert {each.instance_id for each in found} == {"crops"}


def test_search__answers__are_those_that_the_condition_leaves() -> None:
    source = form(CALL, "search('crops', 'startswith', 'crop', ${kind})")
    read = read_questionnaire(source.encode(), "form.md", {"crops.csv": CROPS})
    assert [choice.label["default"] for choice in read.choices["crops.crop_key.crop"]] == ["Maize", "Potato", "Winter wheat"]
    xml = (
        '<data id="crops" version="1"><season>spring</season><crop0>{}</crop0><fields><kind>WIN</kind><crops>{}</crops></fields>'
        "<meta><instanceID>uuid:1</instanceID></meta></data>"
    )
    found = [
        [(each.code, each.path) for each in check_instance(read, parse_instance(xml.format(*answers).encode()), now=NOW).findings]
        for answers in (("p", "w"), ("m", "p"))
    ]
    assert found == [[], [("choice", "/data/crop0"), ("choice", "/data/fields/crops")]]


def test_lint__of_search__names_what_is_missing_and_no_appearance() -> None:
    source = form(CALL, CALL, more="| | crop | 99 | Other |\n").encode()
    codes = [(each.sheet, each.row, each.code) for each in lint_questionnaire(source, "form.md", {"crops.csv": CROPS})]
    assert codes == [("choices", 3, "beside_search")]
    codes = [(each.row, each.code) for each in lint_questionnaire(form(CALL, CALL).encode(), "form.md")]
    assert codes == [(3, "missing_file")]
    other = {"crops.csv": CROPS.replace(b"crop_key", b"key")}
    assert [each.code for each in lint_questionnaire(form(CALL, CALL).encode(), "form.md", other)] == ["missing_file_column"]


@pytest.mark.parametrize("call", ["search('crops', 'like', 'season', 1)", "search('crops', 'matches')", "search(crops)"])
def test_search__that_odk_would_not_understand__is_an_error_at_its_cell(call: str) -> None:
    [problem] = lint_questionnaire(form(call, CALL).encode(), "form.md", {"crops.csv": CROPS})
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("survey", 3, "appearance", "bad_expression")
    with pytest.raises(SurveyError) as refused:
        read_questionnaire(form(call, CALL).encode(), "form.md", {"crops.csv": CROPS})
    assert refused.value.code is ErrorCode.INVALID_EXPRESSION


def test_split__of_an_appearance__leaves_the_other_words() -> None:
    assert split_search("minimal search('a (b)', 'x') quick") == ("search('a (b)', 'x')", "minimal quick")
    assert split_search("search minimal") == ("", "search minimal")
    assert with_file_choices("<no-call/>") == "<no-call/>"
