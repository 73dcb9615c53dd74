"""The saved filters above the list of issues and its board, as links."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.issues.filters import IssueFilter
from survey.issues.forms import FilterForm
from survey.issues.words import SEVERAL_STATE_LABELS, STATE_LABELS
from survey.saved_filters.forms import SaveForm
from survey.saved_filters.models import SavedFilter
from survey.saved_filters.queries import count_filters, filter_of, list_filters, opening_key
from survey.saved_filters.ready import READY


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One filter as the pages show it. `n` is how many issues it finds, None where that is not counted; `owner` is "" for one's own."""

    key: str
    name: str
    wanted: IssueFilter
    n: int | None
    is_current: bool
    is_opening: bool
    saved: SavedFilter | None = None
    owner: str = ""


def filter_links(session: Session, reader: User, current: IssueFilter, today: date) -> tuple[FilterLink, ...]:
    """The filters that need no saving, the person's own, and those that others share; at most four statements."""
    saved = list_filters(session, reader)
    known: list[tuple[str, str, IssueFilter, SavedFilter | None]] = [
        (name, str(ready.label), ready.wanted, None) for name, ready in READY.items()
    ]
    known += [(each.id, each.name, filter_of(each), each) for each in saved]
    counts, opening = count_filters(session, [each[2] for each in known], today, reader), opening_key(session, reader)
    return tuple(
        FilterLink(
            key=key,
            name=name,
            wanted=wanted,
            n=counts.get(wanted),
            is_current=wanted == current,
            is_opening=key == opening,
            saved=row,
            owner="" if row is None or row.user_id == reader.id else row.user.name,
        )
        for key, name, wanted, row in known
    )


def filters_context(
    session: Session, reader: User, wanted: IssueFilter, today: date, *, page: str, bad: SaveForm | None = None
) -> dict[str, Any]:
    """What the templates need for the row of filters: the links, how everything is asked for, and the form that saves the present one."""
    links = filter_links(session, reader, wanted, today)
    return {
        "filter_links": links,
        "everything": {"show": "all"} if any(link.is_opening for link in links) else {},
        "save_form": bad or SaveForm(formdata=None, page=page),
        "is_saved": any(link.is_current for link in links),
    }


def told_parts(wanted: IssueFilter, counties: Iterable[tuple[str, str]], visits: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What a filter limits, as (name of the field, what is chosen there) in the reader's language."""
    form = FilterForm(data=wanted.parameters())
    form.offer(counties, visits)
    states = {**STATE_LABELS, **SEVERAL_STATE_LABELS}
    told = [(_("State"), str(states.get(wanted.state, wanted.state)))] if wanted.state else []
    for name, value in wanted.parameters().items():
        if name != "state":
            chosen = {choice.value: choice.label for choice in getattr(form[name], "choices", None) or ()}
            told.append((str(form[name].label.text), str(chosen.get(value, value))))
    return tuple(told)
