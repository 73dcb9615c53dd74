"""Raising and taking back doubts after an interview has arrived, and setting the limits of a visit; nothing commits here.

A doubt that keeps interviews out of the figures, when it comes to one that is accepted, lets it wait for a decision again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import n_changed
from survey.events import log_event
from survey.intake.flags import raise_flag_of
from survey.intake.models import COUNTED, Flag, Submission
from survey.intake.operations import raise_flag
from survey.protocol.checks import CHECK_OF_NAME
from survey.protocol.limits import DEFAULTS, NAMES, Limits, deviations, read_limits
from survey.protocol.models import VisitLimits
from survey.protocol.queries import limits_of_visit
from survey.protocol.rejudging import Outcome, judge_waiting
from survey.protocol.relations import Doubt, Held, doubt_pictures, doubt_ways
from survey.visits.models import Visit
from survey.visits.planning import check_plannable

REPEATED = "repeated_assignment"


def compare_with_others(session: Session, arrived: Sequence[tuple[Held, Limits]], with_pictures: Collection[str], now: datetime) -> None:
    """Nothing; what shows only beside other interviews is doubted, of these that have just arrived and of the others.

    With each come the limits of its visit; `with_pictures` are the ids of those that have any. If one edits an earlier one, what others
    were doubted for beside that one is looked at anew.
    """
    for submission, limits in arrived:
        if submission.deprecated_id:
            for other_id in take_back_doubts(session, submission.deprecated_id, now):
                other = session.get_one(Submission, other_id)
                of_visit = limits if other.visit_id == submission.visit_id else limits_of_visit(session, other.visit_id)
                raise_doubts(session, (*doubt_pictures(session, other), *doubt_ways(session, ((other, of_visit),))), now)
        if submission.instance_id in with_pictures:
            raise_doubts(session, doubt_pictures(session, submission), now)
    raise_doubts(session, doubt_ways(session, arrived), now)


def compare_pictures(session: Session, instance_id: str, now: datetime) -> None:
    """Nothing; the interview, of which pictures have just come, and others are doubted where they have the same picture."""
    raise_doubts(session, doubt_pictures(session, session.get_one(Submission, instance_id)), now)


def raise_doubts(session: Session, doubts: Iterable[Doubt], now: datetime) -> None:
    """Nothing; each doubt is raised once, and accepted interviews that it keeps out of the figures wait for a decision again."""
    for doubt in tuple(doubts):
        if not raise_flag(session, doubt.instance_id, doubt.flag):
            continue
        check, other_id = doubt.flag.check, doubt.flag.other_id
        log_event(session, None, "submission.flagged", "submission", doubt.instance_id, now, flags=[check], other_id=other_id)
        if CHECK_OF_NAME[check].leaves_figures:
            _suspend(session, doubt.instance_id, check, now)


def _suspend(session: Session, instance_id: str, check: str, now: datetime) -> None:
    statement = (
        update(Submission)
        .where(Submission.instance_id == instance_id, Submission.review_state == "accepted")
        .values(review_state="received", reviewed_at=None, reviewed_by_id=None, review_reason="")
        .execution_options(synchronize_session="fetch")
    )
    if n_changed(session, statement):
        log_event(session, None, "submission.suspended", "submission", instance_id, now, before="accepted", flags=[check])


def take_back_doubts(session: Session, original_id: str, now: datetime) -> tuple[str, ...]:
    """The instance ids of the interviews that were doubted beside this one, which an edit has replaced; they are so no more."""
    rows = session.execute(select(Flag.id, Flag.instance_id, Flag.check).where(Flag.other_id == original_id).order_by(Flag.id)).all()
    for flag_id, instance_id, check in rows:
        _take_back(session, flag_id, instance_id, check, now)
    return tuple(dict.fromkeys(row.instance_id for row in rows))


def take_back_flag(session: Session, instance_id: str, check: str, now: datetime) -> None:
    """Nothing; an interview is not doubted by this check any more, because the cause has gone."""
    for flag_id in session.scalars(select(Flag.id).where(Flag.instance_id == instance_id, Flag.check == check)).all():
        _take_back(session, flag_id, instance_id, check, now)


def _take_back(session: Session, flag_id: str, instance_id: str, check: str, now: datetime) -> None:
    session.execute(delete(Flag).where(Flag.id == flag_id).execution_options(synchronize_session="fetch"))
    log_event(session, None, "submission.unflagged", "submission", instance_id, now, flags=[check])


def settle_repeats(session: Session, submission: Submission, now: datetime) -> None:
    """Nothing; of the interviews that count for the submission's assignment one is free of the doubt that it is a repetition.

    That is an accepted one, else the earliest; a decision on one of them may so free another, or burden it.
    """
    if submission.assignment_id is None:
        return
    counting = (
        select(Submission.instance_id, Submission.review_state)
        .where(Submission.assignment_id == submission.assignment_id, Submission.recorded_as == submission.recorded_as)
        .where(Submission.review_state.in_(COUNTED))
        .order_by(Submission.received_at, Submission.instance_id)
    )
    rows = session.execute(counting).all()
    first = next((row.instance_id for row in rows if row.review_state == "accepted"), rows[0].instance_id if rows else None)
    for row in rows:
        if row.instance_id == first:
            take_back_flag(session, row.instance_id, REPEATED, now)
        else:
            raise_doubts(session, (Doubt(row.instance_id, raise_flag_of(REPEATED)),), now)


def set_limits(session: Session, actor: User, visit: Visit, values: Mapping[str, float], now: datetime) -> Outcome:
    """How the doubts about what waits for review changed under the visit's new limits, which also count for all that is to come.

    Raises INVALID_VALUE for a number that no limit may have, and INVALID_TRANSITION for a closed visit.
    """
    check_plannable(visit)
    for name, value in values.items():
        most = Limits.__dataclass_fields__[name].metadata["most"] if name in NAMES else None
        if most is None or not 0 <= value <= most:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail="this is no number that the limit may have")
    kept = deviations({**{name: getattr(DEFAULTS, name) for name in NAMES}, **values})
    found = session.get(VisitLimits, visit.id)
    if found is None:
        found = VisitLimits(visit_id=visit.id)
        session.add(found)
    before = found.values or {}
    found.values, found.changed_at, found.changed_by_id = kept, now, actor.id
    log_event(session, actor.id, "visit.limits_set", "visit", visit.id, now, before=before, after=kept)
    return judge_waiting(session, actor, visit, read_limits(kept), now)
