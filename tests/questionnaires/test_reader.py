"""Workbooks become questionnaires, or a clear refusal."""

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import check_instance, parse_instance
from questionnaires.lint.check import lint_questionnaire
from questionnaires.model import Group, Question, Repeat
from questionnaires.reader import read_questionnaire
from questionnaires.sheets import read_workbook
from tests.questionnaires.forms import HOUSEHOLD, NOW, form, household, markdown, shared_form, written

INSTRUMENTS = sorted((Path(__file__).parents[2] / "questionnaires").glob("*.md"))


def workbook_bytes(path: Path) -> bytes:
    """The sheets of a Markdown form as an .xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in read_workbook(path).sheets.values():
        page = book.create_sheet(sheet.name)
        page.append(list(sheet.columns))
        for row in sheet.rows:
            page.append([row.get(column) or None for column in sheet.columns])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_read__small_form__gives_the_tree() -> None:
    small = household()
    assert (small.form_id, small.version) == ("small", "1")
    assert [language.code for language in small.languages] == ["zh", "en"]
    members = next(node for node in small.walk() if node.name == "members")
    assert isinstance(members, Repeat)
    assert members.count == "/data/n"
    home = next(node for node in small.walk() if node.name == "home")
    assert isinstance(home, Group)
    assert home.relevant == "/data/n  > 1"
    village = next(node for node in small.walk() if node.name == "village")
    assert isinstance(village, Question)
    assert (village.type, village.list_name) == ("select_one", "village")
    assert [choice.properties for choice in small.choices["village"]] == [{"county": "a"}, {"county": "b"}]


def test_read__same_cells_as_xlsx__give_the_same_questionnaire() -> None:
    assert read_questionnaire(workbook_bytes(HOUSEHOLD), "small.xlsx") == household()


def test_read__label_of_a_calculate__names_the_value_but_shows_no_question() -> None:
    labelled = form("text | a | A", "calculate | b | Bee |  | 1", "calculate | c |  |  | 1")
    found = {question.name: question for question in labelled.questions()}
    assert (found["a"].called, found["a"].value_label) == (found["a"].label, {})
    assert (found["b"].label, list(found["b"].called.values())) == ({}, ["Bee"])
    assert found["c"].called == {}


def test_read__without_version__gets_one_from_its_content() -> None:
    first, again, other = form("text | a | A"), form("text | a | A"), form("text | a | B")
    assert first.version == again.version
    assert first.version != other.version


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("text only", ErrorCode.NOT_A_WORKBOOK, "form.md"),
        ("| choices | |\n| | name |\n| | a |\n", ErrorCode.MISSING_SHEET, "'survey'"),
        (markdown("select_one yn | a | A"), ErrorCode.MISSING_SHEET, "'choices'"),
        (markdown("text | a | A | ${b} = 1"), ErrorCode.INVALID_QUESTIONNAIRE, "'b'"),
        (markdown("text | a | A | 1 = = 1"), ErrorCode.INVALID_EXPRESSION, "'relevant' of a"),
        (markdown("calculate | a | | | ${b}", "calculate | b | | | ${a}"), ErrorCode.CIRCULAR_EXPRESSION, "form.md: these questions"),
        (markdown("calculate | a | | | ${b}", "calculate | b | | | ${a}"), ErrorCode.CIRCULAR_EXPRESSION, "a → b → a"),
        (
            markdown("begin group | g | G | ${x} = 'yes'", "text | x | X", "end group"),
            ErrorCode.CIRCULAR_EXPRESSION,
            "g → g",
        ),
        (markdown("text | a | A", more="| issue_rules |\n| | name | when |\n| | r | ${b} |\n"), ErrorCode.INVALID_QUESTIONNAIRE, "${b}"),
        (markdown("text | a | A", more="| issue_rules |\n| | name | when |\n| | r | ${a} = |\n"), ErrorCode.INVALID_EXPRESSION, "rule r"),
        (
            markdown("text | a | A", more="| indicators |\n| | name | threshold |\n| | r | much |\n"),
            ErrorCode.INVALID_QUESTIONNAIRE,
            "sheet 'indicators', row 2",
        ),
    ],
)
def test_read__author_mistake__is_one_clear_line(source: str, code: ErrorCode, said: str) -> None:
    with pytest.raises(SurveyError) as refused:
        read_questionnaire(source.encode(), "form.md")
    assert refused.value.code is code
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


TITLED = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | text | a | 甲 | A |
| settings |
| | form_id | default_language | {columns} |
| | f | 中文 (zh) | {titles} |
"""


