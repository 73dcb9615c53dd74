"""Every page of the demonstration that its people reach by following links, in both languages: rules of axe-core, names, and room."""

from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.rights.table import RIGHT_OF
from tests.browser.access.checks import axe_findings, name_findings, room_findings, theme_findings
from tests.browser.conftest import WIDE, serving, session_cookie, signed_in_cookie
from tests.browser.field import PATIENCE_MS
from tests.walking import follow_links, links_of, plain_addresses

pytestmark = pytest.mark.soak

WALKERS = {"coordinator": (), "admin": ("coordinator",), "author": ("coordinator",), "lead1": ("coordinator",), "county": ("coordinator",)}
"""Who walks, and whose pages are left to others; everybody opens the start page."""
FILES = ("ERR_ABORTED", "Download is starting")
START = "dashboard.start"
NOT_THERE = (404, 503)
"""What is not set up in the demonstration (signing in elsewhere, first steps), and a guide that is still being built."""


def walker(app: Flask, username: str, language: str) -> tuple[User, frozenset[str]]:
    """The person, who reads this language from now on, and their roles."""
    with Session(app.extensions["survey.engine"], expire_on_commit=False) as session:
        person = session.scalars(select(User).where(User.username == username)).one()
        person.locale = language
        roles = frozenset(role.name for role in person.roles)
        session.commit()
    return person, roles


def open_in(page: Page, address: str) -> Response | None:
    """The answer to an address, shown in the page; None where it is a file to be kept."""
    try:
        return page.goto(address)
    except Error as error:
        if any(sign in str(error) for sign in FILES):
            return None
        raise


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("username", WALKERS)
def test_pages__that_somebody_reaches__serve_everybody(
    browser: Browser, demo_app: Flask, username: str, language: str, record_property: Callable[[str, object], None]
) -> None:
    person, roles = walker(demo_app, username, language)
    with Session(demo_app.extensions["survey.engine"]) as session:
        user_names = frozenset(session.scalars(select(User.username)))
    others = frozenset(WALKERS[username])
    found: dict[str, list[str]] = {}
    views: set[str] = set()
    with serving(demo_app) as base_url, browser.new_context(base_url=base_url, reduced_motion="reduce") as context:
        context.add_cookies([session_cookie(signed_in_cookie(demo_app, person), base_url)])
        page = context.new_page()
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.set_default_timeout(PATIENCE_MS)

        def look_at(address: str, view: str) -> Iterable[str]:
            answer = open_in(page, address)
            if answer is None or answer.status in NOT_THERE or not answer.headers.get("content-type", "").startswith("text/html"):
                return ()
            links = list(links_of(page.content(), address))
            if view == START or not (others and RIGHT_OF[view].who.admits(others)):
                views.add(view)
                found[address] = [] if answer.ok else [f"answered {answer.status}"]
                found[address] += [*axe_findings(page), *name_findings(page, language, user_names), *theme_findings(page)]
                found[address] += room_findings(page)
            return links

        follow_links(demo_app, roles, look_at, 1, plain_addresses(demo_app))
    record_property("pages", len(found))
    record_property("views", len(views))
    record_property("findings", sum(map(len, found.values())))
    assert {address: each for address, each in found.items() if each} == {}
