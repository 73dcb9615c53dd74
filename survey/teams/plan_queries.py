"""What the board, the proposal of assignments and the checks of conflicts read; a fixed number of statements, whatever a visit's size."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey.draws.standing import SAMPLE, has_opened_draw, households_in
from survey.events import Event
from survey.intake.models import Submission
from survey.places.codes import county_of
from survey.places.models import Household, Region
from survey.teams.distributing import Crew, DayLoad, Village
from survey.teams.models import DayNote
from survey.teams.queries import read_profiles, tied_counties
from survey.teams.routing import Position, Stop
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.ordering import pairs_in_order

ARRANGED, PROPOSAL_APPLIED, UNDONE = "visit.arranged", "visit.proposal_applied", "visit.arrangement_undone"
"""The actions of events that the board makes, and the one that takes the last of them back."""
EVENTS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Bundle:
    """The assignments of one pair in one village on one day; `day` is None where none is planned."""

    pair_id: str
    day: date | None
    village_code: str
    n_households: int
    n_assignments: int
    n_answered: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """That somebody is planned for another visit on a day, where and in which pair."""

    user_id: str
    day: date
    visit_title: str
    village_name: str
    pair_name: str


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is to be given out: the stops, and the ids of the forms that each household lacks."""

    stops: tuple[Stop, ...]
    forms: Mapping[str, tuple[str, ...]]
    begun: Mapping[str, tuple[str, date | None]]
    """Households that have one of the forms already, by id: their pair and day, which the missing forms get as well."""


def list_bundles(session: Session, visit: Visit) -> tuple[Bundle, ...]:
    """The assignments of the visit by pair, day and village; one statement."""
    answered = exists().where(Submission.assignment_id == Assignment.id)
    key = (Assignment.pair_id, Assignment.planned_on, Assignment.village_code)
    counts = (func.count(Assignment.household_id.distinct()), func.count(), func.count().filter(answered))
    rows = session.execute(select(*key, *counts).where(Assignment.visit_id == visit.id).group_by(*key))
    return tuple(sorted((Bundle(*row) for row in rows), key=lambda each: (each.pair_id, each.day or date.max, each.village_code)))


def list_bundle_ids(session: Session, visit: Visit, pair_id: str, day: date | None, village_code: str) -> list[str]:
    """The ids of the assignments of one bundle."""
    statement = select(Assignment.id).where(
        Assignment.visit_id == visit.id,
        Assignment.pair_id == pair_id,
        Assignment.village_code == village_code,
        Assignment.planned_on.is_not_distinct_from(day),
    )
    return list(session.scalars(statement.order_by(Assignment.id)))


def read_villages(session: Session, visit: Visit) -> dict[str, Village]:
    """The visit's villages with where they are and their own days; one statement."""
    codes = [row.village_code for row in visit.villages]
    rows = session.execute(select(Region.code, Region.latitude, Region.longitude).where(Region.code.in_(codes)))
    positions = {code: position_of(latitude, longitude) for code, latitude, longitude in rows}
    return {row.village_code: Village(row.village_code, positions.get(row.village_code), row.planned_on) for row in visit.villages}


def position_of(latitude: float | None, longitude: float | None) -> Position | None:
    """The position, None unless both degrees are known."""
    return None if latitude is None or longitude is None else (latitude, longitude)


def read_crews(session: Session, visit: Visit) -> tuple[Crew, ...]:
    """The visit's pairs by name, with the counties closed to them and the days on which one of the two is elsewhere; two statements."""
    pairs = pairs_in_order(visit)
    people = {user_id for pair in pairs for user_id in (pair.lead_id, pair.second_id)}
    profiles = read_profiles(session, people)
    counties = sorted({county_of(row.village_code) for row in visit.villages})
    busy = defaultdict(set)
    for engagement in list_engagements(session, visit):
        busy[engagement.user_id].add(engagement.day)
    return tuple(
        Crew(
            pair.id,
            frozenset(county for user_id in (pair.lead_id, pair.second_id) for county in tied_counties(profiles.get(user_id), counties)),
            frozenset(busy[pair.lead_id] | busy[pair.second_id]),
        )
        for pair in pairs
    )


