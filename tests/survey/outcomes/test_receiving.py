"""Outcomes that tablets send: once, of one's own households, and beside interviews that came first or later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.db import new_id
from survey.events import Event
from survey.outcomes.models import AssignmentOutcome
from survey.outcomes.queries import standing_outcomes
from survey.outcomes.receiving import receive_outcomes
from survey.outcomes.told import ToldOutcome, read_told
from survey.visits.models import Assignment
from tests import builders
from tests.recorder import Statements

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of the pair lead1 and second1 in an open visit."""
    visit = builders.add_visit(session, forms=[builders.add_form(session)])
    assignment = builders.add_assignment(session, builders.add_pair(session, visit), builders.add_household(session))
    session.commit()
    return assignment


def told(assignment: Assignment, outcome: str, found_at: datetime) -> ToldOutcome:
    """What a tablet tells of the assignment."""
    return ToldOutcome(new_id(), assignment.id, outcome, "邻居说的", found_at)


def standing_of(session: Session, assignment: Assignment) -> str | None:
    """The outcome that stands for the assignment."""
    found = standing_outcomes(session, Assignment.id == assignment.id).get(assignment.id)
    return found.outcome if found else None


def n_rows(session: Session) -> int | None:
    """How many outcomes the server has."""
    return session.scalar(select(func.count()).select_from(AssignmentOutcome))


def test_receive_outcomes__sent_twice__counts_once(session: Session, assignment: Assignment, now: datetime) -> None:
    sent = [told(assignment, "absent", now - timedelta(hours=5))]
    lead = assignment.pair.lead

    assert receive_outcomes(session, lead, sent, now) == {sent[0].id: "recorded"}
    assert receive_outcomes(session, lead, sent, now + timedelta(hours=1)) == {sent[0].id: "recorded"}

    found = session.scalars(select(AssignmentOutcome)).one()
    assert (found.outcome, found.note, found.recorded_at, found.recorded_by) == ("absent", "邻居说的", now - timedelta(hours=5), lead)
    assert session.scalar(select(func.count()).where(Event.action == "visit.outcome_recorded")) == 1


def test_receive_outcomes__clock_set_ahead__counts_from_the_arrival(session: Session, assignment: Assignment, now: datetime) -> None:
    receive_outcomes(session, assignment.pair.second, [told(assignment, "moved", now + timedelta(days=1))], now)

    assert session.scalars(select(AssignmentOutcome.recorded_at)).one() == now


def test_receive_outcomes__taken_back_and_said_anew__is_as_said_last(session: Session, assignment: Assignment, now: datetime) -> None:
    minutes = timedelta(minutes=1)
    sent = [told(assignment, "died", now - minutes), told(assignment, "absent", now - 3 * minutes), told(assignment, "taken_back", now)]

    assert set(receive_outcomes(session, assignment.pair.lead, sent, now).values()) == {"recorded"}
    assert (standing_of(session, assignment), n_rows(session)) == (None, 3)
    # Nothing is left to be taken back.
    receive_outcomes(session, assignment.pair.lead, [told(assignment, "taken_back", now)], now)
    assert n_rows(session) == 3


def test_receive_outcomes__interview_was_first__is_told_so(session: Session, assignment: Assignment, now: datetime) -> None:
    builders.add_submission(session, assignment.visit.forms[0], "uuid:1", assignment=assignment)
    sent = told(assignment, "absent", now)

    assert receive_outcomes(session, assignment.pair.lead, [sent], now) == {sent.id: "answered"}
    assert n_rows(session) == 0


def test_receive_outcomes__interview_comes_later__gives_way(session: Session, assignment: Assignment) -> None:
    receive_outcomes(session, assignment.pair.lead, [told(assignment, "absent", builders.NOW - timedelta(hours=2))], builders.NOW)
    builders.add_submission(session, assignment.visit.forms[0], "uuid:1", assignment=assignment)

    assert standing_of(session, assignment) is None


def test_receive_outcomes__of_another_pair__writes_nothing(session: Session, assignment: Assignment, now: datetime) -> None:
    stranger = builders.find_or_add_person(session, "lead2")
    sent = told(assignment, "moved", now)

    assert receive_outcomes(session, stranger, [sent], now) == {sent.id: "gone"}
    assert n_rows(session) == 0


def test_receive_outcomes__of_many_households__takes_as_many_statements(
    session: Session, assignment: Assignment, now: datetime, statements: Statements
) -> None:
    more = [builders.add_assignment(session, assignment.pair, builders.add_household(session, f"{n:03}")) for n in range(2, 22)]
    session.commit()
    sent = [told(each, "absent", now) for each in (assignment, *more)]
    lead = assignment.pair.lead

    session.refresh(lead)
    statements.reset()
    receive_outcomes(session, lead, sent, now)

    assert len(statements) <= 8


GOOD = {"id": "0e8f9c1e-2b7a-4c58-9d7e-4d2a5f0c1b3e", "assignment_id": "a", "outcome": "absent", "found_at": "2018-04-20T08:30:00Z"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (None, "outcomes: a list"),
        ({"outcomes": []}, "outcomes: a list"),
        ({"outcomes": [GOOD, GOOD]}, "two have the same id"),
        ({"outcomes": [GOOD | {"id": "7"}]}, r"outcomes\[0\].id: a UUID"),
        ({"outcomes": [GOOD | {"outcome": "flown"}]}, r"outcomes\[0\].outcome: 'flown'"),
        ({"outcomes": [GOOD | {"note": "x" * 501}]}, r"outcomes\[0\].note"),
        ({"outcomes": [GOOD | {"found_at": "2018-04-20T08:30:00"}]}, r"outcomes\[0\].found_at: an instant"),
        ({"outcomes": [GOOD | {"assignment_id": 4}]}, r"outcomes\[0\].assignment_id"),
    ],
)
def test_read_told__of_something_else__names_the_place(body: Any, says: str) -> None:
    with pytest.raises(SurveyError, match=says):
        read_told(body)


def test_outcomes__sent_by_the_pair__are_in_its_package(sign_in: SignIn, session: Session, assignment: Assignment) -> None:
    body = {"outcomes": [GOOD | {"assignment_id": assignment.id, "note": " 打工去了 "}]}
    client = sign_in("second1")

    answer = client.post("/tablet/outcomes", json=body)

    assert (answer.status_code, answer.get_json()["fates"]) == (200, {GOOD["id"]: "recorded"})
    assert client.get("/tablet/tasks.json").get_json()["tasks"][0]["outcome"] == "absent"
    assert session.scalars(select(AssignmentOutcome.note)).one() == "打工去了"


def test_outcomes__sent_by_an_author__are_refused(sign_in: SignIn, assignment: Assignment) -> None:
    assert sign_in("author").post("/tablet/outcomes", json={"outcomes": [GOOD]}).status_code == 403
