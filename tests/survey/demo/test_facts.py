"""What facts.toml tells and what chance adds: the numbers asked for, real codes, and the same story at every build. No database."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from survey.demo.chance import draw_from, heaped
from survey.demo.facts import Facts, read_facts
from survey.demo.field_work import fill_tasks
from survey.demo.homes import Home, invent_homes
from survey.demo.schedule import ARCHIVE_FORM, HOUSEHOLD_FORM, Task, VisitPlan, plan_visits
from survey.places import codes

NAMED_COUNTIES = {"610727", "610728", "610902", "610924", "610925", "611023", "611026"}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read_facts()


@pytest.fixture(scope="module")
def homes(facts: Facts) -> dict[str, tuple[Home, ...]]:
    return {village.key: invent_homes(facts, village, county) for county in facts.counties for village in county.villages}


@pytest.fixture(scope="module")
def plans(facts: Facts, homes: dict[str, tuple[Home, ...]]) -> dict[str, VisitPlan]:
    return {plan.facts.id: plan for plan in plan_visits(facts, homes)}


def place(task: Task) -> tuple[str, str]:
    return task.case.home.village.code, task.case.home.number


def test_facts__places__are_coded_and_lie_in_each_other(facts: Facts) -> None:
    assert {county.code for county in facts.counties} >= NAMED_COUNTIES
    assert {county.code[:4] for county in facts.counties} == {code for code, _ in facts.cities}
    villages = [village for county in facts.counties for village in county.villages]
    assert len({village.code for village in villages}) == len(villages) == 28
    for village in villages:
        assert codes.level_of(village.code) == "village"
        assert codes.parent_of(village.code) == codes.full_code(village.township_code)


def test_homes__invented_again__are_the_same(facts: Facts, homes: dict[str, tuple[Home, ...]]) -> None:
    county = facts.counties[0]

    assert invent_homes(facts, county.villages[0], county) == homes[county.villages[0].key]


def test_homes__heads__are_grown_up_and_first(homes: dict[str, tuple[Home, ...]]) -> None:
    everybody = [home for village in homes.values() for home in village]

    assert all(home.people[0].relation == "head" and home.people[0].birth_year < 1990 for home in everybody)
    assert Counter(home.kind for home in everybody).keys() == {"registered", "lifted_out", "marginal", "ordinary"}


def test_plans__forms__come_out_at_the_founding_numbers(plans: dict[str, VisitPlan]) -> None:
    counts = Counter(task.form_id for plan in plans.values() for task in plan.tasks)

    assert counts == {HOUSEHOLD_FORM: 1009, ARCHIVE_FORM: 1099}


def test_plans__one_pair__is_never_at_two_places_at_once(plans: dict[str, VisitPlan]) -> None:
    for plan in plans.values():
        for pair in plan.facts.pairs:
            own = [task for task in plan.tasks if task.case.pair == pair and task.started_at.date() == task.case.day]
            own.sort(key=lambda task: task.started_at)
            clashes = [(a, b) for a, b in pairwise(own) if a.ended_at > b.started_at]
            assert clashes == []


def test_plans__every_pair__is_in_one_village_a_day(plans: dict[str, VisitPlan]) -> None:
    for plan in plans.values():
        where: dict[tuple[int, date], set[str]] = {}
        for task in plan.tasks:
            where.setdefault((task.case.pair, task.case.day), set()).add(task.case.home.village.key)
        assert {len(villages) for villages in where.values()} == {1}, plan.facts.id


def test_plans__ways_between_counties__are_too_fast_only_where_meant(plans: dict[str, VisitPlan]) -> None:
    for plan in plans.values():
        n_too_fast = 0
        for pair in plan.facts.pairs:
            own = [task for task in plan.tasks if task.case.pair == pair and task.started_at <= task.received_at]
            own.sort(key=lambda task: task.started_at)
            n_too_fast += sum(
                a.case.home.county != b.case.home.county and b.started_at - a.ended_at < timedelta(hours=4) for a, b in pairwise(own)
            )
        assert n_too_fast == plan.facts.n_impossible, plan.facts.id


def test_plans__look_back__sends_the_same_pairs_to_the_same_households(plans: dict[str, VisitPlan]) -> None:
    before = {place(task): task.case.pair for task in plans["2017-04-lueyang"].tasks if task.form_id == HOUSEHOLD_FORM}
    again = {place(task): task.case.pair for task in plans["2017-08-lueyang-huitoukan"].tasks if task.form_id == HOUSEHOLD_FORM}

    assert len(again) == 112
    assert again.items() <= before.items()


def test_plans__archive_checks__are_only_of_households_with_a_file(plans: dict[str, VisitPlan]) -> None:
    tasks = [task for plan in plans.values() for task in plan.tasks if task.form_id == ARCHIVE_FORM]

    assert all(task.case.home.has_file for task in tasks)
    assert 0.5 < sum(task.is_interviewed for task in tasks) / len(tasks) < 0.9


def test_fill_tasks__same_plan__tells_the_same_story(facts: Facts, homes: dict[str, tuple[Home, ...]]) -> None:
    once, again = (fill_tasks(plan_visits(facts, homes)[0].tasks) for _ in range(2))

    assert once == again


def test_answers__sick_households__have_higher_costs_and_more_often_debts(plans: dict[str, VisitPlan]) -> None:
    costs: dict[bool, list[int]] = {True: [], False: []}
    debts: dict[bool, list[bool]] = {True: [], False: []}
    for plan in plans.values():
        for task, filled in zip(plan.tasks, fill_tasks(plan.tasks), strict=True):
            if task.form_id == HOUSEHOLD_FORM and not task.case.is_careless:
                costs[task.case.home.is_sick] += [filled.answers["medical_cost_cny"]] if "medical_cost_cny" in filled.answers else []
                debts[task.case.home.is_sick].append(filled.answers["debt"] == "yes")

    assert sorted(costs[True])[len(costs[True]) // 2] > 3 * sorted(costs[False])[len(costs[False]) // 2]
    assert sum(debts[True]) / len(debts[True]) > 1.3 * sum(debts[False]) / len(debts[False])


def test_answers__not_known_or_not_told__are_as_many_as_in_surveys_of_the_field_and_none_that_are_made_up(
    plans: dict[str, VisitPlan],
) -> None:
    said: dict[bool, list[tuple[str, str, bool]]] = {True: [], False: []}
    for plan in plans.values():
        for task, filled in zip(plan.tasks, fill_tasks(plan.tasks), strict=True):
            if task.form_id == HOUSEHOLD_FORM:
                answers = filled.answers
                is_whole = "business_cost_cny" in answers and "wage_local_cny" in answers
                said[task.case.is_careless].append((answers["income_known"], answers["debt"], is_whole))

    known = [each for each, _, _ in said[False]]
    assert 0.02 < known.count("dont_know") / len(known) < 0.08
    assert 0.003 < known.count("unsaid") / len(known) < 0.03
    assert 0.005 < [debt for _, debt, _ in said[False]].count("unsaid") / len(known) < 0.04
    assert {is_whole for each, _, is_whole in said[False] if each == "unsaid"} == {False}
    assert {(each, is_whole) for each, _, is_whole in said[True]} == {("all", True)}


def test_careless_pair__made_up_interviews__are_short_and_content(facts: Facts, plans: dict[str, VisitPlan]) -> None:
    made_up = [
        (task, filled)
        for plan in plans.values()
        for task, filled in zip(plan.tasks, fill_tasks(plan.tasks), strict=True)
        if task.case.is_careless and task.form_id == HOUSEHOLD_FORM
    ]

    assert len(made_up) > 50
    assert {task.case.pair for task, _ in made_up} == {facts.people.careless_pair}
    assert {filled.answers["satisfaction"] for _, filled in made_up} == {"very_content"}
    assert all("position" not in filled.answers for _, filled in made_up)
    assert all(filled.answers["crop_income_cny"] % 1000 == 0 for _, filled in made_up)


def test_heaped__rough__is_in_thousands_and_small_amounts_are_not_lost() -> None:
    rng = draw_from(1, "heaped")

    assert heaped(rng, 2300, is_rough=True) == 2000
    assert heaped(rng, 0) == 0
    assert all(heaped(rng, 740) > 0 for _ in range(50))


def test_facts__visits__are_the_first_twelve_in_order(facts: Facts) -> None:
    starts = [visit.starts_on for visit in facts.visits]

    assert len(starts) == 12
    assert starts == sorted(starts)
    assert starts[0] > date(2016, 6, 1)
    assert [visit.id for visit in facts.visits if visit.is_open] == [facts.visits[-1].id]
