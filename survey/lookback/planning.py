"""How a look-back is planned from an earlier visit: who goes where again, and on which day. Pure: nothing is read or stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from survey.instruments.models import QuestionnaireVersion
from survey.visits.models import Pair, Visit
from survey.visits.sharing import share_out

WHOM = ("interviewed", "assigned")
"""Which households are visited again: those from which an interview was received, or all that were assigned."""
GONE = ("moved", "died")
"""Outcomes after which there is nobody to visit again at the place."""


@dataclass(frozen=True, slots=True)
class Task:
    """One form at one household (None: for the village as a whole), by one of the earlier visit's pairs."""

    form_id: str
    pair_id: str
    village_code: str
    household_id: str | None
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was in a pair; `unavailable` says why they cannot go again: "", "inactive" or "no_role"."""

    id: str
    name: str
    unavailable: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """All that is known of the earlier visit: its tasks in walking order, and what became of its households."""

    visit: Visit
    pairs: Sequence[Pair]
    tasks: Sequence[Task]
    met: frozenset[str]
    """The households from which an interview was received."""
    outcomes: Mapping[str, str]
    """The outcome that stands for households without one."""
    people: Mapping[str, Person]
    versions: Sequence[tuple[QuestionnaireVersion, QuestionnaireVersion]]
    """For each form, the version used then and the newest one published."""
    rounds: Sequence[tuple[str, str]] = field(default=())
    """The visits that look back on it already, as (id, title)."""


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """A pair of the look-back; a dissolved one is not made, and its households go to the others."""

    earlier_id: str
    name: str
    lead_id: str
    second_id: str
    is_dissolved: bool = False


@dataclass(frozen=True, slots=True)
class LookBackPlan:
    """What would be made: tasks by earlier pair id, days of the villages, and the households that are left out with the reason."""

    starts_on: date
    ends_on: date
    pairs: tuple[PlannedPair, ...]
    tasks: tuple[Task, ...]
    village_days: Mapping[str, date | None]
    left_out: Mapping[str, str]

    def n_households(self, pair_id: str | None = None) -> int:
        """How many households are visited, by one pair or in all."""
        return len({task.household_id for task in self.tasks if task.household_id and pair_id in (None, task.pair_id)})

    def n_tasks(self, pair_id: str) -> int:
        """How many forms a pair is to fill in."""
        return sum(task.pair_id == pair_id for task in self.tasks)

    def days(self, pair_id: str) -> tuple[date, ...]:
        """The days on which a pair is out, in order."""
        return tuple(sorted({task.planned_on for task in self.tasks if task.pair_id == pair_id and task.planned_on}))


def plan_look_back(source: Source, starts_on: date, ends_on: date, whom: str, pairs: Sequence[PlannedPair]) -> LookBackPlan:
    """The look-back of these days by these pairs; the days are spread over it as they were over the earlier visit."""
    left_out = left_out_of(source, whom)
    kept = [task for task in source.tasks if task.household_id not in left_out]
    heirs = _heirs(kept, pairs)

    def day_of(day: date | None) -> date | None:
        return moved_day(day, source.visit, starts_on, ends_on)

    tasks = (
        Task(
            task.form_id,
            heirs.get((task.pair_id, task.household_id or task.village_code), task.pair_id),
            task.village_code,
            task.household_id,
            day_of(task.planned_on),
        )
        for task in kept
    )
    village_days = {row.village_code: day_of(row.planned_on) for row in source.visit.villages}
    return LookBackPlan(starts_on, ends_on, tuple(pairs), tuple(tasks), village_days, left_out)


def left_out_of(source: Source, whom: str) -> dict[str, str]:
    """The households that are not visited again: "moved", "died" or "not_met", by household id."""
    households = {task.household_id for task in source.tasks if task.household_id}
    found = {}
    for household_id in households:
        outcome = source.outcomes.get(household_id, "")
        if outcome in GONE:
            found[household_id] = outcome
        elif whom == "interviewed" and household_id not in source.met:
            found[household_id] = "not_met"
    return found


def moved_day(day: date | None, earlier: Visit, starts_on: date, ends_on: date) -> date | None:
    """The day of the look-back that lies in it as `day` lay in the earlier visit; visits of one length keep the distance in days."""
    if day is None:
        return None
    length, new_length = (earlier.ends_on - earlier.starts_on).days, (ends_on - starts_on).days
    offset = min(max((day - earlier.starts_on).days, 0), length)
    return starts_on + timedelta(days=round(offset * new_length / length) if length else 0)


def _heirs(tasks: Sequence[Task], pairs: Sequence[PlannedPair]) -> dict[tuple[str, str], str]:
    """Which pair takes over each place of a dissolved one, by (earlier pair, household or village): neighbours stay together."""
    going = [pair.earlier_id for pair in pairs if not pair.is_dissolved]
    found: dict[tuple[str, str], str] = {}
    for pair in pairs:
        if pair.is_dissolved and going:
            places = list(dict.fromkeys(task.household_id or task.village_code for task in tasks if task.pair_id == pair.earlier_id))
            for heir, share in zip(going, share_out(places, len(going)), strict=True):
                found.update({(pair.earlier_id, place): heir for place in share})
    return found
