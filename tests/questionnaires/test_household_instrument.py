"""The household questionnaire's own rules: what it asks whom, refuses, works out, and finds."""

from typing import Any

import pytest

from questionnaires.model import Questionnaire, Repeat
from questionnaires.question_types import QUESTION_TYPES
from tests.questionnaires.instruments import LEFT_OUT, MEMBER, PUPIL, instrument, interview

AREAS = (
    "health",
    "education",
    "industry",
    "housing",
    "funds",
    "responsibility",
    "conduct",
    "water",
    "safety_net",
    "identification",
    "other",
)


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return instrument("household")


def test_household__as_written__has_the_size_of_a_forty_minute_interview(questionnaire: Questionnaire) -> None:
    ticked = ("note", "acknowledge")
    asked = [
        q
        for q in questionnaire.questions()
        if QUESTION_TYPES[q.type].is_asked and q.type not in ticked and "amounts" not in str(q.list_name)
    ]

    assert 90 <= len(asked) <= 140
    assert [node.name for node in questionnaire.walk() if isinstance(node, Repeat)] == ["members"]


def test_household__every_text__is_there_in_both_languages(questionnaire: Questionnaire) -> None:
    names = {language.name for language in questionnaire.languages}
    texts: list[tuple[str, Any]] = [(node.path, node.label) for node in questionnaire.walk() if node.label]
    texts += [(f"{q.path} hint", q.hint) for q in questionnaire.questions() if q.hint]
    texts += [(f"{q.path} constraint", q.constraint_message) for q in questionnaire.questions() if q.constraint]
    texts += [(f"{name}/{choice.name}", choice.label) for name, choices in questionnaire.choices.items() for choice in choices]
    texts += [(indicator.name, indicator.label) for indicator in questionnaire.indicators]
    texts += [(rule.name, rule.title) for rule in questionnaire.issue_rules]

    assert {language.code for language in questionnaire.languages} == {"zh", "en"}
    assert questionnaire.default_language == questionnaire.language("zh")
    assert [place for place, text in texts if set(text) != names] == []


def test_household__asked_questions__have_labels(questionnaire: Questionnaire) -> None:
    assert [q.name for q in questionnaire.questions() if QUESTION_TYPES[q.type].is_asked and not q.label] == []


def test_household__indicators_and_rules__cover_the_areas(questionnaire: Questionnaire) -> None:
    assert len(questionnaire.indicators) >= 25
    assert len(questionnaire.issue_rules) >= 12
    assert {indicator.area for indicator in questionnaire.indicators} == set(AREAS)
    assert {rule.area for rule in questionnaire.issue_rules} >= set(AREAS) - {"other"}


def test_household__plain_interview__passes_and_raises_nothing() -> None:
    result = interview()

    assert result.findings == set()
    assert result.rules == set()


def test_income__all_sources__add_up_to_net_income_per_head() -> None:
    away = {**MEMBER, "main_work": "migrant", "months_away": 10}
    result = interview((away, PUPIL), wage_migrant_cny=9000, dibao="yes", dibao_cny=2400, dibao_should=LEFT_OUT)

    assert result.findings == set()
    # 4,000 + 9,000 wages, 5,000 − 1,500 business, 500 property, 2,400 + 600 transfers, for two people.
    assert float(result.answers["net_income_cny"]) == 20_000
    assert float(result.answers["per_capita_income_cny"]) == 10_000


@pytest.mark.parametrize("amount", ["wage_local_cny", "business_cost_cny", "dividend_cny", "family_gift_cny"])
@pytest.mark.parametrize("why", ["dont_know", "unsaid"])
def test_income__item_that_was_not_given__leaves_the_sum_and_the_line_open(amount: str, why: str) -> None:
    result = interview(
        **{"household_kind": "lifted_out", "exit_knows": "yes", "exit_agrees": "yes", "exit_signed": "yes"},
        **{amount: LEFT_OUT},
        income_known=why,
        income_range="below_5000",
        income_check=LEFT_OUT,
    )

    assert result.findings == set()
    assert [result.answers[name] for name in ("net_income_cny", "per_capita_income_cny", "below_line")] == [None, None, None]
    assert result.answers["member_wrong_exit"] == [None, None]
    assert result.rules == set()


