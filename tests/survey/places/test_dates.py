"""Days in the five ways that offices write them; anything that could be read in two ways is refused by name."""

from datetime import date

import pytest

from survey.places.dates import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2018-04-20",
        "2018/4/20",
        "2018.4.20",
        "20180420",
        "2018年4月20日",
        "２０１８年 4 月 20 日",
        "43210",
        "43210.0",
        "2018-04-20 00:00:00",
    ],
)
def test_read_day__written_as_offices_do__is_the_day(text: str) -> None:
    assert read_day(text) == date(2018, 4, 20)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("04/05/2018", "date_ambiguous"),
        ("18-04-20", "date_ambiguous"),
        ("4.5.18", "date_ambiguous"),
        ("2018", "date_incomplete"),
        ("2018年4月", "date_incomplete"),
        ("201804", "date_incomplete"),
        ("2018-02-30", "date_impossible"),
        ("20181301", "date_impossible"),
        ("1018-04-20", "date_impossible"),
        ("2018-4/20", "bad_date"),
        ("去年", "bad_date"),
        ("", "bad_date"),
    ],
)
def test_read_day__anything_else__is_refused_by_name(text: str, reason: str) -> None:
    assert read_day(text) == reason
