"""The hotspot in a real browser: from the page of trust into the encrypted application."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from survey.serving.authority import Authority
from tests.browser.conftest import browser_path
from tests.browser.field import PATIENCE_MS
from tests.builders import PASSWORD, find_or_add_person
from tests.survey.hotspots import running


def key_hash(authority: Authority) -> str:
    """The hash of the public key that this machine presents, by which Chromium can be told to take it as trusted."""
    key = x509.load_pem_x509_certificate(authority.certificate_path.read_bytes()).public_key()
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(info).digest()).decode()


@pytest.mark.soak
def test_browser__before_and_after_trust__is_led_from_the_page_into_the_app(https_app: Flask, tmp_path: Path, browser: Browser) -> None:
    with running(https_app, tmp_path / "https", []) as hotspot:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(hotspot.trust_address)
        expect(page.locator("#state [data-when=untrusted]")).to_be_visible()
        expect(page.locator(".trust-open")).to_be_hidden()
        page.close()
        trust = f"--ignore-certificate-errors-spki-list={key_hash(hotspot.authority)}"
        folder = str(tmp_path / "profile")
        launched = browser.browser_type.launch_persistent_context(
            folder, executable_path=browser_path(), args=["--no-sandbox", trust], headless=True
        )
        page = launched.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(hotspot.trust_address)
        page.locator(".trust-open").click()
        page.wait_for_url("**/sign-in?**")
        assert page.evaluate("isSecureContext && !!crypto.subtle")
        with Session(https_app.extensions["survey.engine"]) as session, session.begin():
            find_or_add_person(session, "lead1")
        page.fill("#username", "lead1")
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/tablet/")
        active = "async () => { await navigator.serviceWorker.register(document.body.dataset.worker); "
        active += "return (await navigator.serviceWorker.ready).active.scriptURL; }"
        assert page.evaluate(active).startswith(f"{hotspot.app_address}/tablet/")
        launched.close()
