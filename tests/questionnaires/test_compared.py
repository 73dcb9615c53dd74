"""The columns `compare_…`: how they are read, kept by conversion, compared between versions, and what an author is told of them."""

import pytest

from questionnaires.compare import compare_questionnaires
from questionnaires.compared import parse_mapping, parse_tolerance
from questionnaires.convert import convert_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.check import lint_questionnaire
from questionnaires.reader import read_questionnaire
from tests.questionnaires.instruments import ITEMS, instrument

HEAD = "type | name | label | compare_item | compare_source | compare_map | compare_unit | compare_tolerance | compare_area"
CHOICES = """
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | safe | safe | Safe |
| | safe | unsafe | Not safe |
| | results | agrees | Agrees |
| | results | differs | Differs |
"""


def form(*rows: str, settings: str = "") -> bytes:
    """A form of rows in the order of `HEAD`."""
    lines = ["| survey |", f"| | {HEAD} |", *(f"| | {row} |" for row in rows)]
    return ("\n".join(lines) + CHOICES + settings).encode()


WATER = form(
    "begin_group | water_item | Water | water | | | | | water",
    "select_one yn | water_said | Said | water | | yes=safe no=unsafe",
    "select_one safe | water_filed | Filed | water | filed",
    "image | water_page | Page | water | filed",
    "select_one results | water_result | Found | water | judged",
    "end_group | |",
    "integer | income_said | Income | income | said | | 10k_cny | 10% + 50",
    "integer | income_filed | Income filed | income | filed | | cny",
)


def told(source: bytes) -> list[tuple[int | None, str, str]]:
    """Place and code of each problem of the survey sheet."""
    problems = lint_questionnaire(source, "form.md")
    return [(problem.row, problem.column, problem.code) for problem in problems if problem.sheet == "survey"]


def test_read_compared__rows__are_joined_by_item_with_label_area_and_tolerance() -> None:
    water, income = read_questionnaire(WATER, "form.md").compared

    assert (water.name, water.label, water.area) == ("water", {"default": "Water"}, "water")
    assert [(each.name, each.source, each.type) for each in water.questions] == [
        ("water_said", "said", "select_one"),
        ("water_filed", "filed", "select_one"),
        ("water_page", "filed", "image"),
        ("water_result", "judged", "select_one"),
    ]
    assert water.questions[0].path == "/data/water_item/water_said"
    assert water.questions[0].mapping == {"yes": "safe", "no": "unsafe"}
    assert (income.area, income.tolerance_share, income.tolerance_amount) == ("other", 0.1, 500_000)
    assert [each.unit for each in income.questions] == ["10k_cny", "cny"]


def test_read_compared__settings__give_the_source_of_rows_without_one() -> None:
    settings = "\n| settings |\n| | form_id | compare_source |\n| | seen_form | seen |\n"
    [item] = read_questionnaire(form("integer | n | N | members", settings=settings), "form.md").compared

    assert [each.source for each in item.questions] == ["seen"]


def test_read_compared__other_tools__get_the_same_xform_without_the_columns() -> None:
    with_columns = read_questionnaire(form("integer | n | N | members | said", settings="\n| settings |\n| | version |\n| | 1 |\n"), "f.md")
    without = read_questionnaire(form("integer | n | N", settings="\n| settings |\n| | version |\n| | 1 |\n"), "f.md")

    assert with_columns.xform == without.xform


