"""What the pages of figures read of the database: what happened since they were made, and who the interviews on a page are of."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from survey.bundles.unrelated_events import UNRELATED
from survey.events import Event
from survey.figures.keeping import Kept
from survey.intake.models import Submission
from survey.places.models import Household, Region
from survey.visits.models import Visit

ACCEPTED = "submission.accepted"
TAKEN_BACK = ("submission.reopened", "submission.suspended")
WITHOUT_EFFECT = UNRELATED | {"submission", "questionnaire_draft", "roster"}
"""Subjects of events that change no figure by themselves: interviews count by what is decided about them, and are asked for apart."""


@dataclass(frozen=True, slots=True)
class OfferedVisit:
    """A visit with accepted interviews."""

    id: str
    title: str
    look_back_of_id: str | None


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since figures were made: interviews of the visit accepted and taken back, and anything else that may change them."""

    n_accepted: int
    n_taken_back: int
    has_others: bool

    @property
    def is_nothing(self) -> bool:
        """Whether the figures are those of this moment."""
        return not (self.n_accepted or self.n_taken_back or self.has_others)


@dataclass(frozen=True, slots=True)
class Interviewed:
    """Who an interview is of, and its state by now, which may be another one than when the figures were made."""

    instance_id: str
    number: str
    head_name: str
    village_name: str
    state: str


def list_offered(session: Session) -> tuple[OfferedVisit, ...]:
    """The visits with at least one accepted interview, the latest first."""
    has_accepted = (
        select(Submission.instance_id)
        .where(Submission.visit_id == Visit.id, Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .exists()
    )
    statement = select(Visit.id, Visit.title, Visit.look_back_of_id).where(has_accepted).order_by(Visit.starts_on.desc(), Visit.id)
    return tuple(OfferedVisit(*row) for row in session.execute(statement))


def read_since(session: Session, kept: Kept, visit_id: str) -> Since:
    """What happened since the figures of the visit were made; two statements at most."""
    later = Event.number > kept.number
    counted = (
        select(Event.action, func.count(Event.subject_id.distinct()))
        .join(Submission, Submission.instance_id == Event.subject_id)
        .where(later, Event.subject_type == "submission", Event.action.in_((ACCEPTED, *TAKEN_BACK)), Submission.visit_id == visit_id)
        .group_by(Event.action)
    )
    is_of_another = and_(Event.subject_type == "visit", Event.subject_id != visit_id)
    is_other = and_(later, Event.subject_type.not_in(sorted(WITHOUT_EFFECT)), not_(is_of_another))
    counts = {action: n for action, n in session.execute(counted)}
    is_known = select(Event.number).where(Event.number == kept.number, Event.digest == kept.digest).exists()
    has_others = session.scalar(
        select(or_(select(Event.number).where(is_other).exists(), and_(true() if kept.number > 0 else false(), not_(is_known))))
    )
    return Since(counts.get(ACCEPTED, 0), sum(counts.get(action, 0) for action in TAKEN_BACK), bool(has_others))


def read_interviewed(session: Session, instance_ids: Collection[str]) -> dict[str, Interviewed]:
    """Who the interviews are of, by instance id; one statement."""
    statement = (
        select(Submission.instance_id, Household.number, Household.head_name, Region.name, Submission.review_state)
        .outerjoin(Household, Household.id == Submission.household_id)
        .outerjoin(Region, Region.code == Submission.village_code)
        .where(Submission.instance_id.in_(instance_ids))
    )
    rows = session.execute(statement)
    return {key: Interviewed(key, number or "", head or "", village or "", state) for key, number, head, village, state in rows}
