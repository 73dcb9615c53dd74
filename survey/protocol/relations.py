"""Doubts that only show beside other interviews: the same picture twice, and ways that nobody travels so fast.

Reads the neighbours of one interview and says which of the two is doubted; `operations.py` writes it down. Interviews that an edit has
replaced are neighbours of nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, exists, or_, select, union
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import TypeEngine

from survey.db import AnySelect, UtcDateTime
from survey.given_rows import GIVEN, given_rows, stored_as
from survey.intake.flags import CLOCK_TOLERANCE, Position, RaisedFlag, raise_flag_of
from survey.intake.ground import position_of
from survey.intake.models import Attachment, Flag, Submission
from survey.protocol.limits import Limits

LONG_SITTING = timedelta(hours=3)
"""An interview that lay open for longer was interrupted; where its lead was meanwhile it does not say."""
PICTURES = "image/"


@dataclass(frozen=True, slots=True)
class Stop:
    """One interview as a stop on somebody's way. An edit says nothing of when it was left, so that its end is its beginning."""

    instance_id: str
    started_at: datetime
    ended_at: datetime
    position: Position

    @classmethod
    def of(cls, held: Any) -> "Stop | None":
        """The stop that an interview was, read from the columns of `Submission`; None where its place or its time is not known."""
        position = position_of(held.latitude, held.longitude, held.accuracy_m)
        started_at, ended_at = held.started_at, held.ended_at or held.started_at
        if position is None or started_at is None or ended_at < started_at or ended_at > held.received_at + CLOCK_TOLERANCE:
            return None
        return cls(held.instance_id, started_at, started_at if held.deprecated_id else ended_at, position)


@dataclass(frozen=True, slots=True)
class Held:
    """What is asked of an interview when it is held beside others: the columns of `Submission` that it needs for that."""

    instance_id: str
    deprecated_id: str | None
    visit_id: str | None
    household_id: str | None
    lead_id: str | None
    device_id: str
    started_at: datetime | None
    ended_at: datetime | None
    received_at: datetime
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None


