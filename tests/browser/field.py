"""What an interviewer does on the field pages, as steps that tests are put together from."""

import re
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.companions import COMPANIONS
from survey.intake.models import Attachment, AwaitedFile, Submission
from tests.browser.pins import PIN
from tests.conftest import PATIENCE_SECONDS

READY = "body[data-ready=form]"
HOME_READY = "body[data-ready=home]"
ENTERED = "body[data-ready]:not(.is-locked)"
OUTCOME = "#summary[data-outcome]:not([data-outcome=sending])"
PIN_SCREENS = 4
"""The most that are seen on the way: two for a new PIN, and one each should it be known or have been changed."""
PIN_SCREEN_OR_ENTERED = """entered => document.querySelector(entered) ? "entered"
    : document.querySelector("#lock .lock-key") && document.querySelector("#lock").dataset.view"""
"""Asked in one go: between two questions the lock may have gone."""
PATIENCE_MS = PATIENCE_SECONDS * 1000
FORM_PATH = "/tablet/forms/field_form/2018.1"


def question(page: Page, path: str) -> Locator:
    """The question at a path below the form's root."""
    return page.locator(f"[data-path='/data/{path}']")


def fill(page: Page, path: str, text: str) -> None:
    """Types an answer and leaves the question."""
    box = question(page, path).locator("input.control")
    box.fill(text)
    box.blur()


def choose(page: Page, path: str, *labels: str) -> None:
    """Taps choices by what is written on them."""
    for label in labels:
        question(page, path).locator(".option", has_text=re.compile(f"^{label}$")).click()


def enter_tablet(page: Page, pin: str = PIN) -> None:
    """Past the PIN screens of the tablet's page, whether the PIN is to be chosen, made known to a new tablet, or only entered."""
    for _ in range(PIN_SCREENS):
        shown = page.wait_for_function(PIN_SCREEN_OR_ENTERED, arg=ENTERED).json_value()
        if shown == "entered":
            return
        page.keyboard.type(pin)
        leaves = "([shown, entered]) => document.querySelector(entered) || document.querySelector('#lock')?.dataset.view !== shown"
        page.wait_for_function(leaves, arg=[shown, ENTERED])
    page.wait_for_selector(ENTERED)


def open_tablet(page: Page, pin: str = PIN) -> None:
    """The tablet's page with the list of households, opened anew and unlocked."""
    page.goto("/tablet/")
    enter_tablet(page, pin)
    page.wait_for_selector(HOME_READY)


def until_up_to_date(page: Page) -> None:
    """Waits until the list that is shown is what the server has: what the page asks of it by itself has been answered."""
    page.wait_for_selector(HOME_READY)
    page.wait_for_selector("#days:not([aria-busy])", state="attached")


def reload_tablet(page: Page, pin: str = PIN) -> None:
    """The tablet's page as it comes back after being closed, unlocked again, with the form that was open."""
    page.reload()
    enter_tablet(page, pin)


def begin(page: Page, number: int = 0) -> None:
    """From the list that is shown into the form of one of its households, the first unless told."""
    page.locator(".task-open").nth(number).click()
    page.wait_for_selector(READY)


def open_assignment(page: Page) -> None:
    """From the list, opened anew, into the one household's form."""
    open_tablet(page)
    begin(page)


def answer_first_page(page: Page, n_members: str = "3") -> None:
    """The least that the first page asks for."""
    fill(page, "home/n_members", n_members)
    choose(page, "home/water_safe", "是")


def answer_member(page: Page, number: int, name: str, age: str) -> None:
    """One member's name and age."""
    card = page.locator(".instance").nth(number)
    card.locator("[data-path$='/m_name'] input").fill(name)
    card.locator("[data-path$='/m_age'] input").fill(age)


def answer_both_pages(page: Page, n_members: str = "3") -> None:
    """The least that makes an interview whole: the first page, and on the second one member."""
    answer_first_page(page, n_members)
    page.click("#next")
    answer_member(page, 0, "王大", "41")


def go_to_summary(page: Page) -> None:
    """To the last page through the list of contents."""
    page.click("#open-contents")
    page.locator(".contents-entry").last.click()


def finish(page: Page) -> None:
    """Goes to the summary, finishes and waits until it is known what became of it."""
    go_to_summary(page)
    press_finish(page)


def press_finish(page: Page) -> None:
    """Finishes from the summary; where a second is to countersign, without them and with a reason."""
    page.click("#finish")
    page.wait_for_selector(OUTCOME)
    if page.locator("#summary[data-outcome=awaiting]").count():
        finish_alone(page)


def finish_alone(page: Page, reason: str = "副访在另一户") -> None:
    """Finishes what waits for the second interviewer without them."""
    page.click("#without-second summary")
    page.fill("#second-reason", reason)
    page.click("#finish-alone")
    page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")


def arrived(page: Page, session: Session) -> list[Submission]:
    """The submissions that the server has, once that of the form that was finished is confirmed to be whole."""
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    return stored(session)


def stored(session: Session) -> list[Submission]:
    """The submissions that the server has, as it has them now."""
    session.expire_all()
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.received_at)))


def files_of(submission: Submission) -> list[Attachment]:
    """The files that answers name; what the tablet sends beside the answers is left out."""
    return [each for each in submission.attachments if each.name not in COMPANIONS]


def files_still_to_come(session: Session) -> list[str]:
    """The names of files that stored submissions name and the server does not have yet."""
    session.rollback()
    return list(session.scalars(select(AwaitedFile.name)))


def box_of(element: Locator) -> dict[str, float]:
    """Where an element lies, told by the page itself: asked from outside, a busy browser may answer that there is no box."""
    box: dict[str, float] = element.evaluate(
        "each => { const { x, y, width, height } = each.getBoundingClientRect(); return { x, y, width, height }; }"
    )
    return box


def sign(page: Page, canvas: Locator) -> None:
    """Draws a line on the canvas as a finger would, once the page around it has come to rest."""
    canvas.hover(position={"x": 60, "y": 60})
    page.mouse.down()
    box = box_of(canvas)
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=5)
    page.mouse.up()
    expect(canvas.locator("xpath=ancestor::*[@data-control='drawing']")).to_have_class(re.compile("is-answered"))


def crash(page: Page) -> Page:
    """A new page of the same tablet, after the first was killed with no time to say or keep anything."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
    fresh = page.context.new_page()
    fresh.set_default_timeout(PATIENCE_MS)
    return fresh


def drafts(page: Page) -> list[dict[str, Any]]:
    """What lies on the device: the cards of interviews where they can be read, else their keys."""
    script = """async () => {
        const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
        if (store?.isOpen) return store.interviews();
        return (await (await import('/static/bundles/lock.js')).$device_database.openDatabase()).getAllKeys('cards');
    }"""
    found: list[dict[str, Any]] = page.evaluate(script)
    return found


def contents(page: Page) -> int:
    """How many pages the list of contents offers; leaves it open."""
    page.click("#open-contents")
    return page.locator(".contents-entry").count()
