"""The algorithm: one draw worked out beforehand, the rules of each method, and probabilities against 8,000 simulated draws."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from survey.draws.algorithm import divide, draw, draw_reserve_villages, draw_villages
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.frame import FramedHousehold
from tests.survey.draws.draws import COUNTY, SIMPLE, VILLAGES, draw_from, frame_of, markers_of

N_DRAWS = 8_000
BY_KIND = HouseholdStage("stratified", quotas={"registered": 3, "ordinary": 2}, special={"old": 1, "sick": 1}, reserves=1)


def test_draw__a_known_seed_and_frame__gives_the_same_for_ever() -> None:
    frame = frame_of(SIMPLE, [5, 8, 13])
    result = draw_from(SIMPLE, frame, "20180416")

    assert frame.sha256 == "46507106b14c1f46c8c3169bedf092c402687130ec98267412860bcbe4e8b96f"
    assert [(village.code[-2:], str(village.inclusion)) for village in result.villages] == [("01", "2/3"), ("03", "2/3")]
    assert [each.number for each in result.households] == ["005", "003", "001", "001", "006", "005"]
    assert [each.number for each in result.reserves] == ["002", "004", "013", "003"]


@pytest.mark.parametrize(
    ("villages", "households", "sizes"),
    [
        (VillageStage("simple", (COUNTY,), n=1), HouseholdStage("simple", n=3, special={"old": 1}), (8, 5)),
        (VillageStage("systematic", (COUNTY,), n=2), HouseholdStage("systematic", n=2), (3, 4, 5)),
        (
            VillageStage("pps", (COUNTY,), n=1),
            HouseholdStage("stratified", quotas={"registered": 2, "ordinary": 1}, special={"sick": 1}),
            (7, 5),
        ),
        (VillageStage("pps", (COUNTY,), n=2), HouseholdStage("simple", n=1), (9, 2, 3)),
    ],
)
def test_inclusion__of_every_unit__is_what_simulated_draws_give(
    villages: VillageStage, households: HouseholdStage, sizes: tuple[int, ...]
) -> None:
    design = Design(villages, households)
    frame = frame_of(design, sizes)
    divisions = {village.code: divide(households, village.code, village.households) for village in frame.villages}
    of_village: Counter[str] = Counter()
    of_household: Counter[tuple[str, str]] = Counter()
    expected: dict[object, Fraction] = {}
    for seed in range(N_DRAWS):
        result = draw(design, [(village.code, village.n) for village in frame.villages], divisions.__getitem__, str(seed))
        of_village.update(village.code for village in result.villages)
        of_household.update((each.village_code, each.number) for each in result.households)
        for village in result.villages:
            assert expected.setdefault(village.code, village.inclusion or Fraction(0)) == village.inclusion
    for code, division in divisions.items():
        for kind in division.kinds:
            for cell in kind.cells:
                expected.update(((code, number), expected[code] * (cell.inclusion or 0)) for number in cell.numbers)

    counted = {**of_village, **of_household}
    assert len(expected) == len(sizes) + sum(sizes)
    for unit, probability in expected.items():
        spread = float(N_DRAWS * probability * (1 - probability)) ** 0.5
        assert abs(counted.get(unit, 0) - N_DRAWS * float(probability)) <= 4.5 * spread, unit


def test_pps__a_village_too_large_for_its_share__is_certain_and_the_rest_is_shared_anew() -> None:
    drawn = draw_villages(VillageStage("pps", (COUNTY,), n=2), zip(VILLAGES, (60, 10, 30), strict=False), "seed")

    assert [(village.inclusion, village.is_certain) for village in drawn if village.code == VILLAGES[0]] == [(Fraction(1), True)]
    assert len(drawn) == 2
    assert {village.inclusion for village in drawn if not village.is_certain} <= {Fraction(10, 40), Fraction(30, 40)}


def test_per_county__two_counties__draws_in_each() -> None:
    sizes = [("610727101201", 5), ("610727101202", 5), ("610728101201", 5), ("610728101202", 9)]
    drawn = draw_villages(VillageStage("simple", (COUNTY, "610728"), n=1, is_per_county=True), sizes, "seed")

    assert [village.stratum for village in drawn] == ["610727", "610728"]
    assert {village.inclusion for village in drawn} == {Fraction(1, 2)}


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_special_groups__with_a_quota__are_met_in_every_village(seed: str) -> None:
    design = Design(VillageStage("all", (COUNTY,)), BY_KIND)
    frame = frame_of(design, [20, 12])
    result = draw_from(design, frame, seed)

    for code in VILLAGES[:2]:
        drawn = [each for each in result.households if each.village_code == code]
        assert Counter(each.stratum.partition("/")[0] for each in drawn) == {"registered": 3, "ordinary": 2}
        marked = Counter(marker for each in drawn for marker in markers_of(int(each.number)))
        assert marked["old"] >= 1
        assert marked["sick"] >= 1


def test_whole_village__drawn__takes_everybody_once_without_reserves() -> None:
    design = Design(VillageStage("named", (COUNTY,), named=VILLAGES[:1]), HouseholdStage("all"))
    result = draw_from(design, frame_of(design, [4, 4]), "x")

    assert [each.number for each in result.households] == ["001", "002", "003", "004"]
    assert {each.inclusion for each in result.households} == {Fraction(1)}
    assert result.reserves == ()
    assert result.villages[0].inclusion is None


def test_named_households__chosen_on_purpose__have_no_probability() -> None:
    named = ((VILLAGES[0], "003"),)
    design = Design(VillageStage("named", (COUNTY,), named=VILLAGES[:1]), HouseholdStage("named", named=named))
    result = draw_from(design, frame_of(design, [4]), "x")

    assert [(each.number, each.inclusion) for each in result.households] == [("003", None)]


def test_reserves__of_a_stratum__are_in_order_and_not_in_the_sample() -> None:
    design = Design(VillageStage("all", (COUNTY,)), BY_KIND)
    result = draw_from(design, frame_of(design, [20]), "x")

    assert not {each.number for each in result.households} & {each.number for each in result.reserves}
    assert all(each.rank == 1 for each in result.reserves)
    assert {each.stratum for each in result.households} <= {each.stratum for each in result.reserves}


def test_divide__more_special_places_than_the_kind_leaves__keeps_one_place_for_all_and_says_what_is_short() -> None:
    households = [FramedHousehold(f"{number}", "-", ("old",) if number < 4 else ()) for number in range(6)]
    division = divide(HouseholdStage("simple", n=2, special={"old": 2}), "v", households)

    assert division.short == {"old": 1}
    assert {cell.stratum: cell.inclusion for cell in division.kinds[0].cells} == {"all/old": Fraction(2, 5), "all": Fraction(1, 5)}


def test_reserve_villages__drawn_beside_the_others__leave_these_as_they_are_and_wait_in_order() -> None:
    frame = frame_of(SIMPLE, [5, 8, 13, 7, 6])
    alone = draw_from(SIMPLE, frame, "20180416")
    with_reserves = draw_from(replace(SIMPLE, villages=replace(SIMPLE.villages, reserves=2)), frame, "20180416")

    assert with_reserves.villages == alone.villages
    waiting = with_reserves.reserve_villages
    assert [(village.code[-2:], village.rank, str(village.inclusion)) for village in waiting] == [("01", 1, "2/5"), ("02", 2, "2/5")]
    assert {village.code for village in waiting}.isdisjoint(village.code for village in alone.villages)
    assert [each for each in with_reserves.households if each.village_code not in {village.code for village in waiting}] == list(
        alone.households
    )
    assert Counter(each.village_code for each in with_reserves.households) == dict.fromkeys(
        (village.code for village in (*alone.villages, *waiting)), 3
    )


def test_reserve_villages__of_a_draw_by_size__come_first_in_proportion_to_size() -> None:
    stage = VillageStage("pps", (COUNTY,), n=1, reserves=1)
    sizes = dict(zip(VILLAGES, (1, 2, 5), strict=False))
    pairs: Counter[tuple[str, str]] = Counter()
    for seed in range(N_DRAWS):
        (drawn,) = draw_villages(stage, sizes.items(), str(seed))
        (waiting,) = draw_reserve_villages(stage, sizes.items(), {drawn.code}, str(seed))
        assert waiting.inclusion == Fraction(sizes[waiting.code], 8)
        pairs[drawn.code, waiting.code] += 1

    for (first, second), n in pairs.items():
        expected = sizes[first] / 8 * sizes[second] / (8 - sizes[first])
        assert abs(n - N_DRAWS * expected) <= 4.5 * (N_DRAWS * expected * (1 - expected)) ** 0.5


def test_reserve_villages__more_than_are_left__are_those_left_by_county() -> None:
    sizes = [("610727101201", 5), ("610727101202", 5), ("610728101201", 5), ("610728101202", 9), ("610728101203", 2)]
    stage = VillageStage("systematic", (COUNTY, "610728"), n=1, is_per_county=True, reserves=5)
    drawn = {village.code for village in draw_villages(stage, sizes, "seed")}
    waiting = draw_reserve_villages(stage, sizes, drawn, "seed")

    assert [(village.stratum, village.rank) for village in waiting] == [("610727", 1), ("610728", 1), ("610728", 2)]
    assert {village.code for village in waiting} | drawn == {code for code, _n in sizes}
