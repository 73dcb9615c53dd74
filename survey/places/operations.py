"""Every write to places: regions, monitoring points, and households by hand. The roster's import is in roster_operations.py.

`actor` is None for commands.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.db import utc_now
from survey.events import log_event
from survey.intake.models import Submission
from survey.places import codes
from survey.places.draft_operations import store_draft
from survey.places.models import HOUSEHOLD_KINDS, MARKERS, Household, MonitoringPoint, Region, RosterDraft
from survey.places.queries import find_monitoring_point
from survey.places.region_plan import plan_regions, region_record, regions_of
from survey.places.region_table import MAX_NAME_LENGTH, RegionProblem, RegionTable
from survey.places.roster import MAX_LENGTHS, MAX_MEMBERS
from survey.places.roster_operations import RosterResult, drop_draft, import_draft, import_roster, keep_draft
from survey.places.roster_terms import CAUSES
from survey.registry.models import HouseholdMember, Identification
from survey.visits.models import Assignment, Visit, VisitVillage

__all__ = [
    "HouseholdFacts",
    "RegionResult",
    "RosterResult",
    "add_household",
    "add_region",
    "drop_draft",
    "end_monitoring_point",
    "import_draft",
    "import_region_draft",
    "import_regions",
    "import_roster",
    "keep_draft",
    "keep_region_draft",
    "remove_household",
    "remove_region",
    "rename_region",
    "set_monitoring_point",
    "update_household",
]

FURTHEST_AHEAD = timedelta(hours=14)
"""No place on earth is further ahead of UTC, so a day beyond it has begun nowhere."""


@dataclass(frozen=True, slots=True)
class RegionResult:
    """What an import of places did; `problems` are the rows that were left out."""

    n_new: int
    n_renamed: int
    n_unchanged: int
    problems: tuple[RegionProblem, ...]
    n_placed: int = 0
    """Known places that were given another position."""


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What is entered of a household by hand."""

    number: str
    head_name: str
    kind: str
    n_members: int
    cause: str = ""
    markers: tuple[str, ...] = ()
    group_name: str = ""


def _invalid(field: str, detail: str, **values: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, **values)


def _log(session: Session, actor: User | None, action: str, kind: str, key: str, now: datetime, **details: object) -> None:
    log_event(session, actor.id if actor else None, action, kind, key, now, **details)


def add_region(
    session: Session,
    code: str,
    name: str,
    *,
    is_invented: bool = False,
    actor: User | None = None,
    now: datetime | None = None,
) -> Region:
    """The new place; short codes such as "610727" are completed. `now` is the present instant unless given.

    Raises INVALID_VALUE for a code that is none or taken, an empty name, or a place above that is missing.
    """
    full = codes.full_code(code)
    if full is None:
        raise _invalid("code", "'{given}' is no place code of 2, 4, 6, 9 or 12 digits", given=code)
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise _invalid("name", "write a name of at most {most} characters", most=MAX_NAME_LENGTH)
    if (taken := session.get(Region, full)) is not None:
        raise _invalid("code", "{full} is already here as '{taken}'", full=full, taken=taken.name)
    parent = codes.parent_of(full)
    if parent is not None and session.get(Region, parent) is None:
        raise _invalid("code", "the place above, {parent}, is missing; add it first", parent=parent)
    region = Region(code=full, name=name, level=codes.level_of(full), parent_code=parent, is_invented=is_invented)
    session.add(region)
    _log(session, actor, "region.added", "region", full, now or utc_now(), name=name)
    return region


