"""The way from house to house and the splitting of villages: short, near together, and no household lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.teams.routing import Stop, between_km, in_walking_order, split_near, way_km

VILLAGE = "610727901201"


def stop(number: int, latitude: float, longitude: float) -> Stop:
    """A household at this position."""
    return Stop(f"{number:03}", VILLAGE, (latitude, longitude))


def test_walking_order__houses_on_a_line__follows_the_line_and_ends_with_the_unknown() -> None:
    houses = [stop(number, 33.0, 106 + number / 100) for number in (4, 1, 5, 2, 3)]
    unknown = Stop("000", VILLAGE)

    ordered = in_walking_order([unknown, *houses], (33.0, 106.0))

    assert [each.key for each in ordered] == ["001", "002", "003", "004", "005", "000"]


def test_walking_order__where_the_nearest_leads_astray__is_shorter_than_always_going_to_the_nearest() -> None:
    houses = [stop(1, 33.0, 106.010), stop(2, 33.0, 105.988), stop(3, 33.0, 106.035), stop(4, 33.0, 105.975)]
    start = (33.0, 106.0)

    ordered = in_walking_order(houses, start)

    assert way_km([start, *(each.position for each in ordered)]) <= way_km([start, *(house.position for house in houses)])


def test_split__two_clusters__are_the_two_parts() -> None:
    west = [stop(number, 33.0 + number / 1000, 106.0) for number in range(4)]
    east = [stop(number, 33.0 + number / 1000, 106.2) for number in range(4, 8)]
    mixed = [each for pair in zip(west, east, strict=True) for each in pair]

    parts = split_near(mixed, 2)

    assert [sorted(each.key for each in part) for part in parts] == [["000", "001", "002", "003"], ["004", "005", "006", "007"]]


def test_split__without_positions__keeps_the_order() -> None:
    stops = [Stop(f"{number:03}", VILLAGE) for number in range(5)]
    assert [[each.key for each in part] for part in split_near(stops, 2)] == [["000", "001"], ["002", "003", "004"]]


def test_distance__to_an_unknown_position__is_unknown() -> None:
    assert between_km(None, (33.0, 106.0)) is None
    assert way_km([None, (33.0, 106.0), None]) == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(30, 35), st.floats(105, 110)), min_size=1, max_size=40),
    st.integers(1, 8),
)
def test_split_and_order__any_households__lose_nobody_and_differ_by_one(spots: list[tuple[float, float]], n_parts: int) -> None:
    stops = [stop(number, *spot) for number, spot in enumerate(spots)]

    parts = [part for part in split_near(stops, min(n_parts, len(stops))) if part]

    assert sorted(each.key for part in parts for each in part) == [each.key for each in stops]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert sorted(each.key for each in in_walking_order(stops, None)) == [each.key for each in stops]
    assert way_km([spots[0], spots[0]]) == pytest.approx(0)
