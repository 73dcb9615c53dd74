"""Figures over everything that was collected, worked out once for each state of the data.

Every write logs an event and each event's digest covers the one before, so the latest digest names the state of the whole database. What
was worked out for it is right for as long as it stays the latest: seconds on a busy evening, and minutes while somebody reads.
For somebody who is bound to places everything is worked out anew: what is kept is that of all places.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Container, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import GENESIS, Event
from survey.rights.cutting import is_cut

KEPT_AT_MOST = 64
"""So many figures of one database are kept; the ones that were asked for longest ago go first."""

Value = TypeVar("Value")

_kept: WeakKeyDictionary[Any, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_lock = Lock()


def state_of_data(session: Session) -> str:
    """What names the present state of the database: the digest of the latest event."""
    return session.scalar(select(Event.digest).order_by(Event.number.desc()).limit(1)) or GENESIS


def kept(session: Session, key: Hashable, work_out: Callable[[], Value]) -> Value:
    """What `work_out` gives for the present state of the data; it must depend on nothing but that and the key, and not be changed."""
    if is_cut(session):
        return work_out()
    state = state_of_data(session)
    found = _find(session, key)
    if found is not None and found[0] == state:
        value: Value = found[1]
        return value
    value = work_out()
    _keep(session, key, (state, value))
    return value


Name = TypeVar("Name", bound=Hashable)
Some = TypeVar("Some", bound=Container[Any])


@dataclass(frozen=True, slots=True)
class _Parts:
    """Figures by part, and the number and digest of the event after which they were counted."""

    number: int
    digest: str
    values: Mapping[Any, Any]


def kept_parts(
    session: Session,
    key: Hashable,
    touched_since: Callable[[Session, int, str], Some | None],
    count: Callable[[Some | None], Mapping[Name, Value]],
) -> Mapping[Name, Value]:
    """Figures by part for the present state of the data, of which only those are counted anew that events have touched since.

    `touched_since` tells which parts may have changed after the event of a number and digest, None for any of them. `count` gives the
    figures of some parts, or of all; a part that has nothing to count any more is not among them. Nobody may change what it gives.
    """
    if is_cut(session):
        return count(None)
    newest = session.execute(select(Event.number, Event.digest).order_by(Event.number.desc()).limit(1)).first()
    number, digest = (newest.number, newest.digest) if newest else (0, GENESIS)
    known: _Parts | None = _find(session, key)
    if known is not None and known.digest == digest:
        return known.values
    touched = touched_since(session, known.number, known.digest) if known is not None else None
    if known is None or touched is None:
        values = count(None)
    elif touched:
        values = {name: value for name, value in known.values.items() if name not in touched} | dict(count(touched))
    else:
        values = known.values
    _keep(session, key, _Parts(number, digest, values))
    return values


def kept_past(session: Session, key: Hashable, passing: Collection[str], work_out: Callable[[], Value]) -> Value:
    """What `work_out` gives, worked out anew only after an event whose subject is of another type than those `passing`."""

    def touched_since(session: Session, number: int, digest: str) -> frozenset[Hashable] | None:
        is_known = session.scalar(select(Event.digest).where(Event.number == number)) == digest
        later = select(Event.number).where(Event.number > number, Event.subject_type.not_in(sorted(passing))).limit(1)
        return frozenset() if is_known and session.scalar(later) is None else None

    return kept_parts(session, key, touched_since, lambda _touched: {key: work_out()})[key]


def _find(session: Session, key: Hashable) -> Any:
    pool = session.connection().engine.pool
    with _lock:
        of_database = _kept.setdefault(pool, OrderedDict())
        if key in of_database:
            of_database.move_to_end(key)
        return of_database.get(key)


def _keep(session: Session, key: Hashable, value: Any) -> None:
    pool = session.connection().engine.pool
    with _lock:
        of_database = _kept.setdefault(pool, OrderedDict())
        of_database[key] = value
        of_database.move_to_end(key)
        while len(of_database) > KEPT_AT_MOST:
            of_database.popitem(last=False)