def import_regions(
    session: Session,
    actor: User | None,
    table: RegionTable,
    *,
    keep_good: bool,
    now: datetime,
    is_invented: bool = False,
    file_name: str = "places",
) -> RegionResult:
    """What the import did: places new here are added, known ones renamed or given a position where the file says otherwise, none removed.

    With bad rows nothing is written unless `keep_good`; then BAD_ROWS tells how many there are and where the first is.
    """
    plan = plan_regions(session, table)
    problems = plan.table.problems
    if problems and not keep_good:
        raise SurveyError(ErrorCode.BAD_ROWS, file=file_name, count=len(problems), place="row {row}", row=problems[0].row)
    if plan.new:
        values = [
            {
                "code": row.code,
                "name": row.name,
                "level": codes.level_of(row.code),
                "parent_code": codes.parent_of(row.code),
                "is_invented": is_invented,
                "latitude": row.latitude,
                "longitude": row.longitude,
            }
            for row in plan.new
        ]
        session.execute(insert(Region), values)
    if plan.renamed:
        session.execute(update(Region), [{"code": row.code, "name": row.name} for row, _ in plan.renamed])
    if plan.placed:
        positions = [{"code": row.code, "latitude": row.latitude, "longitude": row.longitude} for row in plan.placed]
        session.execute(update(Region), positions)
    if plan.renamed or plan.placed:
        session.expire_all()
    counts = {"n_new": len(plan.new), "n_renamed": len(plan.renamed), "n_placed": len(plan.placed), "n_unchanged": plan.n_unchanged}
    counts["n_bad_rows"] = len(problems)
    _log(session, actor, "regions.imported", "regions", file_name[-120:], now, **counts)
    return RegionResult(len(plan.new), len(plan.renamed), plan.n_unchanged, problems, len(plan.placed))


def keep_region_draft(session: Session, actor: User, table: RegionTable, file_name: str, now: datetime) -> RosterDraft:
    """The draft of a list of places that waits for the importer's word."""
    draft = store_draft(session, actor, "places", region_record(table), file_name, now)
    n_rows, n_bad_rows = len(table.rows), len(table.problems)
    _log(session, actor, "regions.read", "regions", draft.file_name, now, n_rows=n_rows, n_bad_rows=n_bad_rows)
    return draft


def import_region_draft(session: Session, actor: User, draft: RosterDraft, *, keep_good: bool, now: datetime) -> RegionResult:
    """What importing the draft did; it is removed with that. Raises BAD_ROWS as `import_regions` does."""
    table = regions_of(draft.content)
    result = import_regions(session, actor, table, keep_good=keep_good, now=now, file_name=draft.file_name)
    session.delete(draft)
    session.flush()
    return result


def rename_region(session: Session, actor: User | None, region: Region, name: str, now: datetime) -> Region:
    """The place under its new name; the event keeps the old one."""
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise _invalid("name", "write a name of at most {most} characters", most=MAX_NAME_LENGTH)
    if name != region.name:
        before, region.name = region.name, name
        _log(session, actor, "region.renamed", "region", region.code, now, before=before, name=name)
    return region


def remove_region(session: Session, actor: User | None, region: Region, now: datetime) -> None:
    """Take back a place that was added by mistake; INVALID_TRANSITION once anything lies in it or refers to it."""
    used = (
        select(Region.code).where(Region.parent_code == region.code),
        select(Household.id).where(Household.village_code == region.code),
        select(VisitVillage.visit_id).where(VisitVillage.village_code == region.code),
        select(MonitoringPoint.region_code).where(MonitoringPoint.region_code == region.code),
        select(Submission.instance_id).where(Submission.village_code == region.code),
        select(User.id).where(User.region_code == region.code),
    )
    if any(session.scalar(query.limit(1)) is not None for query in used):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=region.name, state="in use", action="removed")
    session.delete(region)
    _log(session, actor, "region.removed", "region", region.code, now, name=region.name)


def set_monitoring_point(
    session: Session, actor: User | None, region: Region, chosen_on: date, reason: str, now: datetime
) -> MonitoringPoint:
    """The county or village as a monitoring point, made or changed.

    INVALID_VALUE for other levels, for days to come, and for a day on which an earlier time as a monitoring point had not ended.
    """
    if region.level not in ("county", "village"):
        raise _invalid("region", "{region} is neither a county nor a village; choose one of these", region=region.name)
    if chosen_on > (now + FURTHEST_AHEAD).date():
        raise _invalid("chosen_on", "{day} has not come yet", day=chosen_on)
    point = find_monitoring_point(session, region)
    last = session.scalar(select(func.max(MonitoringPoint.ended_on)).where(MonitoringPoint.region_code == region.code))
    if last is not None and chosen_on <= last:
        raise _invalid("chosen_on", "{region} was a monitoring point until {last}; choose a later day", region=region.name, last=last)
    if point is None:
        point = MonitoringPoint(region_code=region.code)
        session.add(point)
    point.chosen_on, point.reason = chosen_on, reason.strip()
    _log(session, actor, "monitoring_point.set", "region", region.code, now, chosen_on=chosen_on.isoformat())
    return point


