"""Every write of protection beside the erasing itself: how long a visit's personal parts are kept, and requests for erasure."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import log_event
from survey.protection.erasing import Erasure, erase
from survey.protection.following_up import to_follow_up
from survey.protection.held import Found, find_subject, read_held
from survey.protection.models import ErasureRequest, VisitRetention
from survey.storage import Storage
from survey.visits.models import Visit

MAX_TEXT_LENGTH = 1000


def set_retention(session: Session, actor: User, visit: Visit, *, purpose: str, keep_until: date | None, now: datetime) -> VisitRetention:
    """What the visit's personal data are used for and until when they are kept; None is the default of the settings.

    INVALID_VALUE for a day before the visit ends or a text that is too long, INVALID_TRANSITION once they were erased.
    """
    row = session.get(VisitRetention, visit.id)
    if row is not None and row.erased_at is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.title, state="erased", action="changed")
    if keep_until is not None and keep_until < visit.ends_on:
        detail, told = f"the visit ends on {visit.ends_on} only", f"不能早于调研结束之日{visit.ends_on}"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="keep_until", detail=detail, detail_zh=told)
    if len(purpose.strip()) > MAX_TEXT_LENGTH:
        detail, told = f"write at most {MAX_TEXT_LENGTH} characters", f"不能超过{MAX_TEXT_LENGTH}字"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="purpose", detail=detail, detail_zh=told)
    if row is None:
        row = VisitRetention(visit_id=visit.id)
        session.add(row)
    row.told_at = row.told_at if row.keep_until == keep_until else None
    row.purpose, row.keep_until, row.decided_at, row.decided_by_id = purpose.strip(), keep_until, now, actor.id
    session.flush()
    log_event(session, actor.id, "visit.retention_set", "visit", visit.id, now, keep_until=keep_until.isoformat() if keep_until else None)
    return row


def ask_erasure(session: Session, actor: User, found: Found, reason: str, now: datetime) -> ErasureRequest:
    """The request, which somebody else confirms or declines; INVALID_VALUE without a reason."""
    if not 0 < len(reason.strip()) <= MAX_TEXT_LENGTH:
        detail, told = f"say why, in at most {MAX_TEXT_LENGTH} characters", f"请说明理由，不超过{MAX_TEXT_LENGTH}字"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail=detail, detail_zh=told)
    request = ErasureRequest(
        household_id=found.household.id,
        member_id=found.member.id if found.member else None,
        reason=reason.strip(),
        asked_at=now,
        asked_by_id=actor.id,
    )
    session.add(request)
    session.flush()
    told_of = {"household": request.household_id, "member": request.member_id}
    log_event(session, actor.id, "erasure.asked", "erasure_request", request.id, now, **told_of)
    return request


def find_request(session: Session, request_id: str) -> ErasureRequest:
    """The request with this id; raises NOT_FOUND."""
    request = session.get(ErasureRequest, request_id)
    if request is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Request", key=request_id, remedy="Open it from the list of requests.")
    return request


def confirm_erasure(session: Session, storage: Storage, actor: User, request: ErasureRequest, now: datetime) -> Erasure:
    """What was erased; NOT_ALLOWED for the one who asked, INVALID_TRANSITION when it was decided before."""
    _decide(actor, request, now, is_erased=True)
    found = find_subject(session, request.household_id, request.member_id)
    held = read_held(session, found.household)
    erasure = erase(session, storage, actor, found, request.reason, now)
    request.follow_up = to_follow_up(held, erasure.drafts, now)
    session.flush()
    return erasure


def decline_erasure(session: Session, actor: User, request: ErasureRequest, now: datetime) -> None:
    """Nothing; the request is declined, and everything stays. NOT_ALLOWED for the one who asked."""
    _decide(actor, request, now, is_erased=False)
    log_event(session, actor.id, "erasure.declined", "erasure_request", request.id, now)


def _decide(actor: User, request: ErasureRequest, now: datetime, *, is_erased: bool) -> None:
    if request.decided_at is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what="The request", state="decided", action="decided")
    if request.asked_by_id == actor.id:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor.username,
            action="decide on a request of their own",
            remedy="Another coordinator or administrator does.",
        )
    request.decided_at, request.decided_by_id, request.is_erased = now, actor.id, is_erased
