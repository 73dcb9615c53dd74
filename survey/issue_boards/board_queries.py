"""What the board reads: the first cards of each state, however many issues there are, in two statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from survey.issues.filters import IssueFilter, conditions
from survey.issues.models import Issue
from survey.issues.queries import BY_DUE_DAY, Counts

CARDS = 8
"""So many cards a column shows; the list has the others."""


@dataclass(frozen=True, slots=True)
class Card:
    """One issue on the board."""

    number: str
    title: str
    county_code: str
    area: str
    severity: str
    state: str
    due_on: date | None
    state_since: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One state: how many issues are in it, and the first of them."""

    state: str
    n: int
    cards: tuple[Card, ...]

    @property
    def n_more(self) -> int:
        """How many of them have no card."""
        return self.n - len(self.cards)


def read_columns(
    session: Session, wanted: IssueFilter, states: Sequence[str], counts: Counts, today: date, reader_id: str
) -> tuple[Column, ...]:
    """A column for each of these states in their order, with the cards due first; whatever state the filter names is left aside."""
    chosen = conditions(replace(wanted, state=""), today, reader_id)
    ids = _ids_of_words(chosen, states) if wanted.text else _ids_by_state(chosen, states)
    columns = Issue.number, Issue.title, Issue.county_code, Issue.area, Issue.severity, Issue.state, Issue.due_on, Issue.state_since
    keys = list(session.scalars(ids))
    rows = session.execute(select(*columns).where(Issue.id.in_(keys)).order_by(*BY_DUE_DAY)).all() if keys else ()
    cards = [Card(*row) for row in rows]
    return tuple(Column(state, counts.by_state.get(state, 0), tuple(card for card in cards if card.state == state)) for state in states)


def _ids_by_state(chosen: Sequence[ColumnElement[bool]], states: Sequence[str]) -> Select[tuple[str]]:
    """The ids of the cards: a walk over each state's part of the list's index."""
    parts = []
    for state in states:
        first = select(Issue.id).where(Issue.state == state, *chosen).order_by(*BY_DUE_DAY[1:]).limit(CARDS).subquery()
        parts.append(select(first.c.id))
    together = union_all(*parts).subquery()
    return select(together.c.id)


def _ids_of_words(chosen: Sequence[ColumnElement[bool]], states: Sequence[str]) -> Select[tuple[str]]:
    """The same where words are looked for: every issue is read, but once, and in the order in which they lie."""
    state = func.coalesce(Issue.state, "")
    position = func.row_number().over(partition_by=state, order_by=BY_DUE_DAY[1:]).label("position")
    numbered = select(Issue.id, position).where(state.in_(states), *chosen).subquery()
    return select(numbered.c.id).where(numbered.c.position <= CARDS)
