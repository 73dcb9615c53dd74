"""The instruments beside the household's: filled in well they raise nothing, rules are raised by their cause, and indicators are fed."""

from typing import Any

import pytest

from tests.questionnaires.instruments import fill, instrument
from tests.questionnaires.plain_answers import PLAIN

RAISED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("village_cadre", "cadre_pay_late", {"pay_in_time": "no"}, {}),
    ("village_cadre", "forms_overload", {"inspections_month": 8}, {}),
    ("village_cadre", "quota_from_above", {"quota": "yes"}, {}),
    ("village_cadre", "exit_by_target", {"exit_target": "yes", "exit_early": "yes"}, {}),
    ("village_cadre", "households_left_out", {"should_be_in": "yes", "n_should_be_in": 3}, {}),
    ("village_cadre", "cliff_quarrels", {"marginal_gap": "large", "marginal_quarrels": "yes"}, {}),
    ("village_cadre", "village_project_failed", {"project_state": "stopped"}, {}),
    ("village_cadre", "works_unpaid", {"funds_late": "yes", "funds_late_cny": 300000}, {}),
    ("village_cadre", "funds_not_posted", {"funds_posted": "no"}, {}),
    ("work_team", "team_absent", {"team_present": 1}, {}),
    ("work_team", "team_not_resident", {"nights_month": 6}, {}),
    ("work_team", "team_two_jobs", {"old_job": "yes", "days_week": 3}, {}),
    ("work_team", "team_paperwork", {"part_households": 2, "part_projects": 1, "part_forms": 4, "part_inspections": 2}, {}),
    ("work_team", "team_knows_nothing", {"knows_number": "no"}, {}),
    ("work_team", "team_unsupported", {"insured": "no"}, {}),
    ("village_facts", "village_water_short", {"n_without_water": 30}, {}),
    ("village_facts", "water_source_unprotected", {"water_faults": ["dirty"]}, {}),
    ("village_facts", "road_broken", {"road_state": "impassable"}, {}),
    ("village_facts", "clinic_not_open", {"doctor_there": "no"}, {}),
    ("village_facts", "village_dropouts", {"n_dropouts": 1}, {}),
    ("village_facts", "unsafe_houses_seen", {"n_unsafe_houses": 2}, {}),
    ("village_facts", "base_idle", {"base_seen": "signboard"}, {}),
    ("village_facts", "village_waste", {"waste": "dumped"}, {}),
    ("village_facts", "accounts_hidden", {"accounts_posted": "no"}, {}),
    ("county_funds", "plan_missing", {"plan": "draft"}, {}),
    ("county_funds", "pooling_low", {"pooled_wan": 6000, "spent_wan": 5500, "spent_treasury_wan": 5500, "to_industry_wan": 1000}, {}),
    ("county_funds", "spending_slow", {"spent_wan": 4000, "spent_treasury_wan": 4000, "to_industry_wan": 0}, {}),
    ("county_funds", "ledger_differs", {"spent_treasury_wan": 7000, "ledger_reason": "在途"}, {}),
    ("county_funds", "funds_idle", {"idle_wan": 200}, {}),
    ("county_funds", "projects_overstated", {}, {"project_seen": "not_begun"}),
    ("county_funds", "plan_unposted", {"posted_county": "no"}, {}),
    ("education", "pupils_missing", {"class_seen": 17, "class_reason": "外出"}, {}),
    ("education", "district_dropouts", {"n_dropouts": 2}, {}),
    ("education", "returned_left_again", {"n_stayed": 1}, {}),
    ("education", "aid_incomplete", {"n_aided": 41}, {}),
    ("education", "meal_poor", {"meal_seen": "packaged"}, {}),
    ("education", "school_fees", {"fees": "yes"}, {}),
    ("education", "teachers_burdened", {"non_teaching_hours": 12}, {}),
    ("education", "teacher_pay_late", {"teacher_pay_in_time": "no"}, {}),
    ("education", "school_unsafe", {"faults_seen": ["danger"]}, {}),
    ("health", "visits_false", {}, {"visits_said": 0}),
    ("health", "contracts_too_many", {"can_keep": "no"}, {}),
    ("health", "window_incomplete", {"layers_settled": ["basic", "serious"]}, {}),
    ("health", "deposit_taken", {"deposit_free": "yes"}, {}),
    ("health", "own_part_high", {"bill_own_cny": 3000}, {}),
    ("health", "clinic_unlicensed", {"qualification": "none"}, {}),
    ("health", "medicines_lacking", {"medicines_missing": ["fever", "pain"]}, {}),
    ("health", "insurance_arrears", {"owed_wan": 300}, {}),
    ("relocation_site", "filed_not_living", {}, {"signs_seen": "bare"}),
    ("relocation_site", "site_debt", {}, {"debt_cny": 40000}),
    ("relocation_site", "houses_empty", {"n_living_filed": 50}, {}),
    ("relocation_site", "services_lacking", {"services_missing": ["water", "school"]}, {}),
    ("relocation_site", "workshop_idle", {"workshop_seen": "idle"}, {}),
    ("relocation_site", "old_house_lived_in", {"old_houses": "lived_in"}, {}),
    ("relocation_site", "house_quality", {"house_faults": ["leaks"]}, {}),
    ("meeting_record", "opinions_rejected", {"reply": "rejected"}, {}),
    ("meeting_record", "only_achievements", {"openness": "closed"}, {"stance": "fact"}),
    ("look_back", "not_solved", {"solved_said": "not_solved", "solved_seen": "not_solved", "unsolved_reason": "没钱"}, {}),
    ("look_back", "solved_on_paper", {"solved_seen": "not_solved"}, {}),
    ("look_back", "solved_for_show", {"solved_how_fast": "before_today"}, {}),
    ("look_back", "respondent_pressed", {"pressed": "yes"}, {}),
    ("look_back", "doctor_still_absent", {"doctor_visit": "did_not"}, {}),
    ("look_back", "still_out_of_school", {"n_out_of_school": 1}, {}),
    ("look_back", "house_still_unsafe", {"house_safe": "no"}, {}),
    ("look_back", "water_still_short", {"water_safe": "no"}, {}),
    ("look_back", "new_problem_found", {"new_problem": "yes", "new_problem_area": "health", "new_problem_words": "慢病本"}, {}),
]
"""Form, rule, what is answered otherwise than plainly, and what is in the one instance of its repeat."""
WITH_OTHERS = {"solved_on_paper": {"not_solved"}}
"""Rules that are a graver case of another, which is raised as well."""


