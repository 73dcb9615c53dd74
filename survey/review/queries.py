"""What the review pages read, a fixed number of statements per page however many submissions there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import UtcDateTime
from survey.events import Event
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Attachment, Countersignature, QuarantinedSubmission, Submission
from survey.pages.paging import Page, page_of
from survey.places.models import Region
from survey.review.filters import NO_FLAG, SubmissionFilter, conditions
from survey.visits.models import Pair, Visit, VisitVillage

BATCH_LIMIT = 200


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """What each filter of the list offers, as (value, label) pairs in the order to show."""

    visits: tuple[tuple[str, str], ...]
    counties: tuple[tuple[str, str], ...]
    villages: tuple[tuple[str, str], ...]
    forms: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    interviewers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event of a submission with the name of who did it ("" for the system)."""

    event: Event
    actor_name: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The instance ids on either side of a submission in a list, newest first; None at its ends."""

    before: str | None
    after: str | None


def list_submissions(session: Session, wanted: SubmissionFilter, number: int, total: int) -> tuple[Page, tuple[Submission, ...]]:
    """Page `number` of the submissions that match, newest first, with place, people, visit and flags loaded; `total` is how many match."""
    page = page_of(number, total)
    ids = _matching(wanted).order_by(*_NEWEST_FIRST).limit(page.size).offset(page.offset)
    return page, _load(session, ids, _NEWEST_FIRST)


def _matching(wanted: SubmissionFilter) -> Select[str]:
    """The instance ids that match. Interviews themselves are only read for the page that is shown: they are large."""
    return select(Submission.instance_id).where(*conditions(wanted))


def _load(session: Session, ids: Select[str], order: Sequence[ColumnElement[Any]]) -> tuple[Submission, ...]:
    shown = list(session.scalars(ids))
    if not shown:
        return ()
    return tuple(session.scalars(select(Submission).where(Submission.instance_id.in_(shown)).order_by(*order).options(*_LIST_OPTIONS)))


def count_matching(counts: Mapping[str, int], wanted: SubmissionFilter) -> int:
    """How many of the submissions that `count_by_state` counted are in the list."""
    return counts.get(wanted.state, 0) if wanted.state else sum(n for state, n in counts.items() if state != "replaced")


_NEWEST_FIRST: tuple[ColumnElement[Any], ...] = (Submission.received_at.desc(), Submission.instance_id.desc())
_OLDEST_FIRST: tuple[ColumnElement[Any], ...] = (Submission.received_at.asc(), Submission.instance_id.asc())
_LIST_OPTIONS = (
    joinedload(Submission.village),
    joinedload(Submission.household),
    joinedload(Submission.visit),
    joinedload(Submission.questionnaire),
    joinedload(Submission.lead).lazyload(User.roles),
    joinedload(Submission.second).lazyload(User.roles),
    selectinload(Submission.flags),
)


def find_neighbours(session: Session, submission: Submission, wanted: SubmissionFilter) -> Neighbours:
    """The instance ids before and after the submission in the list that `wanted` describes, whether it is itself in that list or not."""
    here = tuple_(literal(submission.received_at, UtcDateTime()), literal(submission.instance_id))
    place = tuple_(Submission.received_at, Submission.instance_id)
    matching = _matching(wanted).limit(1)
    return Neighbours(
        before=session.scalar(matching.where(place > here).order_by(*_OLDEST_FIRST)),
        after=session.scalar(matching.where(place < here).order_by(*_NEWEST_FIRST)),
    )


def count_by_state(session: Session, wanted: SubmissionFilter) -> dict[str, int]:
    """How many submissions match in each review state, the filter's own state left aside."""
    statement = select(Submission.review_state, func.count()).where(*conditions(wanted, with_state=False)).group_by(Submission.review_state)
    return {state: count for state, count in session.execute(statement)}


def list_clean(session: Session, wanted: SubmissionFilter) -> tuple[Submission, ...]:
    """The matching submissions that wait and carry no flag, oldest first, at most `BATCH_LIMIT` of them."""
    clean = _matching(_clean(wanted)).order_by(*_OLDEST_FIRST).limit(BATCH_LIMIT)
    return _load(session, clean, _OLDEST_FIRST)


def count_clean(session: Session, wanted: SubmissionFilter) -> int:
    """How many matching submissions wait and carry no flag, however many a batch takes."""
    return session.scalar(select(func.count()).select_from(_matching(_clean(wanted)).subquery())) or 0


def _clean(wanted: SubmissionFilter) -> SubmissionFilter:
    return replace(wanted, state="received", flag=NO_FLAG)


def find_submission(session: Session, instance_id: str) -> Submission:
    """The submission with its answers, attachments and all that its page shows; NOT_FOUND otherwise."""
    statement = (
        select(Submission)
        .where(Submission.instance_id == instance_id)
        .options(*_LIST_OPTIONS, selectinload(Submission.attachments), selectinload(Submission.notes), undefer(Submission.answers))
        .options(joinedload(Submission.countersignature).joinedload(Countersignature.user).lazyload(User.roles))
    )
    submission = session.scalars(statement).one_or_none()
    if submission is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Submission", key=instance_id, remedy="Open it from the review list.")
    return submission


