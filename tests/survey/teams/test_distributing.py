"""Households given to pairs and days: each rule by itself, and what holds for any visit."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from survey.teams.distributing import Crew, DayLoad, Distribution, Rules, Village, distribute
from survey.teams.routing import Stop

FIRST = date(2018, 4, 16)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]
NEAR, NEAR_TOO, FAR = "610727901201", "610727901202", "610727901203"
OTHER_COUNTY = "610728901201"
PLACES = {NEAR: (33.33, 106.15), NEAR_TOO: (33.34, 106.16), FAR: (33.60, 106.60), OTHER_COUNTY: (32.53, 107.90)}


def stops_of(village: str, n: int, *, known: bool = True) -> list[Stop]:
    """Households around a village, on a line to the east."""
    latitude, longitude = PLACES[village]
    return [Stop(f"{village}-{number:02}", village, (latitude, longitude + number / 1000) if known else None) for number in range(n)]


def villages(*codes: str, known: bool = True, **days: date) -> dict[str, Village]:
    """Villages by code; `days` are those planned, by the code's last four digits after "v"."""
    return {code: Village(code, PLACES[code] if known else None, days.get(f"v{code[-4:]}")) for code in codes}


def loads_of(result: Distribution) -> dict[tuple[str, date], int]:
    """How many households each pair has on each day."""
    return {(share.pair_id, share.day): len(share.stops) for share in result.shares}


CREWS = [Crew("a"), Crew("b"), Crew("c")]


def test_distribute__one_large_village__is_shared_evenly_and_by_nearness() -> None:
    result = distribute(stops_of(NEAR, 20), villages(NEAR), CREWS, DAYS, {}, Rules(households_per_day=6))

    loads = loads_of(result)
    assert result.left == ()
    assert Counter(day for _, day in loads) == {DAYS[0]: 3, DAYS[1]: 3}
    totals = Counter({pair: sum(n for (each, _), n in loads.items() if each == pair) for pair in "abc"})
    assert max(totals.values()) - min(totals.values()) <= 2
    for share in result.shares:
        numbers = [int(stop.key[-2:]) for stop in share.stops]
        assert max(numbers) - min(numbers) == len(numbers) - 1, "a share is one stretch of the line"
        assert share.km < 2
        assert share.minutes >= 60 * len(share.stops)


def test_distribute__small_villages__go_together_only_when_they_are_near() -> None:
    stops = [*stops_of(NEAR, 2), *stops_of(NEAR_TOO, 2), *stops_of(FAR, 2)]

    result = distribute(stops, villages(NEAR, NEAR_TOO, FAR), [Crew("a")], DAYS, {}, Rules())

    assert [share.village_codes for share in result.shares] == [(NEAR, NEAR_TOO), (FAR,)]
    assert [share.day for share in result.shares] == DAYS[:2]


def test_distribute__without_positions__goes_by_code_and_township() -> None:
    codes = (NEAR, NEAR_TOO, OTHER_COUNTY)
    stops = [stop for code in codes for stop in stops_of(code, 2, known=False)]

    result = distribute(stops, villages(*codes, known=False), [Crew("a")], DAYS, {}, Rules())

    assert [share.village_codes for share in result.shares] == [(NEAR, NEAR_TOO), (OTHER_COUNTY,)]
    assert [share.km for share in result.shares] == [0, 0]


def test_distribute__village_with_a_day_of_its_own__gets_that_day() -> None:
    stops = [*stops_of(NEAR, 3), *stops_of(FAR, 3)]

    result = distribute(stops, villages(NEAR, FAR, v1201=DAYS[2]), CREWS, DAYS, {}, Rules())

    days = {share.village_codes[0]: share.day for share in result.shares}
    assert days[NEAR] == DAYS[2]
    assert days[FAR] == DAYS[0]


def test_distribute__pair_with_ties__is_not_sent_there_and_nobody_left_is_said() -> None:
    tied = [Crew("a", frozenset(("610728",))), Crew("b")]
    stops = [*stops_of(NEAR, 4), *stops_of(OTHER_COUNTY, 4)]

    result = distribute(stops, villages(NEAR, OTHER_COUNTY), tied, DAYS, {}, Rules())
    nobody = distribute(stops, villages(NEAR, OTHER_COUNTY), tied[:1], DAYS, {}, Rules())

    assert {share.pair_id for share in result.shares if OTHER_COUNTY in share.village_codes} == {"b"}
    assert [(each.village_code, each.n_households, each.reason) for each in nobody.left] == [(OTHER_COUNTY, 4, "ties")]


def test_distribute__more_than_fits__says_what_is_left() -> None:
    result = distribute(stops_of(NEAR, 20), villages(NEAR), CREWS[:1], DAYS[:2], {}, Rules(households_per_day=6))

    assert loads_of(result) == {("a", DAYS[0]): 6, ("a", DAYS[1]): 6}
    assert [(each.n_households, each.reason) for each in result.left] == [(8, "full")]


def test_distribute__work_that_is_there__counts_and_days_elsewhere_stay_free() -> None:
    crews = [Crew("a"), Crew("b", busy_days=frozenset(DAYS[:1]))]
    loads = {("a", DAYS[0]): DayLoad(4, frozenset((NEAR,)))}

    result = distribute(stops_of(NEAR, 8), villages(NEAR), crews, DAYS, loads, Rules(households_per_day=6))

    given_out = loads_of(result)
    assert given_out.get(("a", DAYS[0]), 0) <= 2
    assert ("b", DAYS[0]) not in given_out
    assert sum(given_out.values()) == 8


def test_distribute__no_pairs__leaves_everything() -> None:
    result = distribute(stops_of(NEAR, 3), villages(NEAR), [], DAYS, {}, Rules())
    assert result.shares == ()
    assert result.left[0].reason == "full"


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 25), min_size=1, max_size=4),
    n_crews=st.integers(1, 5),
    n_days=st.integers(1, 4),
    per_day=st.integers(1, 8),
    known=st.booleans(),
)
def test_distribute__any_visit__loses_nobody_overloads_nobody_and_is_repeatable(
    sizes: list[int], n_crews: int, n_days: int, per_day: int, known: bool
) -> None:
    codes = list(PLACES)[: len(sizes)]
    stops = [stop for code, n in zip(codes, sizes, strict=True) for stop in stops_of(code, n, known=known)]
    crews = [Crew(chr(97 + number)) for number in range(n_crews)]
    arguments = (stops, villages(*codes, known=known), crews, DAYS[:n_days], {}, Rules(households_per_day=per_day))

    result = distribute(*arguments)

    assert result == distribute(*arguments)
    keys = [stop.key for share in result.shares for stop in share.stops]
    assert len(keys) == len(set(keys))
    assert len(keys) + sum(each.n_households for each in result.left) == len(stops)
    assert all(n <= per_day for n in loads_of(result).values())
