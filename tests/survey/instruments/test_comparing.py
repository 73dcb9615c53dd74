"""What the pages say of changes between versions, and of findings beside the rows of a sheet."""

import re

import pytest
from sqlalchemy.orm import Session

from questionnaires.lint.authored import read_authored
from questionnaires.lint.check import lint_questionnaire
from questionnaires.sheets import read_workbook
from survey.instruments.sheet_rows import NEIGHBOURS, SHOWN_WHOLE, ReadSheet, checked_sheets, read_sheets
from tests.builders import FORM, add_form
from tests.conftest import SignIn
from tests.survey.instruments.test_pages import upload

RETYPED = FORM.replace("2018.1", "2018.2").replace("| text       | wish", "| integer    | wish")


def sheets_of(source: str, language: str = "en") -> tuple[ReadSheet, ...]:
    data = source.encode()
    return read_sheets(read_authored(read_workbook(data, "form.md")), lint_questionnaire(data, "form.md"), language)


def test_compare__two_versions__says_what_changed_in_the_language_of_the_reader(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    add_form(session, RETYPED)
    client = sign_in("author")
    page = client.get("/instruments/test_form/compare").text
    assert "题目“wish”的类型由“文字”变为“整数”。" in page
    assert re.search(r'<option value="2018.1" selected>', page)
    back = client.get("/instruments/test_form/compare?from=2018.2&to=2018.1").text
    assert "题目“wish”的类型由“整数”变为“文字”。" in back
    assert client.get("/instruments/test_form/compare?from=2018.1&to=2018.1").text.count('class="empty"') == 1
    assert '/instruments/test_form/compare"' in client.get("/instruments").text


def test_compare__one_version_or_none__says_so(sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")
    assert client.get("/instruments/test_form/compare").status_code == 404
    add_form(session)
    assert 'class="empty"' in client.get("/instruments/test_form/compare").text
    assert client.get("/instruments/test_form/compare?from=9").status_code == 404
    assert "compare" not in client.get("/instruments").text


def test_check__form_that_is_published__says_what_changed_and_when_the_version_is_taken(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("coordinator")
    raised = upload(client, RETYPED).text
    assert "题目“wish”的类型由“文字”变为“整数”。" in raised
    assert "flash warning" not in raised
    assert "flash warning" in upload(client, RETYPED.replace("2018.2", "2018.1")).text
    assert "flash warning" not in upload(client, FORM).text


def test_check__file_with_problems__shows_each_under_its_row(sign_in: SignIn) -> None:
    page = upload(sign_in("coordinator"), FORM.replace("| text       | wish ", "| texxt      | wish ")).text
    assert 'href="#survey-5"' in page
    row, finding = page.split('<tr id="survey-5"')[1].split("<tr ")[:2]
    assert "您有什么愿望？" in row
    assert "没有“texxt”这种题型。" in finding


def test_read_sheets__short_sheet__is_whole_with_groups_by_depth() -> None:
    source = "| survey |\n| | type | name | label::English (en) | relevant |\n| | begin group | g | G | false() |\n"
    source += "| | text | a | A | |\n| | end group |\n"
    (sheet,) = sheets_of(source)
    assert [(row.number, row.kind, row.name, row.label, row.depth, row.is_group) for row in sheet.rows] == [
        (2, "begin group", "g", "G", 0, True),
        (3, "text", "a", "A", 1, False),
        (4, "end group", "", "", 0, True),
    ]
    assert sheet.rows[0].cells == (("relevant", "false()"),)
    assert [problem.code for problem in sheet.rows[0].problems] == ["never_asked"]


def test_read_sheets__long_sheet__is_shown_around_its_problems() -> None:
    rows = "".join(f"| | text | q{number} | Q |\n" for number in range(SHOWN_WHOLE + 50))
    (sheet,) = sheets_of(f"| survey |\n| | type | name | label |\n{rows.replace('| q100 |', '| 问 |').replace('| q200 |', '| 答 |')}")
    assert [row.number for row in sheet.rows] == [
        *range(102 - NEIGHBOURS, 103 + NEIGHBOURS),
        *range(202 - NEIGHBOURS, 203 + NEIGHBOURS),
    ]
    assert [row.number for row in sheet.rows if row.is_after_gap] == [100, 200]


def test_read_sheets__problem_of_the_header__shows_the_columns() -> None:
    source = "| survey |\n| | type | name | label::English (en) | hint::English (en) | constrain |\n| | text | a | A | | |\n"
    (sheet,) = sheets_of(source)
    assert (sheet.rows[0].number, sheet.rows[0].label) == (1, "type · name · label::English (en) · hint::English (en) · constrain")


@pytest.mark.parametrize("source", [b"\x00", b"text only"])
def test_checked_sheets__no_workbook__are_none(source: bytes) -> None:
    assert checked_sheets(source, "f.xlsx", lint_questionnaire(source, "f.xlsx"), "zh") == ()
