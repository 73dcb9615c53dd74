"""Figures of a visit in a real browser: made at the first opening, narrowed by a filter, followed from a number to an interview."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE
from tests.survey.figures.test_figures import visit_with_nine


def test_figures__from_the_first_opening_to_an_interview__need_no_waiting_by_hand(open_page: Callable[..., Page], session: Session) -> None:
    visit_with_nine(session)
    page = open_page("coordinator", "/figures", WIDE)
    expect(page.get_by_role("link", name="75.0%")).to_be_visible()
    # The page has come anew by itself, and listens once it is loaded.
    page.wait_for_load_state()
    page.select_option("#county", "610727")
    page.wait_for_url(re.compile("county=610727"))
    expect(page.locator(".as-of")).to_contain_text("此后没有变化")
    page.get_by_role("link", name="71.4%").click()
    expect(page.locator("tbody tr")).to_have_count(7)
    page.get_by_role("link", name=re.compile("有答复，未计入")).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile("/review/uuid:"))
