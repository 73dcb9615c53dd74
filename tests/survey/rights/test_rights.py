"""Every address opened as everybody: who gets in is what the table of rights says, and the page in the documentation says the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from docs.rights import rights_document
from survey.accounts.models import ROLES
from survey.rights.table import PROGRAMS, RIGHT_OF, Who
from tests.builders import add_person
from tests.signing_in import sign_in_as

ROOT = Path(__file__).parents[3]
REFUSAL = {401: "UNAUTHORIZED", 403: "FORBIDDEN"}
METHODS = ("GET", "POST", "PUT", "PATCH", "HEAD")


def address_of(rule: Rule) -> str:
    """An address of the rule, with invented values for its parts."""
    return "".join(part if is_text else _value_of(rule, part) for is_text, part in _parts(rule))


def _parts(rule: Rule) -> Iterator[tuple[bool, str]]:
    for is_dynamic, part in rule._trace:
        yield not is_dynamic, part.lstrip("|")


def _value_of(rule: Rule, name: str) -> str:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return "987654" if isinstance(converter, IntegerConverter) else "nothing"


def test_rights__views_and_table__name_the_same(app: Flask) -> None:
    views = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert sorted(views - RIGHT_OF.keys()) == [], (
        "give them a place in survey/rights/table.py, then print both pages (docs/rights.py says how)"
    )
    assert sorted(RIGHT_OF.keys() - views) == []


@pytest.mark.parametrize(("language", "name"), [("en", "docs/rights.md"), ("zh", "docs/guide/zh/reference/rights.md")])
def test_rights__page_in_the_documentation__is_what_the_table_says(app: Flask, language: str, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == rights_document(app, language), f"run: python -m docs.rights {language} > {name}"


def admitted(who: Who, role: str | None) -> bool:
    """Whether the table lets somebody of this role in, in a browser; no browser comes in where only programs do."""
    return who != PROGRAMS and who.admits(None if role is None else frozenset((role,)))


@pytest.mark.parametrize("role", [*ROLES, None])
def test_rights__every_address_opened__lets_in_whom_the_table_names(app: Flask, session: Session, role: str | None) -> None:
    client = app.test_client()
    if role is not None:
        person = add_person(session, role, role)
        session.commit()
        sign_in_as(client, person)
    found: dict[str, bool] = {}
    expected: dict[str, bool] = {}
    for rule in app.url_map.iter_rules():
        method = next(method for method in METHODS if method in (rule.methods or ()))
        response = client.open(address_of(rule), method=method, headers={"Accept": "application/json"})
        # Ours says why it refuses; the sign-in library, and what programs are asked for their password with, say it by the status alone.
        told = (response.get_json(silent=True) or {}) if response.status_code in REFUSAL else {}
        code = told.get("error", {}).get("code", REFUSAL.get(response.status_code, ""))
        # The guide is built once the program runs; who opens it before is asked to wait.
        is_to_wait = response.status_code == 503 and rule.endpoint.startswith("guide.")
        assert response.status_code < 500 or is_to_wait, (method, rule.rule)
        if role is not None and rule.endpoint.startswith("security."):
            sign_in_as(client, person)
        found[f"{method} {rule.rule}"] = code not in REFUSAL.values()
        expected[f"{method} {rule.rule}"] = admitted(RIGHT_OF[rule.endpoint].who, role)
    assert {name: is_in for name, is_in in found.items() if is_in != expected[name]} == {}
