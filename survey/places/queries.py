"""What the pages of places read; a fixed number of statements per page however many places and households there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import ColumnOf
from survey.events import Event
from survey.intake.models import Submission
from survey.pages.paging import Page, page_of
from survey.places import codes
from survey.places.models import Household, MonitoringPoint, Region, RosterDraft
from survey.places.region_table import RegionTable, with_parents
from survey.visits.models import Assignment, Visit, VisitVillage

SEARCH_LIMIT = 100
IMPORTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RegionCounts:
    """What lies in a place: villages, households, visits that went there, and whether it is a monitoring point."""

    n_villages: int = 0
    n_households: int = 0
    n_visits: int = 0
    is_monitored: bool = False


@dataclass(frozen=True, slots=True)
class CountedRegion:
    """A place with what lies in it."""

    region: Region
    counts: RegionCounts


@dataclass(frozen=True, slots=True)
class VisitHistory:
    """One visit to a place: how many of its villages were in it, and how many interviews count and are accepted."""

    visit: Visit
    n_villages: int
    n_interviews: int
    n_accepted: int


@dataclass(frozen=True, slots=True)
class HouseholdFilter:
    """Which households of a village are looked for; "" means no limit."""

    kind: str = ""
    search: str = ""
    is_by_name: bool = True
    """Whether names of heads are searched, too: a reader who is shown none would be told them by what is found."""


@dataclass(frozen=True, slots=True)
class RosterImport:
    """An import that happened, with who did it ("" for a command)."""

    event: Event
    actor_name: str


def find_region(session: Session, code: str) -> Region:
    """The place of this code, also in its short form; raises NOT_FOUND."""
    region = session.get(Region, codes.full_code(code) or code)
    if region is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Place", key=code, remedy="Look for it by name, or add it.")
    return region


def list_path(session: Session, region: Region) -> tuple[Region, ...]:
    """The places above, province first, and the place itself."""
    wanted = (*codes.ancestors_of(region.code), region.code)
    return tuple(session.scalars(select(Region).where(Region.code.in_(wanted)).order_by(Region.code)))


def missing_ancestors(session: Session, code: str) -> tuple[str, ...]:
    """The codes above `code` that are not among the places yet, province first."""
    above = codes.ancestors_of(code)
    present = set(session.scalars(select(Region.code).where(Region.code.in_(above))))
    return tuple(each for each in above if each not in present)


def list_levels(session: Session, levels: Sequence[str], within: Region | None = None) -> tuple[CountedRegion, ...]:
    """The places of these levels inside `within` (everywhere by default) with what lies in them, by code; at most five statements."""
    inside = _inside(Region.code, within)
    regions = session.scalars(select(Region).where(Region.level.in_(levels), *inside).order_by(Region.code)).all()
    counts = _counts(session, regions, within)
    return tuple(CountedRegion(region, counts[region.code]) for region in regions)


def search_regions(session: Session, text: str) -> tuple[Region, ...]:
    """The places whose name contains `text` or whose code begins with it, by code, at most `SEARCH_LIMIT`."""
    matching = or_(Region.name.contains(text, autoescape=True), Region.code.startswith(text, autoescape=True))
    return tuple(session.scalars(select(Region).where(matching).order_by(Region.code).limit(SEARCH_LIMIT)))


def names_of(session: Session, region_codes: Sequence[str]) -> dict[str, str]:
    """The names of these places by code."""
    return {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(region_codes)))}


def check_regions(session: Session, table: RegionTable) -> RegionTable:
    """The table with a problem for every place whose place above is neither here nor in it."""
    return with_parents(table, set(session.scalars(select(Region.code))))


def _inside(column: ColumnOf[str] | ColumnOf[str | None], region: Region | None) -> tuple[ColumnElement[bool], ...]:
    """The condition that a code lies in the place, as a range that an index serves."""
    return () if region is None else (column.between(*codes.bounds_of(region.code)),)


def _counts(session: Session, regions: Sequence[Region], within: Region | None) -> dict[str, RegionCounts]:
    villages = session.scalars(select(Region.code).where(Region.level == "village", *_inside(Region.code, within))).all()
    of_village: Select[str, int] = (
        select(Household.village_code, func.count()).where(*_inside(Household.village_code, within)).group_by(Household.village_code)
    )
    households = {code: n for code, n in session.execute(of_village)}
    visited = session.execute(
        select(VisitVillage.village_code, VisitVillage.visit_id).where(*_inside(VisitVillage.village_code, within))
    ).all()
    points = select(MonitoringPoint.region_code).where(MonitoringPoint.ended_on.is_(None), *_inside(MonitoringPoint.region_code, within))
    monitored = set(session.scalars(points))
    by_prefix: dict[str, tuple[list[str], set[str]]] = {codes.prefix_of(region.code): ([], set()) for region in regions}
    lengths = sorted({len(prefix) for prefix in by_prefix})
    for code in villages:
        for length in lengths:
            if code[:length] in by_prefix:
                by_prefix[code[:length]][0].append(code)
    for code, visit_id in visited:
        for length in lengths:
            if code[:length] in by_prefix:
                by_prefix[code[:length]][1].add(visit_id)
    found = {}
    for region in regions:
        inside, visits = by_prefix[codes.prefix_of(region.code)]
        n_households = sum(households.get(code, 0) for code in inside)
        found[region.code] = RegionCounts(len(inside), n_households, len(visits), region.code in monitored)
    return found


def count_region(session: Session, region: Region) -> RegionCounts:
    """What lies in the place."""
    return _counts(session, (region,), region)[region.code]


def count_kinds(session: Session, region: Region) -> dict[str, int]:
    """How many households of each kind live in the place."""
    statement = select(Household.kind, func.count()).where(*_inside(Household.village_code, region)).group_by(Household.kind)
    return {kind: n for kind, n in session.execute(statement)}


def find_monitoring_point(session: Session, region: Region) -> MonitoringPoint | None:
    """The place as the monitoring point that it is now, or None."""
    statement = select(MonitoringPoint).where(MonitoringPoint.region_code == region.code, MonitoringPoint.ended_on.is_(None))
    return session.scalars(statement).one_or_none()


def list_history(session: Session, region: Region) -> tuple[VisitHistory, ...]:
    """The visits that went to the place, newest first."""
    villages = (
        select(Visit, func.count())
        .join(VisitVillage, VisitVillage.visit_id == Visit.id)
        .where(*_inside(VisitVillage.village_code, region))
        .group_by(Visit.id)
        .order_by(Visit.starts_on.desc(), Visit.id)
    )
    interviews = (
        select(Submission.visit_id, Submission.review_state, func.count())
        .where(*_inside(Submission.village_code, region), Submission.review_state != "replaced")
        .group_by(Submission.visit_id, Submission.review_state)
    )
    counts: dict[str | None, dict[str, int]] = {}
    for visit_id, state, n in session.execute(interviews):
        counts.setdefault(visit_id, {})[state] = n
    return tuple(
        VisitHistory(visit, n_villages, sum(counts.get(visit.id, {}).values()), counts.get(visit.id, {}).get("accepted", 0))
        for visit, n_villages in session.execute(villages)
    )


def list_households(session: Session, region: Region, wanted: HouseholdFilter, number: int) -> tuple[Page, tuple[Household, ...]]:
    """Page `number` of the village's households that match, by number."""
    matching = [Household.village_code == region.code]
    if wanted.kind:
        matching.append(Household.kind == wanted.kind)
    if wanted.search:
        columns = [Household.number, Household.group_name]
        if wanted.is_by_name:
            columns.append(Household.head_name)
        matching.append(or_(*(column.contains(wanted.search, autoescape=True) for column in columns)))
    total = session.scalar(select(func.count()).select_from(Household).where(*matching)) or 0
    page = page_of(number, total)
    ordered = select(Household).where(*matching).order_by(func.length(Household.number), Household.number)
    return page, tuple(session.scalars(ordered.limit(page.size).offset(page.offset)))


