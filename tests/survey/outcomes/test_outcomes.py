"""What became of assignments without an interview: recording, the latest that stands, pages for coordinators and for the pair."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import new_id
from survey.events import Event
from survey.intake.receive import Received, receive_submission
from survey.outcomes.models import AssignmentOutcome
from survey.outcomes.operations import record_outcome
from survey.outcomes.queries import count_standing, standing_outcomes
from survey.storage import Storage
from survey.visits.models import Assignment, Visit
from survey.visits.operations import remove_assignments
from tests import builders
from tests.recorder import Statements

SignIn = Callable[[str], FlaskClient]
CONSENT_FORM = """
| survey |            |              |                     |          |
|        | type       | name         | label               | relevant |
|        | hidden     | assignment_id | Task               |          |
|        | select_one yes_no | consent | Willing?          |          |
|        | text       | refusal_reason | Why not?          | ${consent} = 'no' |
| choices |           |              |                     |          |
|        | list_name  | name         | label               |          |
|        | yes_no     | yes          | Yes                 |          |
|        | yes_no     | no           | No                  |          |
| settings |          |              |                     |          |
|        | form_title | form_id      | version             |          |
|        | Consent    | test_form    | 2018.1              |          |
"""


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Where files of interviews go."""
    return Storage(str(tmp_path / "attachments"))


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of the pair lead1 and second1 in an open visit."""
    visit = builders.add_visit(session, forms=[builders.add_form(session)])
    return builders.add_assignment(session, builders.add_pair(session, visit), builders.add_household(session))


def standing_of(session: Session, assignment: Assignment) -> str | None:
    """The outcome that stands for the assignment."""
    found = standing_outcomes(session, Assignment.id == assignment.id).get(assignment.id)
    return found.outcome if found else None


def record(session: Session, assignment: Assignment, outcome: str, now: datetime) -> None:
    """Record an outcome of one assignment, as the coordinator does."""
    coordinator = builders.find_or_add_person(session, "coordinator")
    record_outcome(session, coordinator, assignment.visit, [assignment], outcome, "邻居说的", now)


def test_record_outcome__twice__keeps_both_and_the_latest_stands(session: Session, assignment: Assignment, now: datetime) -> None:
    record(session, assignment, "absent", now)
    record(session, assignment, "moved", now + timedelta(hours=3))

    assert standing_of(session, assignment) == "moved"
    assert session.scalar(select(func.count()).select_from(AssignmentOutcome)) == 2
    assert count_standing(session, assignment.visit_id) == {"moved": 1}
    assert session.scalars(select(Event.details).where(Event.action == "visit.outcome_recorded")).all()[-1]["outcome"] == "moved"


def test_record_outcome__taken_back__leaves_the_household_to_be_visited(session: Session, assignment: Assignment, now: datetime) -> None:
    record(session, assignment, "died", now)
    record(session, assignment, "taken_back", now + timedelta(minutes=5))

    assert standing_of(session, assignment) is None
    with pytest.raises(SurveyError, match="nothing is recorded"):
        record(session, assignment, "taken_back", now + timedelta(minutes=6))


def test_record_outcome__interview_arrives_later__stands_no_more(session: Session, assignment: Assignment, now: datetime) -> None:
    version = assignment.visit.forms[0]
    record(session, assignment, "absent", builders.NOW - timedelta(hours=1))
    builders.add_submission(session, version, "uuid:1", assignment=assignment)

    assert standing_of(session, assignment) is None
    with pytest.raises(SurveyError, match="an interview was received"):
        record(session, assignment, "refused", now + timedelta(hours=1))


@pytest.mark.parametrize(("state", "outcome", "code"), [("planned", "moved", "INVALID_TRANSITION"), ("open", "flown", "INVALID_VALUE")])
def test_record_outcome__not_possible__is_refused(
    state: str, outcome: str, code: str, session: Session, assignment: Assignment, now: datetime
) -> None:
    assignment.visit.state = state

    with pytest.raises(SurveyError) as refused:
        record(session, assignment, outcome, now)

    assert refused.value.code is ErrorCode[code]
    assert session.scalar(select(func.count()).select_from(AssignmentOutcome)) == 0


def test_remove_assignments__with_an_outcome__leaves_them(session: Session, assignment: Assignment, now: datetime) -> None:
    record(session, assignment, "absent", now)

    assert remove_assignments(session, None, assignment.visit, [assignment.id], now) == 0


@pytest.mark.parametrize(("consent", "expected"), [("no", "refused"), ("yes", None)])
def test_receive__form_that_tells_of_consent__gives_the_outcome(
    consent: str, expected: str | None, session: Session, storage: Storage, now: datetime
) -> None:
    visit = builders.add_visit(session, forms=[builders.add_form(session, CONSENT_FORM)])
    assignment = builders.add_assignment(session, builders.add_pair(session, visit), builders.add_household(session))
    reason = "<refusal_reason>没空</refusal_reason>" if consent == "no" else ""
    xml = (
        f'<data id="test_form" version="2018.1"><assignment_id>{assignment.id}</assignment_id><consent>{consent}</consent>{reason}'
        f"<meta><instanceID>uuid:{new_id()}</instanceID></meta></data>"
    )

    receipt = receive_submission(session, builders.find_or_add_person(session, "lead1"), Received(xml.encode()), storage, now)

    assert receipt.outcome == "stored"
    assert standing_of(session, assignment) == expected
    assert [row.note for row in session.scalars(select(AssignmentOutcome))] == (["没空"] if expected else [])


def test_page_of_a_pair__records_what_was_found(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    client = sign_in("lead1")
    path = f"/outcomes/mine/{assignment.id}"

    page = client.get("/outcomes/mine")
    refused = client.post(path, data={"keys": [assignment.id]})
    done = client.post(path, data={"outcome": "not_found", "keys": [assignment.id], "note": "门牌号不对"})

    assert "户主001" in page.text
    assert "请选择" in refused.text or "Choose one." in refused.text
    assert done.location == "/outcomes/mine"
    assert "门牌号不对" in client.get("/outcomes/mine").text


def test_page_of_a_pair__of_others_or_in_a_closed_visit__is_404(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    assert sign_in("lead9").get(f"/outcomes/mine/{assignment.id}").status_code == 404
    session.get_one(Visit, assignment.visit_id).state = "closed"
    assert sign_in("lead1").get(f"/outcomes/mine/{assignment.id}").status_code == 404


def test_pages__by_role__open_or_are_refused(assignment: Assignment, sign_in: SignIn) -> None:
    paths = (f"/visits/{assignment.visit_id}/outcomes", f"/visits/{assignment.visit_id}/outcomes/{assignment.id}", "/outcomes/mine")

    seen = {name: tuple(sign_in(name).get(path).status_code for path in paths) for name in ("coordinator", "author", "lead1", "county")}

    assert seen == {
        "coordinator": (200, 200, 200),
        "author": (200, 403, 403),
        "lead1": (403, 403, 200),
        "county": (403, 403, 403),
    }


def test_list__more_households__sends_no_more_statements(
    session: Session, assignment: Assignment, sign_in: SignIn, statements: Statements, now: datetime
) -> None:
    client, path = sign_in("coordinator"), f"/visits/{assignment.visit_id}/outcomes?outcome=any"
    record(session, assignment, "absent", now)
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(2, 12):
        household = builders.add_household(session, f"{number:03}")
        record(session, builders.add_assignment(session, assignment.pair, household), "moved", now)
    session.commit()
    statements.reset()

    page = client.get(path)

    assert page.text.count("户主") >= 11
    assert len(statements) == few < 25