def end_monitoring_point(
    session: Session, actor: User | None, point: MonitoringPoint, ended_on: date, reason: str, now: datetime
) -> MonitoringPoint:
    """The point, observed no longer since `ended_on`; INVALID_VALUE for a day before it was chosen or to come."""
    if ended_on > (now + FURTHEST_AHEAD).date():
        raise _invalid("ended_on", "{day} has not come yet", day=ended_on)
    if ended_on < point.chosen_on:
        raise _invalid("ended_on", "the place was chosen later, on {chosen_on}", chosen_on=point.chosen_on)
    point.ended_on, point.end_reason = ended_on, reason.strip()
    _log(session, actor, "monitoring_point.ended", "region", point.region_code, now, ended_on=ended_on.isoformat())
    return point


def add_household(session: Session, actor: User | None, village: Region, facts: HouseholdFacts, now: datetime) -> Household:
    """The new household of the village; INVALID_VALUE names the field that is wrong, a number taken in the village included."""
    if village.level != "village":
        raise _invalid("village", "{village} is no village; choose one", village=village.name)
    household = Household(village_code=village.code)
    _set_facts(session, household, facts)
    session.add(household)
    session.flush()
    _log(session, actor, "household.added", "household", household.id, now, village=village.code)
    return household


def update_household(session: Session, actor: User | None, household: Household, facts: HouseholdFacts, now: datetime) -> Household:
    """The household with these facts; the event names the fields that changed, and no names of people."""
    before = {name: getattr(household, name) for name in HouseholdFacts.__slots__}
    _set_facts(session, household, facts)
    changed = [name for name, value in before.items() if getattr(household, name) != value]
    if changed:
        _log(session, actor, "household.changed", "household", household.id, now, fields=changed)
    return household


def _set_facts(session: Session, household: Household, facts: HouseholdFacts) -> None:
    for name, limit in MAX_LENGTHS.items():
        if len(getattr(facts, name)) > limit:
            raise _invalid(name, "the text is longer than {limit} characters", limit=limit)
    if not facts.number or not facts.head_name:
        raise _invalid("head_name" if facts.number else "number", "it is empty")
    if facts.kind not in HOUSEHOLD_KINDS:
        raise not_one_of("kind", facts.kind, HOUSEHOLD_KINDS)
    if facts.cause and facts.cause not in CAUSES:
        raise not_one_of("cause", facts.cause, CAUSES)
    if unknown := sorted(set(facts.markers) - set(MARKERS)):
        raise _invalid("markers", "{value} is not one of {choices}", value=", ".join(unknown), choices=", ".join(MARKERS))
    if not 1 <= facts.n_members <= MAX_MEMBERS:
        raise _invalid("n_members", "it must lie in 1–{most}", most=MAX_MEMBERS)
    same = select(Household.id).where(Household.village_code == household.village_code, Household.number == facts.number)
    with session.no_autoflush:
        taken = session.scalar(same)
    if taken is not None and taken != household.id:
        raise _invalid("number", "a household with the number {given} is already in this village", given=facts.number)
    for name in HouseholdFacts.__slots__:
        setattr(household, name, getattr(facts, name))
    household.markers = [marker for marker in MARKERS if marker in facts.markers]


def remove_household(session: Session, actor: User | None, household: Household, now: datetime) -> None:
    """Take a household out of the frame; INVALID_TRANSITION once it was assigned or interviewed."""
    assigned = session.scalar(
        select(Visit.title).join(Assignment, Assignment.visit_id == Visit.id).where(Assignment.household_id == household.id).limit(1)
    )
    interviewed = session.scalar(select(Submission.instance_id).where(Submission.household_id == household.id).limit(1))
    if assigned or interviewed:
        state = "part of '{visit}'" if assigned else "interviewed"
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION,
            what="Household {household}",
            state=state,
            action="removed",
            household=household.number,
            visit=assigned,
        )
    if session.scalar(select(Identification.id).where(Identification.household_id == household.id).limit(1)) is not None:
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION,
            what="Household {household}",
            state="in the register",
            action="removed",
            household=household.number,
        )
    session.execute(delete(HouseholdMember).where(HouseholdMember.household_id == household.id))
    session.delete(household)
    _log(session, actor, "household.removed", "household", household.id, now, village=household.village_code)
