"""The search in the header, by keyboard alone: "/" goes there, arrows choose what is suggested, Enter opens it or the page of all."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE
from tests.builders import add_household

pytestmark = pytest.mark.soak


@pytest.fixture
def found_page(open_page: Callable[..., Page], session: Session) -> Page:
    """The list of visits, of an installation with two households of similar names."""
    for number, name in (("011", "张大山"), ("012", "张大水")):
        add_household(session, number).head_name = name
    session.commit()
    return open_page("coordinator", "/visits", WIDE)


def test_search__by_keyboard__suggests_and_opens(found_page: Page) -> None:
    page = found_page
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("zhangda")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("011 张大山")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("group", name="农户")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", "find-option-1")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "find-option-0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/places/households/"))
    expect(page.locator("h1")).to_contain_text("张大山")


def test_search__closed_emptied_or_for_nothing__says_so(found_page: Page) -> None:
    page = found_page
    box = page.get_by_role("combobox")
    listed = page.locator("#find-list")
    box.fill("zds")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("没有这样的户")
    expect(listed).to_contain_text("没有找到")
    box.fill("")
    expect(listed).to_be_hidden()
    box.fill("大水")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/find\?q="))
    expect(page.locator("main")).to_contain_text("012 张大水")
    field = page.locator("main input[type=search]")
    field.fill("")
    field.press("/")
    expect(field).to_have_value("/")
