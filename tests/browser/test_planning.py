"""Planning in a real browser: drawn and sealed, opened by the leader, pairs and assignments proposed, a village dragged, printed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.draws.standing import households_in
from survey.places.models import Household
from survey.visits.models import Assignment, Visit, VisitMember
from tests.browser.conftest import WIDE
from tests.builders import add_form, add_visit, find_or_add_person
from tests.survey.draws.draws import COUNTY, VILLAGES, add_frame

pytestmark = pytest.mark.soak

N_DRAWN = 3


def prepared_visit(session: Session) -> Visit:
    """A visit with a leader and two members, and two villages on the roster whose houses have positions."""
    add_frame(session, dict(zip(VILLAGES, (6, 6), strict=False)))
    for number, household in enumerate(session.scalars(select(Household))):
        household.latitude, household.longitude = 33.33 + number / 500, 106.15
    visit = add_visit(session, village_codes=(), forms=[add_form(session)])
    for username, role in (("lead1", "leader"), ("lead2", "member"), ("second2", "member")):
        session.add(VisitMember(visit_id=visit.id, user_id=find_or_add_person(session, username).id, role=role))
    session.commit()
    return visit


def draw_and_seal(page: Page) -> None:
    """From the county to the sealed draw, on the form."""
    page.locator("[data-draw]").locator("input[name=village_method][value=simple]").check()
    page.fill("#n_villages", "1")
    page.fill("#n_households", str(N_DRAWN))
    page.fill("#departs_at", "2018-04-16T08:00")
    page.get_by_role("button", name="抽样并密封").click()
    expect(page.locator(".badge", has_text="已密封")).to_be_visible()


def test_planning__from_the_draw_to_the_printed_plan__is_done_in_the_browser(open_page: Callable[..., Page], session: Session) -> None:
    visit = prepared_visit(session)
    page = open_page("coordinator", f"/visits/{visit.id}/draw/new?county={COUNTY}", WIDE)
    draw_and_seal(page)

    leader = open_page("lead1", "/", WIDE)
    leader.locator("a[href$='/open']").click()
    leader.locator("#is_sure").check()
    leader.get_by_role("button", name="开封抽样").click()
    expect(leader.locator("td .button", has_text="替换")).to_have_count(N_DRAWN + 1)

    page.goto(f"/visits/{visit.id}/team/pairs")
    page.get_by_role("button", name="确认这些小组").click()
    expect(page.locator(".flash.success")).to_be_visible()
    page.goto(f"/visits/{visit.id}/board/propose")
    expect(page.locator(".field .errors, [aria-invalid=true]")).to_have_count(0)
    page.get_by_role("button", name="生成方案").click()
    expect(page.locator("figure.map svg").first).to_be_visible()
    page.get_by_role("button", name="应用此方案").click()

    bundle = page.locator(".bundle")
    expect(bundle).to_contain_text(str(N_DRAWN))
    page.wait_for_load_state()  # what is dragged before the script of the board is there stays where it is
    first_day = bundle.locator("xpath=ancestor::td").get_attribute("data-day")
    target = "2018-04-19" if first_day != "2018-04-19" else "2018-04-20"
    bundle.drag_to(page.locator(f"td[data-day='{target}']"))
    expect(page.locator(f"td[data-day='{target}'] .bundle")).to_contain_text(str(N_DRAWN))
    page.get_by_role("button", name="撤销上一次改动").click()
    expect(page.locator(f"td[data-day='{first_day}'] .bundle")).to_contain_text(str(N_DRAWN))

    page.goto(f"/visits/{visit.id}/days/{first_day}/plans")
    page.emulate_media(media="print")
    expect(page.locator(".day-plan")).to_be_visible()
    expect(page.locator(".plan-table tbody tr")).to_have_count(N_DRAWN)
    expect(page.locator(".site-header")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    session.rollback()
    assert set(session.scalars(select(Assignment.household_id))) == set(session.scalars(households_in(visit.id, "drawn")))
