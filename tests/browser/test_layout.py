"""The frame of the pages in a real browser: they fit the screens people have, break no security policy, and work from the keyboard."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from survey.intake.models import QuarantinedSubmission
from survey.pages.navigation import entries_for
from tests.browser.field import PATIENCE_MS, enter_tablet
from tests.browser.pins import give_pin
from tests.builders import NOW, PASSWORD, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit

SIZES = {"upright": (800, 1280), "lying": (1280, 800), "desk": (1440, 900), "phone": (390, 844)}


def width_beyond_the_screen(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


@pytest.fixture
def some_work(session: Session) -> None:
    """A visit with a household that is answered, so that lists are not empty."""
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    for number in ("001", "002"):
        assignment = add_assignment(session, pair, add_household(session, number))
        add_submission(session, version, f"uuid:{number}", assignment=assignment, flags=["too_short"])
    session.commit()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__of_the_header__fit_every_screen(
    open_page: Callable[..., Page], app: Flask, session: Session, some_work: None, language: str
) -> None:
    roles = "admin", "coordinator", "author", "interviewer"
    person = add_person(session, "all", *roles)
    person.locale = language
    give_pin(app, session, person)
    page = open_page("all", "/")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for entry in entries_for(set(roles)):
        page.goto(entry.path)
        if entry.path == "/tablet/":
            enter_tablet(page)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            assert width_beyond_the_screen(page) <= 0, (entry.path, size)
        assert page.locator("h1:visible").count() == 1, entry.path
        assert (page.locator("html").get_attribute("lang") or "").startswith(language), entry.path
    assert complaints == []


def test_page__of_the_responsible_side__fits_the_screen(open_page: Callable[..., Page], session: Session, some_work: None) -> None:
    add_person(session, "water", "responsible", region_code="610727000000")
    session.commit()
    page = open_page("water", "/responsible")
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert width_beyond_the_screen(page) <= 0, (width, height)
    assert page.locator("h1").count() == 1


def test_tabs__of_a_visit_upright__are_all_in_sight(open_page: Callable[..., Page], some_work: None) -> None:
    page = open_page("coordinator", "/visits/2018-04-test", SIZES["upright"])
    for tab in page.locator(".visit-parts a").all():
        expect(tab).to_be_in_viewport(ratio=1)


def test_quarantine__answer_of_one_word__is_not_broken(open_page: Callable[..., Page], some_work: None, session: Session) -> None:
    finding = {"question": "n_members", "position": [], "value": "banana", "code": "type", "label": {"zh": "人口"}}
    findings = [finding | {"message": {"zh": "这不是整数，请按户口簿填写家庭现有的全部人口数。" * 3}}]
    row = {"instance_id": "uuid:bad", "form_id": "test_form", "form_version": "1", "xml": b"<data/>", "xml_sha256": "0" * 64}
    refused = QuarantinedSubmission(**row, findings=findings, received_at=NOW)
    session.add(refused)
    session.commit()
    page = open_page("coordinator", f"/review/quarantine/{refused.id}", SIZES["upright"])
    assert page.locator("td code").evaluate("element => element.getClientRects().length") == 1


def test_sign_in__by_keyboard__opens_the_start_page(browser: Browser, address: str, session: Session) -> None:
    add_person(session, "coordinator", "coordinator", name="王协调")
    session.commit()
    page = browser.new_page(base_url=address)
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/instruments")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("coordinator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/instruments")
    page.close()


def test_header__language_and_sign_out__work_on_every_page(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/instruments/check?x=1", SIZES["lying"])
    page.click(".language-switch button[lang=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/instruments/check?x=1")
    expect(page.locator("h1")).to_have_text("Check a questionnaire")
    # What a tablet keeps sealed outlives its sign-in; a page that was open does not come back.
    page.evaluate("new Promise((kept) => { indexedDB.open('kept').onsuccess = (told) => kept(told.target.result.close()); })")
    page.click(".user-menu summary")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert "kept" in page.evaluate("indexedDB.databases().then((found) => found.map(({ name }) => name))")
    page.go_back()
    expect(page.locator("#username")).to_be_visible()


def test_skip_link__first_in_the_tab_order__leads_to_the_content(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/instruments", SIZES["lying"])
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))
