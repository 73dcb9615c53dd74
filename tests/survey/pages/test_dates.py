"""Days and instants in both languages."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from survey.teams.words import day_text

AT, DAY = datetime(2018, 4, 5, 23, 10, tzinfo=UTC), date(2018, 4, 5)
FILTERS = ("at | datetimeformat('short')", "at | datetimeformat", "at | dateformat", "day | dateformat('long')", "at | timeformat")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["6 Apr 2018, 07:10", "6 Apr 2018, 07:10:00", "6 Apr 2018", "5 April 2018", "07:10:00"]),
        ("zh", ["2018/4/6 07:10", "2018年4月6日 07:10:00", "2018年4月6日", "2018年4月5日", "07:10:00"]),
    ],
)
def test_templates__days_and_instants__are_those_of_the_language_where_people_are(app: Flask, language: str, expected: list[str]) -> None:
    with app.test_request_context(), force_locale(language):
        assert [render_template_string(f"{{{{ {each} }}}}", at=AT, day=DAY) for each in FILTERS] == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "Thu 5 Apr"), ("zh", "4月5日周四")])
def test_day_text__heading_of_a_column__has_the_day_before_the_month_in_english(app: Flask, language: str, expected: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert day_text(DAY) == expected
