"""The wall charts of a visit as data, in the reader's language."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from analysis.charts.wall_records import Bar, Distribution, Flow, Heading, Place, Route, RouteMap, Timetable, WallChart
from survey.issues.words import AREA_LABELS, LEVEL_LABELS, SEVERITIES, SEVERITY_LABELS
from survey.pages.dates import format_date
from survey.places.models import HOUSEHOLD_KINDS
from survey.places.words import KIND_LABELS
from survey.visits.models import Visit
from survey.visits.ordering import pairs_in_order
from survey.visits.plan_queries import list_meetings
from survey.visits.words import MEETING_KIND_LABELS
from survey.wall_charts.queries import PlannedBundle, VisitedVillage, count_interviewed, count_raised, list_planned, list_villages

CHART_LABELS: Mapping[str, LazyString] = {
    "timetable": _l("Timetable"),
    "routes": _l("Routes"),
    "distribution": _l("Households interviewed"),
    "flow": _l("Flow of issues"),
}
"""The charts in the order in which they hang on the wall."""


def make_chart(session: Session, visit: Visit, name: str) -> WallChart:
    """The chart of this name, one of `CHART_LABELS`; raises KeyError for another."""
    makers: Mapping[str, Callable[[Session, Visit], WallChart]] = {
        "timetable": _timetable,
        "routes": _routes,
        "distribution": _distribution,
        "flow": _flow,
    }
    return makers[name](session, visit)


def _heading(visit: Visit, name: str, empty: str) -> Heading:
    first, last = (format_date(day, "long") for day in (visit.starts_on, visit.ends_on))
    days = _("%(first)s to %(last)s", first=first, last=last)
    subtitle = f"{days} · {_('invented data')}" if visit.is_invented else days
    return Heading(f"{visit.title} · {CHART_LABELS[name]}", subtitle, empty)


def _timetable(session: Session, visit: Visit) -> Timetable:
    villages = {village.code: village.name for village in list_villages(session, visit)}
    pairs = {pair.id: pair.name for pair in pairs_in_order(visit)}
    days_of: dict[tuple[str, date], list[PlannedBundle]] = {}
    for each in list_planned(session, visit):
        if each.pair_id in pairs and each.village_code in villages:
            days_of.setdefault((each.pair_id, each.day), []).append(each)
    bars = tuple(
        # A pair that goes to two villages on a day has one bar that names both.
        Bar(
            pairs[pair_id],
            day,
            day,
            "\n".join(_households(villages[each.village_code], each.n_households) for each in found),
            found[0].village_code,
        )
        for (pair_id, day), found in days_of.items()
    )
    marks = tuple((meeting.held_on, str(MEETING_KIND_LABELS[meeting.kind])) for meeting in list_meetings(session, visit))
    days = [visit.starts_on, visit.ends_on, *(bar.first_on for bar in bars), *(day for day, _name in marks)]
    heading = _heading(visit, "timetable", _("Nothing is planned for a day yet."))
    return Timetable(heading, min(days), max(days), tuple(pairs.values()), bars, marks, _("Meetings"))


def _households(village: str, n: int) -> str:
    """A village, and on a line below it how many households are visited there; forms of the village itself have none."""
    return f"{village}\n{ngettext('%(num)s household', '%(num)s households', n)}" if n else village


def _routes(session: Session, visit: Visit) -> RouteMap:
    villages = {village.code: village for village in list_villages(session, visit)}
    walked: dict[str, list[str]] = {}
    for each in list_planned(session, visit):
        codes = walked.setdefault(each.pair_id, [])
        if not codes or codes[-1] != each.village_code:
            codes.append(each.village_code)
    routes = [
        (pair.name, _placed(villages[code] for code in walked.get(pair.id, ()) if code in villages)) for pair in pairs_in_order(visit)
    ]
    unplaced = tuple(village.name for village in villages.values() if village.latitude is None or village.longitude is None)
    heading = _heading(visit, "routes", _("No village that is planned for a day has a position yet."))
    found = tuple(Route(name, places) for name, places in routes if places)
    return RouteMap(heading, found, unplaced, _("Without a known position:"))


def _placed(villages: Iterable[VisitedVillage], sizes: Mapping[str, int] | None = None) -> tuple[Place, ...]:
    """The villages whose position is known, as places of these sizes."""
    return tuple(
        Place(each.name, each.latitude, each.longitude, (sizes or {}).get(each.code, 0))
        for each in villages
        if each.latitude is not None and each.longitude is not None
    )


def _distribution(session: Session, visit: Visit) -> Distribution:
    villages, counts = list_villages(session, visit), count_interviewed(session, visit)
    totals: Counter[str] = Counter()
    for (code, _kind), n in counts.items():
        totals[code] += n
    return Distribution(
        heading=_heading(visit, "distribution", _("No household has been interviewed yet.")),
        places=tuple(village.name for village in villages),
        parts=tuple(str(KIND_LABELS[kind]) for kind in HOUSEHOLD_KINDS),
        counts=tuple(tuple(counts.get((village.code, kind), 0) for kind in HOUSEHOLD_KINDS) for village in villages),
        positions=_placed(villages, totals),
    )


def _flow(session: Session, visit: Visit) -> Flow:
    raised: Counter[tuple[str, str, str]] = Counter()
    for (area, severity, level), n in count_raised(session, visit).items():
        raised[str(AREA_LABELS.get(area, area)), str(SEVERITY_LABELS.get(severity, severity)), str(LEVEL_LABELS.get(level, level))] += n
    orders = (
        [str(label) for label in AREA_LABELS.values()],
        [str(SEVERITY_LABELS[each]) for each in reversed(SEVERITIES)],
        [str(label) for label in LEVEL_LABELS.values()],
    )
    names = (_("Area"), _("Severity"), _("Level"))
    stages = tuple((name, _seen(order, {key[at] for key in raised})) for at, (name, order) in enumerate(zip(names, orders, strict=True)))
    links: Counter[tuple[int, str, str]] = Counter()
    for key, n in raised.items():
        for stage in (0, 1):
            links[stage, key[stage], key[stage + 1]] += n
    heading = _heading(visit, "flow", _("Nothing has been raised yet."))
    return Flow(heading, stages, tuple((*link, n) for link, n in links.items()))


def _seen(order: Iterable[str], used: set[str]) -> tuple[str, ...]:
    """What is used, in this order, and after it what the order does not know."""
    known = [each for each in dict.fromkeys(order) if each in used]
    return (*known, *sorted(used - set(known)))
