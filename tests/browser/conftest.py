"""A running server and a real browser. Without Chromium the tests that need one skip and say so.

Most tests drive Chromium's shell, Debian's package `chromium-headless-shell`: the same engine without a window around it, for less than
half of the processor's time. Without it they drive the whole browser.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from survey.accounts.models import User
from survey.guide.kept import ROOT, guide_folder
from survey.storage import Storage, current_storage
from survey.visits.models import Assignment
from tests.browser.field import PATIENCE_MS, enter_tablet
from tests.browser.pins import give_keys, give_pin
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import PATIENCE_SECONDS, POLL_SECONDS, shared_folder
from tests.signing_in import sign_in_as
from tests.survey.tablet.forms import FIELD_FORM

FAKE_DEVICES = "--use-fake-device-for-media-stream"
"""The browser's own stand-ins for a camera and a microphone, which machines that run tests lack."""
ALLOWS_DEVICES = "--use-fake-ui-for-media-stream"
"""Whoever is asked for the camera or the microphone allows it. Without this the shell refuses them."""
KEPT = re.compile(r"^/tablet/(?:#.*|.*[#?&](?:assignment|draft|edit|new)=.*)?$")
"""Addresses behind the PIN: the list of households, and forms whose answers are kept."""
DATA_GONE = "The database connection is closing"
"""What a read in the background may say when the browser throws the data away under it, which some tests make it do."""
TABLET = (800, 1280)
WIDE = (1280, 800)
DEMO_PASSWORD = "demo-visit-2018"
Enter = Callable[[str, tuple[int, int]], Page]


# How long to wait is no promise of ours: on a machine that does much else besides, everything takes many times as long.
expect.set_options(timeout=PATIENCE_MS)


def find_chromium() -> str | None:
    """The path of Debian's Chromium, or of what SURVEY_CHROMIUM names."""
    return os.environ.get("SURVEY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def browser_path() -> str:
    """The path of the program that tests drive: Chromium's shell where it is installed; skips without either."""
    path = os.environ.get("SURVEY_CHROMIUM") or shutil.which("chromium-headless-shell") or find_chromium()
    if path is None or not Path(path).exists():
        pytest.skip("Chromium is not installed; the pages are not opened in a browser (sudo apt-get install chromium-headless-shell)")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """What starts browsers."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """One browser for all tests."""
    browser = chromium.launch(executable_path=browser_path(), args=["--no-sandbox", FAKE_DEVICES, ALLOWS_DEVICES])
    yield browser
    browser.close()


class Gate:
    """The application behind a gate that can be shut: what is asked late finds it shut, and shutting waits for what is inside.

    So a request of one test's page never reaches the next test's installation.
    """

    def __init__(self, app: Flask) -> None:
        self.app, self.is_shut, self.n_inside, self.change = app, False, 0, threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        with self.change:
            if self.is_shut:
                start_response("503 Service Unavailable", [])
                return
            self.n_inside += 1
        answer: Any = ()
        try:
            answer = self.app(environ, start_response)
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()
            with self.change:
                self.n_inside -= 1
                self.change.notify_all()

    def shut(self) -> None:
        """Let nobody in from now on, and wait until everybody has left."""
        with self.change:
            self.is_shut = True
            assert self.change.wait_for(lambda: self.n_inside == 0, PATIENCE_SECONDS), "a request does not end"


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The address of a server of this application at `port` (any by default) while the block runs, with what protects it from a browser."""
    app.config["WTF_CSRF_ENABLED"] = True
    gate = Gate(app)
    server = make_server("127.0.0.1", port, gate, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        gate.shut()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of a server of this test's installation."""
    with serving(app) as address:
        yield address


def signed_in_cookie(app: Flask, person: User) -> str:
    """The cookie of somebody who has just signed in."""
    client = app.test_client()
    sign_in_as(client, person)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    return found.value


def session_cookie(value: str, address: str) -> Any:
    """The cookie of a sign-in as a browser keeps it for the server at this address."""
    is_secure = address.startswith("https:")
    return {"name": "__Host-session" if is_secure else "session", "value": value, "url": address, "secure": is_secure}


@pytest.fixture
def open_page(browser: Browser, address: str, app: Flask, session: Session) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of the given size for a person who is signed in; a script error on any page fails the test.

    The tablet's own page is unlocked, with the PIN of `pins.py`, which the person has chosen before.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(username: str, path: str = "/", size: tuple[int, int] = TABLET, *, keeps_app: bool = False) -> Page:
        person = find_or_add_person(session, username)
        session.commit()
        if KEPT.search(path):
            give_pin(app, session, person)
            give_keys(app, session)
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            geolocation={"latitude": 33.33191, "longitude": 106.15283, "accuracy": 5},
            permissions=["geolocation", "microphone", "camera"],
            locale="zh-CN",
            # Keeping the app on the device takes a second, which only the tests of that need.
            service_workers="allow" if keeps_app else "block",
        )
        contexts.append(context)
        context.add_cookies([session_cookie(signed_in_cookie(app, person), address)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: None if DATA_GONE in str(error) else errors.append(str(error)))
        page.goto(path)
        if KEPT.search(path):
            enter_tablet(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of the pair lead1 and second1, to be asked with the field form."""
    version = add_form(session, FIELD_FORM)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session), "field_form")
    session.commit()
    return assignment


@pytest.fixture
def storage(app: Flask) -> Storage:
    """Where the server keeps files."""
    with app.app_context():
        return current_storage()


@pytest.fixture
def enter(browser: Browser, demo_app: Flask) -> Iterator[Enter]:
    """A function that signs a person of the demonstration in through the sign-in page, in a browser of their own."""
    contexts = []
    with serving(demo_app) as address:

        def enter(username: str, size: tuple[int, int]) -> Page:
            context = browser.new_context(base_url=address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto("/sign-in")
            page.fill("#username", username)
            page.fill("#password", DEMO_PASSWORD)
            page.click("button.primary[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            return page

        yield enter
        for context in contexts:
            context.close()


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide, built by the command once for all test processes of a run; any fault in its pages fails."""
    folder = shared_folder(tmp_path_factory) / "guides"
    built = subprocess.run([sys.executable, "-m", "survey", "guide", "--folder", str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    return guide_folder(str(folder))


@pytest.fixture
def shown(app: Flask, guide: Path) -> Path:
    """The guide, which the installation of the test shows."""
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], guide=str(guide.parent))
    return guide


@pytest.fixture(params=["zh", "en"])
def language(session: Session, request: pytest.FixtureRequest) -> str:
    """The language that lead1, an interviewer, reads: a test that takes it is run in each."""
    find_or_add_person(session, "lead1").locale = request.param
    session.commit()
    return str(request.param)