def test_income__money_sent_home_that_is_not_known__is_no_nought() -> None:
    away = {**MEMBER, "main_work": "migrant", "months_away": 10}
    result = interview((away, PUPIL), income_known="dont_know", income_range="dont_know", income_check=LEFT_OUT)

    assert result.findings == set()
    assert (result.answers["wage_cny"], result.answers["net_income_cny"]) == (None, None)


def test_income__whether_the_money_is_dibao_not_known__leaves_transfers_and_support_open() -> None:
    known = interview(dibao="dont_know", dibao_should=LEFT_OUT)
    told = interview(dibao="dont_know", dibao_should=LEFT_OUT, income_known="dont_know", income_range="from_5000", income_check=LEFT_OUT)

    assert ("income_known", "constraint") in known.findings
    assert told.findings == set()
    assert (told.answers["transfer_cny"], told.answers["support_cny"]) == (None, None)


AMOUNTS: list[tuple[str, str, dict[str, Any]]] = [
    ("income_known", "rent_cny", {}),
    ("debt_known", "debt_cny", {"debt": "yes", "debt_cny": 5000, "debt_reasons": ["illness"], "lenders": ["bank"]}),
    ("medical_known", "medical_cost_cny", {}),
    ("school_cost_known", "school_cost_cny", {}),
    (
        "project_support_known",
        "project_support_cny",
        {"project": "yes", "project_kinds": ["crops"], "project_support_cny": 300, "project_result": "earning"},
    ),
    (
        "housing_cost_known",
        "housing_subsidy_cny",
        {
            "housing_help": "renovated",
            "housing_help_year": 2016,
            "housing_cost_cny": 30_000,
            "housing_subsidy_cny": 9_000,
            "housing_satisfaction": "content",
        },
    ),
]
"""The question that says whether amounts were given, one of them, and what has to be so that both are asked."""


@pytest.mark.parametrize(("ticked", "amount", "asked"), AMOUNTS)
def test_amounts__empty_without_a_reason_or_with_one_for_nothing__are_refused(ticked: str, amount: str, asked: dict[str, Any]) -> None:
    assert interview(**{**asked, ticked: "all"}).findings == set()
    assert interview(**{**asked, ticked: "all", amount: LEFT_OUT}).findings >= {(ticked, "constraint")}
    assert interview(**{**asked, ticked: "dont_know"}).findings >= {(ticked, "constraint")}
    assert (ticked, "constraint") not in interview(**{**asked, ticked: "unsaid", amount: LEFT_OUT}).findings


def test_debt__not_told__is_neither_debt_nor_none() -> None:
    helped = {"housing_help": "renovated", "housing_help_year": 2016, "housing_cost_cny": 30_000, "housing_subsidy_cny": 9_000}
    helped |= {"housing_cost_known": "all", "housing_satisfaction": "content"}
    owing = {"debt": "yes", "debt_reasons": ["housing"], "lenders": ["relatives"], "debt_known": "unsaid"}

    assert [interview(**helped, debt=said).answers["housing_in_debt"] for said in ("no", "unsaid", "dont_know")] == ["no", None, None]
    assert interview(**helped, **owing).answers["housing_in_debt"] == "yes"
    assert interview(**helped, **owing).rules == set()


def test_guarantees__of_what_is_not_known__stay_open() -> None:
    unknown = {**PUPIL, "medical_insured": "dont_know"}

    assert interview(untreated="unsaid").answers["medical_met"] is None
    assert interview((MEMBER, unknown)).answers["medical_met"] is None
    assert interview((MEMBER, unknown), untreated="yes").answers["medical_met"] == "no"
    assert interview(payments="dont_know").answers["payments_in_time"] is None
    assert interview(doctor_visit="dont_know").answers["doctor_kept"] is None
    assert interview(doctor_visit="dont_know").rules == set()


