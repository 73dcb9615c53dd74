"""Planning in a real browser: a proposal looked at and applied, then one village dragged to another day, then that taken back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.builders import VILLAGE, add_form, add_household, add_pair, add_visit

WIDE = (1280, 800)


def test_board__proposal_applied_and_a_village_dragged__is_planned_and_can_be_undone(
    open_page: Callable[..., Page], session: Session
) -> None:
    visit = add_visit(session, forms=[add_form(session)])
    pair = add_pair(session, visit)
    for number in range(1, 4):
        household = add_household(session, f"{number:03}")
        household.latitude, household.longitude = 33.33 + number / 500, 106.15
    session.commit()
    page = open_page("coordinator", f"/visits/{visit.id}/board/propose", WIDE)

    page.get_by_role("button", name="生成方案").click()
    expect(page.locator("figure.map svg").first).to_be_visible()
    page.get_by_role("button", name="应用此方案").click()
    bundle = page.locator(f".bundle[data-village='{VILLAGE}']")
    expect(bundle).to_contain_text("3")
    first_day = bundle.locator("xpath=ancestor::td").get_attribute("data-day")
    target = "2018-04-19" if first_day != "2018-04-19" else "2018-04-20"

    bundle.drag_to(page.locator(f"td[data-pair='{pair.id}'][data-day='{target}']"))

    expect(page.locator(f"td[data-day='{target}'] .bundle")).to_contain_text("3")
    page.get_by_role("button", name="撤销上一次改动").click()
    expect(page.locator(f"td[data-day='{first_day}'] .bundle")).to_contain_text("3")
