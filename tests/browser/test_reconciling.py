"""A coordinator reconciles both records of an interview to the end, without the mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.reconciling.models import ReconciledAnswer, Reconciliation
from tests.browser.conftest import WIDE
from tests.survey.reconciling.pairs import DIFFERING, add_both, add_independent_visit


def test_reconciling__two_records__is_done_with_the_keys_alone(open_page: Callable[..., Page], session: Session) -> None:
    assignment = add_both(session, *add_independent_visit(session))
    page = open_page("coordinator", f"/visits/{assignment.visit_id}/records/{assignment.id}", WIDE)
    expect(page.locator(".difference.is-open")).to_have_count(len(DIFFERING))
    page.keyboard.press("j")
    page.keyboard.press("3")
    page.locator(":focus").fill("40")
    page.keyboard.press("Tab")
    page.keyboard.type("户口簿")
    page.keyboard.press("Enter")
    expect(page.locator(".difference .errors")).to_contain_text("人数应在 1 至 20 之间。")
    page.locator(":focus").fill("3")
    page.keyboard.press("Enter")
    for node, key in zip(DIFFERING[1:-1], "21212", strict=True):
        expect(page.locator(f'[id="{node}"]')).to_be_focused()
        page.keyboard.press(key)
    # The water is safe, as the second has it; then what is wrong with it needs no decision.
    expect(page.locator("#finish")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="完成比对", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".flash.success").first).to_be_visible()
    found = session.scalars(select(Reconciliation)).one()
    assert found.state == "finished"
    assert found.answers["home"]["n_members"] == 3
    assert {each.choice for each in session.scalars(select(ReconciledAnswer))} == {"left", "right", "other"}
