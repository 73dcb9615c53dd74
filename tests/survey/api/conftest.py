"""A visit with everything that the interface reads of, and a program that asks."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.accounts.token_operations import make_token
from survey.api.openapi import describe
from survey.db import utc_now
from survey.visits.models import Visit
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.issues import add_issue
from tests.survey.intake.interviews import FORM, FORM_ID

OTHER_VILLAGE = "610926102203"
Ask = Callable[..., Any]


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit to two counties with twelve interviews, of which half are accepted, and an issue in each county."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_VILLAGE), forms=[version])
    pair = add_pair(session, visit)
    author = find_or_add_person(session, "coordinator")
    for number in range(12):
        household = add_household(session, f"{number:03}", village_code=VILLAGE if number < 8 else OTHER_VILLAGE)
        assignment = add_assignment(session, pair, household, FORM_ID)
        answers: dict[str, Any] = {"water_safe": "yes" if number % 3 else "no", "family": {"n_members": 2}}
        state = "received" if number % 4 == 3 else "accepted"
        add_submission(session, version, f"uuid:{number:02}", assignment=assignment, state=state, answers=answers, flags=("short",))
    for code in (VILLAGE, OTHER_VILLAGE):
        add_issue(session, author, utc_now(), place_code=code, visit_id=visit.id)
    session.commit()
    return visit


@pytest.fixture
def token_of(session: Session) -> Callable[[str], str]:
    """The text of a new token for reading of the person with this user name, who is added if absent."""

    def token_of(username: str) -> str:
        user: User = find_or_add_person(session, username)
        _token, text = make_token(session, None, user, name="script", scope="read", days=7, now=utc_now())
        session.commit()
        return text

    return token_of


@pytest.fixture
def ask(client: FlaskClient, token_of: Callable[[str], str]) -> Callable[[str], Ask]:
    """A function that gives the program of a person: it asks for an address and gives the answer, whose record was compared."""
    texts: dict[str, str] = {}

    def program(username: str) -> Ask:
        texts[username] = texts.get(username) or token_of(username)

        def ask(address: str, status: int = 200, **headers: str) -> Any:
            response = client.get(address, headers={"Authorization": f"Bearer {texts[username]}", **headers})
            assert response.status_code == status, (address, response.status_code, response.text[:500])
            check_answer(client.application, address, response)
            return response

        return ask

    return program


@cache
def description() -> dict[str, Any]:
    """The description, whose language does not matter here."""
    return describe("http://localhost")


def check_answer(app: Flask, address: str, response: Any) -> None:
    """Raise unless what was answered is what the description says of this address and status."""
    with app.test_request_context():
        told = description()
        endpoint = app.url_map.bind("localhost").match(address.partition("?")[0])[0]
    known = {each["get"]["operationId"]: each["get"] for each in told["paths"].values() if "get" in each}
    answer = known[endpoint.replace(".", "_")]["responses"][str(response.status_code)]
    if response.status_code == 304:
        return
    schema = answer["content"][response.mimetype]["schema"]
    if response.is_json:
        Draft202012Validator({**schema, "components": told["components"]}).validate(response.get_json())
