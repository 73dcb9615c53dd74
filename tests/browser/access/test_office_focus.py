"""Whatever is pressed by Enter on a page of the office leaves the focus on something: without it, Tab begins at the top."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE
from tests.builders import NOW, find_or_add_person
from tests.issues import add_reported_issue

NOTHING_COMES_MS = 300


def test_filters_and_languages__pressed_by_keys__keep_the_focus(open_page: Callable[..., Page], session: Session) -> None:
    add_reported_issue(session, find_or_add_person(session, "coordinator"), NOW)
    page = open_page("coordinator", "/issues", WIDE)
    button = page.locator("form.filters button[type=submit]")
    for pressed in (page.locator("#text"), button):
        with page.expect_navigation():
            pressed.press("Enter")
        expect(button).to_be_focused()
    with page.expect_navigation():
        page.locator("nav.states a").nth(1).press("Enter")
    expect(page.locator("nav.states a").nth(1)).to_be_focused()
    with page.expect_navigation():
        page.get_by_role("button", name="English").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="English")).to_be_focused()
    with page.expect_navigation():
        page.locator("nav.states a").first.press("Enter")
    page.evaluate("document.querySelector('form.filters button[type=submit]').textContent = '只此一次'")
    # What was pressed is not on the page that comes.
    with page.expect_navigation():
        button.press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    # Whoever comes from another page, or points, begins at the top.
    with page.expect_navigation():
        page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(NOTHING_COMES_MS)
    expect(page.locator(":focus")).to_have_count(0)
