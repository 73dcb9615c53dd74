"""The timing log of an interview as ODK writes it: which columns a form asks for, and what a log says of each answer.

A log is CSV with one row per event; a question's row begins when attention came to it and ends when it was answered or left. Columns and
nodes are those of docs.getodk.org/form-audit-log and of the XForms specification's "Client Audit Logs"; what a client writes beyond them
is kept in the file and not looked at.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from questionnaires.model import Questionnaire
from questionnaires.xform import ODK, XF

AUDIT_FILE = "audit.csv"
"""What every ODK client calls the log of an interview."""
PAUSE_MINUTES = 10
"""A gap of so many minutes between two events is a pause and not part of the interview."""
_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")

Place = tuple[str, tuple[int, ...]]
"""A question's path and the 1-based positions of the repeat instances around it, outermost first."""


@dataclass(frozen=True, slots=True)
class LocationWish:
    """How often and how exactly a form wants the position of the device beside its events."""

    priority: str
    min_interval_s: int
    max_age_s: int


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What a form with an `audit` row wants its log to hold beyond the times."""

    tracks_changes: bool = False
    asks_reasons: bool = False
    identifies_user: bool = False
    location: LocationWish | None = None


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One row of a log; `path` is "" for an event of the whole form, `ended_at` None for one that has no length."""

    name: str
    path: str
    position: tuple[int, ...]
    started_at: datetime
    ended_at: datetime | None
    old_value: str
    new_value: str
    user: str
    reason: str

    @property
    def seconds(self) -> float:
        """How long it lasted, never less than 0."""
        return max(0.0, (self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0.0

    @property
    def is_change(self) -> bool:
        """Whether an answer that was there was changed or cleared."""
        return self.name == "question" and self.old_value != ""


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long one question was in hand, how often it was come back to, and how often its answer was changed afterwards."""

    seconds: float
    n_visits: int
    n_changes: int


@dataclass(frozen=True, slots=True)
class Course:
    """How an interview went: when, in how many sittings, for how long, with what pauses between."""

    started_at: datetime
    ended_at: datetime
    seconds: float
    """Time in hand, the pauses left out."""
    n_sittings: int
    pauses: tuple[tuple[datetime, float], ...]
    """When each pause began and how many seconds it lasted."""
    n_changes: int
    n_constraint_errors: int


def read_audit_settings(questionnaire: Questionnaire) -> AuditSettings | None:
    """What the form's `audit` row asks for, or None for a form without one."""
    model = etree.fromstring(questionnaire.xform.encode())
    bind = next((each for each in model.iter(f"{XF}bind") if each.get("nodeset", "").endswith("/meta/audit")), None)
    if bind is None:
        return None
    priority, interval, age = (bind.get(f"{ODK}location-{name}") for name in ("priority", "min-interval", "max-age"))
    is_located = priority and interval and age and priority != "no-power"
    return AuditSettings(
        tracks_changes=bind.get(f"{ODK}track-changes") == "true",
        asks_reasons=bind.get(f"{ODK}track-changes-reasons") == "on-form-edit",
        identifies_user=bind.get(f"{ODK}identify-user") == "true",
        location=LocationWish(str(priority), int(interval or 0), int(age or 0)) if is_located else None,
    )


def read_audit_log(data: bytes) -> tuple[AuditEvent, ...]:
    """The events of a log in the order of the file; rows that make no sense are left out, for a log decides nothing by itself."""
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    rows = csv.DictReader(text.splitlines(keepends=True))
    return tuple(event for row in _rows(rows) if (event := _event(row)) is not None)


def _rows(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    try:
        yield from rows
    except csv.Error:
        return


def _event(row: Mapping[str, str | list[str] | None]) -> AuditEvent | None:
    def cell(name: str) -> str:
        value = row.get(name)
        return value if isinstance(value, str) else ""

    started_at = _instant(cell("start"))
    if not cell("event") or started_at is None:
        return None
    path, position = split_node(cell("node"))
    texts = (cell(name) for name in ("old-value", "new-value", "user", "change-reason"))
    return AuditEvent(cell("event"), path, position, started_at, _instant(cell("end")), *texts)


def _instant(text: str) -> datetime | None:
    if not text.isdecimal() or len(text) > 14:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def split_node(node: str) -> Place:
    """The path and the positions of a node as logs write it: "/data/members[2]/age" is ("/data/members/age", (2,))."""
    steps = _STEP.findall(node)
    return "".join(f"/{name}" for name, _ in steps), tuple(int(number) for _, number in steps if number)


def time_answers(events: tuple[AuditEvent, ...]) -> dict[Place, AnswerTime]:
    """How long each question was in hand, by path and position; questions that the log does not name are absent."""
    times: dict[Place, AnswerTime] = {}
    for event in events:
        if event.name != "question":
            continue
        before = times.get((event.path, event.position), AnswerTime(0.0, 0, 0))
        times[event.path, event.position] = AnswerTime(
            before.seconds + event.seconds, before.n_visits + 1, before.n_changes + int(event.is_change)
        )
    return times


def read_course(events: tuple[AuditEvent, ...]) -> Course | None:
    """How the interview went, or None when the log holds no event."""
    if not events:
        return None
    marks = sorted({instant for event in events for instant in (event.started_at, event.ended_at) if instant is not None})
    gaps = [(earlier, (later - earlier).total_seconds()) for earlier, later in zip(marks, marks[1:], strict=False)]
    pauses = tuple((start, seconds) for start, seconds in gaps if seconds >= PAUSE_MINUTES * 60)
    return Course(
        started_at=marks[0],
        ended_at=marks[-1],
        seconds=(marks[-1] - marks[0]).total_seconds() - sum(seconds for _, seconds in pauses),
        n_sittings=max(1, sum(event.name in ("form start", "form resume") for event in events)),
        pauses=pauses,
        n_changes=sum(event.is_change for event in events),
        n_constraint_errors=sum(event.name == "constraint error" for event in events),
    )
