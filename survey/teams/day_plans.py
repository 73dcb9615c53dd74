"""The plan of a pair for a day, to be printed and taken along: which households in which order, the way, whom to call, what to mind.

Read in a fixed number of statements, whatever the number of pairs and days.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.liaison.contact_queries import ContactFilter, list_contacts
from survey.liaison.models import Contact
from survey.maps.drawing import MapPoint
from survey.places.codes import ancestors_of
from survey.places.models import Household, Region
from survey.protection.reading import shown_name
from survey.teams.distributing import Village, village_order
from survey.teams.plan_queries import position_of
from survey.teams.routing import Position, Stop, in_walking_order, way_km
from survey.visits.models import Pair
from survey.visits.queries import AssignedHousehold, Condition, list_assigned

UNPLANNED = date.max
"""Where a plan without a day is sorted."""


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A household, or a village as a whole (then `number` is None), with what is to be filled in there."""

    number: int | None
    tasks: tuple[AssignedHousehold, ...]
    position: Position | None

    @property
    def first(self) -> AssignedHousehold:
        """Any of the tasks, for what they all share."""
        return self.tasks[0]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What one pair does on one day (None: no day is planned), as it walks."""

    visit_id: str
    pair_id: str
    pair_name: str
    people: tuple[User, ...]
    day: date | None
    stops: tuple[PlannedStop, ...]
    villages: tuple[tuple[str, str], ...]
    """Code and name, in the order of the way."""
    points: tuple[MapPoint, ...]
    km: float
    note: str
    contacts: tuple[Contact, ...]

    @property
    def n_households(self) -> int:
        """How many households are visited."""
        return sum(stop.number is not None for stop in self.stops)

    @property
    def has_positions(self) -> bool:
        """Whether any household's or village's position is known."""
        return bool(self.points)


def read_day_plans(
    session: Session,
    *conditions: Condition,
    notes: Mapping[tuple[str, date], str],
    today: date,
    reader_id: str | None = None,
) -> tuple[DayPlan, ...]:
    """The plans of all assignments that meet the conditions, by day and pair; eight statements."""
    tasks = list_assigned(session, *conditions, reader_id=reader_id)
    groups: dict[tuple[date | None, str], list[AssignedHousehold]] = defaultdict(list)
    for task in tasks:
        groups[task.planned_on, task.pair_id].append(task)
    houses = _house_positions(session, {task.household_id for task in tasks if task.household_id})
    villages = _villages(session, {task.village_code for task in tasks})
    people = _people(session, {task.pair_id for task in tasks})
    contacts = _contacts(session, set(villages), today)
    plans = [
        _day_plan(inside, houses, villages, people[pair_id], notes.get((pair_id, day), "") if day else "", contacts)
        for (day, pair_id), inside in groups.items()
    ]
    return tuple(sorted(plans, key=lambda plan: (plan.day or UNPLANNED, plan.pair_name, plan.pair_id)))


def _day_plan(
    tasks: Sequence[AssignedHousehold],
    houses: Mapping[str, Position],
    villages: Mapping[str, Village],
    people: tuple[User, ...],
    note: str,
    contacts: Mapping[str, tuple[Contact, ...]],
) -> DayPlan:
    by_place: dict[tuple[str, str], list[AssignedHousehold]] = defaultdict(list)
    for task in tasks:
        by_place[task.village_code, task.household_id].append(task)
    names = {task.village_code: task.village_name for task in tasks}
    stops: list[PlannedStop] = []
    for code in village_order(names, villages):
        if whole := by_place.get((code, "")):
            stops.append(PlannedStop(None, tuple(whole), villages[code].position))
        inside = [Stop(key, code, houses.get(key)) for village, key in by_place if village == code and key]
        for stop in in_walking_order(inside, villages[code].position):
            number = sum(each.number is not None for each in stops) + 1
            stops.append(PlannedStop(number, tuple(by_place[code, stop.key]), stop.position))
    ordered = tuple(dict.fromkeys(stop.first.village_code for stop in stops))
    offices = dict.fromkeys(contact for code in ordered for contact in contacts[code])
    first = tasks[0]
    return DayPlan(
        visit_id=first.visit_id,
        pair_id=first.pair_id,
        pair_name=first.pair_name,
        people=people,
        day=first.planned_on,
        stops=tuple(stops),
        villages=tuple((code, names[code]) for code in ordered),
        points=_points(stops, ordered, names, villages),
        km=way_km([villages[ordered[0]].position, *(stop.position for stop in stops if stop.number is not None)]),
        note=note,
        contacts=tuple(offices),
    )


def _points(
    stops: Sequence[PlannedStop], codes: Sequence[str], names: Mapping[str, str], villages: Mapping[str, Village]
) -> tuple[MapPoint, ...]:
    """The villages, and the households in their order on one way."""
    points = [MapPoint(*position, names[code], "village") for code in codes if (position := villages[code].position) is not None]
    for stop in stops:
        if stop.number is not None and stop.position is not None:
            task = stop.first
            kind = "household" if any(each.state in ("open", "returned") for each in stop.tasks) else "done"
            points.append(MapPoint(*stop.position, f"{task.number} {shown_name(task.head_name)}", kind, order=stop.number, route="way"))
    return tuple(points)


def _house_positions(session: Session, household_ids: Collection[str]) -> dict[str, Position]:
    rows = session.execute(select(Household.id, Household.latitude, Household.longitude).where(Household.id.in_(household_ids)))
    return {key: position for key, *degrees in rows if (position := position_of(*degrees)) is not None}


def _villages(session: Session, codes: Collection[str]) -> dict[str, Village]:
    rows = session.execute(select(Region.code, Region.latitude, Region.longitude).where(Region.code.in_(codes)))
    return {code: Village(code, position_of(*degrees)) for code, *degrees in rows}


def _people(session: Session, pair_ids: Collection[str]) -> dict[str, tuple[User, ...]]:
    pairs = session.execute(select(Pair.id, Pair.lead_id, Pair.second_id).where(Pair.id.in_(pair_ids))).all()
    wanted = {user_id for _, *both in pairs for user_id in both}
    users = {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))}
    return {pair_id: (users[lead_id], users[second_id]) for pair_id, lead_id, second_id in pairs}


def _contacts(session: Session, codes: Collection[str], today: date) -> dict[str, tuple[Contact, ...]]:
    """For each village the contacts of its county, city and province who hold their post, the nearest office first."""
    by_place: dict[str, list[Contact]] = defaultdict(list)
    for contact in list_contacts(session, ContactFilter(), today):
        by_place[contact.region_code].append(contact)
    return {code: tuple(contact for above in reversed(ancestors_of(code)) for contact in by_place.get(above, ())) for code in codes}
