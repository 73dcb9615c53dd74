"""What a screen reader needs of the pages at a desk, found by listening to one: what a place is of, what is wrong, where the focus is."""

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.visits.models import Meeting
from tests.browser.access.hearing import heard, listen
from tests.browser.conftest import WIDE
from tests.builders import NOW, find_or_add_person
from tests.issues import add_reported_issue
from tests.survey.reconciling.pairs import DIFFERING, add_both, add_independent_visit, reconcile

OpenPage = Callable[..., Page]


def test_difference__gone_to__says_both_answers_and_a_refused_one_what_is_wrong(open_page: OpenPage, session: Session) -> None:
    assignment = add_both(session, *add_independent_visit(session))
    page = open_page("coordinator", f"/visits/{assignment.visit_id}/records/{assignment.id}", WIDE)
    expect(page).to_have_title(re.compile("^001 · "))
    page.keyboard.press("j")
    members = page.locator(f'[id="{DIFFERING[0]}"]')
    expect(members).to_be_focused()
    expect(members).to_have_accessible_description("主访所记：2 副访所记：3")
    page.keyboard.press("3")
    page.keyboard.type("40")
    page.keyboard.press("Tab")
    page.keyboard.type("户口簿")
    page.keyboard.press("Enter")
    answer = members.get_by_label("答案")
    expect(answer).to_be_focused()
    expect(answer).to_have_attribute("aria-invalid", "true")
    expect(answer).to_have_accessible_description("人数应在 1 至 20 之间。")
    # The field that has the focus says it; an alarm would say it once more.
    expect(page.locator(".difference [role=alert]")).to_have_count(0)
    answer.fill("3")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    reason = members.get_by_label("为何两份都不采用")
    expect(reason).to_be_focused()
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(answer).not_to_have_attribute("aria-invalid", "true")


def test_reconciled_record__read__says_whose_each_answer_is(open_page: OpenPage, session: Session) -> None:
    assignment = add_both(session, *add_independent_visit(session))
    reconcile(session, assignment)
    page = open_page("coordinator", f"/visits/{assignment.visit_id}/records/{assignment.id}", WIDE)
    members = page.locator(f'[id="{DIFFERING[0]}"]')
    expect(members.get_by_text("主访所记：2")).to_be_attached()
    expect(members.get_by_text("副访所记：3")).to_be_attached()


def test_finishing__all_decided__is_a_part_with_a_name_of_its_own(open_page: OpenPage, session: Session) -> None:
    assignment = add_both(session, *add_independent_visit(session))
    page = open_page("coordinator", f"/visits/{assignment.visit_id}/records/{assignment.id}", WIDE)
    page.keyboard.press("j")
    for node in DIFFERING[:-1]:
        expect(page.locator(f'[id="{node}"]')).to_be_focused()
        page.keyboard.press("2")
    # What has the focus would otherwise be read out whole, down to the links below it.
    finish = page.get_by_role("region", name="完成比对", exact=True)
    expect(finish).to_be_focused()
    expect(finish).to_have_accessible_description("已全部裁定。两份原始记录原样保留。")


def test_decision_of_a_meeting__written_down__names_its_issue_and_is_told_once(open_page: OpenPage, session: Session) -> None:
    issue = add_reported_issue(session, find_or_add_person(session, "coordinator"), NOW)
    meeting = Meeting(kind="joint_meeting", title="联席会议", held_on=date(2018, 7, 2), region_code="610700000000")
    session.add(meeting)
    session.commit()
    page = open_page("coordinator", "/", WIDE)
    listen(page)
    page.goto(f"/joint-meetings/{meeting.id}")
    row = page.locator(f"#issue-{issue.number}")
    row.locator("summary").press("Enter")
    row.get_by_role("textbox", name=f"会议决定 {issue.number}").fill("由市水利局督办")
    row.get_by_role("button", name=f"保存 {issue.number}").press("Enter")
    told = f"已记录对 {issue.number} 的决定"
    assert [each["how"] for each in heard(page, [("status", told)]) if told in each["words"]] == ["status"]
    # Some screen readers say what is live already when they come to a page.
    expect(page.locator(".flash.success")).not_to_have_role("status")
