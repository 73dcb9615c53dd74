"""What was said, filed and seen, in a real browser: a discrepancy found on the visit's page, typed with a reason, offered as evidence."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.comparison.models import DiscrepancyCorrection
from tests.browser.conftest import WIDE
from tests.builders import VILLAGE, add_household
from tests.survey.comparison.forms import Field


@pytest.mark.soak
def test_discrepancy__typed_and_offered__is_a_candidate_with_its_kind(open_page: Callable[..., Page], session: Session) -> None:
    field = Field(session)
    household = add_household(session, "002", village_code=VILLAGE)
    asked = field.interview(household, n_members=4, water_told="good")
    field.file(household, members_said=4, members_filed=6, members_result="differs", water_filed="safe")
    session.commit()
    page = open_page("coordinator", f"/visits/{asked.visit_id}/comparison", WIDE)

    page.locator("a[href$='#item-members']").first.click()
    row = page.locator("#item-members")
    expect(row.locator(".badge").first).to_have_text("不一致")
    row.locator("summary", has_text="更正类型").click()
    page.select_option("#kind-members", "out_of_date")
    page.fill("#reason-members", "新生儿尚未登记入档")
    row.get_by_role("button", name="更正", exact=True).click()
    expect(row.locator(".badge").first).to_have_text("没有更新")

    row.locator("summary", has_text="列为问题佐证").click()
    page.fill("#note-members", "两名新生儿未入档")
    row.locator("form[action*='/offer'] button").click()
    expect(page.locator("#item-members .deeds")).to_contain_text("列错了")
    session.rollback()
    assert session.scalars(select(DiscrepancyCorrection)).one().reason == "新生儿尚未登记入档"
    assert session.scalars(select(IssueCandidate)).one().household_id == household.id
