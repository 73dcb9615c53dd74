"""What does not go together in a visit's plan, told with pair, day and place. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from survey.places.codes import county_of
from survey.teams.distributing import Crew, Rules, Village
from survey.teams.routing import between_km, way_km

FAR_KM = 15.0
"""Villages farther apart than this are no work for one day, as long as the roads are mountain roads."""
MAX_MINUTES = 600
"""More than ten hours of interviews and way are no day's work."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a pair does in a village on a day, for the checks."""

    pair_id: str
    day: date | None
    village_code: str
    n_households: int
    n_open: int
    """Assignments that nothing was received for; work that is done is no conflict any more."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """That a pair is planned for another visit on a day, through one of the two."""

    pair_id: str
    day: date
    person: str
    visit_title: str
    village_name: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that does not go together; `villages` are the places it is about, `number` kilometres, minutes or households.

    Kinds: "elsewhere" (one of the two is in another visit on that day), "far_apart", "two_villages" (their distance is unknown),
    "overloaded", "other_day" (the village has a day of its own), "ties".
    """

    kind: str
    pair_id: str
    day: date | None
    villages: tuple[str, ...] = ()
    number: float = 0.0
    person: str = ""
    place: str = ""


def find_conflicts(
    work: Collection[Work], villages: Mapping[str, Village], crews: Collection[Crew], elsewhere: Collection[Elsewhere], rules: Rules
) -> tuple[Conflict, ...]:
    """Every conflict by day and pair; work that is done counts for none."""
    by_slot: dict[tuple[str, date], list[Work]] = defaultdict(list)
    found: list[Conflict] = []
    closed = {crew.pair_id: crew.closed_counties for crew in crews}
    for each in work:
        if not each.n_open or each.village_code not in villages:
            continue
        if each.day is not None:
            by_slot[each.pair_id, each.day].append(each)
            own_day = villages[each.village_code].planned_on
            if own_day is not None and own_day != each.day:
                found.append(Conflict("other_day", each.pair_id, each.day, (each.village_code,), place=own_day.isoformat()))
        if county_of(each.village_code) in closed.get(each.pair_id, frozenset()):
            found.append(Conflict("ties", each.pair_id, each.day, (each.village_code,)))
    for slot, inside in by_slot.items():
        found.extend(_in_one_day(*slot, inside, villages, rules))
    for engagement in elsewhere:
        if here := by_slot.get((engagement.pair_id, engagement.day)):
            place = f"{engagement.visit_title} · {engagement.village_name}"
            codes = tuple(each.village_code for each in here)
            found.append(Conflict("elsewhere", engagement.pair_id, engagement.day, codes, person=engagement.person, place=place))
    return tuple(sorted(set(found), key=lambda each: (each.day or date.max, each.pair_id, each.kind, each.villages, each.person)))


def _in_one_day(pair_id: str, day: date, work: list[Work], villages: Mapping[str, Village], rules: Rules) -> list[Conflict]:
    found = []
    codes = sorted({each.village_code for each in work})
    for one, other in combinations(codes, 2):
        km = between_km(villages[one].position, villages[other].position)
        if km is None and one[:9] != other[:9]:
            found.append(Conflict("two_villages", pair_id, day, (one, other)))
        elif km is not None and km > FAR_KM:
            found.append(Conflict("far_apart", pair_id, day, (one, other), km))
    n_households = sum(each.n_households for each in work)
    minutes = rules.minutes_of(n_households, way_km([villages[code].position for code in codes]))
    if minutes > MAX_MINUTES:
        found.append(Conflict("overloaded", pair_id, day, tuple(codes), minutes))
    return found
