"""Looking anew at what waits for review after the limits of its visit have changed. What was decided stays decided.

Only doubts that limits make and that need no answers: how long it took, on which day, how far away, and how fast between two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.events import log_event
from survey.instruments.models import QuestionnaireVersion
from survey.intake.flags import Ground, InterviewFacts, RaisedFlag, flag_distance, flag_times
from survey.intake.ground import position_of
from survey.intake.models import Flag, Submission
from survey.places.models import Household, Region
from survey.protocol.limits import Limits
from survey.protocol.relations import Stop, doubt_speed
from survey.visits.models import Visit

BY_LIMITS = ("short_interview", "outside_days", "far_position", "impossible_speed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many doubts were raised and taken back."""

    n_raised: int = 0
    n_taken_back: int = 0


def judge_waiting(session: Session, actor: User, visit: Visit, limits: Limits, now: datetime) -> Outcome:
    """How the doubts about the visit's waiting interviews changed under these limits. Four statements and one event per change."""
    rows = session.execute(_interviews(visit.id)).all()
    waiting = [row for row in rows if row.review_state == "received"]
    wanted: dict[tuple[str, str], RaisedFlag] = {}
    for row in waiting:
        wanted |= {(row.instance_id, flag.check): flag for flag in _judge(row, visit, limits)}
    wanted |= _judge_ways(rows, {row.instance_id for row in waiting}, limits)
    carried = (
        select(Flag.instance_id, Flag.check, Flag.id)
        .join(Submission, Submission.instance_id == Flag.instance_id)
        .where(Submission.visit_id == visit.id, Submission.review_state == "received", Flag.check.in_(BY_LIMITS))
    )
    present = {(instance_id, check): flag_id for instance_id, check, flag_id in session.execute(carried)}
    raised = [key for key in wanted if key not in present]
    gone = [key for key in present if key not in wanted]
    if raised:
        session.execute(insert(Flag), [{"id": new_id(), "instance_id": key[0], **asdict(wanted[key])} for key in raised])
    for key in gone:
        session.execute(delete(Flag).where(Flag.id == present[key]))
    for action, keys in (("submission.flagged", raised), ("submission.unflagged", gone)):
        for instance_id, check in sorted(keys):
            log_event(session, actor.id, action, "submission", instance_id, now, flags=[check])
    return Outcome(len(raised), len(gone))


def _interviews(visit_id: str) -> Any:
    columns = (
        Submission.instance_id,
        Submission.review_state,
        Submission.deprecated_id,
        Submission.lead_id,
        Submission.device_id,
        Submission.started_at,
        Submission.ended_at,
        Submission.received_at,
        Submission.latitude,
        Submission.longitude,
        Submission.accuracy_m,
        QuestionnaireVersion.n_questions,
        Household.latitude.label("household_latitude"),
        Household.longitude.label("household_longitude"),
        Region.latitude.label("village_latitude"),
        Region.longitude.label("village_longitude"),
    )
    return (
        select(*columns)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Submission.questionnaire_version_id)
        .outerjoin(Household, Household.id == Submission.household_id)
        .outerjoin(Region, Region.code == Submission.village_code)
        .where(Submission.visit_id == visit_id, Submission.review_state != "replaced")
        .order_by(Submission.started_at, Submission.instance_id)
    )


def _judge(row: Row[Any], visit: Visit, limits: Limits) -> Iterator[RaisedFlag]:
    ground = Ground(
        limits=limits,
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        household=position_of(row.household_latitude, row.household_longitude),
        village=position_of(row.village_latitude, row.village_longitude),
    )
    position = position_of(row.latitude, row.longitude, row.accuracy_m)
    facts = InterviewFacts(
        n_questions=row.n_questions,
        started_at=row.started_at,
        ended_at=row.ended_at,
        received_at=row.received_at,
        position_question=None,
        has_position=position is not None,
        position=position,
        named_assignment="",
        is_assignment_known=True,
        is_assignment_answered=False,
        is_sender_of_pair=True,
    )
    yield from (flag for flag in flag_times(facts, ground) if flag.check in BY_LIMITS)
    if position is not None:
        yield from flag_distance(position, ground)


def _judge_ways(rows: Iterable[Row[Any]], waiting: set[str], limits: Limits) -> Mapping[tuple[str, str], RaisedFlag]:
    """The doubts about ways within the visit, by lead and by tablet, of interviews that wait."""
    ways: defaultdict[tuple[str, str], list[Stop]] = defaultdict(list)
    for row in rows:
        stop = Stop.of(row)
        if stop is not None:
            for who, key in (("lead", row.lead_id), ("device", row.device_id)):
                if key:
                    ways[who, key].append(stop)
    doubts = (doubt_speed(before, after, limits) for stops in ways.values() for before, after in pairwise(stops))
    return {(doubt.instance_id, doubt.flag.check): doubt.flag for doubt in doubts if doubt and doubt.instance_id in waiting}
