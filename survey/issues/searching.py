"""Issues that words were found in, counted and chosen in one statement: every issue is read for that, but only once."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import CTE, ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from survey.issues.filters import CHASED
from survey.issues.models import Issue


def search_issues(
    session: Session, chosen: Sequence[ColumnElement[bool]], today: date, pick: Callable[[CTE], Select[str]]
) -> tuple[list[tuple[str, int, int]], list[str]]:
    """(state, issues, overdue ones) of every state with an issue that meets `chosen`, and the ids that `pick` takes of them, in no order.

    `pick` is given the issues found with their id, state and what orders lists: due_on, county_code, year, sequence.
    """
    # In the order in which issues lie, and not by jumping between them along an index of their states.
    state = func.coalesce(Issue.state, "").label("state")
    found = select(Issue.id, state, Issue.due_on, Issue.county_code, Issue.year, Issue.sequence).where(*chosen).cte("found")
    is_late = func.coalesce((found.c.due_on < today) & found.c.state.in_(CHASED), False)
    counted = select(literal("").label("id"), found.c.state, func.count().label("n"), func.sum(is_late.cast(Issue.year.type)).label("late"))
    picked = pick(found).subquery()
    taken = select(picked.c.id, literal(""), literal(0), literal(0))
    rows = session.execute(union_all(counted.group_by(found.c.state), taken)).all()
    return [(each.state, each.n, each.late) for each in rows if not each.id], [each.id for each in rows if each.id]