@pytest.mark.parametrize("form", PLAIN)
def test_form__filled_in_with_nothing_wrong__is_complete_and_raises_nothing(form: str) -> None:
    answers, instances = PLAIN[form]

    result = fill(form, answers, instances)

    assert (result.findings, result.rules) == (set(), set())


def test_rules__of_every_form__are_all_tried() -> None:
    rules = {(form, rule.name) for form in PLAIN for rule in instrument(form).issue_rules}
    assert rules == {(form, rule) for form, rule, _answers, _instance in RAISED}


@pytest.mark.parametrize(("form", "rule", "changes", "instance"), RAISED, ids=[f"{form}-{rule}" for form, rule, _, _ in RAISED])
def test_rule__by_what_it_is_about__is_raised_alone(form: str, rule: str, changes: dict[str, Any], instance: dict[str, Any]) -> None:
    answers, instances = PLAIN[form]

    result = fill(form, {**answers, **changes}, [{**each, **instance} for each in instances])

    assert result.rules == {rule} | WITH_OTHERS.get(rule, set())
    assert {code for _question, code in result.findings} <= {"irrelevant"}


@pytest.mark.parametrize("form", PLAIN)
def test_indicators__of_a_plain_form__have_what_they_are_made_of(form: str) -> None:
    answers, instances = PLAIN[form]
    given = fill(form, answers, instances).answers

    made_of = {name for each in instrument(form).indicators for name in (each.variable, each.numerator, each.denominator) if name}

    assert {name for name in made_of if given.get(name) in (None, [], [None])} == set()


def test_well_being__without_an_item__has_no_score() -> None:
    answers, _ = PLAIN["village_cadre"]

    whole, without = fill("village_cadre", answers, []), fill("village_cadre", {**answers, "who5_3": None}, [])

    assert int(whole.answers["who5_score"]) == 80
    assert (whole.answers["who5_low"], without.answers["who5_score"]) == ("no", None)


@pytest.mark.parametrize(("kind", "is_asked"), [("registered", True), ("lifted_out", True), ("marginal", False), ("ordinary", False)])
def test_look_back__of_a_household_without_a_helper__does_not_ask_for_visits(kind: str, is_asked: bool) -> None:
    answers, _ = PLAIN["look_back"]
    result = fill("look_back", {**answers, "household_kind": kind}, [])

    assert result.findings == set()
    assert (result.answers["helper_visits"] is not None) == is_asked


def test_look_back__debt_that_is_not_told__is_not_nought() -> None:
    answers, _ = PLAIN["look_back"]
    open_debt = {**answers, "debt_cny": None}

    assert ("debt_known", "constraint") in fill("look_back", open_debt, []).findings
    assert fill("look_back", {**open_debt, "debt_known": "unsaid"}, []).findings == set()
    assert ("debt_known", "constraint") in fill("look_back", {**answers, "debt_known": "unsaid"}, []).findings


def test_relocation_site__amounts_that_were_not_told__are_left_open() -> None:
    answers, [door] = PLAIN["relocation_site"]
    told = fill("relocation_site", answers, [{**door, "debt_cny": None, "money_known": "unsaid"}])

    assert told.findings == set()
    assert (told.answers["in_debt"], told.rules) == ([None], set())
    assert ("money_known", "constraint") in fill("relocation_site", answers, [{**door, "debt_cny": None}]).findings


def test_parts_of_a_week__that_are_not_ten__are_refused() -> None:
    answers, _ = PLAIN["work_team"]
    assert ("part_other", "constraint") in fill("work_team", {**answers, "part_other": 3}, []).findings


@pytest.mark.parametrize(("seen", "counts"), [("same", "yes"), ("less", "no"), ("packaged", "no"), ("not_seen", None)])
def test_meal__that_was_not_seen__counts_neither_way(seen: str, counts: str | None) -> None:
    answers, instances = PLAIN["education"]
    assert fill("education", {**answers, "meal_seen": seen}, instances).answers["meal_ok"] == counts


@pytest.mark.parametrize("form_id", ["household", "archive_check", "look_back", *PLAIN])
def test_instrument__choice_of_several_with_none_among_them__lets_none_stand_alone_only(form_id: str) -> None:
    form = instrument(form_id)
    several = [each for each in form.questions() if each.type == "select_multiple" and each.list_name]
    with_none = [each for each in several if "none" in {choice.name for choice in form.choices[each.list_name or ""]}]
    assert [each.name for each in with_none if "selected(., 'none') and count-selected(.) > 1" not in (each.constraint or "")] == []
