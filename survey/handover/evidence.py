"""Whether the logs of other installations that are kept here are still what was logged there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import GENESIS, event_digest
from survey.handover.models import HandedEvent


def broken_chains(session: Session) -> list[tuple[str, int]]:
    """The source and the number of the first event, for every log of another installation that is not what was logged there."""
    broken: dict[str, int] = {}
    previous: dict[str, str] = {}
    statement = select(HandedEvent).order_by(HandedEvent.source, HandedEvent.number).execution_options(yield_per=1000)
    for event in session.scalars(statement):
        if event.source not in broken and event.digest != event_digest(event, previous.get(event.source, GENESIS)):
            broken[event.source] = event.number
        previous[event.source] = event.digest
    return list(broken.items())
