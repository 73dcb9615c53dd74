"""Who sits down with whom and when: the tasks of every visit, planned so that the numbers of facts.toml come out exactly. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from random import Random

from survey.demo.case import Case
from survey.demo.chance import any_of, draw_from, happens
from survey.demo.draws import met_homes
from survey.demo.facts import Facts, VisitFacts
from survey.demo.homes import Home

LOCAL = timezone(timedelta(hours=8))
"""China has one time, eight hours ahead of UTC."""
HOUSEHOLD_FORM, ARCHIVE_FORM = "household", "archive_check"
MORNING, AFTERNOON, FILES_FROM, SENT_FROM = time(8, 30), time(13, 45), time(17, 0), time(20, 0)
MORNING_INTERVIEWS = 3
WRONG_CLOCKS = 0.003
"""The share of tablets whose clock runs days ahead."""
TOO_SOON = timedelta(minutes=12)
"""How long after their last work in one county a pair is said to have begun in the next, where the times cannot be true."""


@dataclass(frozen=True, slots=True)
class Task:
    """One form that is filled at one household; times are local."""

    form_id: str
    case: Case
    started_at: datetime
    ended_at: datetime
    received_at: datetime
    is_interviewed: bool
    """For an archive check: whether the household was interviewed in the same visit."""


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """A visit's tasks in the order of their receipt, and the households that are still to be visited, with their pair."""

    facts: VisitFacts
    tasks: tuple[Task, ...]
    not_yet: tuple[tuple[Home, int], ...]


def plan_visits(facts: Facts, homes: Mapping[str, Sequence[Home]]) -> tuple[VisitPlan, ...]:
    """The plans of all visits; `homes` are the households by village key."""
    pairs_of: dict[str, dict[tuple[str, str], int]] = {}
    plans = []
    for visit in facts.visits:
        earlier = pairs_of.get(visit.look_back_of or "", {})
        interviewed, not_yet = _choose(facts, visit, homes, earlier)
        filed = _choose_files(visit, homes, interviewed)
        pairs = _share_out(visit, [*interviewed, *filed, *not_yet], earlier)
        pairs_of[visit.id] = pairs
        tasks = sorted(_tasks(facts, visit, interviewed, filed, pairs), key=lambda task: (task.received_at, task.form_id))
        plans.append(VisitPlan(visit, tuple(tasks), tuple((home, pairs[home.key]) for home in not_yet)))
    return tuple(plans)


