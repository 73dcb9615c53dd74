"""Reading what an installation has so far."""

from collections import Counter
from typing import Any

from sqlalchemy import ScalarSelect, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from survey.accounts.models import User, user_roles
from survey.devices.models import Device
from survey.first_run.models import THE_ONE, Installation
from survey.first_run.steps import Progress
from survey.intake.models import Submission
from survey.places.models import Household, Region, RosterDraft
from survey.visits.models import Assignment, Visit


def has_people(session: Session) -> bool:
    """Whether anybody has an account."""
    return session.scalar(select(User.id).limit(1)) is not None


def read_installation(session: Session) -> Installation | None:
    """The row about the installation, if somebody has said anything about it."""
    return session.get(Installation, THE_ONE)


def organisation_name(session: Session, *, is_short: bool = False) -> str:
    """The name of the organisation that runs the installation, the short one if there is one and it is wanted; "" while nobody said it."""
    row = read_installation(session)
    if row is None:
        return ""
    return (row.short_name if is_short else "") or row.organisation


def read_progress(session: Session) -> Progress:
    """How far the first steps are; two statements, which count no further than they must."""
    has_assignments = exists().where(Assignment.visit_id == Visit.id)
    visit = session.execute(
        select(Visit.id, Visit.title, Visit.state).order_by(case((has_assignments, 0), else_=1), Visit.starts_on, Visit.id).limit(1)
    ).one_or_none()
    interviewers = (
        select(func.count())
        .select_from(User)
        .join(user_roles, user_roles.c.user_id == User.id)
        .where(User.active, user_roles.c.role_name == "interviewer")
    )
    told = session.execute(
        select(
            _of_installation(Installation.organisation).label("organisation"),
            _of_installation(Installation.put_aside_at).label("put_aside_at"),
            select(func.count()).select_from(Region).where(Region.level == "village").scalar_subquery().label("n_villages"),
            select(func.count()).select_from(Household).scalar_subquery().label("n_households"),
            interviewers.scalar_subquery().label("n_interviewers"),
            select(func.count()).select_from(Assignment).scalar_subquery().label("n_assignments"),
            select(func.count()).select_from(Device).scalar_subquery().label("n_devices"),
            select(func.count()).select_from(Submission).scalar_subquery().label("n_received"),
        )
    ).one()
    return Progress(
        organisation=told.organisation or "",
        is_put_aside=told.put_aside_at is not None,
        n_villages=told.n_villages,
        n_households=told.n_households,
        n_interviewers=told.n_interviewers,
        visit_id=visit.id if visit else "",
        visit_title=visit.title if visit else "",
        visit_state=visit.state if visit else "",
        n_assignments=told.n_assignments,
        n_devices=told.n_devices,
        n_received=told.n_received,
    )


def _of_installation(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    return select(column).where(Installation.id == THE_ONE).scalar_subquery()


def find_waiting_draft(session: Session, user: User, kind: str) -> RosterDraft | None:
    """The file of this kind that the person chose last and has not decided on, or None."""
    mine = select(RosterDraft).where(RosterDraft.created_by_id == user.id, RosterDraft.kind == kind)
    return session.scalars(mine.order_by(RosterDraft.created_at.desc(), RosterDraft.id).limit(1)).one_or_none()


def list_villages(session: Session) -> list[tuple[str, str, int]]:
    """The villages that have households, as (code, name, households), by code; those of one name with their townships before it."""
    above = aliased(Region)
    statement = (
        select(Region.code, Region.name, above.name, func.count(Household.id))
        .join(Household, Household.village_code == Region.code)
        .outerjoin(above, above.code == Region.parent_code)
        .group_by(Region.code, Region.name, above.name)
        .order_by(Region.code)
    )
    found = session.execute(statement).all()
    times = Counter(name for _code, name, _township, _n in found)
    return [(code, f"{township} {name}" if township and times[name] > 1 else name, n) for code, name, township, n in found]


def list_interviewers(session: Session) -> list[tuple[str, str]]:
    """Who can be in a pair, as (id, name and user name), in the order in which their accounts were made."""
    statement = (
        select(User.id, User.name, User.username)
        .join(user_roles, user_roles.c.user_id == User.id)
        .where(User.active, user_roles.c.role_name == "interviewer")
        .order_by(User.created_at, User.username)
    )
    return [(key, f"{name} · {username}") for key, name, username in session.execute(statement)]