def find_household(session: Session, household_id: str) -> Household:
    """The household with its village; raises NOT_FOUND."""
    household = session.get(Household, household_id, options=(joinedload(Household.village),))
    if household is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Household", key=household_id, remedy="Open it from its village's page.")
    return household


def list_interviews(session: Session, household: Household) -> tuple[Submission, ...]:
    """What was received of the household, newest first, with visit, form and people; edits replaced by later ones are left out."""
    statement = (
        select(Submission)
        .where(Submission.household_id == household.id, Submission.review_state != "replaced")
        .options(
            joinedload(Submission.visit),
            joinedload(Submission.questionnaire),
            joinedload(Submission.lead).lazyload(User.roles),
            joinedload(Submission.second).lazyload(User.roles),
        )
        .order_by(Submission.received_at.desc(), Submission.instance_id)
    )
    return tuple(session.scalars(statement))


def is_in_use(session: Session, household: Household) -> bool:
    """Whether the household was ever assigned or interviewed, so that it can no longer be removed."""
    uses = (
        select(Assignment.id).where(Assignment.household_id == household.id),
        select(Submission.instance_id).where(Submission.household_id == household.id),
    )
    return any(session.scalar(query.limit(1)) is not None for query in uses)


def find_draft(session: Session, draft_id: str, user: User, kind: str = "roster") -> RosterDraft:
    """The user's own list of this kind that waits; raises NOT_FOUND, also for another person's."""
    if not is_waiting(session, draft_id, user, kind):
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="File", key=draft_id, remedy="It was imported, given up or is too old; choose the file again."
        )
    return session.get_one(RosterDraft, draft_id)


def is_waiting(session: Session, draft_id: str, user: User, kind: str) -> bool:
    """Whether the user's own list of this kind still waits for a word."""
    draft = session.get(RosterDraft, draft_id)
    return draft is not None and draft.created_by_id == user.id and draft.kind == kind


def list_imports(session: Session) -> tuple[RosterImport, ...]:
    """The last imports of a roster, newest first."""
    statement = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.action == "roster.imported")
        .order_by(Event.number.desc())
        .limit(IMPORTS_SHOWN)
    )
    return tuple(RosterImport(event, name or "") for event, name in session.execute(statement))


def county_names(session: Session, region_codes: Iterable[str]) -> dict[str, str]:
    """The names of the counties in which these places lie, by six-digit code; the codes may have six digits or twelve."""
    wanted = sorted({codes.county_of(code).ljust(12, "0") for code in region_codes})
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(wanted)))
    return {codes.county_of(code): name for code, name in rows}
