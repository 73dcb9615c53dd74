"""Planning a look-back from an earlier visit: households, days, pairs that are dissolved. Pure."""

from datetime import date

import pytest

from survey.lookback.planning import PlannedPair, Source, Task, left_out_of, moved_day, plan_look_back
from survey.visits.models import Visit

EARLIER = Visit(id="a", title="a", starts_on=date(2018, 4, 10), ends_on=date(2018, 4, 19), villages=[])
TASKS = tuple(Task("f", "p1" if number <= 4 else "p2", "v", f"h{number}", date(2018, 4, 10 + number)) for number in range(1, 7))


def source(**changes: object) -> Source:
    """Six households of two pairs; h2 was not met, h3 has moved."""
    facts = {"visit": EARLIER, "pairs": (), "tasks": TASKS, "people": {}, "versions": ()}
    outcomes = {"met": frozenset({"h1", "h4", "h5", "h6"}), "outcomes": {"h3": "moved"}}
    return Source(**{**facts, **outcomes, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "starts_on", "ends_on", "expected"),
    [
        (date(2018, 4, 12), date(2018, 8, 1), date(2018, 8, 10), date(2018, 8, 3)),
        (date(2018, 4, 19), date(2018, 8, 1), date(2018, 8, 4), date(2018, 8, 4)),
        (date(2018, 4, 10), date(2018, 8, 1), date(2018, 8, 1), date(2018, 8, 1)),
        (date(2018, 4, 25), date(2018, 8, 1), date(2018, 8, 10), date(2018, 8, 10)),
        (None, date(2018, 8, 1), date(2018, 8, 10), None),
    ],
)
def test_moved_day__longer_or_shorter_visits__keeps_the_place_in_it(
    day: date | None, starts_on: date, ends_on: date, expected: date | None
) -> None:
    assert moved_day(day, EARLIER, starts_on, ends_on) == expected


def test_left_out_of__whom__leaves_out_who_is_gone_in_any_case() -> None:
    assert left_out_of(source(), "interviewed") == {"h2": "not_met", "h3": "moved"}
    assert left_out_of(source(), "assigned") == {"h3": "moved"}


def test_plan_look_back__same_pairs__keeps_households_with_their_pair() -> None:
    pairs = (PlannedPair("p1", "一", "a", "b"), PlannedPair("p2", "二", "c", "d"))

    plan = plan_look_back(source(), date(2018, 8, 1), date(2018, 8, 10), "interviewed", pairs)

    assert [(task.household_id, task.pair_id, task.planned_on) for task in plan.tasks] == [
        ("h1", "p1", date(2018, 8, 2)),
        ("h4", "p1", date(2018, 8, 5)),
        ("h5", "p2", date(2018, 8, 6)),
        ("h6", "p2", date(2018, 8, 7)),
    ]
    assert (plan.n_households(), plan.n_households("p1"), plan.n_tasks("p2")) == (4, 2, 2)


def test_plan_look_back__dissolved_pair__gives_its_households_to_the_others() -> None:
    pairs = (PlannedPair("p1", "一", "", "", is_dissolved=True), PlannedPair("p2", "二", "c", "d"))

    plan = plan_look_back(source(), date(2018, 8, 1), date(2018, 8, 10), "assigned", pairs)

    assert {task.pair_id for task in plan.tasks} == {"p2"}
    assert plan.n_households("p2") == 5
