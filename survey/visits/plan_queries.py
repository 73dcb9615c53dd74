"""What the pages that plan a visit read; a fixed number of statements per page."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import Role, User, user_roles
from survey.draws.standing import drawn_villages, households_in
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.places import codes
from survey.places.models import Household, Region
from survey.places.queries import county_names
from survey.visits.models import Assignment, Meeting, Pair, Recommendation, Visit, VisitMember, VisitVillage
from survey.visits.operations import FIELD_ROLES

Record = TypeVar("Record", Meeting, Recommendation)


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """A visit as the list shows it: how many villages it has and in which counties."""

    visit: Visit
    n_villages: int
    counties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedVillage:
    """A village of a visit with its county's name, its households, and how many of them are assigned."""

    row: VisitVillage
    county_name: str
    n_households: int
    n_assigned: int


@dataclass(frozen=True, slots=True)
class CandidateVillage:
    """A village that could be added to a visit, with its households."""

    region: Region
    township_name: str
    n_households: int


@dataclass(frozen=True, slots=True)
class HouseholdChoice:
    """Which households of a visit's villages are to be assigned; "" means no limit."""

    form_id: str
    village: str = ""
    kind: str = ""
    marker: str = ""
    part: str = ""
    """Of the visit's opened draw: "drawn" for its sample as it is now, "reserve" for the reserves that wait."""


def find_visit(session: Session, visit_id: str) -> Visit:
    """The visit with its villages, forms and pairs; raises NOT_FOUND."""
    options = (
        selectinload(Visit.villages).joinedload(VisitVillage.village),
        selectinload(Visit.forms),
        selectinload(Visit.pairs).options(joinedload(Pair.lead).lazyload(User.roles), joinedload(Pair.second).lazyload(User.roles)),
    )
    visit = session.get(Visit, visit_id, options=options)
    if visit is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=visit_id, remedy="Open it from the list of visits.")
    return visit


def list_visits(session: Session) -> tuple[VisitSummary, ...]:
    """Every visit, newest first; three statements."""
    visits = session.scalars(select(Visit).order_by(Visit.starts_on.desc(), Visit.id)).all()
    villages: dict[str, list[str]] = {}
    for visit_id, code in session.execute(select(VisitVillage.visit_id, VisitVillage.village_code)):
        villages.setdefault(visit_id, []).append(code)
    names = county_names(session, [code for group in villages.values() for code in group])
    return tuple(VisitSummary(visit, len(villages.get(visit.id, ())), _counties(villages.get(visit.id, []), names)) for visit in visits)


def _counties(village_codes: list[str], names: dict[str, str]) -> tuple[str, ...]:
    prefixes = sorted({codes.county_of(code) for code in village_codes})
    return tuple(names.get(prefix, prefix) for prefix in prefixes)


def list_earlier_visits(session: Session, visit: Visit | None) -> tuple[tuple[str, str], ...]:
    """What a visit may look back on, as (id, title), newest first: every other visit."""
    statement = select(Visit.id, Visit.title).order_by(Visit.starts_on.desc(), Visit.id)
    return tuple((key, title) for key, title in session.execute(statement) if visit is None or key != visit.id)


def propose_id(session: Session, starts_on: date, county_code: str) -> str:
    """An id that is free, from year, month and county ("2018-04-610727"), with a number behind if that is taken."""
    base = "-".join(part for part in (f"{starts_on:%Y-%m}", county_code) if part)
    taken = set(session.scalars(select(Visit.id).where(Visit.id.startswith(base, autoescape=True))))
    free = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in free if each not in taken)


def list_counties(session: Session) -> tuple[tuple[str, str], ...]:
    """The counties that have villages here, as (six-digit code, name)."""
    prefixes = session.scalars(select(func.substr(Region.code, 1, 6)).where(Region.level == "village").distinct()).all()
    names = county_names(session, [prefix.ljust(12, "0") for prefix in prefixes])
    return tuple((prefix, names.get(prefix, prefix)) for prefix in sorted(prefixes))


