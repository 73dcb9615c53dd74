"""The columns of a dataset: names that never clash, positions as numbers, and versions of a form side by side."""

from questionnaires.lint.check import lint_questionnaire
from questionnaires.reader import read_questionnaire
from survey.bundles.codebook import codebook_entry, make_form_book

FIRST = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | hidden | household_kind | 类别 | Kind |
| | hidden | head_name | 户主 | Head |
| | text | county | 县 | County |
| | geopoint | place | 位置 | Place |
| | integer | income | 收入 | Income |
| | select_one yn | water | 饮水 | Water |
| | begin_repeat | members | 成员 | Members |
| | text | position | 职务 | Post |
| | end_repeat | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | yes | 是 | Yes |
| | yn | old | 旧选项 | Old choice |
| settings |
| | form_id | version | form_title | default_language |
| | book | 1 | 书 | 中文 (zh) |
"""
SECOND = (
    FIRST.replace("| | integer | income", "| | decimal | income")
    .replace("| | yn | old | 旧选项 | Old choice |\n", "| | yn | no | 否 | No |\n")
    .replace("| | text | county | 县 | County |\n", "")
    .replace("| book | 1 |", "| book | 2 |")
)


def kinds(*sources: str) -> dict[str, dict[str, str]]:
    """The kind of every column of every table, over these versions."""
    book = make_form_book([read_questionnaire(source.encode(), "book.md") for source in sources])
    return {table.name: {column.name: column.kind for column in table.columns} for table in book.tables}


def test_make_form_book__one_version__has_names_that_clash_with_nothing() -> None:
    assert kinds(FIRST) == {
        "main": {
            "household_kind": "text",
            "county_answered": "text",
            "place_latitude": "decimal",
            "place_longitude": "decimal",
            "place_altitude": "decimal",
            "place_accuracy": "decimal",
            "income": "integer",
            "water": "category",
        },
        "members": {"members_position": "text"},
    }


def test_make_form_book__two_versions__have_the_columns_and_choices_of_both() -> None:
    both = kinds(FIRST, SECOND)["main"]
    assert list(both)[-1] == "county_answered"
    assert both["income"] == "decimal"
    entry = codebook_entry(make_form_book([read_questionnaire(source.encode(), "book.md") for source in (FIRST, SECOND)]))
    assert entry["versions"] == ["1", "2"]
    [water] = [column for column in entry["tables"][0]["columns"] if column["name"] == "water"]
    assert [choice["name"] for choice in water["choices"]] == ["yes", "no", "old"]
    assert water["choices"][2]["label"] == {"zh": "旧选项", "en": "Old choice"}


def test_codebook_entry__texts__are_by_language_code() -> None:
    entry = codebook_entry(make_form_book([read_questionnaire(FIRST.encode(), "book.md")]))
    assert entry["languages"] == ["zh", "en"]
    [latitude] = [column for column in entry["tables"][0]["columns"] if column["name"] == "place_latitude"]
    assert latitude["label"] == {"zh": "位置 · 纬度", "en": "Place · latitude"}
    assert latitude["question"] == "place"


def test_codebook_entry__names_that_statistics_programs_garble__have_the_alias_that_the_check_proposes() -> None:
    source = """
| survey |
| | type | name | label |
| | text | 户主姓名 | Head |
| | text | if | If |
| | geopoint | 位置 | Place |
| | begin_repeat | 成员 | Members |
| | integer | age | Age |
| | integer | Age | Age again |
| | end_repeat | | |
| settings |
| | form_id |
| | aliases |
"""
    entry = codebook_entry(make_form_book([read_questionnaire(source.encode(), "aliases.md")]))
    aliases = {column["name"]: column["alias"] for table in entry["tables"] for column in table["columns"]}
    assert aliases == {
        "户主姓名": "hu_zhu_xing_ming",
        "if": "q_if",
        "位置_latitude": "wei_zhi_latitude",
        "位置_longitude": "wei_zhi_longitude",
        "位置_altitude": "wei_zhi_altitude",
        "位置_accuracy": "wei_zhi_accuracy",
        "age": "age",
        "Age": "age_2",
    }
    assert [(table["name"], table["alias"]) for table in entry["tables"]] == [("main", "main"), ("成员", "cheng_yuan")]
    proposed = {
        each.details["name"]: each.details["alias"] for each in lint_questionnaire(source.encode(), "aliases.md") if "alias" in each.details
    }
    assert all(proposed[name] == alias for name, alias in {**aliases, "成员": "cheng_yuan"}.items() if name in proposed)
    assert set(proposed) == {"户主姓名", "if", "位置", "成员", "Age"}
