"""Somebody who is bound to places, and the session that shows them nothing else. The one place where that is decided.

Every statement of such a session gets the conditions of `placed.py` for every table in it that tells of a place, also in joins, subqueries
and relationships; pages need not think of it. What does not come from rows (bundles, figures kept, other sessions) is not cut by this:
`guard.py` keeps those pages shut, and `survey/kept.py` keeps nothing for such a session.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from survey.accounts.models import User

BOUND_ROLES = frozenset(("coordinator", "author"))
"""The roles that can be bound to places; an administrator never is."""
LEVELS = (2, 4, 6, 9, 12)
"""How many digits of a code name a province, city, county, township and village."""
_PLACES = "survey.places"


def prefix_of(code: str) -> str:
    """The digits with which every code of this place and of those in it begins."""
    return next(code[:n] for n in LEVELS if not code[n:].strip("0"))


def prefixes_of(person: User) -> tuple[str, ...]:
    """The digits of the places that the person is bound to; none for somebody who may look everywhere."""
    roles = {role.name for role in person.roles}
    if not person.place_codes or "admin" in roles or not roles & BOUND_ROLES:
        return ()
    return tuple(sorted({prefix_of(code) for code in person.place_codes}))


def is_within(code: str | None, prefixes: Iterable[str]) -> bool:
    """Whether the place of this code lies in one of the places."""
    return code is not None and any(code.startswith(prefix) for prefix in prefixes)


def is_cut(session: Session) -> bool:
    """Whether the session shows only what lies in some places."""
    return _PLACES in session.info


def places_of(session: Session) -> tuple[str, ...]:
    """The digits of the places that the session shows; none where it shows everything."""
    places: tuple[str, ...] = session.info.get(_PLACES, ())
    return places


def cut(session: Session, prefixes: tuple[str, ...], options: tuple[Any, ...]) -> None:
    """Nothing; from now on the session shows only what lies in these places, by the options that say so for every table."""
    session.info[_PLACES] = prefixes
    event.listen(session, "do_orm_execute", _adding(options))


@contextmanager
def cut_meanwhile(session: Session, prefixes: tuple[str, ...], options: tuple[Any, ...]) -> Iterator[None]:
    """While the block runs, the session shows only what lies in these places; what it holds already, it goes on holding."""
    add = _adding(options)
    session.info[_PLACES] = prefixes
    event.listen(session, "do_orm_execute", add)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", add)
        del session.info[_PLACES]


def _adding(options: tuple[Any, ...]) -> Callable[[ORMExecuteState], None]:
    def add(state: ORMExecuteState) -> None:
        if not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(*options)

    return add