def list_planned_villages(session: Session, visit: Visit) -> tuple[PlannedVillage, ...]:
    """The visit's villages by planned day and code, with households and assignments; three statements."""
    village_codes = [row.village_code for row in visit.villages]
    households = _count(session, select(Household.village_code, func.count()).where(Household.village_code.in_(village_codes)))
    assigned = _count(
        session,
        select(Assignment.village_code, func.count(Assignment.household_id.distinct())).where(Assignment.visit_id == visit.id),
    )
    names = county_names(session, village_codes)
    ordered = sorted(visit.villages, key=lambda row: (row.planned_on or date.max, row.village_code))
    return tuple(
        PlannedVillage(
            row, names.get(codes.county_of(row.village_code), ""), households.get(row.village_code, 0), assigned.get(row.village_code, 0)
        )
        for row in ordered
    )


def _count(session: Session, statement: Select[str, int]) -> dict[str, int]:
    """The second column by the first, which is grouped by."""
    return {code: n for code, n in session.execute(statement.group_by(statement.selected_columns[0]))}


def list_candidate_villages(session: Session, visit: Visit, county_code: str) -> tuple[CandidateVillage, ...]:
    """The villages of the county that are not in the visit yet, by code; none for what is no code."""
    county = codes.full_code(county_code)
    if county is None:
        return ()
    low, high = codes.bounds_of(county)
    present = [row.village_code for row in visit.villages]
    regions = session.scalars(select(Region).where(Region.code.between(low, high)).order_by(Region.code)).all()
    names = {region.code: region.name for region in regions}
    households = _count(session, select(Household.village_code, func.count()).where(Household.village_code.between(low, high)))
    return tuple(
        CandidateVillage(region, names.get(region.parent_code or "", ""), households.get(region.code, 0))
        for region in regions
        if region.level == "village" and region.code not in present
    )


def list_versions(session: Session) -> tuple[QuestionnaireVersion, ...]:
    """Every published version, by title, newest first within a form."""
    statement = select(QuestionnaireVersion).order_by(
        QuestionnaireVersion.form_id, QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc()
    )
    return tuple(session.scalars(statement))


def find_pair(visit: Visit, pair_id: str) -> Pair:
    """The pair of this visit; raises NOT_FOUND."""
    pair = next((each for each in visit.pairs if each.id == pair_id), None)
    if pair is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Pair", key=pair_id, remedy="Choose one of the visit's pairs.")
    return pair


def list_free_people(session: Session, visit: Visit, pair: Pair | None = None) -> tuple[tuple[str, str], ...]:
    """Who may be in a pair and is in no other one of the visit, as (id, name and organisation), by name."""
    busy = {person for each in visit.pairs if pair is None or each.id != pair.id for person in (each.lead_id, each.second_id)}
    statement = (
        select(User.id, User.name, User.username, User.organisation)
        .where(User.active, User.id.in_(select(user_roles.c.user_id).join(Role).where(Role.name.in_(FIELD_ROLES))))
        .order_by(User.name, User.username)
    )
    return tuple(
        (key, " · ".join(part for part in (name, username, organisation) if part))
        for key, name, username, organisation in session.execute(statement)
        if key not in busy
    )


def list_unassigned(session: Session, visit: Visit, wanted: HouseholdChoice) -> tuple[Household, ...]:
    """The households of the visit's villages that match and do not have the form yet, as a pair walks: village, group, number."""
    village_codes = [row.village_code for row in visit.villages if wanted.village in ("", row.village_code)]
    has_form = exists().where(
        Assignment.visit_id == visit.id, Assignment.form_id == wanted.form_id, Assignment.household_id == Household.id
    )
    statement = select(Household).where(Household.village_code.in_(village_codes), ~has_form).options(joinedload(Household.village))
    if wanted.kind:
        statement = statement.where(Household.kind == wanted.kind)
    if wanted.part:
        statement = statement.where(Household.id.in_(households_in(visit.id, wanted.part)))
    found = session.scalars(
        statement.order_by(Household.village_code, Household.group_name, func.length(Household.number), Household.number)
    )
    # Markers are a JSON list, which SQLite and PostgreSQL search differently; a visit's villages hold few enough households.
    return tuple(household for household in found if not wanted.marker or wanted.marker in household.markers)


