"""What can happen to a tablet besides its network: a browser that is killed, two windows, a new form, a wrong clock, another server.

After each the counts on both sides are compared: nothing is lost, and nothing is there twice.
"""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.field import (
    READY,
    answer_member,
    drafts,
    enter_tablet,
    fill,
    finish,
    open_assignment,
    open_tablet,
    question,
    stored,
)

OpenPage = Callable[..., Page]


def test_interview__in_two_windows__is_written_by_one_and_taken_over_whole(
    open_page: OpenPage, session: Session, assignment: Assignment
) -> None:
    first = open_page("lead1", "/tablet/")
    open_assignment(first)
    fill(first, "home/n_members", "3")
    second = first.context.new_page()
    second.set_default_timeout(10_000)
    second.goto(first.url)
    enter_tablet(second)
    expect(second.locator("#opening")).to_contain_text("这份答卷正在另一个窗口中填写")
    fill(first, "home/n_members", "2")
    second.get_by_role("button", name="改在此窗口填写").click()
    second.wait_for_selector(READY)
    expect(question(second, "home/n_members").locator("input.control")).to_have_value("2")
    expect(first.locator("#opening")).to_contain_text("已改在另一个窗口中填写")
    question(second, "home/water_safe").locator(".option").first.click()
    second.wait_for_timeout(300)
    first.get_by_role("button", name="改在此窗口填写").click()
    first.wait_for_selector(READY)
    expect(question(first, "home/water_safe").locator("input:checked")).to_have_count(1)
    first.click("#next")
    answer_member(first, 0, "王大", "41")
    answer_member(first, 1, "李二", "38") if first.locator(".instance").count() > 1 else None
    finish(first)
    expect(first.locator("#summary")).to_have_attribute("data-outcome", "sent", timeout=20_000)
    open_tablet(second)
    assert [each["state"] for each in drafts(second)] == ["sent"]
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [2]