@pytest.mark.parametrize("relations", [("spouse", "child"), ("head", "head")])
def test_members__without_exactly_one_head__are_refused_in_both_languages(relations: tuple[str, str]) -> None:
    result = interview(tuple({**member, "relation": relation} for member, relation in zip((MEMBER, PUPIL), relations, strict=True)))

    assert ("members_read", "constraint") in result.findings
    assert len(result.messages["members_read"]) == 2


def test_income__nobody_works_away__does_not_ask_what_they_sent_home() -> None:
    result = interview(wage_migrant_cny=9000)

    assert result.answers["wage_migrant_cny"] is None
    assert float(result.answers["net_income_cny"]) == 8600


@pytest.mark.parametrize(("crops", "is_below"), [(303, "yes"), (304, "no")])
def test_below_line__at_the_standard_of_2017__turns_at_2952_yuan(crops: int, is_below: str) -> None:
    # Two people at 2,952 yuan make 5,904; without crops the household has 5,600 yuan.
    result = interview(crop_income_cny=crops)

    assert float(result.answers["poverty_line_cny"]) == 2952
    assert result.answers["below_line"] == is_below


def test_members__number_given__must_be_listed_one_by_one() -> None:
    result = interview((MEMBER, PUPIL), n_members=3)

    assert ("members", "repeat_count") in result.findings or ("member_name", "required") in result.findings


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"n_members": 0}, "n_members"),
        ({"pension_cny": -5}, "pension_cny"),
        ({"medical_own_cny": 900}, "medical_own_cny"),
        ({"registered_year": 2011}, "registered_year"),
        ({"people_present": ["none", "neighbours"]}, "people_present"),
        ({"wishes": ["income", "work", "road", "water"]}, "wishes"),
        ({"house_area_m2": 2}, "house_area_m2"),
        ({"debt": "yes", "debt_cny": 5000, "debt_reasons": ["housing"], "housing_debt_cny": 6000, "lenders": ["bank"]}, "housing_debt_cny"),
        ({"household_kind": "lifted_out", "registered_year": 2015, "exit_year": 2014}, "exit_year"),
    ],
)
def test_constraint__answer_that_cannot_be__is_refused_in_both_languages(changes: dict[str, Any], question: str) -> None:
    result = interview(**changes)

    assert (question, "constraint") in result.findings
    assert all(result.messages[question].values())
    assert len(result.messages[question]) == 2


def test_birth_year__in_the_future__is_refused() -> None:
    assert ("birth_year", "constraint") in interview(({**MEMBER, "birth_year": 2019}, PUPIL)).findings


def test_consent__declined__asks_only_why() -> None:
    result = interview(
        (), **{"consent": "no", "refusal_reason": "正要下地干活", "satisfaction": "content"}, n_members=LEFT_OUT, second_confirms=LEFT_OUT
    )

    assert result.findings == set()
    assert result.answers["satisfaction"] is None
    assert result.rules == set()


def test_consent__declined_without_a_reason__is_incomplete() -> None:
    assert ("refusal_reason", "required") in interview((), consent="no", n_members=LEFT_OUT).findings


def test_school__child_of_ten_not_at_school__is_an_acute_matter_and_fails_the_guarantee() -> None:
    truant = {**PUPIL, "school_status": "dropped_out", "dropout_reason": "tired"}
    result = interview((MEMBER, truant), dropout_persuaded="no")

    assert result.findings == set()
    assert result.answers["school_met"] == [None, "no"]
    assert result.answers["school_cost_cny"] is None
    assert "school_dropout" in result.rules


def test_school__child_taught_at_home__meets_the_guarantee() -> None:
    result = interview((MEMBER, {**PUPIL, "school_status": "taught_at_home"}))

    assert result.answers["school_met"] == [None, "yes"]
    assert "school_dropout" not in result.rules


