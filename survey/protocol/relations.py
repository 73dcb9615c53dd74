"""Doubts that only show beside other interviews: the same picture twice, and ways that nobody travels so fast.

Reads the neighbours of one interview and says which of the two is doubted; `operations.py` writes it down. Interviews that an edit has
replaced are neighbours of nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from survey.db import UtcDateTime
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
def _same_pictures() -> Select[tuple[str, str, str]]:
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


def doubt_ways(session: Session, submission: Submission | Held, limits: Limits) -> Iterator[Doubt]:
    """What is doubted, of it and of the others, because of the ways to it and from it of the same lead and tablet. One statement."""
    own = Stop.of(submission)
    if own is None or not limits.speed_kmh:
        return
    keys = {
        "instance": submission.instance_id,
        "started": submission.started_at,
        "lead": submission.lead_id,
        "device": submission.device_id or None,
    }
    for neighbour in session.execute(_neighbours(), keys):
        stop = Stop.of(neighbour)
        if stop is None:
            continue
        is_before = (stop.started_at, stop.instance_id) < (own.started_at, own.instance_id)
        doubt = doubt_speed(stop, own, limits) if is_before else doubt_speed(own, stop, limits)
        if doubt:
            yield doubt


@cache
def _neighbours() -> Select[Any]:
    """The interviews with a position right before and right after one of the same lead, and of the same tablet; what `Stop.of` reads."""
    started_at, instance_id = bindparam("started", type_=UtcDateTime()), bindparam("instance", type_=String)
    before = or_(Submission.started_at < started_at, and_(Submission.started_at == started_at, Submission.instance_id < instance_id))
    after = or_(Submission.started_at > started_at, and_(Submission.started_at == started_at, Submission.instance_id > instance_id))
    newest = (Submission.started_at.desc(), Submission.instance_id.desc())
    oldest = (Submission.started_at, Submission.instance_id)
    is_astray = exists().where(Flag.instance_id == Submission.instance_id, Flag.check == "clock_wrong")
    usable = (Submission.review_state != "replaced", Submission.latitude.is_not(None), Submission.instance_id != instance_id, ~is_astray)
    parts = [
        select(Submission.instance_id).where(who, *usable, side, bound).order_by(*order).limit(1).subquery()
        for who in (Submission.lead_id == bindparam("lead", type_=String), Submission.device_id == bindparam("device", type_=String))
        for side, bound, order in (
            (before, Submission.started_at <= started_at, newest),
            (after, Submission.started_at >= started_at, oldest),
        )
    ]
    columns = (
        Submission.instance_id,
        Submission.deprecated_id,
        Submission.started_at,
        Submission.ended_at,
        Submission.received_at,
        Submission.latitude,
        Submission.longitude,
        Submission.accuracy_m,
    )
    return select(*columns).where(Submission.instance_id.in_(union_all(*(select(part.c.instance_id) for part in parts))))
