"""Signing in at a provider in a real browser: there and back, out of both, and what the provider ends."""

import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE
from tests.browser.field import PATIENCE_MS
from tests.survey.openid.arriving import bound, set_up
from tests.survey.openid.provider import CLIENT_ID, CLIENT_SECRET, Provider, served

pytestmark = pytest.mark.soak


def leave(page: Page) -> None:
    """Signs out by the menu of one's own name."""
    page.locator("header summary", has_text="coordinator").click()
    page.locator("form[action='/sign-out'] button").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_provider__in_a_browser__is_gone_to_and_come_back_from_and_left_and_ends_what_it_began(
    browser: Browser, address: str, app: Flask, session: Session, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(CLIENT_SECRET, encoding="utf-8")
    with served(Provider(home=address, is_signed_in=False)) as provider:
        set_up(app, openid_issuer=provider.issuer, openid_client_id=CLIENT_ID, openid_secret_file=str(secret), openid_name="统一认证")
        bound(session, provider, "coordinator", "coordinator")
        context = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": WIDE[0], "height": WIDE[1]})
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)

        def enter(through: Callable[[], None] | None = None) -> None:
            page.goto("/visits")
            page.get_by_role("link", name="通过统一认证登录").click()
            if through:
                expect(page).to_have_url(re.compile(re.escape(provider.issuer)))
                through()
            expect(page).to_have_url(f"{address}/visits")

        enter(lambda: page.get_by_role("button", name="Sign in").click())
        page.goto("/")
        expect(page.locator("h1")).to_be_visible()
        leave(page)
        page.goto("/visits")
        expect(page).to_have_url(re.compile("/sign-in"))
        page.get_by_role("link", name="同时退出").click()
        expect(page).to_have_url(re.compile("/sign-in$"))
        assert not provider.is_signed_in, "and left there"
        expect(page.get_by_role("link", name="同时退出")).to_have_count(0)
        enter(lambda: page.get_by_role("button", name="Sign in").click())
        form = urllib.parse.urlencode({"logout_token": provider.logout_token()}).encode()
        with urllib.request.urlopen(f"{address}/sign-in/openid/logout", form, timeout=60) as answer:
            assert answer.status == 200
        page.reload()
        expect(page).to_have_url(re.compile("/sign-in"))
        enter()
        context.close()
