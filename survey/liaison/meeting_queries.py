"""What the pages of meetings read; a fixed number of statements however many there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import Role, User
from survey.kept_files import find_kept
from survey.liaison.contact_queries import list_offices
from survey.pages.paging import PAGE_SIZE, Page, page_of
from survey.places import codes
from survey.places.models import Region
from survey.visits.models import Meeting, MeetingFile, MeetingPerson, Visit, VisitVillage

NO_VISIT = "none"
OWN_ROLES = ("admin", "coordinator", "author", "interviewer")
"""The roles of our own people, as opposed to the responsible side."""


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """Which meetings are looked for; "" means no limit. `visit` is a visit's id, or "none" for those without one."""

    visit: str = ""
    kind: str = ""
    place: str = ""
    search: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ListedMeeting:
    """A meeting as a list shows it: how many people sat there and how many files belong to it."""

    meeting: Meeting
    n_people: int
    n_files: int


def list_all_meetings(
    session: Session, wanted: MeetingFilter, number: int, size: int = PAGE_SIZE
) -> tuple[Page, tuple[ListedMeeting, ...]]:
    """Page `number` of the meetings that match, the latest first; four statements."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Meeting).where(*conditions)) or 0
    page = page_of(number, total, size)
    statement = (
        select(Meeting)
        .where(*conditions)
        .options(joinedload(Meeting.region), joinedload(Meeting.visit))
        .order_by(Meeting.held_on.desc(), Meeting.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, count_parts(session, tuple(session.scalars(statement)))


def count_parts(session: Session, meetings: tuple[Meeting, ...]) -> tuple[ListedMeeting, ...]:
    """The meetings with how many people and files each has; two statements."""
    keys = [meeting.id for meeting in meetings]
    counts = []
    for column in (MeetingPerson.meeting_id, MeetingFile.meeting_id):
        statement = select(column, func.count()).where(column.in_(keys)).group_by(column)
        counts.append(Counter({key: n for key, n in session.execute(statement)}))
    people, files = counts
    return tuple(ListedMeeting(meeting, people[meeting.id], files[meeting.id]) for meeting in meetings)


def _conditions(wanted: MeetingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.visit:
        found.append(Meeting.visit_id.is_(None) if wanted.visit == NO_VISIT else Meeting.visit_id == wanted.visit)
    if wanted.kind:
        found.append(Meeting.kind == wanted.kind)
    if wanted.place:
        found.append(Meeting.region_code.between(*codes.bounds_of(wanted.place)))
    if wanted.since:
        found.append(Meeting.held_on >= wanted.since)
    if wanted.until:
        found.append(Meeting.held_on <= wanted.until)
    if wanted.search:
        columns = (Meeting.title, Meeting.minutes, Meeting.venue)
        found.append(or_(*(column.contains(wanted.search, autoescape=True) for column in columns)))
    return found


def find_meeting(session: Session, meeting_id: str) -> Meeting:
    """The meeting with its place, visit, people and files; raises NOT_FOUND."""
    options = (
        joinedload(Meeting.region),
        joinedload(Meeting.visit),
        selectinload(Meeting.people).joinedload(MeetingPerson.user),
        selectinload(Meeting.files),
    )
    meeting = session.get(Meeting, meeting_id, options=options)
    if meeting is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Meeting", key=meeting_id, remedy="It may have been removed already.")
    return meeting


def find_meeting_file(meeting: Meeting, file_id: str) -> MeetingFile:
    """The file of this meeting; raises NOT_FOUND."""
    return find_kept(meeting.files, file_id)


def list_own_people(session: Session, besides: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """Our own people as (id, name), by name: those who may sign in, and those named in `besides`."""
    is_own = User.active & User.roles.any(Role.name.in_(OWN_ROLES))
    statement = select(User.id, User.name).where(or_(is_own, User.id.in_(besides))).order_by(User.name, User.id)
    return tuple((key, name) for key, name in session.execute(statement))


def list_meeting_places(session: Session, visit: Visit | None, besides: str = "") -> tuple[tuple[str, str], ...]:
    """Where a meeting can be, as (code, name): every office, and the townships and villages of the visit."""
    offices = dict(list_offices(session))
    wanted = {besides} - {""}
    if visit is not None:
        for code in session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit.id)):
            wanted |= {code, *codes.ancestors_of(code)}
    others = session.execute(select(Region.code, Region.name).where(Region.code.in_(sorted(wanted - set(offices)))))
    return tuple(sorted({**offices, **{code: f"\u2003\u2003\u2003{name}" for code, name in others}}.items()))
