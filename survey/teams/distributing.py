"""How a visit's households are given to pairs and days: near ones together, loads alike, nobody where they have ties. Pure.

1. Villages are taken in the order of a short way (by code where positions are unknown), and cut into bundles: a large village into
   near parts of equal size, small villages near one another into one bundle.
2. The size of bundles is such that, where it comes out, every pair gets the same number on each day, and never more than a day holds.
3. Each bundle goes to the earliest day that has room (its village's own day where one is planned), there to the pair with least to do.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from survey.places.codes import county_of
from survey.teams.routing import Position, Stop, between_km, in_walking_order, split_near, way_km


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the visit; `planned_on` is its own day, None for any."""

    code: str
    position: Position | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """A pair, the counties where it must not go, and the days on which one of the two is elsewhere."""

    pair_id: str
    closed_counties: frozenset[str] = frozenset()
    busy_days: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What a pair already has on a day."""

    n_households: int
    village_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """How much fits into a day, and what counts as near."""

    households_per_day: int = 6
    minutes_per_household: int = 60
    near_km: float = 5.0
    speed_kmh: float = 20.0

    def minutes_of(self, n_households: int, km: float) -> float:
        """How long so many households on a way of this length take."""
        return n_households * self.minutes_per_household + km / self.speed_kmh * 60


@dataclass(frozen=True, slots=True)
class Share:
    """What one pair is given for one day, as it walks."""

    pair_id: str
    day: date
    stops: tuple[Stop, ...]
    km: float
    minutes: float

    @property
    def village_codes(self) -> tuple[str, ...]:
        """The villages, in the order of the way."""
        return tuple(dict.fromkeys(stop.village_code for stop in self.stops))


@dataclass(frozen=True, slots=True)
class Left:
    """Households that nobody can be given: "ties" where every pair has ties to the county, else "full"."""

    village_code: str
    n_households: int
    reason: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """The shares by day and pair, and what is left over."""

    shares: tuple[Share, ...]
    left: tuple[Left, ...]

    @property
    def fingerprint(self) -> str:
        """What two distributions share only when they give out the same, so that what was looked at is what is applied."""
        text = repr([(share.pair_id, share.day.isoformat(), [stop.key for stop in share.stops]) for share in self.shares])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class _Calendar:
    """The days of the pairs while they fill."""

    crews: Sequence[Crew]
    days: Sequence[date]
    villages: Mapping[str, Village]
    rules: Rules
    n_households: dict[tuple[str, date], int] = field(default_factory=dict)
    codes: dict[tuple[str, date], set[str]] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    given: dict[tuple[str, date], list[Stop]] = field(default_factory=dict)

    def put(self, bundle: Sequence[Stop], day: date | None) -> list[Stop]:
        """The stops that found no place, after as many as possible were given to a pair; a bundle too large is halved."""
        slot = self._best_slot(bundle, day)
        if slot is not None:
            self._give(slot, bundle)
            return []
        if len(bundle) == 1:
            return list(bundle)
        return [stop for part in split_near(bundle, 2) for stop in self.put(part, day)]

    def _best_slot(self, bundle: Sequence[Stop], day: date | None) -> tuple[str, date] | None:
        counties = {county_of(stop.village_code) for stop in bundle}
        best: tuple[tuple[bool, int, float, int], tuple[str, date]] | None = None
        for number, each_day in enumerate(self.days):
            if day is not None and each_day != day:
                continue
            for order, crew in enumerate(self.crews):
                slot = (crew.pair_id, each_day)
                if each_day in crew.busy_days or counties & crew.closed_counties or not self._has_room(slot, bundle):
                    continue
                # Two bundles on one day lie apart; so they are put together only when no day is left.
                rank = (slot in self.given, number, self.totals.get(crew.pair_id, 0.0), order)
                if best is None or rank < best[0]:
                    best = (rank, slot)
        return best[1] if best else None

    def _has_room(self, slot: tuple[str, date], bundle: Sequence[Stop]) -> bool:
        if self.n_households.get(slot, 0) + len(bundle) > self.rules.households_per_day:
            return False
        others = self.codes.get(slot, set())
        return all(are_near(self.villages, code, stop.village_code, self.rules.near_km) for code in others for stop in bundle)

    def _give(self, slot: tuple[str, date], bundle: Sequence[Stop]) -> None:
        self.n_households[slot] = self.n_households.get(slot, 0) + len(bundle)
        self.codes.setdefault(slot, set()).update(stop.village_code for stop in bundle)
        self.given.setdefault(slot, []).extend(bundle)
        # The way within a bundle counts as much as it takes; the order within the day is settled at the end.
        km = way_km([stop.position for stop in bundle])
        self.totals[slot[0]] = self.totals.get(slot[0], 0.0) + self.rules.minutes_of(len(bundle), km)


def distribute(
    stops: Sequence[Stop],
    villages: Mapping[str, Village],
    crews: Sequence[Crew],
    days: Sequence[date],
    loads: Mapping[tuple[str, date], DayLoad],
    rules: Rules,
) -> Distribution:
    """The proposal for these households; the same input gives the same proposal.

    `loads` is what pairs already have by (pair, day); it counts towards what fits into a day and towards a fair share.
    """
    n_present = sum(load.n_households for load in loads.values())
    sizes = sorted({_even_size(len(stops) + n_present, len(crews), rules.households_per_day), float(rules.households_per_day)})
    tries = [_distribute(stops, villages, crews, days, loads, rules, size) for size in sizes]
    return min(tries, key=lambda tried: sum(each.n_households for each in tried.left))


def _even_size(n_stops: int, n_crews: int, per_day: int) -> float:
    """The size of bundles, as a mean, with which every pair gets as many on as many days."""
    if not n_crews or not n_stops:
        return float(per_day)
    n_rounds = math.ceil(n_stops / (n_crews * per_day))
    return max(1.0, n_stops / (n_crews * n_rounds))


def _distribute(
    stops: Sequence[Stop],
    villages: Mapping[str, Village],
    crews: Sequence[Crew],
    days: Sequence[date],
    loads: Mapping[tuple[str, date], DayLoad],
    rules: Rules,
    size: float,
) -> Distribution:
    calendar = _Calendar(crews, days, villages, rules)
    for slot, load in loads.items():
        calendar.n_households[slot] = load.n_households
        calendar.codes[slot] = set(load.village_codes)
        calendar.totals[slot[0]] = calendar.totals.get(slot[0], 0.0) + rules.minutes_of(load.n_households, 0.0)
    by_day: dict[date | None, list[Stop]] = {}
    for stop in stops:
        by_day.setdefault(villages[stop.village_code].planned_on, []).append(stop)
    unplaced: list[Stop] = []
    # Villages with a day of their own come first: the others fit in around them.
    for day in sorted(by_day, key=lambda each: each or date.max):
        for bundle in _bundles(by_day[day], villages, size, rules):
            unplaced.extend(calendar.put(bundle, day))
    shares = [_share(slot, given, villages, rules) for slot, given in calendar.given.items()]
    order = {crew.pair_id: number for number, crew in enumerate(crews)}
    return Distribution(tuple(sorted(shares, key=lambda share: (share.day, order[share.pair_id]))), _left(unplaced, crews))


def _bundles(stops: Sequence[Stop], villages: Mapping[str, Village], size: float, rules: Rules) -> list[list[Stop]]:
    """The stops in bundles of about `size` and never more than a day holds, in the order of a short way through their villages."""
    by_village: dict[str, list[Stop]] = {}
    for stop in stops:
        by_village.setdefault(stop.village_code, []).append(stop)
    bundles: list[list[Stop]] = []
    pending: list[Stop] = []
    for code in village_order(by_village, villages):
        inside = by_village[code]
        is_small = len(pending) + len(inside) <= math.ceil(size)
        fits = is_small and all(are_near(villages, stop.village_code, code, rules.near_km) for stop in pending)
        if pending and fits:
            pending.extend(inside)
            continue
        if pending:
            bundles.append(pending)
        *whole, pending = split_near(inside, max(round(len(inside) / size), math.ceil(len(inside) / rules.households_per_day)))
        bundles.extend(whole)
    return [*bundles, pending] if pending else bundles


def village_order(codes: Collection[str], villages: Mapping[str, Village]) -> list[str]:
    """The villages in the order of a short way from the one with the least code; those without a position last, by code."""
    stops = [Stop(code, code, villages[code].position) for code in sorted(codes)]
    start = next((stop.position for stop in stops if stop.position is not None), None)
    return [stop.key for stop in in_walking_order(stops, start)]


def are_near(villages: Mapping[str, Village], one: str, other: str, near_km: float) -> bool:
    """Whether a pair can go to both on one day; without positions, whether they belong to one township."""
    if one == other:
        return True
    km = between_km(villages[one].position, villages[other].position)
    return one[:9] == other[:9] if km is None else km <= near_km


def _share(slot: tuple[str, date], stops: Sequence[Stop], villages: Mapping[str, Village], rules: Rules) -> Share:
    ordered: list[Stop] = []
    for code in village_order({stop.village_code for stop in stops}, villages):
        ordered.extend(in_walking_order([stop for stop in stops if stop.village_code == code], villages[code].position))
    km = way_km([villages[ordered[0].village_code].position, *(stop.position for stop in ordered)])
    return Share(slot[0], slot[1], tuple(ordered), km, rules.minutes_of(len(ordered), km))


def _left(stops: Sequence[Stop], crews: Sequence[Crew]) -> tuple[Left, ...]:
    counts: dict[str, int] = {}
    for stop in stops:
        counts[stop.village_code] = counts.get(stop.village_code, 0) + 1
    return tuple(
        Left(code, n, "ties" if crews and all(county_of(code) in crew.closed_counties for crew in crews) else "full")
        for code, n in sorted(counts.items())
    )
