"""Dates as day numbers and back."""

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.expressions.dates import format_date, from_days, is_time, parse_date, parse_date_time, to_days

CHINA = timezone(timedelta(hours=8))
LAST, FIRST = "9999-12-31T23:59:59.999+00:01", "0001-01-01T00:00:00+14:00"
"""Instants that have no date in other zones."""


@given(st.dates())
def test_to_days__then_from_days__is_the_same_date(day: date) -> None:
    text = day.isoformat()
    assert from_days(to_days(text, CHINA), CHINA) == text
    assert to_days(text, CHINA) == to_days(text, UTC)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 12))
def test_to_days__of_an_instant__is_read_back_in_the_zone(moment: datetime, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    text = moment.replace(microsecond=0, tzinfo=zone).isoformat(timespec="milliseconds")
    back = from_days(to_days(text, CHINA), CHINA)
    expected = parse_date_time(text, UTC)
    found = parse_date_time(back, CHINA) or datetime.combine(date.fromisoformat(back), datetime.min.time(), CHINA)
    assert expected is not None
    assert abs(found - expected) <= timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text", ["", "2018", "2018-13-01", "2018-02-30", "20180420", "2018-04-20T25:00:00", "x2018-04-20", "2018-04-20 ", LAST, FIRST]
)
def test_to_days__of_no_date__is_not_a_number(text: str) -> None:
    assert math.isnan(to_days(text, CHINA))


def test_to_days__midnight_and_noon__are_local() -> None:
    assert to_days("2018-04-20T00:00:00.000+08:00", CHINA) == to_days("2018-04-20", CHINA)
    assert to_days("2018-04-20T04:00:00Z", CHINA) == to_days("2018-04-20", CHINA) + 0.5


@pytest.mark.parametrize(
    ("days", "text"), [(0.0, "1970-01-01"), (-1.0, "1969-12-31"), (math.nan, ""), (math.inf, ""), (1e9, ""), (2932896.9999999999, "")]
)
def test_from_days__edges(days: float, text: str) -> None:
    assert from_days(days, CHINA) == text


@pytest.mark.parametrize(
    ("text", "expected"), [("08:30", True), ("08:30:00.000+08:00", True), ("24:00", False), ("8:30", False), ("", False)]
)
def test_is_time__texts(text: str, expected: bool) -> None:
    assert is_time(text) is expected


def test_parse_date__single_digits__are_accepted() -> None:
    assert parse_date("2018-4-5") == date(2018, 4, 5)


def test_format_date__of_an_instant_without_a_date_here__is_empty() -> None:
    assert [format_date(text, "%Y", CHINA) for text in (LAST, FIRST, "9999-12-31")] == ["", "", "9999"]


def test_format_date__week_and_unknown_escape() -> None:
    assert format_date("2018-04-20", "%W %Q", CHINA) == "16 %Q"
