"""The column `back_check`: read by path, kept in the codebook, and refused where it says nothing."""

import pytest

from analysis.codebook import parse_form
from questionnaires.errors import SurveyError
from questionnaires.reader import read_questionnaire
from survey.bundles.codebook import codebook_entry, make_form_book

FORM = """
| survey |             |       |       |            |
|        | type        | name  | label | back_check |
|        | begin_group | home  | Home  | GROUP      |
|        | integer     | built | Built | TYPE       |
|        | end_group   |       |       |            |
|        | text        | said  | Said  |            |
| settings |         |
|        | form_id | version |
|        | checked | 1       |
"""


def test_back_check__at_a_question__reaches_the_codebook() -> None:
    questionnaire = read_questionnaire(FORM.replace("GROUP", "").replace("TYPE", "1").encode(), "checked.md")
    assert questionnaire.back_checks == {"/data/home/built": "1"}
    form = parse_form("checked", codebook_entry(make_form_book((questionnaire,))))
    assert {column.name: column.back_check for column in form.tables[0].columns} == {"built": "1", "said": ""}


@pytest.mark.parametrize(
    ("group", "type_", "says"), [("", "4", "row 3: the back_check '4' is not one of 1, 2, 3"), ("2", "", "is a group")]
)
def test_back_check__that_says_nothing__is_refused_with_its_row(group: str, type_: str, says: str) -> None:
    with pytest.raises(SurveyError, match=says):
        read_questionnaire(FORM.replace("GROUP", group).replace("TYPE", type_).encode(), "checked.md")
