"""Why there is no interview, noted on a tablet without a network: kept through a kill, changed, sent once, and shown."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.outcomes.models import AssignmentOutcome
from survey.visits.models import Assignment
from tests.browser.field import HOME_READY, crash, open_tablet, reload_tablet

NOTED = "[data-outcome=waiting]"


def say_why(page: Page, kind: str, note: str) -> None:
    """Notes why there is no interview at the first household."""
    page.locator(".task-unmet").first.click()
    page.locator("#unmet .unmet-choice", has_text=kind).click()
    page.fill("#unmet-note", note)
    page.click("#unmet [type=submit]")
    expect(page.locator("#unmet")).to_have_count(0)


def test_outcome__noted_offline_and_killed__is_kept_changed_and_sent_once(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_selector(HOME_READY)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.locator(".task-unmet").first.click()
    page.click("#unmet [type=submit]")
    expect(page.locator(".unmet-problem")).to_have_text("请选择原因。")
    for each in page.locator(".noting-foot > *").all():
        expect(each).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    say_why(page, "已搬走", "去县城了")
    expect(page.locator(NOTED)).to_contain_text("已搬走 · 待上报")
    page = crash(page)
    open_tablet(page)
    expect(page.locator(NOTED)).to_contain_text("已搬走")
    expect(page.locator("#outbox-state")).to_have_text("1 项未访情况待上报。")
    say_why(page, "不在家", "晚上再来")
    expect(page.locator(NOTED)).to_contain_text("不在家")
    page.context.set_offline(False)
    # It goes by itself; the button may be gone before anybody could press it.
    expect(page.locator("[data-outcome=told]")).to_have_text("不在家")
    expect(page.locator("#outbox-state")).not_to_contain_text("未访情况")
    reload_tablet(page)
    expect(page.locator("[data-outcome=told]")).to_have_text("不在家")
    session.rollback()
    found = session.scalars(select(AssignmentOutcome)).one()
    assert (found.outcome, found.note, found.recorded_by and found.recorded_by.username) == ("absent", "晚上再来", "lead1")


@pytest.mark.soak
def test_outcome__answer_to_it_lost_or_withdrawn__counts_once_or_not_at_all(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(HOME_READY)
    taken: list[int] = []

    def lose_the_answer(route: Route) -> None:
        taken.append(route.fetch().status)
        route.abort()

    page.route("**/tablet/outcomes", lose_the_answer)
    say_why(page, "拒访", "")
    expect(page.locator(NOTED)).to_contain_text("拒访")
    expect(page.locator("#outbox-state")).to_have_text("1 项未访情况待上报。")
    page.wait_for_function("() => document.querySelector('#outbox').dataset.state === 'waiting'")
    page.unroute_all(behavior="ignoreErrors")
    # It goes again by itself.
    expect(page.locator("[data-outcome=told]")).to_have_text("拒访")
    session.rollback()
    assert len(session.scalars(select(AssignmentOutcome)).all()) == 1
    assert set(taken) == {200}
    page.context.set_offline(True)
    say_why(page, "撤销记录", "")
    page.locator(".task-unmet").first.click()
    page.locator("#unmet .button.danger").click()
    expect(page.locator(NOTED)).to_have_count(0)
