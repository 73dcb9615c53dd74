"""The joint meeting: issues as they stood on its day, its documents, and its decisions in the history of issues."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.issues.models import Issue, IssueStep
from survey.joint_meetings.agenda import PastStep, Standing, as_of, make_agenda
from survey.joint_meetings.operations import decide
from survey.visits.models import Meeting
from tests.builders import add_region, find_or_add_person
from tests.conftest import SignIn
from tests.issues import DUE, add_reported_issue
from tests.recorder import Statements

BEGIN = datetime(2018, 4, 20, 2, tzinfo=UTC)


def standing(**values: object) -> Standing:
    """An issue as it is today, reported and due at the end of June."""
    given = {
        "id": "i",
        "number": "2018-610727-001",
        "title": "饮水不安全",
        "area": "water",
        "place": "青泥河村",
        "state": "reported",
        "state_since": BEGIN,
        "recommendation": "修管网",
        "responsible_body": "县水利局",
        "due_on": DUE,
        "escalated_to": None,
        "reported_on": date(2018, 4, 20),
    }
    return Standing(**{**given, **values})  # type: ignore[arg-type]


def step(action: str, to_state: str, day: int, **changes: list[object]) -> PastStep:
    """A step so many days after the beginning."""
    return PastStep(action, to_state, BEGIN + timedelta(days=day), changes)


HISTORY = (
    step("raise", "raised", 0),
    step("verify", "verified", 5),
    step("report", "reported", 10, due_on=[None, "2018-05-31"]),
    step("edit", "reported", 20, due_on=["2018-05-31", "2018-06-30"], responsible_body=["县政府", "县水利局"]),
    step("start", "rectifying", 30),
    step("edit", "rectifying", 31, scope=["single", "several"]),
    step("close", "closed", 60),
)


@pytest.mark.parametrize(
    ("day", "state", "due_on", "body", "since"),
    [
        (12, "reported", date(2018, 5, 31), "县政府", 10),
        (25, "reported", DUE, "县水利局", 10),
        (35, "rectifying", DUE, "县水利局", 30),
        (90, "closed", DUE, "县水利局", 60),
    ],
)
def test_as_of__a_day_of_its_history__is_what_it_was(day: int, state: str, due_on: date, body: str, since: int) -> None:
    stood = as_of(standing(state="closed"), HISTORY, date(2018, 4, 20) + timedelta(days=day))
    assert stood is not None
    assert (stood.state, stood.due_on, stood.responsible_body) == (state, due_on, body)
    assert stood.state_since == BEGIN + timedelta(days=since)
    assert stood.reported_on == date(2018, 4, 30)


def test_as_of__before_it_was_reported__is_not_there() -> None:
    assert as_of(standing(), HISTORY, date(2018, 4, 26)) is None


@pytest.mark.parametrize(
    ("values", "section"),
    [
        ({"state": "not_fixed"}, "come_back"),
        ({"state": "reopened", "reply_kind": "disagreed"}, "come_back"),
        ({"reply_kind": "disagreed"}, "disagreed"),
        ({"due_on": date(2018, 4, 1)}, "overdue"),
        ({"state": "rectified", "due_on": date(2018, 4, 1)}, "to_look_back"),
        ({"escalated_to": "city"}, "escalated"),
        ({}, "new"),
        ({"reported_on": date(2018, 1, 1)}, "under_way"),
        ({"state": "rectifying"}, "under_way"),
        ({"state": "closed"}, "closed"),
        ({"state": "closed", "state_since": datetime(2018, 1, 1, tzinfo=UTC)}, None),
    ],
)
def test_make_agenda__an_issue__is_in_the_first_section_that_it_belongs_to(values: dict[str, object], section: str | None) -> None:
    sections = make_agenda([standing(**values)], date(2018, 5, 1), date(2018, 2, 1))
    assert [each.name for each in sections] == ([section] if section else [])


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.fixture
def reported(session: Session, coordinator: User) -> Issue:
    return add_reported_issue(session, coordinator, BEGIN)


@pytest.fixture
def meeting(session: Session, reported: Issue) -> Meeting:
    meeting = Meeting(region_code="610700000000", kind="joint_meeting", held_on=date(2018, 5, 2), title="第二季度联席会议")
    session.add(meeting)
    session.flush()
    return meeting


def test_decision__of_a_meeting__is_a_step_of_the_issue(session: Session, coordinator: User, reported: Issue, meeting: Meeting) -> None:
    at = BEGIN + timedelta(days=13)
    decide(session, coordinator, meeting, reported, "由市水利局督办", at)
    decide(session, coordinator, meeting, reported, "由市水利局督办", at)
    decide(session, coordinator, meeting, reported, "由市政府督办", at)
    steps = session.scalars(select(IssueStep.reason).where(IssueStep.action == "meeting_decision").order_by(IssueStep.number)).all()
    assert steps == ["由市水利局督办", "由市政府督办"]
    with pytest.raises(SurveyError, match="still to come"):
        decide(session, coordinator, meeting, reported, "x", BEGIN)
    elsewhere = Meeting(
        region_code=add_region(session, "610902101201").code[:4] + "00000000", kind="joint_meeting", held_on=date(2018, 5, 2), title="x"
    )
    session.add(elsewhere)
    with pytest.raises(SurveyError, match="outside the place"):
        decide(session, coordinator, elsewhere, reported, "x", at)


def test_pages__of_a_joint_meeting__show_its_agenda_and_take_a_decision(
    session: Session, sign_in: SignIn, reported: Issue, meeting: Meeting, statements: Statements
) -> None:
    client = sign_in("coordinator")
    address = f"/joint-meetings/{meeting.id}"
    client.get(address)
    statements.reset()
    page = client.get(address).get_data(as_text=True)
    assert "饮水不安全" in page
    assert len(statements) <= 14
    assert client.post(f"{address}/decisions/{reported.number}", data={"body": ""}).status_code == 422
    page = client.post(f"{address}/decisions/{reported.number}", data={"body": "由市水利局督办"}, follow_redirects=True).get_data(
        as_text=True
    )
    assert "由市水利局督办" in page
    document = Document(BytesIO(client.get(f"{address}/agenda.docx").data))
    assert [cell.text for cell in document.tables[0].rows[1].cells][-1] == "由市水利局督办"
    sheet = load_workbook(BytesIO(client.get(f"{address}/ledger.xlsx").data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][2] == reported.number
    assert sign_in("author").get(address).status_code == 200
    assert sign_in("author").post(f"{address}/decisions/{reported.number}", data={"body": "x"}).status_code == 403
    assert sign_in("county").get(address).status_code == 403


def test_agenda__of_the_next_meeting__is_of_today_and_keeps_nothing(session: Session, sign_in: SignIn, reported: Issue) -> None:
    client = sign_in("coordinator")
    page = client.get("/joint-meetings/next?region=610727000000").get_data(as_text=True)
    assert "饮水不安全" in page
    assert client.get("/joint-meetings/next/agenda.docx?region=610727000000").status_code == 200
    add_region(session, "610902101201")
    assert "饮水不安全" not in client.get("/joint-meetings/next?region=610902000000").get_data(as_text=True)
    assert session.scalars(select(Meeting)).all() == []


def test_meeting__that_decided__is_not_removed(
    session: Session, sign_in: SignIn, coordinator: User, reported: Issue, meeting: Meeting
) -> None:
    decide(session, coordinator, meeting, reported, "由市水利局督办", BEGIN + timedelta(days=13))
    client = sign_in("coordinator")
    assert client.post(f"/liaison/meetings/{meeting.id}/remove").status_code == 409


def test_agenda__of_a_meeting_of_another_kind__is_not_found(session: Session, sign_in: SignIn, meeting: Meeting) -> None:
    meeting.kind = "feedback"
    session.flush()
    assert sign_in("coordinator").get(f"/joint-meetings/{meeting.id}").status_code == 404
