"""Accepting, returning and reopening: every decision is an event, needs its reason, and is made on what the coordinator saw."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import Event
from survey.intake.models import Submission
from survey.review.operations import accept_clean, accept_submission, reopen_submission, return_submission
from tests.builders import add_form, add_submission, find_or_add_person

Operation = Callable[[Session, User, Submission, str, datetime], Submission]


@pytest.fixture
def coordinator(session: Session) -> User:
    """Who decides."""
    return find_or_add_person(session, "coordinator")


def interview(session: Session, state: str = "received", flags: tuple[str, ...] = (), instance_id: str = "uuid:1") -> Submission:
    """A stored interview."""
    return add_submission(session, add_form(session), instance_id, state=state, flags=flags)


def test_accept__clean_interview__counts_and_is_logged(session: Session, coordinator: User, now: datetime) -> None:
    submission = accept_submission(session, coordinator, interview(session), "", now)
    assert (submission.review_state, submission.reviewed_at, submission.reviewed_by_id) == ("accepted", now, coordinator.id)
    [event] = session.scalars(select(Event).where(Event.subject_id == "uuid:1"))
    assert (event.action, event.actor_id) == ("submission.accepted", coordinator.id)
    assert event.details == {"reason": "", "before": "received", "flags": []}


def test_accept__flagged_interview__needs_a_reason_that_is_kept(session: Session, coordinator: User, now: datetime) -> None:
    submission = interview(session, flags=("cadre_present",))
    with pytest.raises(SurveyError) as raised:
        accept_submission(session, coordinator, submission, " ", now)
    assert raised.value.code is ErrorCode.INVALID_VALUE
    accept_submission(session, coordinator, submission, "干部中途离开", now)
    [event] = session.scalars(select(Event).where(Event.subject_id == "uuid:1"))
    assert (event.details["flags"], event.details["reason"]) == (["cadre_present"], "干部中途离开")


@pytest.mark.parametrize(("operation", "state"), [(return_submission, "received"), (reopen_submission, "accepted")])
def test_decision__without_a_reason__is_refused(
    session: Session, coordinator: User, now: datetime, operation: Operation, state: str
) -> None:
    submission = interview(session, state)
    with pytest.raises(SurveyError) as raised:
        operation(session, coordinator, submission, "", now)
    assert raised.value.code is ErrorCode.INVALID_VALUE
    assert submission.review_state == state


@pytest.mark.parametrize(
    ("operation", "state", "outcome"),
    [
        (accept_submission, "received", "accepted"),
        (accept_submission, "accepted", None),
        (accept_submission, "returned", None),
        (accept_submission, "replaced", None),
        (return_submission, "received", "returned"),
        (return_submission, "accepted", None),
        (return_submission, "replaced", None),
        (reopen_submission, "accepted", "received"),
        (reopen_submission, "returned", "received"),
        (reopen_submission, "received", None),
        (reopen_submission, "replaced", None),
    ],
)
def test_decision__from_each_state__is_made_or_refused(
    session: Session, coordinator: User, now: datetime, operation: Operation, state: str, outcome: str | None
) -> None:
    submission = interview(session, state)
    if outcome:
        assert operation(session, coordinator, submission, "理由", now).review_state == outcome
        return
    with pytest.raises(SurveyError) as raised:
        operation(session, coordinator, submission, "理由", now)
    assert raised.value.code is ErrorCode.INVALID_TRANSITION
    assert submission.review_state == state


def test_decision__somebody_else_was_quicker__is_refused(session: Session, coordinator: User, now: datetime) -> None:
    submission = interview(session)
    session.commit()
    with Session(session.get_bind()) as other:
        other.get_one(Submission, "uuid:1").review_state = "returned"
        other.commit()
    assert submission.review_state == "received"
    with pytest.raises(SurveyError) as raised:
        accept_submission(session, coordinator, submission, "", now)
    assert raised.value.code is ErrorCode.INVALID_TRANSITION
    assert submission.review_state == "returned"


def test_accept_clean__some_are_flagged_or_decided__leaves_those_alone(session: Session, coordinator: User, now: datetime) -> None:
    for number, (state, flags) in enumerate([("received", ()), ("received", ("no_position",)), ("returned", ()), ("received", ())]):
        interview(session, state, flags, f"uuid:{number}")
    accepted = accept_clean(session, coordinator, [f"uuid:{number}" for number in range(5)], now)
    assert accepted == ("uuid:0", "uuid:3")
    assert session.get_one(Submission, "uuid:1").review_state == "received"
