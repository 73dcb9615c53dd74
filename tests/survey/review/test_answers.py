"""Answers as lines to read."""

from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.review.answers import Section, answer_sections

FORM = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | calculation |
| | integer | n | 几口人？ | How many? | |
| | begin_group | home | 住房 | Home | |
| | select_multiple needs | needs | 需要什么？ | What is needed? | |
| | geopoint | place | 位置 | Position | |
| | image | house | 照片 | Picture | |
| | calculate | double | | | ${n} * 2 |
| | note | thanks | 谢谢 | Thanks | |
| | end_group | |
| | begin_repeat | members | 成员 | Member | |
| | text | name | 姓名 | Name | |
| | integer | age | ${name}多大？ | How old is ${name}? | |
| | end_repeat | |
| | text | wish | 愿望 | Wish | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | needs | road | 修路 | A road |
| | needs | doctor | 医生 | A doctor |
| settings |
| | form_id | version | form_title | default_language |
| | lines | 1 | 行 | 中文 (zh) |
"""
ANSWERS: dict[str, Any] = {
    "n": 2,
    "home": {
        "needs": ["road", "doctor"],
        "place": {"latitude": 33.333333, "longitude": 106.15, "accuracy": 6.0},
        "house": "1.jpg",
        "double": 4,
    },
    "members": [{"name": "甲", "age": 40}, {"name": "乙", "age": 12}],
}


def form() -> Questionnaire:
    """The questionnaire of these tests."""
    return read_questionnaire(FORM.encode(), "lines.md")


def shown(sections: tuple[Section, ...]) -> list[tuple[str, str, str]]:
    """(section, label, answer) of every line."""
    return [
        (section.title, line.label, line.file_name or " / ".join(line.texts) or ("#" if line.is_heading else ""))
        for section in sections
        for line in section.lines
    ]


def test_answer_sections__answered__are_in_the_words_of_the_form() -> None:
    assert shown(answer_sections(form(), ANSWERS, "zh")) == [
        ("", "几口人？", "2"),
        ("住房", "需要什么？", "修路 / 医生"),
        ("住房", "位置", "33.333333, 106.150000 (±6 m)"),
        ("住房", "照片", "1.jpg"),
        ("成员", "成员 1", "#"),
        ("成员", "姓名", "甲"),
        ("成员", "甲多大？", "40"),
        ("成员", "成员 2", "#"),
        ("成员", "姓名", "乙"),
        ("成员", "乙多大？", "12"),
    ]


def test_answer_sections__everything_asked_for__also_shows_blanks_and_calculations() -> None:
    lines = shown(answer_sections(form(), ANSWERS, "en", with_blanks=True))
    assert ("Home", "double", "4") in lines
    assert ("", "Wish", "") in lines
    assert ("Member", "How old is 乙?", "12") in lines
    assert not any("Thanks" in label for _, label, _ in lines)


def test_answer_sections__in_groups_and_repeats__name_their_nodes_as_logs_do() -> None:
    nodes = [line.node for section in answer_sections(form(), ANSWERS, "zh") for line in section.lines if not line.is_heading]
    assert nodes == [
        "/data/n",
        "/data/home/needs",
        "/data/home/place",
        "/data/home/house",
        "/data/members[1]/name",
        "/data/members[1]/age",
        "/data/members[2]/name",
        "/data/members[2]/age",
    ]
