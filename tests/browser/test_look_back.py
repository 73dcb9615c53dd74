"""Planning a look-back from a closed visit and seeing it, by a coordinator in a browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.visits.models import Assignment, Visit
from tests import builders
from tests.browser.conftest import WIDE


def test_look_back__planned_from_a_closed_visit__is_there_with_its_households(open_page: Callable[..., Page], session: Session) -> None:
    version = builders.add_form(session)
    visit = builders.add_visit(session, forms=[version])
    pairs = [builders.add_pair(session, visit, "第一组"), builders.add_pair(session, visit, "第二组", lead="lead2", second="second2")]
    for number in range(4):
        assignment = builders.add_assignment(session, pairs[number % 2], builders.add_household(session, f"{number:03}"))
        builders.add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted")
    pairs[1].lead.active = False
    visit.state = "closed"
    page = open_page("coordinator", f"/visits/{visit.id}", WIDE)

    page.locator("header.page-head, .page-head").get_by_role("link", name="发起回头看…").click()
    page.fill("#starts_on", "2018-08-13")
    page.fill("#ends_on", "2018-08-24")
    page.get_by_role("button", name="生成回头看").click()
    expect(page.locator(".errors").first).to_contain_text("请选择接替的人")
    assert session.scalar(select(func.count()).select_from(Visit)) == 1
    page.locator("#dissolve_1").check()
    page.get_by_role("button", name="生成回头看").click()

    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator(".visit-parts [aria-current=page]")).to_contain_text("回头看")
    session.rollback()
    made = session.scalars(select(Visit).where(Visit.look_back_of_id == visit.id)).one()
    assert session.scalar(select(func.count()).where(Assignment.visit_id == made.id)) == 4
