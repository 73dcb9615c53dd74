from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from survey.intake.models import Attachment
from survey.visits.models import Assignment
from tests.builders import add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.survey.tablet.forms import FIELD_FORM

FORM = "/tablet/forms/field_form/2018.1"
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def assignment(session: Session) -> Assignment:
    version = add_form(session, FIELD_FORM)
    pair = add_pair(session, add_visit(session, forms=[version]))
    return add_assignment(session, pair, add_household(session, kind="marginal"), "field_form")


def test_form_page__for_two_people_in_two_languages__is_the_same_bytes(sign_in: SignIn, assignment: Assignment) -> None:
    pages = []
    for username, language in (("lead1", "zh"), ("coordinator", "en")):
        client = sign_in(username)
        client.post(f"/language/{language}")
        pages.append(client.get(FORM).data)
    assert pages[0] == pages[1]
    assert "lead1" not in pages[0].decode()


def test_form_page__asked_for_again__is_not_sent_again(sign_in: SignIn, assignment: Assignment) -> None:
    client = sign_in("lead1")
    first = client.get(FORM)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(FORM, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_form_page__for_a_browser_that_takes_gzip__is_smaller(sign_in: SignIn, assignment: Assignment) -> None:
    client = sign_in("lead1")
    compressed = client.get(FORM, headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert len(compressed.data) < len(client.get(FORM).data) / 3


def test_form_page__drawn__holds_each_asked_question_once(sign_in: SignIn, assignment: Assignment) -> None:
    page = html.fromstring(sign_in("lead1").get(FORM).data)
    paths = page.xpath("//form[contains(@class, 'question')]/@data-path")
    assert len(paths) == len(set(paths))
    assert [path.rsplit("/", 1)[1] for path in paths][:3] == ["greeting", "n_members", "water_safe"]
    assert not [path for path in paths if path.endswith("assignment_id")]


def test_plan__under_its_hash__may_be_kept_for_ever(sign_in: SignIn, assignment: Assignment) -> None:
    client = sign_in("lead1")
    address = html.fromstring(client.get(FORM).data).find("body").get("data-plan")
    named = client.get(address)
    assert "immutable" in named.headers["Cache-Control"]
    assert named.json["form"]["id"] == "field_form"
    assert "immutable" not in client.get(f"{FORM}/plan.json?v=other").headers["Cache-Control"]


@pytest.mark.parametrize(("path", "says"), [("/tablet/forms/nothing/1", "nothing"), ("/tablet/forms/field_form/1999", "1999")])
def test_form_page__of_what_is_not_published__is_404_and_names_it(sign_in: SignIn, assignment: Assignment, path: str, says: str) -> None:
    response = sign_in("lead1").get(path)
    assert response.status_code == 404
    assert says in response.text


@pytest.mark.parametrize(
    "path", ["/tablet/", FORM, f"{FORM}/plan.json", "/tablet/session.json", "/tablet/package.json", "/tablet/tasks.json"]
)
def test_field_pages__for_others__are_closed(sign_in: SignIn, client: FlaskClient, assignment: Assignment, path: str) -> None:
    assert client.get(path).status_code in (302, 401)
    assert sign_in("author").get(path).status_code == 403


def test_session__of_the_person__has_a_token_and_is_kept_nowhere(sign_in: SignIn, assignment: Assignment) -> None:
    response = sign_in("lead1").get("/tablet/session.json")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json["username"] == "lead1"
    assert len(response.json["csrf_token"]) > 20


def test_session__after_another_language_was_chosen__tells_the_tablet_that_one(sign_in: SignIn, assignment: Assignment) -> None:
    client = sign_in("lead1")
    assert client.get("/tablet/session.json").json["locale"] == "zh"
    client.post("/language/en")
    assert client.get("/tablet/session.json").json["locale"] == "en"


def test_home__for_two_people_in_two_languages__is_the_same_bytes(sign_in: SignIn, assignment: Assignment) -> None:
    pages = []
    for username, language in (("lead1", "zh"), ("coordinator", "en")):
        client = sign_in(username)
        client.post(f"/language/{language}")
        pages.append(client.get("/tablet/").data)
    assert pages[0] == pages[1]
    assert "lead1" not in pages[0].decode()


def test_returned_submission__for_its_pair__is_given_with_its_files(
    app: Flask, sign_in: SignIn, session: Session, assignment: Assignment
) -> None:
    submission = add_submission(session, add_form(session, FIELD_FORM), "uuid:one", assignment=assignment, state="returned")
    picture = b"\x89PNG\r\n\x1a\n picture"
    sha256 = app.extensions["survey.storage"].put(picture)
    submission.attachments = [Attachment(name="house-1.png", sha256=sha256, size_bytes=len(picture), media_type="image/png")]
    facts = sign_in("second1").get("/tablet/submissions/uuid:one.json").json
    assert facts["xml"] == submission.xml.decode()
    assert facts["title"] == "001 户主001"
    assert facts["queries"] == []
    assert [facts["pair"][role]["username"] for role in ("lead", "second")] == ["lead1", "second1"]
    [file] = facts["files"]
    assert facts["missing"] == []
    answer = sign_in("second1").get(file["url"])
    assert (answer.data, answer.content_type) == (picture, "image/png")
    assert sign_in("second1").get(file["url"].replace("house-1", "other")).status_code == 404


@pytest.mark.parametrize(
    ("username", "state", "status"),
    [
        ("lead1", "returned", 200),
        ("lead1", "received", 409),
        ("lead1", "accepted", 409),
        ("coordinator", "received", 200),
        ("coordinator", "replaced", 409),
        ("lead2", "returned", 404),
    ],
)
def test_submission__to_correct__is_open_to_its_people_in_its_time(
    sign_in: SignIn, session: Session, assignment: Assignment, username: str, state: str, status: int
) -> None:
    add_person(session, "lead2", "interviewer")
    add_submission(session, add_form(session, FIELD_FORM), "uuid:one", assignment=assignment, state=state)
    assert sign_in(username).get("/tablet/submissions/uuid:one.json").status_code == status


def test_form_page__of_a_demonstration__says_that_its_data_are_invented(sign_in: SignIn, app: Flask, assignment: Assignment) -> None:
    client = sign_in("lead1")
    assert "演示数据（虚构）" not in client.get(FORM).text
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], demo=True)
    assert "演示数据（虚构）" in client.get(FORM).text
