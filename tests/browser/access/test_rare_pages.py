"""Pages that no link leads to, or only once: errors, the first steps of an installation, second factors, a guide that is being built."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey.application import MAX_PLAIN_FORM_BYTES
from survey.first_run.first_administrator import first_code
from tests.browser.access.checks import axe_findings, name_findings, room_findings
from tests.browser.conftest import WIDE
from tests.browser.field import PATIENCE_MS
from tests.browser.looking import theme_findings
from tests.builders import PASSWORD, add_person
from tests.conftest import SECRET_KEY

pytestmark = pytest.mark.soak

FIRST_STEPS = ("organisation", "places", "people", "visit", "next")


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The reader's language."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, address: str, language: str) -> Iterator[Page]:
    """A page of somebody who is not signed in."""
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    # Passkeys are made for names, not for bare numbers.
    base_url = address.replace("127.0.0.1", "localhost")
    with browser.new_context(
        base_url=base_url, locale=locale, viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page


@contextmanager
def looked_through(language: str) -> Iterator[Callable[[Page, str], None]]:
    """A function that looks a page through under a name; the end of the block fails with all that was found."""
    found: dict[str, list[str]] = {}

    def look(page: Page, name: str) -> None:
        found[name] = [*axe_findings(page), *name_findings(page, language), *theme_findings(page), *room_findings(page)]

    yield look
    assert {name: each for name, each in found.items() if each} == {}


def give_password(page: Page, username: str, password: str = PASSWORD, next_page: str = "/") -> None:
    """Send the form of signing in."""
    page.goto(f"/sign-in?next={next_page}")
    page.fill("#username", username)
    page.fill("#password", password)
    with page.expect_navigation():
        page.click("main form button[type=submit]")


def add_reader(session: Session, username: str, role: str, language: str) -> None:
    """Somebody with an account, who reads this language."""
    add_person(session, username, role).locale = language
    session.commit()


def test_errors__of_every_kind__are_told_to_everybody(page: Page, app: Flask, session: Session, language: str) -> None:
    add_reader(session, "author", "author", language)
    with looked_through(language) as look:
        give_password(page, "author")
        page.wait_for_url("**/")
        for status, path in ((404, "/nothing-here"), (403, "/admin/people"), (404, "/visits/unknown")):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == status
            look(page, f"{status} {path}")
        page.goto("/password")
        for name in ("current", "password", "again"):
            page.locator(f"main [name={name}]").evaluate("(field, length) => field.value = 'x'.repeat(length)", MAX_PLAIN_FORM_BYTES)
        with page.expect_response(lambda response: response.request.method == "POST") as refused:
            page.locator("main form [type=submit]").first.click()
        assert refused.value.status == 413
        expect(page.locator(".error-status")).to_have_text("413")
        look(page, "413")
        page.context.clear_cookies()
        app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], sign_in_limit="1 per minute")
        for _ in range(2):
            give_password(page, "author", "the wrong password")
        expect(page.locator(".error-status")).to_have_text("429")
        look(page, "429")
        session.execute(text("ALTER TABLE users RENAME TO users_away"))
        session.commit()
        page.goto("/sign-in")
        expect(page.locator(".error-status")).to_have_text("503")
        look(page, "503")


def test_first_steps__of_an_empty_installation__serve_everybody(page: Page, language: str) -> None:
    with looked_through(language) as look:
        page.goto("/first-run/administrator")
        look(page, "the first administrator")
        fields = {"code": first_code(SECRET_KEY), "name": "周管理", "username": "zhou", "password": PASSWORD, "again": PASSWORD}
        for name, value in fields.items():
            page.fill(f"main [name={name}]", value)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/sign-in**")
        give_password(page, "zhou", next_page="/first-run/organisation")
        page.wait_for_url("**/first-run/organisation")
        for step in FIRST_STEPS:
            page.goto(f"/first-run/{step}")
            look(page, step)
        page.goto("/")
        look(page, "the start page with nothing done")


def test_second_factors__set_up_and_asked_for__serve_everybody(page: Page, session: Session, language: str) -> None:
    add_reader(session, "coordinator", "coordinator", language)
    with looked_through(language) as look:
        give_password(page, "coordinator", next_page="/account/security")
        page.wait_for_url("**/account/security")
        look(page, "security without a second factor")
        page.goto("/account/passkeys")
        look(page, "a passkey is made")
        page.goto("/account/authenticator")
        look(page, "an app is chosen")
        page.locator("main form button[type=submit]").first.click()
        page.click("main details summary")
        key = page.locator("main code").first
        expect(key).to_be_visible()
        look(page, "an app is set up")
        factor = TOTP(key=key.inner_text().replace("-", "").replace(" ", ""))
        page.fill("main [name=code]", factor.generate(time.time()).token)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/account/security**")
        look(page, "security with an app")
        page.goto("/account/recovery-codes")
        look(page, "recovery codes are made")
        page.context.clear_cookies()
        give_password(page, "coordinator")
        page.wait_for_url("**/sign-in/code**")
        look(page, "a code is asked for")
        page.fill("main [name=code]", "000000")
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator("[role=alert]").first).to_be_visible()
        look(page, "a wrong code")
        page.goto("/sign-in/recovery-code")
        look(page, "a recovery code is asked for")
