"""One shape for every error: a page for people, `{"error": {"code", "message"}}` for programs, and never a traceback."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.errors import STATUS
from survey.pages.language import CHINESE
from tests.builders import find_or_add_person
from tests.conftest import SignIn

JSON = {"Accept": "application/json"}


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application to which these tests add pages."""
    return own_app


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with two more pages: one that raises an error on purpose, one with a bug."""

    @app.get("/raises/<code>")
    def raises(code: str) -> str:
        values = dict.fromkeys(("what", "key", "remedy", "form_id", "published", "detail", "limit_mb", "who", "action", "field"), "x")
        raise SurveyError(ErrorCode[code], **values)

    @app.get("/bug")
    def bug() -> str:
        raise ZeroDivisionError("secret detail")

    return app


@pytest.mark.parametrize("code", ["NOT_FOUND", "UNKNOWN_FORM", "MALFORMED_XML", "UPLOAD_TOO_LARGE", "NOT_ALLOWED", "INVALID_VALUE"])
def test_error__raised_on_purpose__has_the_status_of_its_code(failing: Flask, client: FlaskClient, code: str) -> None:
    page = client.get(f"/raises/{code}")
    answer = client.get(f"/raises/{code}", headers=JSON)
    assert page.status_code == answer.status_code == STATUS[ErrorCode[code]]
    assert page.mimetype == "text/html"
    assert set(answer.get_json()) == {"error"}
    assert answer.get_json()["error"]["code"] == code
    assert answer.get_json()["error"]["message"]


@pytest.mark.parametrize(("path", "status", "code"), [("/nowhere", 404, "NOT_FOUND"), ("/language/zh", 405, "METHOD_NOT_ALLOWED")])
def test_error__of_http_itself__has_the_same_shape(client: FlaskClient, path: str, status: int, code: str) -> None:
    answer = client.get(path, headers=JSON)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)


def test_bug__in_a_page__is_logged_and_shows_no_detail(failing: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    page = client.get("/bug")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    assert "failed: GET /bug" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    answer = client.get("/bug", headers=JSON)
    assert answer.get_json()["error"]["code"] == "INTERNAL_SERVER_ERROR"


def test_page__database_that_does_not_answer__is_still_a_page(sign_in: SignIn, app: Flask, settings: Settings) -> None:
    client = sign_in("admin")
    app.extensions["survey.engine"].dispose()
    Path(settings.data, "survey.sqlite3").write_bytes(b"no database at all" * 100)
    page = app.test_client().get("/healthz")
    assert (page.status_code, page.mimetype) == (500, "application/json")
    page = FlaskClient.open(client, "/admin/people")
    assert page.status_code == 500
    assert "<main" in page.text


def test_page__not_signed_in__leads_to_the_sign_in_and_back(client: FlaskClient) -> None:
    response = client.get("/admin/people?page=2")
    assert response.status_code == 302
    assert response.headers["Location"] == "/sign-in?next=/admin/people?page%3D2"
    assert client.get("/admin/people", headers=JSON).status_code == 401


def test_form__sent_after_the_sign_in_ended__gives_back_what_was_written_and_no_password(client: FlaskClient) -> None:
    written = {
        "finding": "写了半小时的情况说明，\n一共两行，<b>不能丢</b>。",
        "title": "短",
        "new_password": "a long enough sentence 9",
        "csrf_token": "x" * 90,
    }
    home = {"Origin": "http://localhost"}

    page = client.post("/issues/raise", data=written, headers=home)
    other = client.post("/issues/raise", data=written, headers={"Origin": "https://elsewhere.invalid"})

    assert (page.status_code, other.status_code) == (401, 401)
    assert "写了半小时的情况说明，\n一共两行，&lt;b&gt;不能丢&lt;/b&gt;。" in page.text
    assert "sentence" not in page.text
    assert page.text.count("<blockquote") == 1
    assert "<blockquote" not in other.text, "another site puts no words of its own on our page"


def test_page__of_another_role__is_refused(sign_in: SignIn) -> None:
    response = sign_in("lead1").get("/admin/people")
    assert response.status_code == 403
    assert response.mimetype == "text/html"


def test_error_codes__with_a_status__are_all_in_use_as_http_knows_them() -> None:
    assert all(400 <= status < 500 or status == 503 for status in STATUS.values())


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {"HTTP_HOST": ".127..0.0.1"}), ("/openrosa/formList", {"HTTP_AUTHORIZATION": "Basic bG\x94hZDE6ZA=="})],
)
def test_request__whose_headers_can_be_none__is_told_so_and_is_no_bug(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, environ_overrides=headers).status_code == 400


def test_bug__met_by_somebody_who_reads_english__is_said_in_english(failing: Flask, sign_in: SignIn, session: Session) -> None:
    find_or_add_person(session, "author").locale = "en"
    page = sign_in("author").get("/bug")
    assert page.status_code == 500
    assert '<html lang="en"' in page.text
    assert not CHINESE.search(page.text)
