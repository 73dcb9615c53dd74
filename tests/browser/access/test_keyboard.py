"""The desktop's work from signing in to a draft, by keys alone."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.issues.models import Issue, Verification
from survey.visits.models import Visit
from tests.browser.access.keyboard import choose_next, follow, press, set_day, write
from tests.browser.conftest import WIDE
from tests.browser.field import PATIENCE_MS
from tests.builders import PASSWORD, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit

pytestmark = pytest.mark.soak


@pytest.fixture
def page(browser: Browser, address: str, session: Session) -> Page:
    """The sign-in page, for a coordinator to whom an interview was sent."""
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session))
    add_submission(session, version, "uuid:001", assignment=assignment, answers={"n_members": 3, "water_safe": "no"})
    add_person(session, "coordinator", "coordinator", name="王协调")
    session.commit()
    context = browser.new_context(base_url=address, viewport={"width": WIDE[0], "height": WIDE[1]}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/sign-in")
    yield page
    context.close()


def go(page: Page, name: str) -> None:
    """To a part of the program by the header's links."""
    follow(page.locator(".site-nav").get_by_role("link", name=name, exact=True))


def sign_in(page: Page) -> None:
    """User name, password, Enter."""
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("coordinator")
    write(page.locator("#password"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


def plan_visit(page: Page) -> None:
    """A visit, planned at the second attempt: the first forgets the title, and the page leads back to it."""
    go(page, "调研")
    follow(page.get_by_role("link", name="筹备调研").first)
    set_day(page.locator("#starts_on"))
    set_day(page.locator("#ends_on"))
    press(page.locator("main button.primary").first)
    expect(page.locator(".error-summary")).to_be_focused()
    press(page.locator(".error-summary a[href='#title']"))
    write(page.locator("#title"), "只用键盘筹备的调研")
    choose_next(page.locator("#county"))
    press(page.locator("main button.primary").first)
    expect(page.locator(".flash.success")).to_be_visible()


def review(page: Page) -> None:
    """The one interview, accepted."""
    go(page, "审核")
    follow(page.locator("a[data-row]").first)
    press(page.locator("form[action*='/accept'] button").first)
    expect(page.locator(".flash.success")).to_be_visible()


def raise_issue(page: Page) -> None:
    """An issue of an answer of the interview, and somebody asked to verify it."""
    go(page, "审核")
    follow(page.locator("a[data-row]").first)
    follow(page.locator("a[href*='/issues/raise']").first)
    write(page.locator("#title"), "饮水不安全")
    write(page.locator("#finding"), "走访的农户反映水质差。")
    press(page.locator("form[action*='/issues/raise'] button.primary").first)
    expect(page.locator("#verifications")).to_be_visible()
    press(page.locator("#ask > summary"))
    choose_next(page.locator("#task-person"))
    set_day(page.locator("#task-due-on"))
    press(page.locator("#ask button[type=submit]"))
    expect(page.locator("#verifications article")).to_be_visible()


def draft_report(page: Page) -> str:
    """The name of the Word file that the monthly notice was drafted as."""
    go(page, "报告")
    follow(page.locator(".kinds").get_by_role("link", name="整改进展通报"))
    with page.expect_download() as download:
        press(page.locator("form[data-takes-a-while] button[type=submit]"))
    return download.value.suggested_filename


def test_coordinator__without_a_mouse__plans_reviews_raises_and_drafts(page: Page, session: Session) -> None:
    sign_in(page)
    plan_visit(page)
    review(page)
    raise_issue(page)
    assert draft_report(page).endswith(".docx")
    session.rollback()
    assert session.scalars(select(Visit.title).where(Visit.state == "planned")).all() == ["只用键盘筹备的调研"]
    assert session.scalars(select(Submission.review_state)).all() == ["accepted"]
    assert session.scalars(select(Issue.title)).all() == ["饮水不安全"]
    assert session.scalars(select(Verification.kind)).all() != []