def list_villages_without(session: Session, visit: Visit, form_id: str) -> tuple[VisitVillage, ...]:
    """The visit's villages for which the form is not to be filled in once yet, by code."""
    taken = set(
        session.scalars(
            select(Assignment.village_code).where(
                Assignment.visit_id == visit.id, Assignment.form_id == form_id, Assignment.household_id.is_(None)
            )
        )
    )
    return tuple(sorted((row for row in visit.villages if row.village_code not in taken), key=lambda row: row.village_code))


def list_chosen_households(session: Session, visit: Visit, household_ids: list[str]) -> tuple[Household, ...]:
    """Those households of the visit's villages, as a pair walks."""
    village_codes = [row.village_code for row in visit.villages]
    statement = (
        select(Household)
        .where(Household.id.in_(household_ids), Household.village_code.in_(village_codes))
        .order_by(Household.village_code, Household.group_name, func.length(Household.number), Household.number)
    )
    return tuple(session.scalars(statement))


def used_villages(session: Session, visit: Visit) -> set[str]:
    """The villages of the visit that can no longer be taken out: something is assigned there or was received, or they were drawn."""
    assigned = select(Assignment.village_code).where(Assignment.visit_id == visit.id).distinct()
    received = select(Submission.village_code).where(Submission.visit_id == visit.id).distinct()
    return {code for code in session.scalars(assigned.union(received, drawn_villages(visit.id))) if code}


def used_forms(session: Session, visit: Visit) -> set[str]:
    """The forms of the visit that can no longer be taken out."""
    assigned = select(Assignment.form_id).where(Assignment.visit_id == visit.id).distinct()
    received = select(Submission.form_id).where(Submission.visit_id == visit.id).distinct()
    return set(session.scalars(assigned.union(received)))


def count_by_pair(session: Session, visit: Visit) -> dict[str, int]:
    """How many assignments each pair of the visit has."""
    return _count(session, select(Assignment.pair_id, func.count()).where(Assignment.visit_id == visit.id))


def count_parts(session: Session, visit: Visit) -> dict[str, int]:
    """How many assignments, meetings and recommendations the visit has, for its tabs; one statement."""
    tables: dict[str, type[VisitMember | Assignment | Meeting | Recommendation]] = {
        "members": VisitMember,
        "assignments": Assignment,
        "meetings": Meeting,
        "recommendations": Recommendation,
    }
    counts = [
        select(func.count()).select_from(table).where(table.visit_id == visit.id).scalar_subquery().label(name)
        for name, table in tables.items()
    ]
    return dict(session.execute(select(*counts)).one()._mapping)


def list_visit_places(session: Session, visit: Visit) -> tuple[tuple[str, str], ...]:
    """Where a meeting of the visit can have been, as (code, name): province, city, county and village, from above."""
    wanted = {code for row in visit.villages for code in (*codes.ancestors_of(row.village_code), row.village_code)}
    statement = select(Region.code, Region.name).where(Region.code.in_(sorted(wanted))).order_by(Region.code)
    return tuple((code, name) for code, name in session.execute(statement))


def list_meetings(session: Session, visit: Visit) -> tuple[Meeting, ...]:
    """The visit's meetings, oldest first."""
    statement = select(Meeting).where(Meeting.visit_id == visit.id).options(joinedload(Meeting.region))
    return tuple(session.scalars(statement.order_by(Meeting.held_on, Meeting.id)))


def list_recommendations(session: Session, visit: Visit) -> tuple[Recommendation, ...]:
    """The visit's recommendations, oldest first."""
    statement = select(Recommendation).where(Recommendation.visit_id == visit.id).options(joinedload(Recommendation.region))
    return tuple(session.scalars(statement.order_by(Recommendation.handed_over_on, Recommendation.id)))


def find_record(session: Session, table: type[Record], visit: Visit, record_id: str) -> Record:
    """The meeting or recommendation of this visit; raises NOT_FOUND."""
    found = session.get(table, record_id)
    if found is None or found.visit_id != visit.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what=table.__name__, key=record_id, remedy="It may have been removed already.")
    return found
