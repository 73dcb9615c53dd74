"""A passkey made in a real browser, and the sign-in that asks for it."""

import re

from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import Passkey
from survey.events import Event
from tests.browser.field import PATIENCE_MS
from tests.builders import PASSWORD, add_person

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""The browser's own stand-in for a fingerprint reader."""


def test_passkey__made_on_the_page__is_asked_for_at_the_next_sign_in(browser: Browser, address: str, app: Flask, session: Session) -> None:
    add_person(session, "coordinator", "coordinator")
    session.commit()
    # Browsers make passkeys for names, not for bare numbers.
    context = browser.new_context(base_url=address.replace("127.0.0.1", "localhost"), locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    def give_password() -> None:
        page.goto("/sign-in?next=/account/security")
        page.fill("#username", "coordinator")
        page.fill("#password", PASSWORD)
        with page.expect_navigation():
            page.click("form .primary")

    give_password()
    page.goto("/account/passkeys")
    page.fill("#name", "办公电脑")
    page.click("form .primary")
    expect(page).to_have_url(re.compile("/account/security$"))
    expect(page.locator("main")).to_contain_text("办公电脑")
    context.clear_cookies()
    give_password()
    expect(page).to_have_url(re.compile("/sign-in/passkey"))
    page.click("form .primary")
    expect(page).to_have_url(re.compile("/account/security$"))
    context.close()
    session.expire_all()
    assert session.scalars(select(Passkey.name)).all() == ["办公电脑"]
    assert "user.passkey_added" in session.scalars(select(Event.action)).all()
