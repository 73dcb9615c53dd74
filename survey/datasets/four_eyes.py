"""Four eyes for full datasets: one person asks and says what for, another decides, and only then it can be fetched, for some days."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.exports.archive import ExportRequest
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.datasets.models import APPROVED_FOR, DatasetRequest
from survey.datasets.operations import FULL_ROLES, check_allowed
from survey.events import log_event


def ask_for_full(session: Session, actor: User, wanted: ExportRequest, purpose: str, now: datetime) -> DatasetRequest:
    """The request, which others now see; the one there is when the same was asked already. Raises as `check_allowed` does."""
    check_allowed(actor, wanted, purpose)
    same = select(DatasetRequest).where(
        DatasetRequest.asked_by_id == actor.id, DatasetRequest.visit_id == wanted.visit_id, DatasetRequest.is_approved.is_(None)
    )
    for found in session.scalars(same):
        if (found.purpose, found.language, tuple(found.formats)) == (purpose.strip(), wanted.language, wanted.formats):
            return found
    asked = DatasetRequest(
        visit_id=wanted.visit_id,
        language=wanted.language,
        formats=list(wanted.formats),
        purpose=purpose.strip(),
        asked_by_id=actor.id,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    log_event(session, actor.id, "dataset.asked", "dataset", wanted.visit_id, now, request=asked.id, purpose=asked.purpose)
    return asked


def decide_request(session: Session, actor: User, asked: DatasetRequest, is_approved: bool, now: datetime) -> None:
    """Approve or refuse what somebody else asked for; NOT_ALLOWED for one's own, INVALID_TRANSITION when it was decided before."""
    if asked.asked_by_id == actor.id or not any(actor.has_role(role) for role in FULL_ROLES):
        remedy = "Another coordinator or administrator decides."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="decide about this dataset", remedy=remedy)
    if asked.is_approved is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what="Dataset", key=asked.visit_id, state="finished", action="changed")
    asked.is_approved, asked.decided_by_id, asked.decided_at = is_approved, actor.id, now
    action = "dataset.approved" if is_approved else "dataset.refused"
    log_event(session, actor.id, action, "dataset", asked.visit_id, now, request=asked.id)


def wanted_by(asked: DatasetRequest, actor: User, now: datetime) -> ExportRequest:
    """What may be fetched now; NOT_ALLOWED unless it was approved for this person and the days are not over."""
    until = asked.open_until()
    if asked.asked_by_id != actor.id or until is None or until <= now:
        remedy = "Ask for it; once another has approved it, it can be fetched for three days."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="fetch this dataset", remedy=remedy)
    return ExportRequest(asked.visit_id, asked.language, tuple(asked.formats), is_full=True)


def find_approved(session: Session, actor: User, visit_id: str, now: datetime) -> DatasetRequest | None:
    """The request of the person for the visit that was approved and whose days are not over; None without one."""
    mine = DatasetRequest.asked_by_id == actor.id, DatasetRequest.visit_id == visit_id
    is_open = DatasetRequest.is_approved.is_(True), DatasetRequest.decided_at > now - APPROVED_FOR
    return session.scalars(select(DatasetRequest).where(*mine, *is_open).order_by(DatasetRequest.decided_at.desc()).limit(1)).first()


def list_requests(session: Session, actor: User, now: datetime) -> tuple[DatasetRequest, ...]:
    """What waits for a decision, and what the person may fetch now, the newest first."""
    statement = select(DatasetRequest).where(
        DatasetRequest.is_approved.is_(None) | ((DatasetRequest.asked_by_id == actor.id) & (DatasetRequest.decided_at > now - APPROVED_FOR))
    )
    return tuple(session.scalars(statement.order_by(DatasetRequest.asked_at.desc(), DatasetRequest.id)))


def find_request(session: Session, request_id: str, visit_id: str) -> DatasetRequest:
    """This request of the visit; NOT_FOUND otherwise."""
    found = session.get(DatasetRequest, request_id)
    if found is None or found.visit_id != visit_id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Dataset", key=request_id, remedy="Look at the page of datasets again.")
    return found
