"""What the page of the log shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.events import Event
from survey.pages.paging import Page, page_of
from survey.proof.models import SignedHead


@dataclass(frozen=True, slots=True)
class LogSize:
    """How many events the log holds, and when the last one happened; None in an empty log."""

    n_events: int
    last_at: datetime | None


def read_size(session: Session) -> LogSize:
    """The size of the log; one statement."""
    n_events, last_at = session.execute(select(func.count(), func.max(Event.happened_at))).one()
    return LogSize(n_events, last_at)


def list_heads(session: Session, number: int) -> tuple[Page, tuple[SignedHead, ...]]:
    """Page `number` of the heads that were given away, newest first."""
    page = page_of(number, session.scalar(select(func.count()).select_from(SignedHead)) or 0)
    statement = select(SignedHead).order_by(SignedHead.event_number.desc(), SignedHead.id).limit(page.size).offset(page.offset)
    return page, tuple(session.scalars(statement))
