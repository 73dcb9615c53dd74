"""What is refused before anything is drawn: the design by itself, the frame, and a design that the frame cannot carry."""

import pytest

from questionnaires.errors import SurveyError
from survey.draws.checks import check_frame
from survey.draws.design import Design, HouseholdStage, VillageStage, check_design, read_design
from survey.draws.frame import changes_since, make_frame
from survey.draws.refusals import TEXTS
from survey.draws.seeds import make_seed
from tests.survey.draws.draws import COUNTY, SIMPLE, VILLAGES, frame_of

ALL = VillageStage("all", (COUNTY,))
TWO = VillageStage("simple", (COUNTY,), n=2)


def reason_of(design: Design, sizes: tuple[int, ...] | None = None) -> str:
    try:
        check_design(design)
        check_frame(design, frame_of(design, sizes or ()))
    except SurveyError as error:
        return str(error.values["reason"])
    return "taken"


@pytest.mark.parametrize(
    ("reason", "design"),
    [
        ("no_county", Design(VillageStage("all", ()), HouseholdStage("all"))),
        ("unknown_method", Design(VillageStage("lottery", (COUNTY,)), HouseholdStage("all"))),
        ("no_villages", Design(VillageStage("named", (COUNTY,)), HouseholdStage("all"))),
        ("village_number", Design(VillageStage("pps", (COUNTY,)), HouseholdStage("all"))),
        ("household_number", Design(TWO, HouseholdStage("systematic"))),
        ("no_quotas", Design(TWO, HouseholdStage("stratified"))),
        ("bad_quota", Design(TWO, HouseholdStage("stratified", quotas={"rich": 2}))),
        ("special_all", Design(TWO, HouseholdStage("all", special={"old": 1}))),
        ("special_too_many", Design(TWO, HouseholdStage("simple", n=2, special={"old": 1, "sick": 1}))),
        ("reserves", Design(TWO, HouseholdStage("simple", n=2, reserves=101))),
        ("no_named", Design(ALL, HouseholdStage("named"))),
        ("named_needs_villages", Design(TWO, HouseholdStage("named", named=((VILLAGES[0], "001"),)))),
    ],
)
def test_design__that_cannot_be__is_refused(reason: str, design: Design) -> None:
    assert reason_of(design) == reason


@pytest.mark.parametrize(
    ("reason", "design", "sizes"),
    [
        ("no_households", SIMPLE, ()),
        ("foreign_village", Design(VillageStage("named", (COUNTY,), named=("610727999999",)), HouseholdStage("all")), (4,)),
        ("too_few_villages", Design(VillageStage("simple", (COUNTY,), n=3), HouseholdStage("all")), (4, 4)),
        ("too_few_villages", Design(VillageStage("simple", (COUNTY, "610728"), n=1, is_per_county=True), HouseholdStage("all")), (4, 4)),
        ("short", Design(ALL, HouseholdStage("simple", n=5)), (5, 4)),
        ("short", Design(ALL, HouseholdStage("stratified", quotas={"ordinary": 2})), (6, 5)),
        ("nowhere", Design(ALL, HouseholdStage("simple", n=9, takes_all_where_short=True)), (5, 4)),
        ("unknown_household", Design(ALL, HouseholdStage("named", named=((VILLAGES[0], "099"),))), (5,)),
    ],
)
def test_frame__that_cannot_carry_the_design__is_refused(reason: str, design: Design, sizes: tuple[int, ...]) -> None:
    assert reason_of(design, sizes) == reason


def test_quota__larger_than_one_village__is_taken_as_far_as_it_goes_when_asked() -> None:
    design = Design(ALL, HouseholdStage("simple", n=5, takes_all_where_short=True))

    assert reason_of(design, (5, 4)) == "taken"


def test_shortage__said__names_how_many_villages_and_the_first() -> None:
    design = Design(ALL, HouseholdStage("simple", n=5))
    frame = frame_of(design, (5, 4, 3))

    with pytest.raises(SurveyError, match=f"2 villages have fewer households than the quota, first {VILLAGES[1]}: 4 of 5"):
        check_frame(design, frame)


def test_frame__a_number_twice_after_full_width_digits__is_refused_with_its_village() -> None:
    with pytest.raises(SurveyError, match=f"village {VILLAGES[0]} has the household number '12' twice"):
        make_frame(SIMPLE, [VILLAGES[0]] * 2, ["12", "１２ "])


def test_frame__what_the_design_does_not_ask_for__is_not_in_it() -> None:
    assert frame_of(SIMPLE, [4]).villages[0].lines == ("001\t-\t-", "002\t-\t-", "003\t-\t-", "004\t-\t-")
    by_kind = Design(TWO, HouseholdStage("stratified", quotas={"registered": 1}, special={"old": 1}))
    assert frame_of(by_kind, [4]).villages[0].lines[2:] == ("003\tordinary\t", "004\tregistered\told")


def test_changes__of_a_roster__are_told_in_numbers() -> None:
    then = frame_of(SIMPLE, [4, 5, 6])
    now = frame_of(SIMPLE, [4, 7])
    other = make_frame(SIMPLE, [VILLAGES[0]] * 4, ["A1", "A2", "A3", "A4"])

    def numbers(changes: object) -> list[tuple[str, int, int]]:
        return [(change.code[-2:], change.n_then, change.n_now) for change in changes]  # type: ignore[attr-defined]

    assert numbers(changes_since([village.summary() for village in then.villages], now)) == [("02", 5, 7), ("03", 6, 0)]
    assert numbers(changes_since([then.villages[0].summary()], other)) == [("01", 4, 4)]


def test_design__written_and_read__is_the_same() -> None:
    design = Design(
        VillageStage("pps", ("610728", COUNTY), n=3, is_per_county=True),
        HouseholdStage("stratified", quotas={"marginal": 2, "registered": 5}, special={"sick": 1}, reserves=2, takes_all_where_short=True),
    )

    assert read_design(design.record()).record() == design.record()


@pytest.mark.parametrize("record", [None, {}, {"villages": {}, "households": {}}, {"villages": [], "households": 3}])
def test_design__that_is_none__is_refused(record: object) -> None:
    with pytest.raises(SurveyError, match="the design cannot be read"):
        read_design(record)


def test_seed__thrown_in_public__stands_before_the_secret_part() -> None:
    assert make_seed("mixed", " 6 1 4  2 5 3 ", "secret") == "6 1 4 2 5 3 secret"
    assert make_seed("program", "ignored", "secret") == "secret"
    assert make_seed("public", "61425361425361425361", "secret") == "61425361425361425361"


@pytest.mark.parametrize(
    ("source", "thrown", "reason"), [("mixed", "614", "seed_short"), ("public", "614253", "seed_short"), ("luck", "", "seed_source")]
)
def test_seed__that_could_be_guessed__is_refused(source: str, thrown: str, reason: str) -> None:
    with pytest.raises(SurveyError) as caught:
        make_seed(source, thrown, "secret")
    assert caught.value.values["reason"] == reason


def test_refusals__in_both_languages__fill_in_the_same_names() -> None:
    def names(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    assert [reason for reason, (english, chinese) in TEXTS.items() if names(english) != names(chinese)] == []
