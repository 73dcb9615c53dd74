"""A tablet as benchmarks need it: an installation with a visit of 500 households, and a browser on a processor six times slower.

Inputs are real ones, sent as the browser gets them from a finger or a keyboard; nothing else of ours runs in the page meanwhile.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, CDPSession, Page
from sqlalchemy.orm import Session

from survey import create_app
from survey.config import Settings
from survey.db import session_scope, utc_now
from survey.devices.operations import register_pin
from survey.field_time import field_date
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.schema import upgrade_schema
from tests.browser.conftest import TABLET, signed_in_cookie
from tests.browser.field import enter_tablet
from tests.browser.pins import SALT, stretch
from tests.builders import NOW, add_assignment, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import SECRET_KEY

SLOWER = 6
PIN = "270418"
ROUNDS = 600_000
"""What a tablet of the field stretches a PIN with; tests take fewer."""
N_HOUSEHOLDS = 500
VILLAGES = tuple(f"6107271012{number:02}" for number in range(1, 21))
LEAD = "lead1"
FIRST_OF_TODAY = 200
"""A hundred households are planned for each of five days, today is the third."""
SETTLE_MS = 120
LOOK_MS = 250

WATCH = """
window.seen = {};
const look = () => {
  const note = (name, is) => { if (is && !(name in window.seen)) window.seen[name] = performance.now(); };
  note("pin", document.querySelector("#lock .lock-key"));
  const isEntered = document.body && !document.body.classList.contains("is-locked") && document.body.dataset.ready;
  if (isEntered === "home" && document.querySelector("#days .house")) {
    requestAnimationFrame(() => setTimeout(() => note("home", document.querySelector("#days .house"))));
  }
  note("form", isEntered === "form");
};
const changes = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready", "class"] };
new MutationObserver(look).observe(document, changes);
addEventListener("keydown", (event) => { window.seen.key = event.timeStamp; }, true);
addEventListener("click", (event) => { window.seen.tap = event.timeStamp; }, true);
window.timings = [];
new PerformanceObserver((list) => list.getEntries().forEach((each) => {
  if (each.interactionId) window.timings.push(each.duration);
})).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
"""Notes in the page, on its own clock, when what we wait for is there (the list: on the screen), and how long each input took."""
SLOWEST = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
  return Math.max(0, ...window.timings.splice(0));
}"""
PLACE = """([selector, number]) => {
  const found = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility())[number];
  if (!found) return null;
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = found.getBoundingClientRect();
  return [x + Math.min(width / 2, 60), y + height / 2];
}"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A server's application, and the cookie with which the lead of its one pair is signed in."""

    app: Flask
    cookie: str


@dataclass(slots=True)
class Finger:
    """Taps and types on one page, and keeps for every input the milliseconds from it to the next frame; again for those that answer.

    Turning a page, opening a member's card, and tapping into a field or leaving it answer nothing.
    """

    page: Page
    devtools: CDPSession
    times: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    def tap(self, selector: str, number: int = 0, *, answers: bool = False) -> bool:
        """Tap the middle of the visible element of this number, which may be an answer; False when there is none."""
        place = self.page.evaluate(PLACE, [selector, number])
        if place is None:
            return False
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.evaluate("window.timings.splice(0)")
        for kind in ("mousePressed", "mouseReleased"):
            at = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
            self.devtools.send("Input.dispatchMouseEvent", {"type": kind, **at})
        self._note(answers)
        return True

    def _note(self, answers: bool) -> None:
        self.times.append(float(self.page.evaluate(SLOWEST)))
        if answers:
            self.answers.append(self.times[-1])

    def type(self, selector: str, text: str, number: int = 0) -> None:
        """Tap into a field, type key by key, each of which is an answer, and leave it."""
        if not self.tap(selector, number):
            return
        for key in (*text, "Tab"):
            code = 9 if key == "Tab" else ord(key.upper())
            event: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
            self.devtools.send("Input.dispatchKeyEvent", {"type": "keyDown", **event, **({"text": key} if key != "Tab" else {})})
            self.devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
            self._note(answers=key != "Tab")


@contextmanager
def installation(folder: Path, forms: Mapping[str, bytes]) -> Iterator[Installation]:
    """An application with these forms ({file name: content}) published and an open visit of 500 households; all go to one pair.

    Every household has the first form, the first household of today each of the others too; the days of the visit are around today.
    """
    app = create_app(Settings(data=str(folder), secret_key=SECRET_KEY))
    upgrade_schema(app.extensions["survey.engine"])
    with app.app_context(), session_scope(app) as session:
        versions = [publish_questionnaire(session, None, content, name, NOW) for name, content in forms.items()]
        _add_visit(session, versions)
        lead = find_or_add_person(session, LEAD)
        register_pin(session, lead, sign_key=stretch(PIN, rounds=ROUNDS).sign, salt=SALT, rounds=ROUNDS, now=NOW)
    cookie = signed_in_cookie(app, lead)
    yield Installation(app, cookie)
    app.extensions["survey.engine"].dispose()


def _add_visit(session: Session, versions: list[QuestionnaireVersion]) -> None:
    today = field_date(utc_now())
    visit = add_visit(session, village_codes=VILLAGES, forms=versions)
    visit.starts_on, visit.ends_on = today - timedelta(days=2), today + timedelta(days=7)
    for number, village in enumerate(visit.villages):
        village.planned_on = visit.starts_on + timedelta(days=number // 4)
    pair = add_pair(session, visit, lead=LEAD)
    for number in range(N_HOUSEHOLDS):
        code = VILLAGES[number * len(VILLAGES) // N_HOUSEHOLDS]
        household = add_household(session, f"{number + 1:03}", village_code=code)
        for version in versions if number == FIRST_OF_TODAY else versions[:1]:
            assignment = add_assignment(session, pair, household, version.form_id)
            assignment.planned_on = visit.starts_on + timedelta(days=VILLAGES.index(code) // 4)


def slow_page(context: BrowserContext) -> tuple[Page, CDPSession]:
    """A new page on a slow processor, empty yet."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, devtools


def wait_until_seen(page: Page, devtools: CDPSession, name: str) -> None:
    """Wait for what WATCH notes under `name`, from outside: the page is slow, and must not spend its time on our looking."""
    while not devtools.send("Runtime.evaluate", {"expression": f"{name!r} in (window.seen || {{}})"})["result"]["value"]:
        page.wait_for_timeout(LOOK_MS)


def install_tablet(context: BrowserContext) -> None:
    """Open the tablet's page, unlock it and download the whole package: afterwards the tablet needs no network."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/tablet/")
    enter_tablet(page, PIN)
    page.wait_for_selector("#days .house")
    page.evaluate("navigator.serviceWorker.ready")
    page.click("#download")
    page.wait_for_selector("#package[data-state=complete]")
    page.close()


def tablet_options(address: str) -> dict[str, Any]:
    """How a tablet's browser is opened: upright, in Chinese, with its address."""
    return {"base_url": address, "viewport": {"width": TABLET[0], "height": TABLET[1]}, "locale": "zh-CN"}