def _shares(total: int, n_parts: int) -> list[int]:
    """`total` in `n_parts` whole parts as equal as can be."""
    ends = [total * part // n_parts for part in range(n_parts + 1)]
    return [high - low for low, high in pairwise(ends)]


def _choose(
    facts: Facts, visit: VisitFacts, homes: Mapping[str, Sequence[Home]], earlier: Mapping[tuple[str, str], int]
) -> tuple[list[Home], list[Home]]:
    """The households interviewed and those still to be; a look-back goes to those of the earlier visit, a drawn one to its draw's."""
    interviewed, not_yet = [], []
    met = met_homes(visit, homes)
    counts = zip(
        visit.villages, _shares(visit.n_households, len(visit.villages)), _shares(visit.n_not_yet, len(visit.villages)), strict=True
    )
    for village, n_interviews, n_left in counts:
        # The order is the village's own in every visit, so that a later visit meets many households again.
        order = list(homes[village])
        draw_from(facts.seed, village).shuffle(order)
        order = [home for home in order if village not in met or home.key in met[village]]
        order = [home for home in order if not earlier or home.key in earlier]
        interviewed += order[:n_interviews]
        not_yet += order[n_interviews : n_interviews + n_left]
    return interviewed, not_yet


def _choose_files(visit: VisitFacts, homes: Mapping[str, Sequence[Home]], interviewed: Sequence[Home]) -> list[Home]:
    """The households whose files are read: those interviewed that have one, then others of the same villages."""
    met = {home.key for home in interviewed}
    filed = []
    for village, count in zip(visit.villages, _shares(visit.n_files, len(visit.villages)), strict=True):
        with_file = sorted((home for home in homes[village] if home.has_file), key=lambda home: (home.key not in met, home.number))
        filed += with_file[:count]
    return filed


def _share_out(visit: VisitFacts, homes: Sequence[Home], earlier: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """The pair of every household; in a look-back the same pair returns."""
    pairs: dict[tuple[str, str], int] = {}
    for home in homes:
        key = home.key
        if key not in pairs:
            pairs[key] = earlier.get(key, visit.pairs[len(pairs) % len(visit.pairs)])
    return pairs


def _tasks(
    facts: Facts, visit: VisitFacts, interviewed: Sequence[Home], filed: Sequence[Home], pairs: Mapping[tuple[str, str], int]
) -> Iterator[Task]:
    """What every pair does; a pair is in one village a day, and reads there the files of those whom it met and of some others."""
    met = {home.key for home in interviewed}
    hasty = [pair for pair in visit.pairs if pair != facts.people.careless_pair][: visit.n_impossible]
    for pair in visit.pairs:
        own = {
            form_id: [home for home in homes if pairs[home.key] == pair]
            for form_id, homes in ((HOUSEHOLD_FORM, interviewed), (ARCHIVE_FORM, filed))
        }
        days = _days_in_villages(visit, Counter(home.village.key for homes in own.values() for home in homes))
        tasks: list[Task] = []
        for village, days_there in days.items():
            for form_id, homes in own.items():
                there = [home for home in homes if home.village.key == village]
                by_day = _shares(len(there), len(days_there))
                for day, start, count in zip(days_there, _starts(by_day), by_day, strict=True):
                    for slot, home in enumerate(there[start : start + count]):
                        tasks.append(_task(facts, visit, home, pair, day, slot, form_id, form_id == ARCHIVE_FORM and home.key in met))
        yield from _hasten(tasks) if pair in hasty else tasks


def _days_in_villages(visit: VisitFacts, work: Mapping[str, int]) -> dict[str, tuple[date, ...]]:
    """The days that a pair spends in each village where it has work, one village after the other, more where there is more to do."""
    counts = {village: 1 for village in visit.villages if work[village]}
    for _ in range(len(visit.days_held) - len(counts)):
        counts[max(counts, key=lambda village: work[village] / counts[village])] += 1
    starts = dict(zip(counts, _starts(tuple(counts.values())), strict=True))
    return {village: visit.days_held[starts[village] : starts[village] + count] for village, count in counts.items()}


def _hasten(tasks: Sequence[Task]) -> list[Task]:
    """The tasks of a pair, of which one says that it was begun in the next county right after the last work in the one before."""
    held = sorted((task for task in tasks if task.started_at.date() == task.case.day), key=lambda task: task.started_at)
    first = held[0].case.home.county.code
    before = [task for task in held if task.case.home.county.code == first][-1]
    wrong = next(task for task in held if task.case.home.county.code != first and task.form_id == HOUSEHOLD_FORM)
    begin = before.ended_at + TOO_SOON
    moved = replace(wrong, started_at=begin, ended_at=begin + (wrong.ended_at - wrong.started_at))
    return [moved if task is wrong else task for task in tasks]


def _starts(counts: Sequence[int]) -> list[int]:
    return [sum(counts[:number]) for number in range(len(counts))]


def _task(facts: Facts, visit: VisitFacts, home: Home, pair: int, day: date, slot: int, form_id: str, is_interviewed: bool) -> Task:
    rng = draw_from(facts.seed, visit.id, form_id, *home.key)
    is_careless = pair == facts.people.careless_pair and draw_from(facts.seed, visit.id, *home.key).random() < 0.6
    started_at, minutes = _time(rng, day, slot, form_id, is_careless)
    is_clock_wrong = happens(rng, WRONG_CLOCKS)
    took = timedelta(minutes=minutes, seconds=rng.randrange(60))
    sent_at = datetime.combine(day, SENT_FROM, LOCAL) + timedelta(seconds=rng.randrange(9000))
    sent_at = max(sent_at, started_at + took + timedelta(minutes=5))
    if is_clock_wrong:
        started_at += timedelta(days=3)
    return Task(
        form_id=form_id,
        case=Case(facts.seed, form_id, home, visit, day, pair, is_careless, pair == facts.people.rosy_pair),
        started_at=started_at,
        ended_at=started_at + took,
        received_at=sent_at,
        is_interviewed=is_interviewed,
    )


def _time(rng: Random, day: date, slot: int, form_id: str, is_careless: bool) -> tuple[datetime, int]:
    """When the task begins, and how many minutes it takes."""
    if form_id == ARCHIVE_FORM:
        begin = datetime.combine(day, FILES_FROM, LOCAL) + timedelta(minutes=30 * slot + rng.randrange(4))
        return begin, 9 if is_careless and happens(rng, 0.1) else max(16, min(25, round(rng.gauss(21, 3))))
    is_morning = slot < MORNING_INTERVIEWS
    first = datetime.combine(day, MORNING if is_morning else AFTERNOON, LOCAL)
    begin = first + timedelta(minutes=62 * (slot if is_morning else slot - MORNING_INTERVIEWS) + rng.randrange(9))
    if is_careless:
        return begin, any_of(rng, (6, 7, 8, 9, 10, 11, 12, 13, 16, 18))
    return begin, max(24, min(52, round(rng.gauss(40, 7))))