def test_convert__columns__come_back_as_they_were() -> None:
    workbook = convert_file(WATER, "form.md", ".xlsx")
    back = convert_file(workbook, "form.xlsx", ".md")

    assert read_questionnaire(workbook, "form.xlsx").compared == read_questionnaire(WATER, "form.md").compared
    assert read_questionnaire(back, "form.md").compared == read_questionnaire(WATER, "form.md").compared


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("integer | n | N | members | heard", "source 'heard'"),
        ("integer | n | N | members | said | | | about", "tolerance 'about'"),
        ("integer | n | N | members | said | | persens", "unit 'persens'"),
        ("integer | n | N | members | said | yes to safe", "pairs like"),
        ("integer | n | N | 家庭人口 | said", "is no code"),
        ("integer | n | N | members | said | | | | weather", "area 'weather'"),
    ],
)
def test_read_questionnaire__cell_that_says_nothing__is_refused_with_its_row(row: str, detail: str) -> None:
    with pytest.raises(SurveyError, match=detail) as caught:
        read_questionnaire(form(row), "form.md")
    assert caught.value.code is ErrorCode.INVALID_QUESTIONNAIRE
    assert "row 2" in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (("integer | n | N | | said",), (2, "compare_source", "compare_without_item")),
        (("integer | n | N | 人口 | said",), (2, "compare_item", "bad_item_name")),
        (("integer | n | N | members | heard",), (2, "compare_source", "unknown_word")),
        (("integer | n | N | members | said | | | | weather",), (2, "compare_area", "unknown_word")),
        (("integer | n | N | members | said | | stone",), (2, "compare_unit", "unknown_word")),
        (("integer | n | N | members | said | | | a tenth",), (2, "compare_tolerance", "bad_tolerance")),
        (("geopoint | n | N | members | said",), (2, "type", "uncomparable_type")),
        (("select_one yn | n | N | members | said | yes:1",), (2, "compare_map", "bad_mapping")),
        (("select_one yn | n | N | members | said | maybe=yes",), (2, "compare_map", "not_a_choice")),
        (("image | n | N | members | said",), (2, "compare_item", "nothing_compared")),
        (("begin_repeat | r | R", "integer | n | N | members | said", "end_repeat"), (3, "compare_item", "compared_in_repeat")),
        (("integer | n | N | members | said", "select_one yn | m | M | members | filed"), (3, "type", "compared_types")),
        (("select_one yn | n | N | water | said", "select_one safe | m | M | water | filed"), (3, "compare_map", "compared_choices")),
        (("select_one yn | n | N | water | said", "select_one yn | m | M | water | judged"), (3, "type", "judged_otherwise")),
        (("integer | n | N | a | said", "select_one results | m | M | a | judged"), (2, "compare_item", "one_source")),
        (("integer | n | N | a | said", "integer | m | M | a | filed", "integer | k | K | b | said"), (4, "compare_item", "one_source")),
        (("integer | n | N | a | said | | | 5", "integer | m | M | a | filed | | | 6"), (3, "compare_tolerance", "two_tolerances")),
        (("text | n | N | a | said | | | 5", "text | m | M | a | filed"), (2, "compare_tolerance", "useless_tolerance")),
        (("text | n | N | a | said | | mu",), (2, "compare_unit", "useless_unit")),
        (("integer | n | N | a | said | | mu", "integer | m | M | a | filed | | cny"), (3, "compare_unit", "other_quantity")),
    ],
    ids=lambda value: value[2] if isinstance(value[-1], str) and len(value) == 3 and isinstance(value[0], int) else "",
)
def test_lint__mistake_in_a_comparison__is_told_at_its_cell(rows: tuple[str, ...], problem: tuple[int, str, str]) -> None:
    assert problem in told(form(*rows))


def test_lint__form_that_tells_one_side_of_everything__is_left_to_be_joined_with_another() -> None:
    assert told(form("integer | n | N | members | said", "select_one safe | m | M | water | seen")) == []


def test_lint__choice_counted_by_its_map__may_be_compared_with_a_number() -> None:
    rows = ("integer | n | N | pigs | said", "select_one yn | m | M | pigs | filed | yes=1 no=0")
    assert told(form(*rows)) == []


@pytest.mark.parametrize(
    ("text", "parsed"), [("", (0, 0)), ("10%", (0.1, 0)), ("50", (0, 50)), ("10% + 50", (0.1, 50)), ("2.5 %", (0.025, 0)), ("ten", None)]
)
def test_parse_tolerance__texts__are_a_share_and_an_amount(text: str, parsed: tuple[float, float] | None) -> None:
    assert parse_tolerance(text) == parsed


def test_parse_mapping__empty_code__leaves_an_answer_out() -> None:
    assert parse_mapping("yes=safe no=unsafe dont_know=") == {"yes": "safe", "no": "unsafe", "dont_know": ""}
    assert parse_mapping("") == {}


def test_compare_questionnaires__item_compared_otherwise__is_a_change() -> None:
    before = read_questionnaire(WATER, "form.md")
    after = read_questionnaire(WATER.replace(b"10% + 50", b"20%").replace(b"| water | judged", b"| | "), "form.md")

    found = {(change.kind, change.name, change.details.get("columns")) for change in compare_questionnaires(before, after)}
    assert ("item_changed", "income", "tolerance_share, tolerance_amount") in found
    assert ("item_changed", "water", "questions") in found


def test_built_in_instruments__items__are_told_by_interview_and_file() -> None:
    said = {item.name for item in instrument("household").compared}
    filed = {item.name: {each.source for each in item.questions} for item in instrument("archive_check").compared}

    assert set(filed) == set(ITEMS)
    assert said <= set(filed)
    assert all({"said", "filed", "judged"} <= sources for sources in filed.values())
