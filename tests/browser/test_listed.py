"""Choices that are the answers of a repeat, and defaults that read each other: made on the tablet, accepted by the server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.field import begin, finish, question, stored
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit

FORM = """
| survey |
| | type | name | label | guidance_hint | default | choice_filter | calculation | appearance |
| | begin group | first | First | | | | | |
| | text | village | Village | | concat('Up', 'per') | | | |
| | text | place | Place | In ${village} | concat(${village}, ' hamlet') | | | |
| | end group | | | | | | | |
| | begin repeat | member | Member | | | | | |
| | text | nm | Name | | | | | |
| | integer | age | Age | | | | | |
| | select_one ${nm} | helper | Who helps ${nm}? | | | ${age} > 17 | | |
| | calculate | place | | | | | position(..) | |
| | calculate | older | | | | | ../preceding-sibling::member[1]/age | |
| | end repeat | | | | | | | |
| | begin group | last | Last | | | | | |
| | select_one ${nm} | head | Head | | | ${age} > 17 | | |
| | select_one ${nm} | other | Somebody else | | | ${nm} != ${head} | | minimal |
| | rank ${nm} | order | Who works most? | | | | | |
| | calculate | called | | | | | jr:choice-name(${head}, '${head}') | |
| | end group | | | | | | | |
| settings |
| | form_id | version |
| | listed | 1 |
"""


def answer(page: Page, number: int, name: str, age: str) -> None:
    """One member's name and age."""
    card = page.locator("[data-path='/data/member'] .instance").nth(number)
    card.locator("[data-path$='/nm'] input.control").fill(name)
    card.locator("[data-path$='/age'] input.control").fill(age)


@pytest.mark.soak
def test_choices__that_are_answers_of_a_repeat__follow_them_and_are_accepted(open_page: Callable[..., Page], session: Session) -> None:
    version = add_form(session, FORM)
    pair = add_pair(session, add_visit(session, forms=[version]))
    add_assignment(session, pair, add_household(session), "listed")
    session.commit()
    page = open_page("lead1", "/tablet/")
    begin(page)
    expect(question(page, "first/place").locator("input.control")).to_have_value("Upper hamlet")
    question(page, "first/village").locator("input.control").fill("Lower")
    question(page, "first/place").locator(".guidance summary").click()
    expect(question(page, "first/place").locator(".guidance p")).to_have_text("In Lower")
    page.click("#open-contents")
    page.locator(".contents-entry").nth(2).click()
    expect(question(page, "last/head").locator(".listed-empty")).to_be_visible()
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    answer(page, 0, "Ann Lee", "40")
    page.locator("[data-path='/data/member'] > .repeat-add").click()
    answer(page, 1, "Bo", "12")
    helpers = page.locator("[data-path$='/helper']").nth(1).locator(".option")
    expect(helpers).to_have_text(["Ann Lee"])
    helpers.click()
    answer(page, 1, "Bo", "30")
    page.locator("[data-path='/data/member'] .instance > header .instance-toggle").first.click()
    answer(page, 0, "Ann Lee", "41")
    page.click("#open-contents")
    page.locator(".contents-entry").nth(2).click()
    expect(question(page, "last/head").locator(".option")).to_have_text(["Ann Lee", "Bo"])
    question(page, "last/head").locator(".option", has_text="Ann").click()
    question(page, "last/other").locator("input.control").click()
    question(page, "last/other").locator("[role=option]").click()
    answers = answers_of(page, session)
    assert answers["last"] == {"head": "Ann Lee", "other": "Bo", "called": "Ann Lee"}
    assert [(each.get("helper"), each["place"], each.get("older")) for each in answers["member"]] == [(None, 1, None), ("Ann Lee", 2, 41)]


def answers_of(page: Page, session: Session) -> dict[str, dict[str, object]]:
    """Finishes, and gives the answers that the server took."""
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    return submission.answers
