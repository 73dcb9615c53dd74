"""The pages of questionnaires in the browser's terms: list, check, publish, one version, downloads."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.instruments.models import QuestionnaireVersion
from tests.builders import FORM, add_form, add_submission
from tests.conftest import SignIn
from tests.recorder import Statements


def upload(client: FlaskClient, source: str | bytes, name: str = "form.md") -> TestResponse:
    """The answer to a file that is to be checked."""
    data = source.encode() if isinstance(source, str) else source
    return client.post("/instruments/check", data={"file": (BytesIO(data), name)})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_list__nothing_published__says_how_to_begin(sign_in: SignIn) -> None:
    page = sign_in("coordinator").get("/instruments")
    assert 'class="empty"' in page.text
    assert 'href="/instruments/check"' in page.text


def test_list__of_an_author__offers_no_publishing(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("author")
    page = client.get("/instruments")
    assert "test_form" in page.text
    assert 'href="/instruments/check"' not in page.text
    assert upload(client, FORM).status_code == 403
    assert client.post("/instruments/publish").status_code == 403


def test_list__many_versions__needs_a_fixed_number_of_statements(sign_in: SignIn, session: Session, statements: Statements) -> None:
    client = sign_in("coordinator")
    add_submission(session, add_form(session), "uuid:1")
    client.get("/instruments")
    statements.reset()
    client.get("/instruments")
    with_one = len(statements)
    for number in range(2, 6):
        add_form(session, FORM.replace("2018.1", f"2018.{number}"))
    client.get("/instruments")
    statements.reset()
    assert client.get("/instruments").text.count("2018.") >= 5
    assert len(statements) == with_one


def test_check__good_file__shows_what_it_asks_and_publishes(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    page = upload(client, FORM)
    assert page.status_code == 200
    assert "您家有几口人？" in page.text
    data = {"sha256": hidden(page.text, "sha256"), "name": hidden(page.text, "name")}
    response = client.post("/instruments/publish", data=data)
    assert response.headers["Location"] == "/instruments/test_form/2018.1"
    version = session.scalars(select(QuestionnaireVersion)).one()
    assert (version.source_name, version.source) == ("form.md", FORM.encode())
    assert client.get("/instruments/test_form/2018.1").status_code == 200


FIGURES = """| indicators | | | | | | |
| | name | label::中文 (zh) | label::English (en) | area | kind | variable | p |
| | members_low | 人口下四分位数 | Lowest quarter | other | quantile | n_members | 0.25 |
| | said_filed_agreement | 说写相符率 | Agreement | other | function | | |
"""


def test_check__quantiles_and_figures_by_name__are_told_with_their_level(sign_in: SignIn) -> None:
    page = upload(sign_in("coordinator"), f"{FORM}{FIGURES}").text
    rows = {name: row for row in page.split("<tr") for name in ("members_low", "said_filed_agreement") if f">{name}<" in row}
    assert "分位数" in rows["members_low"]
    assert "(p = 0.25)" in rows["members_low"]
    assert "按公式计算" in rows["said_filed_agreement"]
    assert "None" not in rows["said_filed_agreement"]


def test_check__file_with_problems__shows_each_with_its_row_and_cannot_be_published(sign_in: SignIn) -> None:
    broken = FORM.replace("| text       | wish ", "| texxt      | wish ")
    page = upload(sign_in("coordinator"), broken)
    assert page.status_code == 200
    row = next(row for row in page.text.split("<tr>") if "texxt" in row)
    assert "survey" in row
    assert ">5<" in row
    assert "/instruments/publish" not in page.text


@pytest.mark.parametrize(("source", "name"), [(b"\x00\x01", "form.xlsx"), (b"PK\x03\x04 damaged", "form.xlsx"), (b"words only", "form.md")])
def test_check__no_questionnaire_at_all__is_one_problem_and_no_traceback(sign_in: SignIn, source: bytes, name: str) -> None:
    page = upload(sign_in("coordinator"), source, name)
    assert page.status_code == 200
    assert page.text.count('class="badge bad"') >= 1
    assert "Traceback" not in page.text


def test_check__no_file__asks_for_one(sign_in: SignIn) -> None:
    response = sign_in("coordinator").post("/instruments/check", data={})
    assert response.status_code == 422
    assert 'class="errors"' in response.text


def test_publish__file_that_was_never_checked__is_not_found(sign_in: SignIn) -> None:
    assert sign_in("coordinator").post("/instruments/publish", data={"sha256": "0" * 64, "name": "x.md"}).status_code == 404


def test_publish__taken_version__is_a_conflict_page(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("coordinator")
    page = upload(client, FORM.replace("您家有几口人", "家里几口人"))
    data = {"sha256": hidden(page.text, "sha256"), "name": hidden(page.text, "name")}
    assert client.post("/instruments/publish", data=data).status_code == 409


def test_version__downloads__are_the_file_and_the_xform(sign_in: SignIn, session: Session) -> None:
    version = add_form(session)
    client = sign_in("author")
    source = client.get("/instruments/test_form/2018.1/source")
    assert source.data == FORM.encode()
    assert source.headers["Content-Disposition"] == "attachment; filename=form.md"
    assert client.get("/instruments/test_form/2018.1/xform").text == version.xform


def test_version__unknown__names_what_is_published(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    page = sign_in("author").get("/instruments/test_form/9")
    assert page.status_code == 404
    assert "2018.1" in page.text
