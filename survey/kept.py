"""Figures over everything that was collected, worked out once for each state of the data.

Every write logs an event and each event's digest covers the one before, so the latest digest names the state of the whole database. What
was worked out for it is right for as long as it stays the latest: seconds on a busy evening, and minutes while somebody reads.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import GENESIS, Event

KEPT_AT_MOST = 64
"""So many figures of one database are kept; the ones that were asked for longest ago go first."""

Value = TypeVar("Value")

_kept: WeakKeyDictionary[Any, OrderedDict[Hashable, tuple[str, Any]]] = WeakKeyDictionary()
_lock = Lock()


def state_of_data(session: Session) -> str:
    """What names the present state of the database: the digest of the latest event."""
    return session.scalar(select(Event.digest).order_by(Event.number.desc()).limit(1)) or GENESIS


def kept(session: Session, key: Hashable, work_out: Callable[[], Value]) -> Value:
    """What `work_out` gives for the present state of the data; it must depend on nothing but that and the key, and not be changed."""
    state = state_of_data(session)
    pool = session.connection().engine.pool
    with _lock:
        of_database = _kept.setdefault(pool, OrderedDict())
        found = of_database.get(key)
        if found is not None and found[0] == state:
            of_database.move_to_end(key)
            value: Value = found[1]
            return value
    value = work_out()
    with _lock:
        of_database[key] = (state, value)
        of_database.move_to_end(key)
        while len(of_database) > KEPT_AT_MOST:
            of_database.popitem(last=False)
    return value