def list_engagements(session: Session, visit: Visit) -> tuple[Engagement, ...]:
    """On which days the people of the visit's pairs are planned for another visit that is not closed, and where; one statement."""
    people = {user_id for pair in visit.pairs for user_id in (pair.lead_id, pair.second_id)}
    if not people:
        return ()
    statement = (
        select(Pair.lead_id, Pair.second_id, Assignment.planned_on, Visit.title, func.min(Region.name), Pair.name)
        .join(Assignment, Assignment.pair_id == Pair.id)
        .join(Visit, Visit.id == Pair.visit_id)
        .join(Region, Region.code == Assignment.village_code)
        .where(
            Pair.visit_id != visit.id,
            Visit.state != "closed",
            or_(Pair.lead_id.in_(people), Pair.second_id.in_(people)),
            Assignment.planned_on.between(visit.starts_on, visit.ends_on),
        )
        .group_by(Pair.lead_id, Pair.second_id, Assignment.planned_on, Visit.title, Pair.name)
        .order_by(Assignment.planned_on, Visit.title, Pair.name)
    )
    return tuple(
        Engagement(user_id, day, title, village, pair_name)
        for lead_id, second_id, day, title, village, pair_name in session.execute(statement)
        if day is not None
        for user_id in (lead_id, second_id)
        if user_id in people
    )


def loads_of(bundles: Collection[Bundle]) -> dict[tuple[str, date], DayLoad]:
    """What each pair has on each day."""
    counts: dict[tuple[str, date], int] = defaultdict(int)
    codes: dict[tuple[str, date], set[str]] = defaultdict(set)
    for bundle in bundles:
        if bundle.day is not None:
            counts[bundle.pair_id, bundle.day] += bundle.n_households
            codes[bundle.pair_id, bundle.day].add(bundle.village_code)
    return {slot: DayLoad(n, frozenset(codes[slot])) for slot, n in counts.items()}


def read_open_work(session: Session, visit: Visit, form_ids: Collection[str]) -> OpenWork:
    """The households of the visit's villages that lack one of these forms; once a draw is opened, those of its sample. Three statements."""
    codes = [row.village_code for row in visit.villages]
    region = aliased(Region)
    statement = (
        select(Household.id, Household.village_code, Household.latitude, Household.longitude, region.latitude, region.longitude)
        .join(region, region.code == Household.village_code)
        .where(Household.village_code.in_(codes))
        .order_by(Household.village_code, Household.group_name, func.length(Household.number), Household.number)
    )
    if has_opened_draw(session, visit.id):
        statement = statement.where(Household.id.in_(households_in(visit.id, SAMPLE)))
    given = select(Assignment.household_id, Assignment.form_id, Assignment.pair_id, Assignment.planned_on).where(
        Assignment.visit_id == visit.id, Assignment.form_id.in_(form_ids), Assignment.household_id.is_not(None)
    )
    present: dict[str, set[str]] = defaultdict(set)
    begun: dict[str, tuple[str, date | None]] = {}
    for household_id, form_id, pair_id, day in session.execute(given.order_by(Assignment.id)):
        present[str(household_id)].add(form_id)
        begun.setdefault(str(household_id), (pair_id, day))
    stops, forms = [], {}
    for key, code, latitude, longitude, village_latitude, village_longitude in session.execute(statement):
        if missing := tuple(form_id for form_id in sorted(form_ids) if form_id not in present[key]):
            position = position_of(latitude, longitude) or position_of(village_latitude, village_longitude)
            stops.append(Stop(key, code, position))
            forms[key] = missing
    return OpenWork(tuple(stops), forms, {key: value for key, value in begun.items() if key in forms})


def find_undoable(session: Session, visit: Visit) -> Event | None:
    """The last change on the board that has not been taken back; None if there is none among the latest events of the visit."""
    statement = (
        select(Event)
        .where(Event.subject_type == "visit", Event.subject_id == visit.id, Event.action.in_((ARRANGED, PROPOSAL_APPLIED, UNDONE)))
        .order_by(Event.number.desc())
        .limit(EVENTS_LOOKED_AT)
    )
    undone: set[int] = set()
    for event in session.scalars(statement):
        if event.action == UNDONE:
            undone.add(event.details["event"])
        elif event.number not in undone:
            return event
    return None


def read_day_notes(session: Session, visit: Visit) -> dict[tuple[str, date], str]:
    """What pairs are told for days, by pair and day; one statement."""
    statement = select(DayNote).join(Pair, Pair.id == DayNote.pair_id).where(Pair.visit_id == visit.id)
    return {(note.pair_id, note.planned_on): note.text for note in session.scalars(statement)}


def read_notes_of(session: Session, user_id: str) -> dict[tuple[str, date], str]:
    """What the pairs of this person are told for days, by pair and day; one statement."""
    mine = or_(Pair.lead_id == user_id, Pair.second_id == user_id)
    statement = select(DayNote).join(Pair, Pair.id == DayNote.pair_id).where(mine)
    return {(note.pair_id, note.planned_on): note.text for note in session.scalars(statement)}
