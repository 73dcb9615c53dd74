"""What is read of saved filters: those that somebody sees, what their list opens with, and how many issues each finds."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.filters import IssueFilter, conditions
from survey.issues.life import EDITORS
from survey.issues.models import Issue
from survey.kept import kept
from survey.saved_filters.models import OpeningFilter, SavedFilter
from survey.saved_filters.ready import READY

COUNTED_AT_MOST = 40
"""So many filters get a number; a long row of them would otherwise hold up the list."""


def list_filters(session: Session, reader: User) -> tuple[SavedFilter, ...]:
    """The person's own filters by name, then what others share with coordinators, with whose they are. One statement."""
    is_own = SavedFilter.user_id == reader.id
    is_seen = or_(is_own, SavedFilter.is_shared) if _is_editor(reader) else is_own
    order = is_own.desc(), SavedFilter.name, SavedFilter.id
    return tuple(
        session.scalars(select(SavedFilter).where(is_seen).options(joinedload(SavedFilter.user).lazyload(User.roles)).order_by(*order))
    )


def find_filter(session: Session, reader: User, filter_id: str, *, own: bool = True) -> SavedFilter:
    """The filter, which must be the person's own, or with `own` false at least one that they see; NOT_FOUND otherwise."""
    found = session.get(SavedFilter, filter_id)
    is_seen = found is not None and (found.user_id == reader.id or (not own and found.is_shared and _is_editor(reader)))
    if found is None or not is_seen:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Saved filter", key=filter_id, remedy="Open it from your saved filters.")
    return found


def filter_of(saved: SavedFilter) -> IssueFilter:
    """What a saved filter limits; a part that this version does not know limits nothing."""
    known = IssueFilter.__dataclass_fields__
    return IssueFilter(**{name: str(value) for name, value in saved.parameters.items() if name in known})


def opening_key(session: Session, reader: User) -> str:
    """What the person's list opens with: a name of `READY`, the id of a saved filter, or "" for nothing. One statement."""
    chosen = session.execute(select(OpeningFilter.ready, OpeningFilter.filter_id).where(OpeningFilter.user_id == reader.id)).first()
    return "" if chosen is None else chosen.ready or chosen.filter_id or ""


def opening_filter(session: Session, reader: User) -> IssueFilter | None:
    """The filter that the person's list opens with, or None; what was saved or shared and is no longer seen counts as none."""
    key = opening_key(session, reader)
    if not key or key in READY:
        return READY[key].wanted if key else None
    saved = session.get(SavedFilter, key)
    is_seen = saved is not None and (saved.user_id == reader.id or (saved.is_shared and _is_editor(reader)))
    return filter_of(saved) if saved is not None and is_seen else None


def count_filters(session: Session, wanted: Sequence[IssueFilter], today: date, reader: User) -> dict[IssueFilter, int]:
    """How many issues each filter finds, in one statement, kept until something is written.

    Filters with words have no number: words are looked for in every issue.
    """
    counted = tuple(dict.fromkeys(each for each in wanted if not each.text))[:COUNTED_AT_MOST]
    if not counted:
        return {}

    return kept(session, ("issue_filters", counted, today, reader.id), lambda: count_afresh(session, counted, today, reader.id))


def count_afresh(session: Session, wanted: Sequence[IssueFilter], today: date, reader_id: str) -> dict[IssueFilter, int]:
    """How many issues each filter finds, in one statement."""
    parts = [
        select(literal(position), func.count()).select_from(Issue).where(*conditions(each, today, reader_id))
        for position, each in enumerate(wanted)
    ]
    return {wanted[position]: n for position, n in session.execute(union_all(*parts))}


def _is_editor(reader: User) -> bool:
    return any(reader.has_role(role) for role in EDITORS)
