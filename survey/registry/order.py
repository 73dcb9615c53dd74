"""What may follow what in the register of identification, and what state a household was in on a day. Pure.

The register moves: a household is registered 识别, supported 帮扶, lifted out 脱贫, accepted 验收, struck off 销号, and it may fall back
and be registered again 返贫. `AFTER` is the whole rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

NOTHING_YET = ""
AFTER: dict[str, frozenset[str]] = {
    NOTHING_YET: frozenset({"registered"}),
    "registered": frozenset({"supported", "lifted_out"}),
    "supported": frozenset({"supported", "lifted_out"}),
    "lifted_out": frozenset({"accepted", "registered_again"}),
    "accepted": frozenset({"struck_off", "registered_again"}),
    "struck_off": frozenset({"registered_again"}),
    "registered_again": frozenset({"supported", "lifted_out"}),
}
"""After each kind of row, the kinds that may come next."""

KIND_OF_STATE = {
    "registered": "registered",
    "supported": "registered",
    "registered_again": "registered",
    "lifted_out": "lifted_out",
    "accepted": "lifted_out",
    "struck_off": "lifted_out",
}
"""The kind of household that each state of the register means."""

BEFORE_REGISTRATION = "ordinary"
"""The kind of a household on a day before it was registered."""


class Row(Protocol):
    """A row of the register, stored or to come."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def happened_on(self) -> date: ...
    @property
    def turn(self) -> int: ...
    @property
    def corrects_id(self) -> str | None: ...
    @property
    def is_withdrawn(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A row that is to be written, for checking it before it is."""

    id: str
    kind: str
    happened_on: date
    turn: int
    corrects_id: str | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where rows do not follow the order: what stands there, and what stands before it ("" for nothing)."""

    row: Row
    before: str


def valid_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows that count, in the order of what happened: neither corrected by another nor withdrawing one."""
    every = list(rows)
    corrected = {row.corrects_id for row in every}
    return sorted((row for row in every if row.id not in corrected and not row.is_withdrawn), key=lambda row: (row.happened_on, row.turn))


def find_break(rows: Iterable[Row]) -> Break | None:
    """The first row that may not stand where it stands, or None when all are in order."""
    before = NOTHING_YET
    for row in valid_rows(rows):
        if row.kind not in AFTER[before]:
            return Break(row, before)
        before = row.kind
    return None


def state_on(rows: Iterable[Row], day: date) -> str:
    """The kind of the last row that counts up to and with this day; "" before the first one."""
    return next((row.kind for row in reversed(valid_rows(rows)) if row.happened_on <= day), NOTHING_YET)


def kind_on(rows: Sequence[Row], day: date) -> str | None:
    """The kind of household that its rows make it on this day; None without any row, where only the roster can say."""
    if not valid_rows(rows):
        return None
    return KIND_OF_STATE.get(state_on(rows, day), BEFORE_REGISTRATION)


def may_follow(rows: Iterable[Row]) -> tuple[str, ...]:
    """The kinds that may come after the last row, in the order of the table."""
    last = next((row.kind for row in reversed(valid_rows(rows))), NOTHING_YET)
    return tuple(kind for kind in AFTER if kind in AFTER[last])
