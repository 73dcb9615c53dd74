"""What a joint meeting has to speak about: issues as they stood on its day, each in the first section that it belongs to. Pure.

A meeting that is over keeps its agenda: what an issue was on that day follows from its history, whatever happened since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from survey.field_time import field_date
from survey.issues.life import HANDED_OVER

SECTIONS = ("come_back", "disagreed", "overdue", "escalated", "new", "under_way", "to_look_back", "closed")
"""The sections in the order in which they are spoken about, the most pressing first."""
_DATES = ("due_on",)


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step of an issue's history; `changes` are [before, after] by field, dates as ISO texts."""

    action: str
    to_state: str
    taken_at: datetime
    changes: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Standing:
    """An issue as it stands, or stood on a day. `reported_on` is its first handing over, `reply` what the responsible side said last."""

    id: str
    number: str
    title: str
    area: str
    place: str
    state: str
    state_since: datetime
    recommendation: str
    responsible_body: str
    due_on: date | None
    escalated_to: str | None
    reported_on: date | None = None
    reply_kind: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the agenda with its issues, by due date and number."""

    name: str
    issues: tuple[Standing, ...]


def as_of(standing: Standing, steps: Sequence[PastStep], day: date) -> Standing | None:
    """The issue as it stood when the day ended; None when it was not handed over by then. `steps` are all of its steps, in order.

    What it holds today is taken back step by step; fields that never changed are what they are.
    """
    until = [step for step in steps if field_date(step.taken_at) <= day]
    reported = [step for step in until if step.action == "report"]
    if not reported or until[-1].to_state not in HANDED_OVER:
        return None
    values: dict[str, Any] = {}
    for step in reversed(steps[len(until) :]):
        values |= {name: _read(name, before) for name, (before, _after) in step.changes.items() if hasattr(standing, name)}
    state = until[-1].to_state
    since = until[-1].taken_at
    for step in reversed(until):
        if step.to_state != state:
            break
        since = step.taken_at
    return replace(standing, **values, state=state, state_since=since, reported_on=field_date(reported[0].taken_at))


def make_agenda(standings: Iterable[Standing], day: date, since: date | None) -> tuple[Section, ...]:
    """The sections that have an issue; `since` is the day of the joint meeting before, None where there was none."""
    found: dict[str, list[Standing]] = {name: [] for name in SECTIONS}
    for standing in standings:
        name = _section_of(standing, day, since)
        if name is not None:
            found[name].append(standing)
    return tuple(
        Section(name, tuple(sorted(issues, key=lambda each: (each.due_on or date.max, each.number))))
        for name, issues in found.items()
        if issues
    )


def _section_of(standing: Standing, day: date, since: date | None) -> str | None:
    """The first section that the issue belongs to; None for one that was closed before the meeting before this one."""
    if standing.state == "closed":
        return "closed" if since is None or field_date(standing.state_since) > since else None
    if standing.state in ("not_fixed", "reopened"):
        return "come_back"
    if standing.reply_kind == "disagreed":
        return "disagreed"
    if standing.state == "rectified":
        return "to_look_back"
    if standing.due_on is not None and standing.due_on < day:
        return "overdue"
    if standing.escalated_to is not None:
        return "escalated"
    is_new = standing.reported_on is not None and (since is None or standing.reported_on > since)
    return "new" if is_new and standing.state == "reported" else "under_way"


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DATES and isinstance(value, str) else value