def find_attachment(session: Session, instance_id: str, name: str) -> Attachment:
    """The attachment of this name; NOT_FOUND otherwise."""
    statement = select(Attachment).where(Attachment.instance_id == instance_id, Attachment.name == name)
    attachment = session.scalars(statement).one_or_none()
    if attachment is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Attachment", key=name, remedy="It may not have been received yet.")
    return attachment


def find_edits(session: Session, submission: Submission) -> tuple[Submission, ...]:
    """The submission that this one edits and the one that edits it, as far as there are any, oldest first."""
    neighbours = Submission.deprecated_id == submission.instance_id
    if submission.deprecated_id:
        neighbours = or_(neighbours, Submission.instance_id == submission.deprecated_id)
    return tuple(session.scalars(select(Submission).where(neighbours).order_by(Submission.received_at)))


def read_history(session: Session, subject_type: str, subject_id: str) -> tuple[HistoryEntry, ...]:
    """All events of a subject, oldest first."""
    statement = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == subject_type, Event.subject_id == subject_id)
        .order_by(Event.number)
    )
    return tuple(HistoryEntry(event, name or "") for event, name in session.execute(statement))


def read_options(session: Session, wanted: SubmissionFilter, locale: str) -> FilterOptions:
    """What the filters offer a reader of `locale`; villages and pairs only those of the visit or county that is already chosen."""
    visits = session.execute(select(Visit.id, Visit.title).order_by(Visit.starts_on.desc(), Visit.id)).all()
    villages = select(Region.code, Region.name).where(Region.code.in_(select(VisitVillage.village_code))).order_by(Region.code)
    counties = select(func.substr(VisitVillage.village_code, 1, 6)).distinct()
    pairs = select(Pair.id, Pair.name).where(Pair.visit_id == wanted.visit).order_by(Pair.name)
    if wanted.visit:
        villages = villages.where(Region.code.in_(select(VisitVillage.village_code).where(VisitVillage.visit_id == wanted.visit)))
        counties = counties.where(VisitVillage.visit_id == wanted.visit)
    if wanted.county:
        villages = villages.where(Region.code.startswith(wanted.county, autoescape=True))
    members = union(*(_members(who, wanted.visit) for who in (Pair.lead_id, Pair.second_id)))
    interviewers = session.execute(select(User.id, User.name).where(User.id.in_(members)).order_by(User.name, User.username))
    codes = [f"{code}000000" for code in session.scalars(counties)]
    names = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)).order_by(Region.code))
    return FilterOptions(
        visits=tuple((key, title) for key, title in visits),
        counties=tuple((code[:6], name) for code, name in names),
        villages=tuple((code, name) for code, name in session.execute(villages)),
        forms=tuple(sorted(read_form_titles(session, locale).items())),
        pairs=tuple((key, name) for key, name in session.execute(pairs)) if wanted.visit else (),
        interviewers=tuple((key, name) for key, name in interviewers),
    )


def _members(who: InstrumentedAttribute[str], visit_id: str) -> Select[str]:
    members = select(who)
    return members.where(Pair.visit_id == visit_id) if visit_id else members


def read_form_titles(session: Session, locale: str) -> dict[str, str]:
    """The title of every published form for a reader of `locale`, by form id; the newest version's."""
    versions = session.scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version))
    return {version.form_id: version.title_in(locale) for version in versions}


def list_quarantined(session: Session, state: str, number: int) -> tuple[Page, tuple[QuarantinedSubmission, ...]]:
    """Page `number` of what is in quarantine in this state, newest first."""
    matching = QuarantinedSubmission.state == state
    total = session.scalar(select(func.count()).select_from(QuarantinedSubmission).where(matching)) or 0
    page = page_of(number, total)
    statement = (
        select(QuarantinedSubmission)
        .where(matching)
        .order_by(QuarantinedSubmission.received_at.desc(), QuarantinedSubmission.id)
        .options(joinedload(QuarantinedSubmission.received_from).lazyload(User.roles))
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(session.scalars(statement))


def count_quarantined(session: Session) -> dict[str, int]:
    """How many submissions are in quarantine in each state."""
    statement = select(QuarantinedSubmission.state, func.count()).group_by(QuarantinedSubmission.state)
    return {state: count for state, count in session.execute(statement)}


def find_quarantined(session: Session, quarantined_id: str) -> QuarantinedSubmission:
    """The quarantined submission; NOT_FOUND otherwise."""
    row = session.get(QuarantinedSubmission, quarantined_id)
    if row is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Quarantined submission", key=quarantined_id, remedy="Open it from the list.")
    return row
