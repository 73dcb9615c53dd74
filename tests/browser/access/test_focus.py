"""Whatever is pressed by keys on the tablet leaves the focus on something: without it, a screen reader begins again at the top."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, TimeoutError, expect
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.access.screens import WIDGET_PAGES, publish_widgets
from tests.browser.device import until_kept
from tests.browser.field import HOME_READY, READY, answer_first_page, begin, open_tablet
from tests.browser.newcomer import PICTURE
from tests.builders import add_pair, add_visit

MOST_BUTTONS, LONG_ENOUGH_MS = 150, 5_000
SHOWN = "[data-page]:not([hidden])"
NEXT = """(pressed) => {
  const kinds = ["[data-page]:not([hidden]) :is(.question, .repeat) button", "#recording button", "#toast button"];
  const name = (each) => {
    const beside = [...each.parentElement.querySelectorAll("button")];
    return [each.closest("[data-path]")?.dataset.path ?? each.parentElement.id, each.textContent.trim(), beside.indexOf(each)].join(" ");
  };
  const isLeft = (each) => each.checkVisibility() && !each.disabled && !pressed.includes(name(each));
  const found = [...document.querySelectorAll(kinds.join())].find(isLeft);
  found?.focus();
  return found ? name(found) : null;
}"""
"""Gives the focus to a button that was not pressed yet, and its name; null when all were."""
IS_SOMEWHERE = """() => {
  const at = document.activeElement;
  return at !== document.body && at.checkVisibility() && !at.disabled;
}"""


def answer_beforehand(page: Page) -> None:
    """Files for every question of the page that takes one, a stroke on every sheet, and positions, which take their time to be found."""
    for position in page.locator(f"{SHOWN} .position").all():
        position.locator("[data-position=record]").click()
        expect(position.locator("[data-position=clear]")).to_be_visible()
    for field in page.locator(f"{SHOWN} input[type=file]").all():
        field.set_input_files({"name": "house.jpg", "mimeType": "image/jpeg", "buffer": PICTURE})
    for canvas in page.locator(f"{SHOWN} canvas").all():
        canvas.hover(position={"x": 60, "y": 60})
        page.mouse.down()
        page.mouse.move(200, 300, steps=3)
        page.mouse.up()


def press_all(page: Page, pressed: list[str]) -> list[str]:
    """Press every button of the page that is shown, those too that come of it; the names of those that left the focus nowhere."""
    lost = []
    for _ in range(MOST_BUTTONS):
        which = page.evaluate(NEXT, pressed)
        if which is None:
            return lost
        pressed.append(which)
        page.keyboard.press("Enter")
        try:
            page.wait_for_function(IS_SOMEWHERE, timeout=LONG_ENOUGH_MS)
        except TimeoutError:
            lost.append(which)
        if page.locator("dialog[open]").count():
            page.keyboard.press("Escape")
            page.wait_for_function(f"() => !document.querySelector('dialog[open]') && ({IS_SOMEWHERE})()")
    raise AssertionError("buttons without end")


@pytest.mark.soak
def test_questions__every_button_pressed__leaves_the_focus_somewhere(open_page: Callable[..., Page], app: Flask, session: Session) -> None:
    add_pair(session, add_visit(session, forms=[publish_widgets(app, session)]))
    session.commit()
    page = open_page("lead1", "/tablet/forms/widgets/1#try")
    page.wait_for_selector(READY)
    lost: list[str] = []
    pressed: list[str] = []
    for number, _ in enumerate(WIDGET_PAGES):
        page.click("#open-contents")
        page.locator(".contents-entry").nth(number).click()
        answer_beforehand(page)
        lost += press_all(page, pressed)
    assert lost == []
    assert {"toast 撤销 0", "/data/places_page/point 清除 2", "/data/media/sign 撤回一笔 0"} <= set(pressed)


def test_list__what_goes_with_what_it_did__leaves_the_focus_near(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/", keeps_app=True)
    open_tablet(page)
    # The button of a download goes while it runs, and one that cannot be pressed has no focus: the panel's title has it then.
    page.locator("#download").press("Enter")
    page.wait_for_selector("#package[data-state=complete]")
    expect(page.locator("#package h2")).to_be_focused()
    expect(page.locator("#package h2")).to_have_accessible_description("完整")
    begin(page)
    answer_first_page(page)
    until_kept(page, "/water_safe")
    page.click("#leave")
    page.wait_for_selector(HOME_READY)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".task .danger").press("Enter")
    expect(page.locator(".task-open")).to_be_focused()
