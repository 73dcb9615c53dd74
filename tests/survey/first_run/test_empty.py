"""Every page of an empty installation, opened by everybody who may: no table without a row, and lists say what to do next."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from tests.builders import add_visit
from tests.conftest import SignIn

ROLES = ("admin", "coordinator", "author")
LEAVING = ("security.", "openid.")
"""Views of these slices may end the sign-in."""


def pages(app: Flask, client: FlaskClient, **known: str) -> dict[str, Any]:
    """Every page by its view that can be opened with nothing but the known values in its address."""
    found = {}
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint.startswith(LEAVING)
            or "GET" not in (rule.methods or ())
            or not rule.arguments <= set(known)
            or set(known) - rule.arguments
        ):
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **known)
        answer = client.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[rule.endpoint] = html.fromstring(answer.data)
    return found


def bare_tables(page: Any) -> list[str]:
    """The headings of tables that have no row."""
    return [table.text_content().strip()[:60] for table in page.xpath("//main//table[not(.//tbody//tr)]")]


@pytest.mark.parametrize("role", ROLES)
def test_pages__of_an_empty_installation__have_no_table_without_a_row(app: Flask, sign_in: SignIn, role: str) -> None:
    found = pages(app, sign_in(role))

    assert len(found) > 30
    assert {name: bare for name, page in found.items() if (bare := bare_tables(page))} == {}


def test_pages__of_an_empty_visit__have_no_table_without_a_row(app: Flask, sign_in: SignIn, session: Session) -> None:
    visit = add_visit(session, village_codes=())

    found = pages(app, sign_in("admin"), visit_id=visit.id)

    assert len(found) > 20
    assert {name: bare for name, page in found.items() if (bare := bare_tables(page))} == {}


NEXT = {
    "candidates.index": "/review",
    "datasets.index": "/review",
    "devices.index": "/tablet/",
    "figures.index": "/review",
    "instruments.index": "/instruments/check",
    "issue_boards.board": "/issues/candidates",
    "issues.index": "/issues/candidates",
    "ledger.index": "/visits",
    "liaison_assistance.index": "/liaison/assistance/new",
    "liaison_contacts.index": "/liaison/contacts/new",
    "liaison_experts.index": "/liaison/experts/new",
    "liaison_materials.index": "/liaison/materials/new",
    "liaison_meetings.index": "/liaison/meetings/new",
    "places.index": "/places/import",
    "reports.index": "/review",
    "review.index": "/visits",
    "thresholds.index": "/review",
    "visits.index": "/visits/new",
}
"""Lists, and where each leads while nothing is in it."""


def test_lists__of_an_empty_installation__lead_on_those_who_may(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("admin")
    missing = {}
    for role in ("admin", "author"):
        client = sign_in(role)
        for endpoint, path in NEXT.items():
            with app.test_request_context():
                address = app.url_for(endpoint)
            page = html.fromstring(client.get(address).data)
            links = page.xpath("//main//*[contains(@class, 'empty')]//a/@href | //main//*[contains(@class, 'card')]//a/@href")
            is_open = client.get(path).status_code == 200
            if (path in links) != is_open:
                missing[role, endpoint] = links
    assert missing == {}
