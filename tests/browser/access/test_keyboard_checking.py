"""What came in, looked through by keys alone: refused interviews, what was said and filed, quality, issues that are the same one."""

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.comparison.models import DiscrepancyCorrection
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.receive import Received, receive_submission
from survey.issues.models import Issue, IssueStep
from tests.browser.access.conftest import Sit
from tests.browser.access.hearing import heard, listen
from tests.browser.access.keyboard import choose, expect_told, follow, press, send, set_day, tick, write
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.issues import add_issue, add_reported_issue
from tests.survey.comparison.forms import Field

pytestmark = pytest.mark.soak

XML = """<data id="test_form" version="2018.1"><assignment_id>{assignment}</assignment_id><n_members>{members}</n_members>
<water_safe>yes</water_safe><wish/><meta><instanceID>{id}</instanceID>{more}</meta></data>"""
"""An interview with the form of the builders."""


def test_refused_interviews__without_a_mouse__are_read_admitted_and_settled(sit: Sit, session: Session, app: Flask) -> None:
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session))
    edited = "<deprecatedID>uuid:first</deprecatedID>"
    for values in ({"id": "uuid:blank", "members": "", "more": ""}, {"id": "uuid:edit", "members": 3, "more": edited}):
        received = Received(XML.format(assignment=assignment.id, **values).encode(), {}, assignment.id)
        assert receive_submission(session, pair.lead, received, app.extensions["survey.storage"], NOW).outcome == "quarantined"
    add_submission(session, version, "uuid:first", assignment=assignment)
    page = sit("coordinator", "/review/quarantine")
    follow(page.locator("tbody tr", has_text="uuid:edit").locator("a"))
    send(page.locator("form[action$='/check'] button"))
    expect_told(page, "已通过")
    page.goto("/review/quarantine")
    follow(page.locator("tbody a"))
    send(page.locator("form[action$='/settle'] button"))
    expect(page.locator(".error-summary")).to_be_focused()
    press(page.locator(".error-summary a"))
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("已重新访谈")
    send(page.locator("form[action$='/settle'] button"))
    expect_told(page)
    session.rollback()
    assert session.scalars(select(Submission.instance_id).where(Submission.deprecated_id == "uuid:first")).all() == ["uuid:edit"]
    settled = select(QuarantinedSubmission.instance_id, QuarantinedSubmission.settled_reason).where(
        QuarantinedSubmission.state == "settled"
    )
    assert session.execute(settled).all() == [("uuid:blank", "已重新访谈")]


def test_comparison__without_a_mouse__is_filtered_typed_and_offered_and_quality_is_read(sit: Sit, session: Session) -> None:
    field = Field(session)
    household = add_household(session, "002", village_code=VILLAGE)
    asked = field.interview(household, n_members=4, water_told="good")
    field.file(household, members_said=4, members_filed=6, members_result="differs", water_filed="safe")
    page = sit("coordinator", f"/visits/{asked.visit_id}/comparison")
    filters = page.locator("form.filters")
    choose(filters.locator("select[name=kind]"), "不一致")
    send(filters.locator("button"))
    assert "kind=differs" in page.url
    press(page.locator("a[href*='#item-members']"))
    row = page.locator("#item-members")
    press(row.locator("summary", has_text="更正类型"))
    choose(row.locator("#kind-members"), "没有更新")
    send(row.locator("form[action*='/correct'] button"))
    expect(page.locator(".error-summary")).to_be_focused()
    press(page.locator(".error-summary a"))
    expect(row.locator("#reason-members")).to_be_focused()
    page.keyboard.type("新生儿尚未登记入档")
    send(row.locator("form[action*='/correct'] button"))
    expect(row.locator(".badge").first).to_have_text("没有更新")
    press(row.locator("summary", has_text="列为问题佐证"))
    write(row.locator("#note-members"), "两名新生儿未入档")
    send(row.locator("form[action*='/offer'] button"))
    follow(page.locator(".visit-parts a[href$='/quality']"))
    follow(page.locator("table.checks a").first)
    choose(page.locator("form.filters #rows"), "全部行")
    send(page.locator("form.filters button"))
    follow(page.locator("main a", has_text="全部检查"))
    follow(page.locator("tbody th a").first)
    session.rollback()
    assert session.scalars(select(DiscrepancyCorrection.reason)).all() == ["新生儿尚未登记入档"]
    assert session.scalars(select(IssueCandidate.household_id)).all() == [household.id]


def test_same_issues__without_a_mouse__become_one_and_a_meeting_decides_on_it(sit: Sit, session: Session) -> None:
    coordinator = find_or_add_person(session, "coordinator")
    kept, given_up = add_reported_issue(session, coordinator, NOW), add_issue(session, coordinator, NOW, "饮水不够安全")
    page = sit("coordinator", "/")
    listen(page)
    page.goto(f"/issues/{kept.number}")
    follow(page.locator("#alike a.button"))
    write(page.locator("#reason"), "同一口井")
    send(page.locator("main form button.primary"))
    expect_told(page, kept.number)
    page.goto("/liaison/meetings")
    follow(page.locator(".page-actions a.primary"))
    write(page.locator("#title"), "第二季度联席会议")
    choose(page.locator("#kind"), "联席会议")
    set_day(page.locator("#held_on"))
    choose(page.locator("#region_code"), f"county {kept.county_code}")
    tick(page.locator(".people-choice input").first)
    send(page.locator("form.card button.primary"))
    expect_told(page)
    follow(page.locator(".page-head a[href^='/joint-meetings/']"))
    decided = page.locator(f"#issue-{kept.number}")
    press(decided.locator("summary"))
    write(decided.locator("textarea"), "由市水利局督办")
    send(decided.locator("button"))
    expect(decided.locator("p.kept-lines")).to_have_text("由市水利局督办")
    told = f"已记录对 {kept.number} 的决定"
    assert any(told in each["words"] for each in heard(page, [("status", told)]))
    with page.expect_download() as download:
        press(page.locator("a[href*='/agenda.docx']"))
    assert download.value.suggested_filename.endswith(".docx")
    session.rollback()
    assert session.scalars(select(Issue.merged_into_id).where(Issue.number == given_up.number)).all() == [kept.id]
    assert session.scalars(select(IssueStep.reason).where(IssueStep.action == "meeting_decision")).all() == ["由市水利局督办"]
