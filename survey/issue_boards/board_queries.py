"""What the board reads: the first cards of each state, however many issues there are, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from survey.issues.filters import IssueFilter, conditions, is_search
from survey.issues.models import Issue
from survey.issues.queries import BY_DUE_DAY, by_due_day, count_issues, counts_of
from survey.issues.searching import search_issues
from survey.pages.language import page_language

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


def read_columns(session: Session, wanted: IssueFilter, states: Sequence[str], today: date, reader_id: str) -> tuple[Column, ...]:
    """A column for each of these states in their order, with the cards due first; whatever state the filter names is left aside."""
    if is_search(wanted.text):
        chosen = conditions(wanted, today, reader_id, with_state=False)
        rows, keys = search_issues(session, chosen, today, lambda found: _ids_of_found(found, states))
        counts = counts_of(rows)
    else:
        counts = count_issues(session, wanted, today, reader_id)
        keys = list(session.scalars(_ids_by_state(conditions(wanted, today, reader_id, with_state=False), states)))
    columns = (
        Issue.number,
        Issue.title_in(page_language()),
        Issue.county_code,
        Issue.area,
        Issue.severity,
        Issue.state,
        Issue.due_on,
        Issue.state_since,
    )
    shown = session.execute(select(*columns).where(Issue.id.in_(keys)).order_by(*BY_DUE_DAY)).all() if keys else ()
    cards = [Card(*row) for row in shown]
    return tuple(Column(state, counts.by_state.get(state, 0), tuple(card for card in cards if card.state == state)) for state in states)


def _ids_by_state(chosen: Sequence[ColumnElement[bool]], states: Sequence[str]) -> Select[str]:
    """The ids of the cards: a walk over each state's part of the list's index."""
    parts = []
    for state in states:
        first = select(Issue.id).where(Issue.state == state, *chosen).order_by(*BY_DUE_DAY[1:]).limit(CARDS).subquery()
        parts.append(select(first.c.id))
    together = union_all(*parts).subquery()
    return select(together.c.id)


def _ids_of_found(found: CTE, states: Sequence[str]) -> Select[str]:
    """The same of the issues that words were found in."""
    position = func.row_number().over(partition_by=found.c.state, order_by=by_due_day(found.c)[1:]).label("position")
    numbered = select(found.c.id, position).where(found.c.state.in_(states)).subquery()
    return select(numbered.c.id).where(numbered.c.position <= CARDS)
