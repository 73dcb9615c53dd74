"""What every write to a visit shares: whether its plan may still change, the refusal of a value, and the event."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import log_event
from survey.visits.models import Visit


def invalid(field: str, detail: str, **values: object) -> SurveyError:
    """The error that refuses a value; `detail` says why and what to do."""
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, **values)


def check_plannable(visit: Visit) -> None:
    """Raise INVALID_TRANSITION when the visit is closed, because its plan then stands as it was carried out."""
    if visit.state == "closed":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state="closed", action="changed until it is reopened")


def log_change(session: Session, actor: User | None, action: str, visit: Visit, now: datetime, **details: Any) -> None:
    """Log that `actor` changed the visit."""
    log_event(session, actor.id if actor else None, action, "visit", visit.id, now, **details)
