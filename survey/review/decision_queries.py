"""Who decided what about interviews, read from the log of events, newest first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.events import Event
from survey.field_time import FIELD_ZONE
from survey.intake.models import Submission

DECIDED = ("submission.accepted", "submission.returned", "submission.reopened")
"""The decisions that are counted for each person."""
DONE = (
    *DECIDED,
    "submission.query_noted",
    "submission.query_dropped",
    "submission.query_closed",
    "submission.settled",
    "submission.admitted",
)
"""Everything that people do in review; what the program does by itself stands in each interview's own history."""
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Whose decisions, of which kind (an action of the log), and on which days; "" or None for no limit."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Decision:
    """One event with who caused it ("" for the program) and the interview it is about, None where that is not stored here."""

    event: Event
    actor_name: str
    submission: Submission | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many decisions of each kind somebody made."""

    name: str
    n_accepted: int
    n_returned: int
    n_reopened: int


def list_decisions(session: Session, wanted: DecisionFilter, before: int | None) -> tuple[tuple[Decision, ...], int | None]:
    """The newest decisions that match, older than the event of number `before`; and the number to ask for the next page with, or None."""
    # Found in an index alone; events themselves, which are large, are read for one page only.
    numbers = select(Event.number).where(*_conditions(wanted))
    if before is not None:
        numbers = numbers.where(Event.number < before)
    found = session.scalars(numbers.order_by(Event.number.desc()).limit(PAGE_SIZE + 1)).all()
    statement = select(Event, User.name).outerjoin(User, User.id == Event.actor_id).where(Event.number.in_(found[:PAGE_SIZE]))
    shown = session.execute(statement.order_by(Event.number.desc())).all()
    submissions = _load(session, [event.subject_id for event, _name in shown])
    decisions = tuple(Decision(event, name or "", submissions.get(event.subject_id)) for event, name in shown)
    return decisions, found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None


def _load(session: Session, instance_ids: Sequence[str]) -> dict[str, Submission]:
    loaded = (joinedload(Submission.household), joinedload(Submission.village), joinedload(Submission.visit))
    found = session.scalars(select(Submission).where(Submission.instance_id.in_(instance_ids)).options(*loaded))
    return {submission.instance_id: submission for submission in found}


def count_decisions(session: Session, wanted: DecisionFilter) -> tuple[Tally, ...]:
    """How much everybody decided on these days, whoever is asked for; who decided most comes first."""
    days = DecisionFilter(since=wanted.since, until=wanted.until)
    statement = (
        select(Event.actor_id, Event.action, func.count())
        .where(*_conditions(days), Event.action.in_(DECIDED))
        .group_by(Event.actor_id, Event.action)
    )
    counts: defaultdict[str | None, dict[str, int]] = defaultdict(dict)
    for actor_id, action, n in session.execute(statement):
        counts[actor_id][action] = n
    names = {key: name for key, name in session.execute(select(User.id, User.name).where(User.id.in_([key for key in counts if key])))}
    tallies = [Tally(names.get(key or "", ""), *(found.get(action, 0) for action in DECIDED)) for key, found in counts.items()]
    return tuple(sorted(tallies, key=lambda each: (-each.n_accepted - each.n_returned - each.n_reopened, each.name)))


def list_deciders(session: Session) -> tuple[tuple[str, str], ...]:
    """Everybody who ever did something in review, as (id, name), by name."""
    done = select(Event.actor_id).where(Event.action.in_(DONE)).distinct()
    return tuple((key, name) for key, name in session.execute(select(User.id, User.name).where(User.id.in_(done)).order_by(User.name)))


def _conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Event.action == wanted.action if wanted.action in DONE else Event.action.in_(DONE)]
    if wanted.person:
        found.append(Event.actor_id == wanted.person)
    if wanted.since:
        found.append(Event.happened_at >= _midnight(wanted.since))
    if wanted.until:
        found.append(Event.happened_at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), FIELD_ZONE)
