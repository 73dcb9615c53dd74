"""The list of households on the tablet: each device fills in its own, and the server takes what is answered from it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.field import arrived, begin, finish, open_tablet, question
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit
from tests.survey.intake.test_households import FORM_ID, HOME_FORM


def test_household_list__on_the_tablet__holds_its_own_pair_s_households_and_fills_in_what_is_known(
    open_page: Callable[..., Page], session: Session
) -> None:
    version = add_form(session, HOME_FORM, "home_visit.md")
    visit = add_visit(session, forms=[version])
    mine = [add_assignment(session, add_pair(session, visit), add_household(session, "001"), FORM_ID)]
    others = add_pair(session, visit, "第二组", lead="lead2", second="second2")
    mine.append(add_assignment(session, mine[0].pair, add_household(session, "002"), FORM_ID))
    add_assignment(session, others, add_household(session, "003"), FORM_ID)
    session.commit()
    page = open_page("lead1", "/tablet/")
    open_tablet(page)
    begin(page)
    expect(question(page, "assignment_id").locator(".chosen")).to_contain_text("001 户主001")
    question(page, "assignment_id").locator("input[role=combobox]").fill("00")
    expect(question(page, "assignment_id").locator("[role=option]")).to_have_text(["001 户主001", "002 户主002"])
    question(page, "assignment_id").locator("[role=option]").nth(1).click()
    finish(page)
    (submission,) = arrived(page, session)
    assert submission.answers["assignment_id"] == mine[1].id
    assert submission.answers["head"] == "户主002"
    assert submission.village_code == mine[1].village_code
