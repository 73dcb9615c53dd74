"""The header: every role sees the pages it may open, and each of them opens."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.accounts.models import ROLES
from survey.pages.navigation import ENTRIES, entries_for, is_within
from tests.builders import add_person
from tests.conftest import SignIn


@pytest.mark.parametrize("role", ROLES)
def test_navigation__of_a_role__opens_every_page_it_shows(sign_in: SignIn, session: Session, role: str) -> None:
    add_person(session, "somebody", role)
    client = sign_in("somebody")
    start = client.get("/", follow_redirects=True)
    assert start.status_code == 200
    for entry in ENTRIES:
        is_shown = f'href="{entry.path}"' in start.text.split("</nav>")[0]
        assert is_shown is (entry in entries_for({role})) or entry.path == "/"
        # The responsible side has a start page of its own, which "/" leads to.
        opens = 302 if (entry.path, role) == ("/", "responsible") else 200 if is_shown else 403
        assert client.get(entry.path).status_code == opens, entry.path


def test_navigation__of_a_visitor__is_empty(client: FlaskClient) -> None:
    assert "site-nav" not in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("path", "base", "expected"),
    [
        ("/", "/", True),
        ("/visits", "/", False),
        ("/visits/2018-04", "/visits", True),
        ("/visitsx", "/visits", False),
        ("/tablet/forms/a/1", "/tablet/", True),
    ],
)
def test_is_within__path_and_base__goes_by_whole_segments(path: str, base: str, expected: bool) -> None:
    assert is_within(path, base) is expected


def test_header__of_a_page_below_an_entry__marks_that_entry_only(sign_in: SignIn) -> None:
    page = sign_in("admin").get("/admin/people").text
    assert page.count("aria-current") == 1
    assert 'href="/admin/people" aria-current="page"' in page
