"""What planning a look-back reads of the earlier visit; a fixed number of statements whatever its size."""

from collections.abc import Iterable

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import COUNTED, Submission
from survey.lookback.planning import Person, Source, Task
from survey.outcomes.queries import standing_subquery
from survey.places.models import Household
from survey.visits.models import Assignment, Visit, VisitMember
from survey.visits.operations import FIELD_ROLES
from survey.visits.ordering import pairs_in_order


def read_source(session: Session, visit: Visit) -> Source:
    """All that planning a look-back needs to know of the earlier visit; six statements."""
    pairs = pairs_in_order(visit)
    return Source(
        visit=visit,
        pairs=pairs,
        tasks=_tasks(session, visit),
        met=frozenset(_met(session, visit)),
        outcomes=_outcomes(session, visit),
        people=_people(session, [person for pair in pairs for person in (pair.lead_id, pair.second_id)]),
        versions=_versions(session, visit),
        rounds=tuple(list_rounds(session, visit)),
    )


def _tasks(session: Session, visit: Visit) -> tuple[Task, ...]:
    statement = (
        select(Assignment.form_id, Assignment.pair_id, Assignment.village_code, Assignment.household_id, Assignment.planned_on)
        .outerjoin(Household, Household.id == Assignment.household_id)
        .where(Assignment.visit_id == visit.id)
        .order_by(Assignment.village_code, Household.group_name, func.length(Household.number), Household.number, Assignment.form_id)
    )
    return tuple(Task(*row) for row in session.execute(statement))


def _met(session: Session, visit: Visit) -> Iterable[str]:
    received = exists().where(Submission.assignment_id == Assignment.id, Submission.review_state.in_(COUNTED))
    statement = select(Assignment.household_id).where(Assignment.visit_id == visit.id, Assignment.household_id.is_not(None), received)
    return {str(key) for key in session.scalars(statement)}


def _outcomes(session: Session, visit: Visit) -> dict[str, str]:
    standing = standing_subquery(Assignment.visit_id == visit.id)
    statement = (
        select(Assignment.household_id, standing.c.outcome)
        .join(standing, standing.c.assignment_id == Assignment.id)
        .where(Assignment.household_id.is_not(None))
        .order_by(standing.c.outcome)
    )
    return {str(household_id): outcome for household_id, outcome in session.execute(statement)}


def _people(session: Session, ids: list[str]) -> dict[str, Person]:
    people = session.scalars(select(User).where(User.id.in_(ids)).options(selectinload(User.roles)))
    return {person.id: Person(person.id, person.name, why_unavailable(person)) for person in people}


def why_unavailable(person: User) -> str:
    """Why somebody cannot be in a pair: "inactive", "no_role", or "" when they can."""
    if not person.active:
        return "inactive"
    return "" if FIELD_ROLES & {role.name for role in person.roles} else "no_role"


def _versions(session: Session, visit: Visit) -> tuple[tuple[QuestionnaireVersion, QuestionnaireVersion], ...]:
    statement = (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.form_id.in_([form.form_id for form in visit.forms]))
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    )
    newest = {version.form_id: version for version in session.scalars(statement)}
    return tuple((form, newest[form.form_id]) for form in sorted(visit.forms, key=lambda form: form.form_id))


def list_rounds(session: Session, visit: Visit) -> list[tuple[str, str]]:
    """The visits that look back on this one, oldest first, as (id, title)."""
    statement = select(Visit.id, Visit.title).where(Visit.look_back_of_id == visit.id).order_by(Visit.starts_on, Visit.id)
    return [(key, title) for key, title in session.execute(statement)]


def list_field_people(session: Session) -> tuple[tuple[str, str], ...]:
    """Everybody who may be in a pair, as (id, name, user name and organisation), by name."""
    people = session.scalars(select(User).where(User.active).options(selectinload(User.roles)).order_by(User.name, User.username))
    return tuple(
        (person.id, " · ".join(part for part in (person.name, person.username, person.organisation) if part))
        for person in people
        if not why_unavailable(person)
    )


def list_team(session: Session, visit: Visit) -> tuple[VisitMember, ...]:
    """The team of the visit: those who can go again."""
    statement = select(VisitMember).join(User, User.id == VisitMember.user_id).where(VisitMember.visit_id == visit.id, User.active)
    return tuple(session.scalars(statement.order_by(VisitMember.user_id)))


def list_household_names(session: Session, household_ids: Iterable[str]) -> dict[str, Household]:
    """The households of these identifiers, in walking order."""
    statement = (
        select(Household)
        .where(Household.id.in_(sorted(household_ids)))
        .order_by(Household.village_code, func.length(Household.number), Household.number)
    )
    return {household.id: household for household in session.scalars(statement)}
