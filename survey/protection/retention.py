"""Until when each visit's personal parts are kept, and erasing those that are past their date. Rules are pure; queries follow them."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.events import log_event
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import COUNTED, Submission
from survey.issues.models import HouseholdOutcome
from survey.outcomes.consent import CONSENT_QUESTION
from survey.outcomes.models import AssignmentOutcome
from survey.protection.answers import ERASED
from survey.protection.erased import keep_erased_visit
from survey.protection.erasing import Erasure, erase_interviews, remove_after_commit
from survey.protection.held import read_part_of_visit
from survey.protection.models import VisitRetention
from survey.storage import Storage
from survey.visits.models import Assignment, Visit

SOON_DAYS = 60
"""So long before its date a visit is named, so that there is time to object or to keep it longer for a reason."""
MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """One visit with interviews: what its personal data are for, until when they are kept, and when they were erased."""

    visit: Visit
    purpose: str
    keep_until: date
    is_default: bool
    erased_at: datetime | None
    n_submissions: int
    today: date

    @property
    def state(self) -> str:
        """One of "erased", "due", "soon" and "kept"."""
        if self.erased_at is not None:
            return "erased"
        days = (self.keep_until - self.today).days
        return "due" if days < 0 else "soon" if days <= SOON_DAYS else "kept"


@dataclass(frozen=True, slots=True)
class Consents:
    """How many interviews of a visit were held with consent, and how often it was refused; a form asks it first."""

    n_given: int
    n_refused: int


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    number = day.year * MONTHS_OF_YEAR + day.month - 1 + months
    year, month = divmod(number, MONTHS_OF_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def list_kept(session: Session, today: date, months: int, visit_id: str | None = None) -> tuple[Kept, ...]:
    """Every visit with interviews, or this one, by the day until which its personal parts are kept; two statements."""
    counted = select(Submission.visit_id, func.count()).where(Submission.visit_id.is_not(None)).group_by(Submission.visit_id)
    statement = select(Visit, VisitRetention).outerjoin(VisitRetention, VisitRetention.visit_id == Visit.id)
    if visit_id is not None:
        counted, statement = counted.where(Submission.visit_id == visit_id), statement.where(Visit.id == visit_id)
    counts = {key: n for key, n in session.execute(counted)}
    found = []
    for visit, row in session.execute(statement):
        until = row.keep_until if row is not None else None
        if visit.id in counts or visit_id is not None:
            purpose = (row.purpose if row is not None else "") or visit.purpose
            erased_at = row.erased_at if row is not None else None
            day = until or months_after(visit.ends_on, months)
            found.append(Kept(visit, purpose, day, until is None, erased_at, counts.get(visit.id, 0), today))
    return tuple(sorted(found, key=lambda each: (each.keep_until, each.visit.id)))


def list_untold(session: Session, today: date, months: int) -> tuple[Kept, ...]:
    """The visits whose personal parts are kept for a short time only, or not any longer, and of which nobody was reminded."""
    near = [each for each in list_kept(session, today, months) if each.state in ("soon", "due")]
    ids = [each.visit.id for each in near]
    told = set(
        session.scalars(select(VisitRetention.visit_id).where(VisitRetention.visit_id.in_(ids), VisitRetention.told_at.is_not(None)))
    )
    return tuple(each for each in near if each.visit.id not in told)


def note_told(session: Session, kept: Sequence[Kept], now: datetime) -> None:
    """Nothing; coordinators were reminded of these visits, which the log tells, and are not again until another day is set."""
    for each in kept:
        row = session.get(VisitRetention, each.visit.id)
        if row is None:
            row = VisitRetention(visit_id=each.visit.id)
            session.add(row)
        row.told_at = now
        log_event(session, None, "visit.retention_reminded", "visit", each.visit.id, now, keep_until=each.keep_until.isoformat())
    session.flush()


def count_consents(session: Session, visit_id: str) -> Consents:
    """How often the people of the visit's households were willing: a refusal that was told is an outcome; three statements."""
    refused = select(func.count(AssignmentOutcome.assignment_id.distinct())).join(AssignmentOutcome.assignment)
    n_refused = session.scalar(refused.where(AssignmentOutcome.outcome == "refused", Assignment.visit_id == visit_id)) or 0
    used = select(Submission.questionnaire_version_id).where(Submission.visit_id == visit_id).distinct()
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used)))
    asking = [each.id for each in versions if any(one.name == CONSENT_QUESTION for one in load_questionnaire(each).questions())]
    told = select(AssignmentOutcome.instance_id).where(AssignmentOutcome.outcome == "refused", AssignmentOutcome.instance_id.is_not(None))
    given = select(func.count()).where(
        Submission.visit_id == visit_id,
        Submission.review_state.in_(COUNTED),
        Submission.recorded_as == "lead",
        Submission.questionnaire_version_id.in_(asking),
        Submission.instance_id.not_in(told),
    )
    return Consents(session.scalar(given) or 0, n_refused)


def erase_visit(
    session: Session, storage: Storage, actor: User | None, visit: Visit, now: datetime, progress: Callable[[int], None] | None = None
) -> Erasure:
    """What was erased of the visit's interviews: whatever tells who people are. The roster and the register of households stay.

    `progress` is told how many interviews are done.
    """
    keep_erased_visit(session, visit.id, now)
    return erase_visit_again(session, storage, actor, visit, now, progress)


def erase_visit_again(
    session: Session, storage: Storage, actor: User | None, visit: Visit, now: datetime, progress: Callable[[int], None] | None = None
) -> Erasure:
    """The same for a visit whose personal parts came back out of a backup."""
    erasure, last = Erasure(visit_ids={visit.id}), ""
    while (part := read_part_of_visit(session, visit.id, last)) is not None:
        erase_interviews(session, part, erasure, actor, now)
        last = max(each.instance_id for each in part.submissions)
        session.expunge_all()
        if progress is not None:
            progress(erasure.n_submissions)
    # Of households that nobody was interviewed in there are notes only.
    assigned = select(Assignment.id).where(Assignment.visit_id == visit.id)
    for table, condition in (
        (AssignmentOutcome, AssignmentOutcome.assignment_id.in_(assigned)),
        (HouseholdOutcome, HouseholdOutcome.visit_id == visit.id),
    ):
        session.execute(update(table).where(condition, table.note != "").values(note=ERASED).execution_options(synchronize_session=False))
    row = session.get(VisitRetention, visit.id)
    if row is None:
        row = VisitRetention(visit_id=visit.id)
        session.add(row)
    row.erased_at = now
    session.flush()
    others = sorted(erasure.files - erasure.told_files)
    told: dict[str, Any] = {"n_submissions": erasure.n_submissions, "n_files": erasure.n_files, "other_files": others}
    log_event(session, actor.id if actor else None, "visit.personal_parts_erased", "visit", visit.id, now, **told)
    remove_after_commit(session, storage, erasure)
    return erasure
