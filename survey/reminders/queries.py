"""What is due, for a person by what they may see, or for a place; and what reminders there are."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.issues.life import AWAITED, VERIFIED
from survey.issues.models import Issue, IssueEvidence, IssueReply, IssueStep, Verification
from survey.pages.language import page_language
from survey.pages.paging import Page, page_of
from survey.places.codes import bounds_of
from survey.places.models import Region
from survey.reminders.due import SOON_DAYS, DueItem
from survey.reminders.models import Reminder, ReminderChannel, ReminderPreference
from survey.rights.guard import shown_to


def due_for(session: Session, user: User, today: date) -> tuple[DueItem, ...]:
    """What is due for a person: their verifications; for coordinators what they have to move; for the responsible side its own issues. Of
    places that the person may not see, nothing."""
    with shown_to(session, user):
        return tuple(_due_for(session, user, today))


def _due_for(session: Session, user: User, today: date) -> list[DueItem]:
    found = list(_verifications(session, user))
    if any(user.has_role(role) for role in ("admin", "coordinator")):
        found += _pursued(session, today)
        found += _to_move(session)
    elif user.has_role("responsible") and user.region_code:
        found += _without_place(_pursued(session, today, _answered_by(user.region_code)))
    return found


def due_in(session: Session, region_code: str | None, today: date) -> tuple[DueItem, ...]:
    """What is overdue or due soon in a place, or everywhere."""
    return tuple(_pursued(session, today, *(() if region_code is None else (Issue.place_code.between(*bounds_of(region_code)),))))


def dated_for(session: Session, user: User) -> tuple[DueItem, ...]:
    """Everything with a day that concerns a person, for their calendar. Of places that the person may not see, nothing: whoever asks is a
    program that did not sign in."""
    with shown_to(session, user):
        return tuple(_dated_for(session, user))


def _dated_for(session: Session, user: User) -> list[DueItem]:
    found = list(_verifications(session, user))
    if any(user.has_role(role) for role in ("admin", "coordinator", "author")):
        found += _issues(session, "soon", Issue.state.in_(AWAITED), Issue.due_on.is_not(None))
    elif user.has_role("responsible") and user.region_code:
        dated = _issues(session, "soon", Issue.state.in_(AWAITED), Issue.due_on.is_not(None), _answered_by(user.region_code))
        found += _without_place(dated)
    return found


def find_preference(session: Session, user: User) -> ReminderPreference:
    """The person's preference; a fresh one with its defaults, not yet in the session, where there is none."""
    return session.get(ReminderPreference, user.id) or ReminderPreference(user_id=user.id, frequency="weekly")


def find_by_calendar(session: Session, sha256: str) -> User | None:
    """The active person whose calendar has the key with this hash."""
    statement = select(User).join(ReminderPreference).where(ReminderPreference.calendar_sha256 == sha256, User.active)
    return session.scalars(statement).one_or_none()


def list_recipients(session: Session) -> tuple[tuple[User, str], ...]:
    """Every active person with an address, and how often they want a digest."""
    frequency = func.coalesce(ReminderPreference.frequency, "weekly")
    statement = (
        select(User, frequency)
        .outerjoin(ReminderPreference, ReminderPreference.user_id == User.id)
        .where(User.active, User.contact_email != "")
        .order_by(User.username)
    )
    return tuple((user, each) for user, each in session.execute(statement))


def list_channels(session: Session) -> tuple[ReminderChannel, ...]:
    """Every group, those that are told first, by name."""
    statement = select(ReminderChannel).options(joinedload(ReminderChannel.region))
    return tuple(session.scalars(statement.order_by(ReminderChannel.is_active.desc(), ReminderChannel.name)))


def list_reminders(session: Session, number: int) -> tuple[Page, tuple[Reminder, ...]]:
    """Page `number` of the reminders, the latest first."""
    page = page_of(number, session.scalar(select(func.count()).select_from(Reminder)) or 0)
    statement = (
        select(Reminder)
        .options(joinedload(Reminder.user).lazyload(User.roles), joinedload(Reminder.channel))
        .order_by(Reminder.made_at.desc(), Reminder.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, tuple(session.scalars(statement))


def _without_place(items: Iterable[DueItem]) -> Iterator[DueItem]:
    """The items as the responsible side is told of them: a village may be so small that its name would name a household."""
    return (replace(item, place="") for item in items)


def _issues(session: Session, kind: str, *conditions: ColumnElement[bool]) -> Iterator[DueItem]:
    statement = (
        select(Issue.number, Issue.title_in(page_language()), Region.name, Issue.due_on)
        .join(Region, Region.code == Issue.place_code)
        .where(*conditions)
        .order_by(Issue.due_on, Issue.number)
    )
    return (DueItem(kind, *row) for row in session.execute(statement))


def _pursued(session: Session, today: date, *conditions: ColumnElement[bool]) -> Iterator[DueItem]:
    yield from _issues(session, "overdue", Issue.state.in_(AWAITED), Issue.due_on < today, *conditions)
    soon = Issue.due_on.between(today, today + timedelta(days=SOON_DAYS))
    yield from _issues(session, "soon", Issue.state.in_(AWAITED), soon, *conditions)


def _to_move(session: Session) -> Iterator[DueItem]:
    yield from _issues(session, "to_report", Issue.state.in_(VERIFIED))
    yield from _issues(session, "to_look_back", Issue.state == "rectified")
    is_asked = exists().where(IssueEvidence.issue_id == Issue.id, IssueEvidence.is_undecided())
    yield from _issues(session, "withdrawn", is_asked)
    newest_move = (
        select(func.max(IssueStep.taken_at))
        .where(IssueStep.issue_id == Issue.id, or_(IssueStep.from_state != IssueStep.to_state, IssueStep.action == "edit"))
        .scalar_subquery()
    )
    is_answered = exists().where(IssueReply.issue_id == Issue.id, IssueReply.replied_at > newest_move)
    yield from _issues(session, "reply", Issue.state.in_(AWAITED), is_answered)


def _verifications(session: Session, user: User) -> Iterator[DueItem]:
    statement = (
        select(Issue.number, Issue.title_in(page_language()), Region.name, Verification.due_on)
        .select_from(Verification)
        .join(Issue, Issue.id == Verification.issue_id)
        .join(Region, Region.code == Issue.place_code)
        .where(
            Verification.assigned_to_id == user.id,
            Verification.done_at.is_(None),
            Verification.withdrawn_at.is_(None),
            Issue.state == "raised",
        )
        .order_by(Verification.due_on, Issue.number)
    )
    return (DueItem("verification", *row) for row in session.execute(statement))


def _answered_by(region_code: str) -> ColumnElement[bool]:
    return Issue.responsible_code.between(*bounds_of(region_code))
