"""Requests made from the description itself, right and wrong ones: none fails as a bug, and every answer is one that is described.

`SURVEY_FUZZ_EXAMPLES=1000 pytest -m soak tests/survey/api/test_described.py` makes a thousand of each operation.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from sqlalchemy.orm import Session

from survey.accounts.token_operations import make_token
from survey.api.openapi import describe
from survey.db import utc_now
from survey.issues.models import Issue
from survey.visits.models import Visit
from tests.builders import find_or_add_person
from tests.survey.intake.interviews import basic

pytestmark = pytest.mark.soak

N_EXAMPLES = int(os.environ.get("SURVEY_FUZZ_EXAMPLES", "1"))
READ = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OTHERS = [not_a_server_error, status_code_conformance]
"""What is looked at: of reading everything, of what is described by its paths alone that nothing fails and no other status comes."""


@pytest.fixture
def known(visit: Visit, session: Session) -> Mapping[str, list[str]]:
    """Parts of addresses that lead to something."""
    number = session.query(Issue.number).first()
    return {
        "visit_id": [visit.id],
        "number": [number[0]],
        "form_id": ["visit_form"],
        "version": ["2018.1"],
        "table": ["visit_form", "visit_form-members"],
        "name": ["visits", "issues", "estimates", "visit_form", "households.csv"],
        "instance_id": ["uuid:00"],
    }


@pytest.fixture
def how_of(session: Session, app: Flask, sign_in: Callable[[str], FlaskClient]) -> Callable[[str], dict[str, Any]]:
    """What programs come in with, by the group of an operation: a token, a password, or the cookie of a browser."""
    tokens: dict[str, dict[str, str]] = {}
    for scope in ("read", "handover"):
        _token, text = make_token(session, None, find_or_add_person(session, "admin"), name=scope, scope=scope, days=7, now=utc_now())
        tokens[scope] = {"Authorization": f"Bearer {text}"}
    cookie = sign_in("lead1").get_cookie("session")
    assert cookie is not None
    browser = {"cookies": {"session": cookie.value}}
    reading = {"headers": tokens["read"]}
    programs = {"read": reading, "odata": reading, "handover": {"headers": tokens["handover"]}}
    programs |= dict.fromkeys(("openrosa", "uploads"), {"headers": basic()})
    return lambda tag: programs.get(tag, browser)


def operations(app: Flask) -> Iterator[Any]:
    """Every operation of the description."""
    with app.test_request_context():
        told = describe("http://localhost")
    validate(told)
    schema = schemathesis.openapi.from_dict(told)
    schema.app = app
    for found in schema.get_all_operations():
        yield found.ok()


def test_operations__asked_as_described_and_otherwise__answer_as_described(
    app: Flask,
    known: Mapping[str, list[str]],
    how_of: Callable[[str], dict[str, Any]],
    record_property: Callable[[str, object], None],
) -> None:
    load_all_checks()
    answers: Counter[str] = Counter()
    app.extensions["survey.settings"] = _unlimited(app)

    def ask(operation: Any, mode: GenerationMode) -> None:
        tag = (operation.tags or ["api_page"])[0]
        how = how_of("read" if tag == "api_page" else tag)
        checks = READ if tag == "read" else OTHERS

        @settings(
            max_examples=N_EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def trial(case: Any, data: Any) -> None:
            for name in list(case.path_parameters or {}):
                if name in known and data.draw(st.booleans()):
                    case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
            response = case.call(**how)
            answers[str(response.status_code)] += 1
            case.validate_response(response, checks=checks)

        # Where nothing is asked for, nothing can be asked for wrongly.
        with suppress(Unsatisfiable):
            trial()

    n_operations = 0
    for operation in operations(app):
        n_operations += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            ask(operation, mode)
    record_property("operations", n_operations)
    for status, n_answers in sorted(answers.items()):
        record_property(f"answers {status}", n_answers)
    assert answers["200"] > 0
    assert not any(status.startswith("5") for status in answers)


def _unlimited(app: Flask) -> Any:
    settings = app.extensions["survey.settings"]
    return type(settings)(**{name: getattr(settings, name) for name in settings.__slots__} | {"api_limit": "1000000 per second"})
