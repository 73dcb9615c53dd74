"""Whether a log of events is still what was logged: every event intact, none missing, all in their order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import AnyRow
from survey.events import GENESIS, Event, chained_digest, event_text
from survey.handover.models import HandedEvent

AT_ONCE = 1000
MOST_EXPLAINED = 10
"""For so many broken links the log is searched for the event that each was chained to; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Log:
    """Our own log, or with a `source` the one that another installation handed over."""

    source: str = ""

    @property
    def name(self) -> str:
        """How sentences begin that speak of it."""
        return f"The log handed over by {self.source[:8]}: " if self.source else ""


@dataclass(frozen=True, slots=True)
class Break:
    """An event that is not chained to the one before it, and what that shows."""

    number: int
    told: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """How many events were checked, the last one's number and digest, and what is wrong, in the order of the log."""

    n_events: int
    first_digest: str
    last_number: int
    last_digest: str
    breaks: tuple[Break, ...]

    @property
    def first_broken(self) -> int | None:
        """The number of the first event at which something is wrong; None where nothing is."""
        return self.breaks[0].number if self.breaks else None


@dataclass(slots=True)
class _Broken:
    """An event whose digest does not follow from the one before; `follows` is the event that it was chained to, once found."""

    number: int
    before: int
    text: str
    digest: str
    follows: int | None = None


@dataclass(slots=True)
class _Walk:
    n_events: int = 0
    first_digest: str = ""
    number: int = 0
    digest: str = GENESIS
    due: str = GENESIS
    """What the digest of the last event would be by its content; another one than `digest` where that was changed."""
    broken: list[_Broken] = field(default_factory=list)

    def step(self, row: AnyRow) -> None:
        text = event_text(row)
        before = next((each for each in (self.digest, self.due) if chained_digest(each, text) == row.digest), None)
        if before is None:
            self.broken.append(_Broken(row.number, self.number, text, row.digest))
        self.first_digest = self.first_digest or row.digest
        self.due = chained_digest(before or self.digest, text)
        self.number, self.digest = row.number, row.digest
        self.n_events += 1


def own_and_handed_logs(session: Session) -> tuple[Log, ...]:
    """Our own log first, then every one that was handed over."""
    sources = session.scalars(select(HandedEvent.source).distinct().order_by(HandedEvent.source))
    return (Log(), *(Log(source) for source in sources))


def read_log(session: Session, log: Log) -> Iterator[Sequence[AnyRow]]:
    """The events in their order, a part at a time, so that a log of any length takes the same memory."""
    table = HandedEvent if log.source else Event
    columns = [getattr(table, name) for name in ("number", "happened_at", "actor_id", "action", "subject_type", "subject_id", "details")]
    statement = select(*columns, table.digest).order_by(table.number).limit(AT_ONCE)
    if log.source:
        statement = statement.where(HandedEvent.source == log.source)
    last = None
    while rows := session.execute(statement if last is None else statement.where(table.number > last)).all():
        yield rows
        last = rows[-1].number


def check_chain(session: Session, log: Log | None = None, each_part: Callable[[Sequence[AnyRow]], None] | None = None) -> ChainCheck:
    """What is wrong with the log, each event named; `each_part` is called with every part of it that was read."""
    log = log or Log()
    walk = _Walk()
    for rows in read_log(session, log):
        for row in rows:
            walk.step(row)
        if each_part is not None:
            each_part(rows)
    _find_predecessors(session, log, walk.broken[:MOST_EXPLAINED])
    is_gapless = not log.source and session.get_bind().dialect.name == "sqlite"
    breaks = [Break(each.number, log.name + _told(each, is_gapless=is_gapless)) for each in walk.broken]
    return ChainCheck(walk.n_events, walk.first_digest, walk.number, walk.digest, tuple(breaks))


def _find_predecessors(session: Session, log: Log, broken: Sequence[_Broken]) -> None:
    """Find in the whole log what each of these was chained to: who finds it is intact, and stands in the wrong place."""
    if not broken:
        return
    for each in broken:
        if chained_digest(GENESIS, each.text) == each.digest:
            each.follows = 0
    for rows in read_log(session, log):
        for row in rows:
            for each in broken:
                if each.follows is None and chained_digest(row.digest, each.text) == each.digest:
                    each.follows = row.number


def _told(broken: _Broken, *, is_gapless: bool) -> str:
    number, before = broken.number, broken.before
    if broken.follows is not None:
        logged = f"was logged after event {broken.follows}" if broken.follows else "was logged first"
        stands = f"stands after event {before}" if before else "stands first"
        return f"Event {number} {logged} and {stands}: events were moved, removed or put in between."
    if number > before + 1:
        missing = f"Event {before + 1} is missing" if number == before + 2 else f"Events {before + 1} to {number - 1} are missing"
        # Other databases than SQLite leave numbers out where a transaction was given up.
        return f"{missing}." if is_gapless else f"{missing}, or event {number} was changed after it was logged."
    return f"Event {number} was changed after it was logged{f', or event {before} with its digest' if before else ''}."
