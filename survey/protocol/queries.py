"""Reading the limits of visits, and how many interviews each check doubts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.intake.models import Flag, Submission
from survey.protocol.limits import Limits, read_limits
from survey.protocol.models import VisitLimits


@dataclass(frozen=True, slots=True)
class Doubted:
    """How many interviews of a visit a check doubts: those that wait for a decision, were accepted (with a reason), or are returned."""

    n_waiting: int = 0
    n_accepted: int = 0
    n_returned: int = 0


def find_limits(session: Session, visit_id: str) -> VisitLimits | None:
    """What the visit has set for itself, None when it keeps to the defaults."""
    return session.get(VisitLimits, visit_id, options=(joinedload(VisitLimits.changed_by).lazyload(User.roles),))


def limits_of_visit(session: Session, visit_id: str | None) -> Limits:
    """The limits of a visit; the defaults for none."""
    return read_limits(session.scalar(select(VisitLimits.values).where(VisitLimits.visit_id == visit_id)) if visit_id else None)


def limits_of_interview(session: Session, instance_id: str) -> Limits:
    """The limits of the visit that an interview belongs to."""
    statement = select(VisitLimits.values).join(Submission, Submission.visit_id == VisitLimits.visit_id)
    return read_limits(session.scalar(statement.where(Submission.instance_id == instance_id)))


def count_doubted(session: Session, visit_id: str) -> Mapping[str, Doubted]:
    """How many interviews of the visit each check doubts, by check; those that an edit has replaced are not counted."""
    statement = (
        select(Flag.check, Submission.review_state, func.count(func.distinct(Submission.instance_id)))
        .join(Submission, Submission.instance_id == Flag.instance_id)
        .where(Submission.visit_id == visit_id, Submission.review_state != "replaced")
        .group_by(Flag.check, Submission.review_state)
    )
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for check, state, n in session.execute(statement):
        counts[check][state] = n
    return {check: Doubted(found.get("received", 0), found.get("accepted", 0), found.get("returned", 0)) for check, found in counts.items()}


def list_checks_of(session: Session, instance_id: str) -> tuple[str, ...]:
    """The checks whose flags an interview carries, by name."""
    return tuple(session.scalars(select(Flag.check).where(Flag.instance_id == instance_id).distinct().order_by(Flag.check)))