@pytest.mark.parametrize(
    ("columns", "titles", "expected", "for_others"),
    [
        ("form_title", "题 T", {"default": "题 T"}, "题 T"),
        (
            "form_title | display_title::中文 (zh) | display_title::English (en)",
            "题 T | 题 | T",
            {"中文 (zh)": "题", "English (en)": "T"},
            "题 T",
        ),
        ("form_title | display_title::English (en)", "题 | T", {"default": "题", "English (en)": "T"}, "题"),
        ("display_title::English (en) | display_title::中文 (zh)", "T | 题", {"中文 (zh)": "题", "English (en)": "T"}, "题"),
        ("form_title::中文 (zh) | form_title::English (en)", "题 | T", {"中文 (zh)": "题", "English (en)": "T"}, "题"),
    ],
)
def test_read__title_by_language__leaves_one_title_for_other_software(
    columns: str, titles: str, expected: dict[str, str], for_others: str
) -> None:
    titled = read_questionnaire(TITLED.format(columns=columns, titles=titles).encode(), "f.md")
    assert titled.title == expected
    assert f"<h:title>{for_others}</h:title>" in titled.xform


@pytest.mark.parametrize(("name", "title"), [("household.md", "农户访谈问卷"), ("archive_check.md", "档案核查表")])
def test_read__built_in_instrument__is_called_by_one_language_at_a_time(name: str, title: str) -> None:
    instrument = read_questionnaire(INSTRUMENTS[0].with_name(name))
    assert instrument.title[instrument.language("zh")] == title
    assert instrument.title[instrument.language("en")].isascii()


def test_read__zip_bomb__is_refused_unpacked() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 101_000_000)
    with pytest.raises(SurveyError, match="unpacks to 101 MB"):
        read_questionnaire(target.getvalue(), "bomb.xlsx")


def test_read__zip_of_thousands_of_parts__is_refused_unpacked() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(2001):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"")
    with pytest.raises(SurveyError, match="more than 2,000 parts"):
        read_questionnaire(target.getvalue(), "many.xlsx")


def test_read__zip_without_workbook__is_refused() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(SurveyError) as refused:
        read_questionnaire(target.getvalue(), "a.xlsx")
    assert refused.value.code is ErrorCode.NOT_A_WORKBOOK


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.name)
def test_read__built_in_instrument__is_ready_and_judges_a_blank_instance(path: Path) -> None:
    instrument = read_questionnaire(path)
    assert {language.code for language in instrument.languages} == {"zh", "en"}
    findings = check_instance(instrument, parse_instance(written(instrument, {})), now=NOW).findings
    assert {finding.code for finding in findings} <= {"required"}


@pytest.mark.parametrize(("name", "n_nodes"), [("socio-economic-survey-v20240515.xlsx", 22), ("whova_form.xlsx", 561)])
def test_read__real_form_of_others__validates_a_written_instance(name: str, n_nodes: int) -> None:
    real = read_questionnaire(shared_form(name))
    assert sum(1 for _ in real.walk()) == n_nodes
    check = check_instance(real, parse_instance(written(real, {})), now=NOW)
    assert {finding.code for finding in check.findings} == {"required"}


def test_read__real_form__refuses_what_its_constraint_refuses() -> None:
    real = read_questionnaire(shared_form("socio-economic-survey-v20240515.xlsx"))
    health = {"healthVisit": "1", "healthFacility": ["1", "2", "3", "4"]}
    members = [{"persons": {"firstNameFM": "A", "gender": "1", "health": health}}]
    check = check_instance(real, parse_instance(written(real, {"familyMembers": members})), now=NOW)
    finding = next(each for each in check.findings if each.question == "healthFacility")
    assert (finding.code, finding.position) == ("constraint", (1,))
    assert finding.message["English (en)"] == "Up to 3 options can be selected"


def test_read__media_without_language__adds_no_language_and_a_choice_without_words_has_its_name() -> None:
    source = """
    | survey | | | | | |
    | | type | name | label::中文 (zh) | label::English (en) | hint | audio | image |
    | | select_one l | s | 选 | S | Look | s.mp3 |
    | choices | | | | |
    | | list_name | name | label::中文 (zh) | label::English (en) |
    | | l | x | 爱 | X |
    | | l | y | | |
    """
    read = read_questionnaire(source.encode(), "f.md", {"s.mp3": b"x"})
    assert [language.name for language in read.languages] == ["中文 (zh)", "English (en)"]
    assert read.default_language == "中文 (zh)"
    [question] = read.questions()
    assert (question.hint, question.media) == ({"default": "Look"}, {"audio": {"default": "s.mp3"}})
    assert read.choices["l"][1].label == {"default": "y"}
    found = [(each.row, each.column) for each in lint_questionnaire(source.encode(), "f.md", {"s.mp3": b"x"}) if each.code == "no_language"]
    assert found == [(1, "audio"), (1, "hint")]
