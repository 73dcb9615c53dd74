"""How long issues are in their state: whole days, and the groups of ages, in Python and for the database alike."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from survey.issues.ageing import AGES, age_bounds, age_labels, days_in_state


@pytest.mark.parametrize(
    ("hours", "days", "age"),
    [(-1, 0, 0), (0, 0, 0), (23, 0, 0), (191, 7, 0), (192, 8, 1), (31 * 24, 31, 2), (180 * 24, 180, 3), (181 * 24, 181, 4)],
)
def test_days__since_an_instant__fall_into_the_group_that_the_database_finds(now: datetime, hours: int, days: int, age: int) -> None:
    since = now - timedelta(hours=hours)
    assert days_in_state(since, now) == days
    assert sum(since <= bound for bound in age_bounds(now)) == age


def test_labels__of_the_groups__are_one_more_than_the_limits(app: Flask) -> None:
    with app.test_request_context():
        assert len(age_labels()) == len(AGES) + 1
        assert age_labels()[1].startswith("8–30")
