"""The choice of a theme: kept on the device, written into the page by the server, for visitors and for whoever is signed in."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.looks.themes import THEMES
from tests.builders import add_person
from tests.conftest import SignIn


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_theme__chosen_by_a_visitor__is_in_every_page_until_it_follows_the_device(client: FlaskClient, name: str) -> None:
    assert "data-theme" not in client.get("/sign-in").text
    answer = client.post(f"/theme/{name}", data={"next": "/sign-in"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    for path in ("/sign-in", "/no-such-page"):
        page = client.get(path).text
        assert f'data-theme="{name}"' in page
        assert f'<meta name="color-scheme" content="{THEMES[name].schemes}">' in page
    client.post("/theme/automatic")
    assert "data-theme" not in client.get("/sign-in").text


def test_theme__of_somebody_signed_in__stays_when_they_sign_out(sign_in: SignIn, session: Session) -> None:
    add_person(session, "somebody", "coordinator")
    client = sign_in("somebody")
    client.post("/theme/dark")
    assert 'data-theme="dark"' in client.get("/").text
    client.post("/sign-out")
    page = client.get("/sign-in").text
    assert 'data-theme="dark"' in page
    assert page.count('aria-pressed="true"') == 2, "the language and the theme"


def test_theme__unknown_or_written_into_the_cookie_by_hand__changes_nothing(client: FlaskClient) -> None:
    assert client.post("/theme/pink").status_code == 404
    client.set_cookie("theme", '"><script>')
    page = client.get("/sign-in").text
    assert "data-theme" not in page
    assert "<script>" not in page
