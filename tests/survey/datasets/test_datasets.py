"""Datasets by role: what may be had, what for, and that the log tells it; and the demonstration's default archive tells nobody apart."""

import gc
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.exports.archive import ExportRequest
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.datasets.models import DatasetRequest
from survey.datasets.operations import make_dataset
from survey.events import Event
from survey.intake.models import Submission
from survey.places.models import Household
from survey.registry.models import HouseholdMember
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID

SignIn = Callable[[str], FlaskClient]
ASKED: dict[str, Any] = {"visit": "2018-04-test", "language": "zh", "formats": ["csv"], "k": "2", "contents": "deidentified"}


@pytest.fixture
def visit_id(session: Session) -> str:
    """A visit with four accepted interviews in one village."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE,), forms=[version])
    pair = add_pair(session, visit)
    for number in range(4):
        assignment = add_assignment(session, pair, add_household(session, f"00{number}"), FORM_ID)
        answers: dict[str, Any] = {"water_safe": "yes", "family": {"n_members": 2}}
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted", answers=answers)
    session.commit()
    return visit.id


def test_dataset__by_an_author__is_deidentified_and_logged(visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")
    page = client.get("/reports/datasets?visit=2018-04-test").text
    assert f'value="{visit_id}"' in page
    assert 'value="full"' not in page
    response = client.post("/reports/datasets", data=ASKED)
    assert (response.status_code, response.content_type) == (200, "application/zip")
    assert "2018-04-test-deidentified-zh.zip" in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        names = archive.namelist()
        text = archive.read(names[-1]).decode("utf-8-sig")
    assert names[:2] == ["README.txt", "codebook.csv"]
    assert "uuid:1" not in text
    event = session.scalars(select(Event).where(Event.action == "dataset.exported")).one()
    assert (event.subject_id, event.details["contents"], event.details["n_rows"] >= 4) == (visit_id, "deidentified", True)
    assert client.post("/reports/datasets", data={**ASKED, "contents": "full", "purpose": "x"}).status_code == 422


def test_full_dataset__asked_for_with_a_purpose__is_fetched_once_somebody_else_approved_it(
    visit_id: str, sign_in: SignIn, session: Session
) -> None:
    client = sign_in("coordinator")
    wanted = {**ASKED, "contents": "full"}
    assert client.post("/reports/datasets", data=wanted).status_code == 422
    for _time in range(2):
        assert client.post("/reports/datasets", data={**wanted, "purpose": "复核收入"}).status_code == 303
    asked = session.scalars(select(DatasetRequest)).one()
    fetch, decide = (f"/reports/datasets/requests/{asked.id}/{what}?visit={visit_id}" for what in ("fetch", "decide"))
    assert client.post(fetch).status_code == 403
    assert client.post(decide, data={"decision": "approve"}).status_code == 403, "nobody approves their own"
    assert sign_in("author").post(decide, data={"decision": "approve"}).status_code == 403
    other = sign_in("admin")
    assert "复核收入" in other.get("/reports/datasets").text
    assert other.post(decide, data={"decision": "approve"}).status_code == 302
    assert other.post(decide, data={"decision": "refuse"}).status_code == 409
    assert other.post(fetch).status_code == 403, "it is for whoever asked"
    response = sign_in("coordinator").post(fetch)
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert any("uuid:1" in archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.startswith("csv/"))
    logged = session.scalars(select(Event).where(Event.action.like("dataset.%")).order_by(Event.number)).all()
    assert [event.action for event in logged] == ["dataset.asked", "dataset.approved", "dataset.exported"]
    assert (logged[2].details["contents"], logged[2].details["purpose"], logged[2].details["k"]) == ("full", "复核收入", None)
    session.scalars(select(DatasetRequest)).one().decided_at = NOW
    assert sign_in("coordinator").post(fetch).status_code == 403, "after some days it is over"


def test_full_dataset__for_an_author__is_refused_by_the_operation(visit_id: str, session: Session) -> None:
    author: User = add_person(session, "author", "author")
    with pytest.raises(SurveyError) as refusal:
        make_dataset(session, author, ExportRequest(visit_id, is_full=True), "复核")
    assert refusal.value.code is ErrorCode.NOT_ALLOWED


@pytest.mark.parametrize("username", ["lead1", "county"])
def test_datasets__for_others__are_closed(visit_id: str, sign_in: SignIn, username: str) -> None:
    assert sign_in(username).get("/reports/datasets").status_code == 403


def test_datasets__without_interviews__say_so(sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("coordinator")
    statements.reset()
    assert "data-dataset" not in client.get("/reports/datasets").text
    assert len(statements) <= 6


@pytest.fixture(params=["small_demo_session", pytest.param("demo_session", marks=pytest.mark.soak)])
def demonstration(request: pytest.FixtureRequest) -> Session:
    """The small demonstration and, in long tests, the whole one."""
    session: Session = request.getfixturevalue(request.param)
    return session


def test_default_dataset__of_the_demonstration__tells_nobody_apart(demonstration: Session) -> None:
    coordinator = demonstration.scalars(select(User).where(User.username == "coordinator")).one()
    visit_id = "2018-04-hanzhong"
    made = make_dataset(demonstration, coordinator, ExportRequest(visit_id, formats=("csv", "parquet")), "").made
    secret: set[str] = set(demonstration.scalars(select(User.name)))
    submissions = demonstration.scalars(select(Submission).where(Submission.visit_id == visit_id)).all()
    households = [each.household_id for each in submissions if each.household_id]
    found = demonstration.scalars(select(Household).where(Household.id.in_(households))).all()
    secret |= {each.head_name for each in found} | set(households) | {each.instance_id for each in submissions}
    secret |= set(demonstration.scalars(select(HouseholdMember.name).where(HouseholdMember.household_id.in_(households))))
    for each in submissions:
        members = each.answers.get("members") or ()
        secret |= {member["member_name"] for member in members if member.get("member_name")}
        position = (each.answers.get("visit") or {}).get("position") or {}
        secret |= {str(position[part]) for part in ("latitude", "longitude") if position.get(part)}
    assert len(secret) > 100
    texts = []
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            texts.append(content.decode("utf-8", errors="ignore"))
            if name.endswith(".parquet"):
                texts.append(str(pq.read_table(io.BytesIO(content)).to_pydict()))
    everything = "\n".join(texts)
    assert sorted(each for each in secret if each in everything) == []


@pytest.mark.soak
def test_datasets__made_again_and_again_of_what_changes__leave_no_objects_behind(visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")

    def n_objects_after(n_rounds: int) -> int:
        for _round in range(n_rounds):
            submission = session.get_one(Submission, "uuid:0")
            submission.review_state = "received" if submission.review_state == "accepted" else "accepted"
            answer = client.post("/reports/datasets", data=ASKED)
            assert (answer.status_code, len(answer.data) > 1000) == (200, True)
            answer.close()
        gc.collect()
        return len(gc.get_objects())

    at_first = n_objects_after(4)
    # One dataset alone is made of tens of thousands.
    assert n_objects_after(12) - at_first < 12 * 100