def test_work__children__are_not_asked() -> None:
    result = interview((MEMBER, {**PUPIL, "work_ability": "full", "main_work": "migrant"}))

    assert result.answers["main_work"] == ["farming", None]


def test_doctor__signed_but_never_came__raises_a_candidate() -> None:
    result = interview(doctor_visit="never")

    assert result.answers["doctor_kept"] == "no"
    assert result.answers["doctor_deeds"] is None
    assert result.rules == {"doctor_not_visiting"}


def test_doctor__not_signed__is_not_counted_among_the_signed() -> None:
    result = interview(doctor_contract="not_signed")

    assert result.answers["doctor_kept"] is None
    assert result.rules == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"water_minutes": 25},
        {"water_enough": "no"},
        {"water_quality": "turbid"},
        {"water_cut_seasons": ["winter"], "water_cut_days": 30},
    ],
)
def test_water__too_far_too_little_unclean_or_failing__is_not_safe(changes: dict[str, Any]) -> None:
    result = interview(**changes)

    assert result.findings == set()
    assert result.answers["water_met"] == "no"
    assert result.rules == {"water_unsafe"}


def test_housing__relocated_on_borrowed_money__counts_as_debt_because_of_housing() -> None:
    result = interview(
        dwelling="relocated",
        house_area_m2=50,
        housing_help="relocated",
        housing_help_year=2016,
        housing_cost_cny=90_000,
        housing_subsidy_cny=50_000,
        moved_in="yes",
        relocated_work="yes",
        housing_cost_known="all",
        housing_satisfaction="content",
        debt="yes",
        debt_known="all",
        debt_cny=30_000,
        debt_reasons=["housing"],
        housing_debt_cny=30_000,
        lenders=["relatives"],
    )

    assert result.findings == set()
    assert float(result.answers["housing_own_cny"]) == 40_000
    assert result.answers["housing_in_debt"] == "yes"
    assert result.rules == {"housing_debt"}


def test_housing__never_helped__is_left_out_of_the_debt_figure() -> None:
    assert interview().answers["housing_in_debt"] is None


def test_housing__grade_d__is_unsafe_whatever_it_looks_like() -> None:
    result = interview(house_grade="d")

    assert result.answers["housing_met"] == "no"
    assert "unsafe_housing" in result.rules


def test_lifted_out__income_below_the_line__marks_every_member_as_wrongly_lifted_out() -> None:
    result = interview(household_kind="lifted_out", crop_income_cny=0, exit_knows="yes", exit_agrees="no", exit_signed="yes")

    assert result.findings == set()
    assert result.answers["member_wrong_exit"] == ["yes", "yes"]
    assert result.answers["member_omission"] == [None, None]
    assert {"lifted_out_below_line", "exit_disputed"} <= result.rules


def test_marginal__income_below_the_line__marks_every_member_as_omitted() -> None:
    result = interview(household_kind="marginal", crop_income_cny=0, applied="yes", refusal_explained="no")

    assert result.findings == set()
    assert result.answers["member_omission"] == ["yes", "yes"]
    assert result.answers["helper_known"] is None
    assert "omitted_below_line" in result.rules


def test_kind__no_assignment_names_it__is_what_the_household_says() -> None:
    assert interview(household_kind=LEFT_OUT, kind_said="registered").answers["kind"] == "registered"


def test_helper__visits_only_for_forms__raises_a_candidate() -> None:
    assert interview(helper_deeds=["forms", "pictures"]).rules == {"helper_only_forms"}
    assert interview(helper_deeds=["forms", "talk"]).rules == set()


def test_satisfaction__cannot_say__is_no_answer_in_the_figure() -> None:
    assert interview(satisfaction="dont_know").answers["is_satisfied"] is None
    assert interview(satisfaction="unsaid").answers["is_satisfied"] is None
    assert interview(satisfaction="so_so").answers["is_satisfied"] == "no"
