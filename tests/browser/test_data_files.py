"""Data files on the tablet: cascades over thousands of choices, prices looked up, and answers of the last interview."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from tests.browser.field import READY, arrived, enter_tablet, finish, question
from tests.builders import NOW

FORM = """
| survey |                                   |          |         |                        |                    |             |
|        | type                              | name     | label   | parameters             | choice_filter      | calculation | default |
|        | select_one_from_file counties.csv | county   | County  |                        |                    |             | ${last-saved#county} |
|        | select_one_from_file villages.csv | village  | Village | value=code label=title | county = ${county} |
|        | select_multiple_from_file villages.csv | others | Others | value=code label=title | county = ${county} and code != ${village} |
|        | text                              | crop     | Crop    |
|        | calculate                         | price    | Price   |                        |                    | pulldata('prices', 'price', 'crop', ${crop}) |
|        | calculate                         | place    | Place   |                        |                    | jr:choice-name(${village}, '${village}') |
|        | calculate                         | mark     | Mark    |                        |                    | substr(digest(${crop}, 'MD5', 'hex'), 0, 8) |
|        | note                              | said     | ${place} sells ${crop} at ${price}. |
| settings |                                 |          |         |                        |                    |             |
|        | form_id                           | version  |         |                        |                    |             |
|        | cascade                           | 1        |         |                        |                    |             |
"""  # noqa: E501 - a table
COUNTIES = 20
VILLAGES = 200
FORM_PAGE = "/tablet/forms/cascade/1"


@pytest.fixture
def cascade(session: Session, app: Flask) -> None:
    """The form with 4,000 villages in 20 counties."""
    villages = [f"v{county}-{number},Village {county}-{number},c{county}" for county in range(COUNTIES) for number in range(VILLAGES)]
    files = {
        "counties.csv": "\n".join(["name,label", *(f"c{county},County {county}" for county in range(COUNTIES))]).encode(),
        "villages.csv": "\n".join(["code,title,county", *villages]).encode(),
        "prices.csv": b"crop,price\nmaize,2.5\n",
    }
    with app.app_context():
        publish_questionnaire(session, None, FORM.encode(), "cascade.md", NOW, Beside(app.extensions["survey.storage"], files))
    session.commit()


def search(page: Page, name: str, typed: str) -> list[str]:
    """What a search box offers for what is typed."""
    box = question(page, name).locator("input[role=combobox]")
    box.click()
    box.fill(typed)
    options = question(page, name).locator("[role=option]")
    return options.all_inner_texts()


def choose_first(page: Page, name: str, typed: str) -> None:
    """Types into a search box and taps what it offers first."""
    search(page, name, typed)
    question(page, name).locator("[role=option]").first.click()


def choose_county(page: Page, number: int) -> None:
    """Taps one of the counties."""
    question(page, "county").locator(".option", has_text=re.compile(f"^County {number}$")).click()


@pytest.mark.soak
def test_cascade__of_4000_villages__offers_those_of_the_county(open_page: Callable[..., Page], cascade: None) -> None:
    page = open_page("lead1")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(FORM_PAGE)
    page.wait_for_selector(READY)
    assert "Village 3-7" not in page.content()
    assert sum("lists.json" in url for url in fetched) == 1
    choose_county(page, 3)
    assert search(page, "village", "3-7")[0] == "Village 3-7"
    assert search(page, "village", "4-7") == []
    choose_first(page, "village", "3-77")
    assert "Village 3-77" not in search(page, "others", "3-77")
    choose_county(page, 4)
    expect(question(page, "village").locator(".chosen")).to_have_count(0)


def test_lists__beside_the_plan__are_kept_for_good(open_page: Callable[..., Page], cascade: None) -> None:
    page = open_page("lead1")
    fetched: list[Request] = []
    page.on("request", lambda request: fetched.append(request) if "lists.json" in request.url else None)
    page.goto(FORM_PAGE)
    page.wait_for_selector(READY)
    answer = fetched[0].response()
    assert answer is not None
    assert "immutable" in answer.headers["cache-control"]
    assert "gzip" in answer.headers["content-encoding"]


@pytest.mark.soak
def test_interview__over_data_files__is_accepted_and_remembered(open_page: Callable[..., Page], cascade: None, session: Session) -> None:
    page = open_page("lead1", f"{FORM_PAGE}#new=1")
    page.wait_for_selector(READY)
    choose_county(page, 5)
    choose_first(page, "village", "5-11")
    choose_first(page, "others", "5-12")
    question(page, "crop").locator("input").fill("maize")
    expect(question(page, "said")).to_contain_text("Village 5-11 sells maize at 2.5.")
    finish(page)
    (submission,) = arrived(page, session)
    assert submission.answers["village"] == "v5-11"
    assert submission.answers["others"] == ["v5-12"]
    assert (submission.answers["price"], submission.answers["place"], submission.answers["mark"]) == ("2.5", "Village 5-11", "09a6ddb3")
    other = page.context.new_page()
    other.goto(f"{FORM_PAGE}#new=1")
    enter_tablet(other)
    other.wait_for_selector(READY)
    expect(question(other, "county").locator("input:checked")).to_have_value("c5")
    store = "(await import('/static/bundles/lock.js')).$device_store.currentStore()"
    kept = other.evaluate(f"async () => {store}.kept('last saved lead1 cascade')")
    assert "c5" in kept
    assert "maize" not in kept