HELD_FIELDS = tuple(field.name for field in fields(Held))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about the interview `instance_id`."""

    instance_id: str
    flag: RaisedFlag


def doubt_speed(before: Stop, after: Stop, limits: Limits) -> Doubt | None:
    """The doubt about the later of two stops, None where one may have come from the other in that time. Pure."""
    metres = after.position.metres_from(before.position)
    if not limits.speed_kmh or metres < limits.speed_from_m:
        return None
    time = after.started_at - before.ended_at
    if time < timedelta(0) and before.ended_at - before.started_at > LONG_SITTING:
        return None
    hours = max(time / timedelta(hours=1), 0.0)
    if metres / 1000 <= limits.speed_kmh * hours:
        return None
    value = f"{metres / 1000:.1f} km / {hours * 60:.0f} min"
    return Doubt(after.instance_id, raise_flag_of("impossible_speed", "", value, before.instance_id))


def doubt_pictures(session: Session, submission: Submission | Held) -> Iterator[Doubt]:
    """What is doubted, of it and of the others, because another household's or visit's interview has the same picture. One statement."""
    keys = {"instance": submission.instance_id, "household": submission.household_id, "visit": submission.visit_id}
    seen: set[str] = set()
    for own_name, their_name, other_id in session.execute(_same_pictures(), keys):
        if own_name not in seen:
            yield Doubt(submission.instance_id, raise_flag_of("same_picture", "", own_name, other_id))
        seen.add(own_name)
        yield Doubt(other_id, raise_flag_of("same_picture", "", their_name, submission.instance_id))


@cache
def _same_pictures() -> Select[str, str, str]:
    """The pictures of an interview that others have too; built once, because building it takes longer than running it."""
    other = aliased(Submission)
    own, theirs = aliased(Attachment), aliased(Attachment)
    is_elsewhere = or_(
        other.household_id.is_distinct_from(bindparam("household", type_=String)),
        other.household_id.is_(None),
        other.visit_id.is_distinct_from(bindparam("visit", type_=String)),
    )
    return (
        select(own.name, theirs.name, other.instance_id)
        .join(theirs, and_(theirs.sha256 == own.sha256, theirs.instance_id != own.instance_id))
        .join(other, other.instance_id == theirs.instance_id)
        .where(own.instance_id == bindparam("instance"), own.media_type.startswith(PICTURES), other.review_state != "replaced")
        .where(is_elsewhere)
        .order_by(own.name, other.received_at, other.instance_id)
    )


def doubt_ways(session: Session, submissions: Sequence[tuple[Submission | Held, Limits]]) -> Iterator[Doubt]:
    """What is doubted, of these and of others, because of the ways to each and from it of the same lead and tablet. One statement.

    With each come the limits of its visit.
    """
    stops = {submission.instance_id: (Stop.of(submission), limits) for submission, limits in submissions if limits.speed_kmh}
    given = [_started(session, submission) for submission, _ in submissions if stops.get(submission.instance_id, (None,))[0]]
    if not given:
        return
    for neighbour in session.connection().execute(_neighbours(session.get_bind().dialect.name), {GIVEN: given}):
        own, limits = stops[neighbour.own]
        stop = Stop.of(neighbour)
        if own is None or stop is None:
            continue
        is_before = (stop.started_at, stop.instance_id) < (own.started_at, own.instance_id)
        doubt = doubt_speed(stop, own, limits) if is_before else doubt_speed(own, stop, limits)
        if doubt:
            yield doubt


def _started(session: Session, submission: Submission | Held) -> dict[str, Any]:
    return {
        "own": submission.instance_id,
        "started_at": stored_as(session, Submission.started_at.type, submission.started_at),
        "lead_id": submission.lead_id,
        "device_id": submission.device_id or None,
    }


@cache
def _neighbours(dialect: str) -> AnySelect:
    """The interviews with a position right before and right after each of the same lead, and of the same tablet; what `Stop.of` reads."""
    keys: dict[str, TypeEngine[Any]] = {"own": String(), "started_at": UtcDateTime(), "lead_id": String(), "device_id": String()}
    given = given_rows(dialect, keys).c
    before = or_(
        Submission.started_at < given.started_at,
        and_(Submission.started_at == given.started_at, Submission.instance_id < given.own),
    )
    after = or_(
        Submission.started_at > given.started_at,
        and_(Submission.started_at == given.started_at, Submission.instance_id > given.own),
    )
    newest = (Submission.started_at.desc(), Submission.instance_id.desc())
    oldest = (Submission.started_at, Submission.instance_id)
    is_astray = exists().where(Flag.instance_id == Submission.instance_id, Flag.check == "clock_wrong")
    usable = (Submission.review_state != "replaced", Submission.latitude.is_not(None), Submission.instance_id != given.own, ~is_astray)
    parts = [
        select(
            given.own,
            select(Submission.instance_id)
            .where(who, *usable, side, bound)
            .order_by(*order)
            .limit(1)
            .correlate(given.own.table)
            .scalar_subquery()
            .label("other"),
        ).select_from(given.own.table)
        for who in (Submission.lead_id == given.lead_id, Submission.device_id == given.device_id)
        for side, bound, order in (
            (before, Submission.started_at <= given.started_at, newest),
            (after, Submission.started_at >= given.started_at, oldest),
        )
    ]
    found = union(*parts).subquery("found")
    columns = (
        found.c.own,
        Submission.instance_id,
        Submission.deprecated_id,
        Submission.started_at,
        Submission.ended_at,
        Submission.received_at,
        Submission.latitude,
        Submission.longitude,
        Submission.accuracy_m,
    )
    return select(*columns).join(Submission, Submission.instance_id == found.c.other).order_by(found.c.own, Submission.instance_id)
