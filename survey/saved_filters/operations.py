"""Every write of saved filters: keeping one under a name, changing and removing it, and choosing what the list opens with."""

import re
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.events import log_event
from survey.issues.filters import ASKED, AUTHOR, FOUND, LATE, MINE, OVERDUE, SEVERAL_STATES, UNASKED, VERIFIER, WITHDRAWN, IssueFilter
from survey.issues.life import EDITORS, STATES
from survey.issues.words import SEVERITIES
from survey.saved_filters.models import MAX_NAME_LENGTH, OpeningFilter, SavedFilter
from survey.saved_filters.queries import find_filter
from survey.saved_filters.ready import READY
from survey.visits.models import Visit

MOST_FILTERS = 30
"""So many filters one person keeps; more would not be found again above a list."""
MAX_WORDS_LENGTH = 64
_KNOWN = {
    "state": (*STATES, *SEVERAL_STATES),
    "area": AREAS,
    "severity": SEVERITIES,
    "overdue": (OVERDUE,),
    "wait": ("any", UNASKED, ASKED, LATE, FOUND),
    "who": (MINE, AUTHOR, VERIFIER),
    "evidence": (WITHDRAWN,),
}
_COUNTY = re.compile(r"[0-9]{6}")


def save_filter(
    session: Session, actor: User, name: str, wanted: IssueFilter, now: datetime, *, is_shared: bool = False, replaces: bool = False
) -> SavedFilter:
    """The filter under this name.

    INVALID_VALUE when it limits nothing or what is not there, or the name is taken and not to be replaced.
    """
    _check_parts(session, wanted)
    name = _checked_name(name)
    _check_sharing(actor, is_shared)
    saved = session.scalar(select(SavedFilter).where(SavedFilter.user_id == actor.id, SavedFilter.name == name))
    if saved is not None and not replaces:
        raise _taken(name)
    if saved is None:
        n_saved = session.scalar(select(func.count()).select_from(SavedFilter).where(SavedFilter.user_id == actor.id)) or 0
        if n_saved >= MOST_FILTERS:
            raise _invalid("name", "{most} filters are saved already; remove one first", most=MOST_FILTERS)
        saved = SavedFilter(user_id=actor.id, name=name)
        session.add(saved)
    saved.parameters, saved.saved_at = wanted.parameters(), now
    _share(session, saved, is_shared)
    session.flush()
    log_event(session, actor.id, "issue_filter.saved", "issue_filter", saved.id, now, is_shared=is_shared)
    return saved


def change_filter(session: Session, actor: User, filter_id: str, name: str, now: datetime, *, is_shared: bool) -> SavedFilter:
    """The person's own filter under another name, shared or not. INVALID_VALUE for a name that another one of theirs has."""
    saved = find_filter(session, actor, filter_id)
    name = _checked_name(name)
    if is_shared is not saved.is_shared:
        _check_sharing(actor, is_shared)
    others = select(SavedFilter.id).where(SavedFilter.user_id == actor.id, SavedFilter.name == name, SavedFilter.id != saved.id)
    if session.scalar(others) is not None:
        raise _taken(name)
    saved.name = name
    _share(session, saved, is_shared)
    log_event(session, actor.id, "issue_filter.changed", "issue_filter", saved.id, now, is_shared=is_shared)
    return saved


def remove_filter(session: Session, actor: User, filter_id: str, now: datetime) -> str:
    """The name of the person's own filter, which is gone; whoever's list opened with it opens with nothing."""
    saved = find_filter(session, actor, filter_id)
    session.execute(delete(OpeningFilter).where(OpeningFilter.filter_id == saved.id))
    session.delete(saved)
    log_event(session, actor.id, "issue_filter.removed", "issue_filter", saved.id, now)
    return saved.name


def open_with(session: Session, actor: User, key: str, now: datetime) -> None:
    """The person's list opens with this filter from now on: a name of `READY`, the id of one that they see, or "" for none."""
    ready = key if key in READY else None
    filter_id = find_filter(session, actor, key, own=False).id if key and ready is None else None
    chosen = session.get(OpeningFilter, actor.id)
    if not key:
        if chosen is not None:
            session.delete(chosen)
    elif chosen is None:
        session.add(OpeningFilter(user_id=actor.id, filter_id=filter_id, ready=ready))
    else:
        chosen.filter_id, chosen.ready = filter_id, ready
    log_event(session, actor.id, "issue_filter.opened_with", "issue_filter", key or "none", now)


def _check_parts(session: Session, wanted: IssueFilter) -> None:
    parts = wanted.parameters()
    if not parts:
        raise _invalid("filter", "choose what it is to limit before saving it")
    wrong = [name for name, known in _KNOWN.items() if name in parts and parts[name] not in known]
    if "county" in parts and not _COUNTY.fullmatch(parts["county"]):
        wrong.append("county")
    if "visit" in parts and session.get(Visit, parts["visit"]) is None:
        wrong.append("visit")
    if len(wanted.text) > MAX_WORDS_LENGTH:
        wrong.append("text")
    if wrong:
        raise _invalid("filter", "there is no such {wrong}; choose it on the list of issues", wrong=", ".join(wrong))


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_LENGTH:
        raise _invalid("name", "a name has 1 to {most} characters", most=MAX_NAME_LENGTH)
    return name


def _check_sharing(actor: User, is_shared: bool) -> None:
    if is_shared and not any(actor.has_role(role) for role in EDITORS):
        remedy = "Save it for yourself, or ask a coordinator to share it."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.username, action="share a filter", remedy=remedy)


def _share(session: Session, saved: SavedFilter, is_shared: bool) -> None:
    if saved.id and saved.is_shared and not is_shared:
        # Others see it no longer, so their list cannot open with it.
        session.execute(delete(OpeningFilter).where(OpeningFilter.filter_id == saved.id, OpeningFilter.user_id != saved.user_id))
    saved.is_shared = is_shared


def _taken(name: str) -> SurveyError:
    return _invalid(
        "name", "'{name}' is the name of another of your filters; choose another one, or say that it is to be replaced", name=name
    )


def _invalid(field: str, detail: str, **values: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, **values)
