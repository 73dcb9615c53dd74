"""Every question type, sizes of screens, and the real forms beside the checkout."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import publish_questionnaire
from survey.visits.models import Assignment
from tests.browser.conftest import TABLET, WIDE
from tests.browser.field import (
    FORM_PATH,
    READY,
    contents,
    finish,
    go_to_summary,
    press_finish,
    stored,
)
from tests.builders import NOW, add_form, add_pair, add_visit
from tests.survey.tablet.forms import TYPES_FORM

pytestmark = pytest.mark.soak


def test_every_type__answered__is_accepted_by_the_server(open_page: Callable[..., Page], session: Session) -> None:
    version = add_form(session, TYPES_FORM, "types.md")
    add_pair(session, add_visit(session, forms=[version]))
    page = open_page("lead1", "/tablet/forms/types/1#new=1")
    page.wait_for_selector(READY)
    for path, text in {"whole": "7", "part": "2.5", "day": "2018-04-20", "year": "2017", "month": "2017", "at": "09:30"}.items():
        page.locator(f"[data-path$='/{path}'] input").first.fill(text)
    page.locator("[data-path$='/month'] select").select_option("05")
    page.locator("[data-path$='/moment'] input").fill("2018-04-20T09:30")
    page.locator("[data-path$='/words'] textarea").fill("两行\n文字")
    page.locator("[data-path$='/scale'] [data-step='1']").click()
    page.locator("[data-path$='/drop'] select").select_option("a")
    page.click("#next")
    for path in ("many", "seen"):
        page.locator(f"[data-path$='/{path}'] .option").first.click()
    page.locator("[data-path$='/order'] [data-move='1']").first.click()
    page.locator("[data-path$='/code'] input").fill("6901234567892")
    page.locator("[data-path$='/place'] summary").click()
    page.locator("[data-path$='/place'] input").fill("33.33190， 106.15280")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    answers = submission.answers
    assert {name: answers[name] for name in ("whole", "part", "day", "year", "month", "one", "drop", "many", "order", "seen")} == {
        "whole": 7,
        "part": 2.5,
        "day": "2018-04-20",
        "year": "2017-01-01",
        "month": "2017-05-01",
        "one": "b",
        "drop": "a",
        "many": ["a"],
        "order": ["b", "a"],
        "seen": "OK",
    }
    assert answers["place"] == {"latitude": 33.3319, "longitude": 106.1528}
    assert str(answers["stamped"]) == "8"


@pytest.mark.parametrize("size", [TABLET, WIDE], ids=["800x1280", "1280x800"])
def test_page__at_tablet_size__fits_and_offers_large_targets(
    open_page: Callable[..., Page], assignment: Assignment, size: tuple[int, int]
) -> None:
    page = open_page("lead1", FORM_PATH, size)
    page.wait_for_selector(READY)
    for language in ("中文", "English"):
        page.select_option("#language", label=language)
        for number in range(4):
            page.click("#open-contents")
            page.locator(".contents-entry").nth(number).click()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            small = page.evaluate(
                """() => [...document.querySelectorAll('button, .option, input.control, select, .bar a')]
                    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 48).map((each) => each.outerHTML)"""
            )
            assert small == []


@pytest.fixture(scope="session")
def real_forms() -> Path:
    """The folder of real forms beside the checkout."""
    folder = Path(__file__).parents[2].parent / "shared" / "forms"
    if not folder.is_dir():
        pytest.skip("the real forms (../shared/forms) are not beside this checkout")
    return folder


def add_real_form(session: Session, folder: Path, name: str) -> str:
    """The path of the page of a real form, published as it is."""
    source = (folder / name).read_bytes()
    version = publish_questionnaire(session, None, source, name, NOW)
    session.commit()
    return f"/tablet/forms/{version.form_id}/{version.version}"


def test_socio_economic_survey__filled_in__is_stored(open_page: Callable[..., Page], session: Session, real_forms: Path) -> None:
    path = add_real_form(session, real_forms, "socio-economic-survey-v20240515.xlsx")
    page = open_page("lead1", f"{path}#new=1")
    page.wait_for_selector(READY)
    region = page.locator("[data-path$='/region'] select")
    region.select_option(index=1)
    choices = "document.querySelectorAll(\"[data-path$='/district'] option:not([hidden])\").length"
    page.wait_for_function(f"() => {choices} > 1 && {choices} < 33")
    page.locator("[data-path$='/residentialAddress'] input").fill("12 Hill Street")
    page.locator("[data-path$='/householdIncome'] .option").first.click()
    go_to_summary(page)
    while page.locator(".note-line.bad").count():
        answer_first_wrong(page)
        go_to_summary(page)
    press_finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert submission.answers["headOfHousehold"]["residentialAddress"] == "12 Hill Street"


def answer_first_wrong(page: Page) -> None:
    """Goes to the first question that still needs an answer, and gives one."""
    page.locator(".summary-link").first.click()
    wrong = page.locator(".question.has-error:visible").first
    if wrong.locator(".option").count():
        wrong.locator(".option:visible").first.click()
    elif wrong.locator("select").count():
        wrong.locator("select").select_option(index=1)
    else:
        wrong.locator("input.control").fill("5551234")


def test_whova__551_nodes__opens_and_answers_without_delay(open_page: Callable[..., Page], session: Session, real_forms: Path) -> None:
    path = add_real_form(session, real_forms, "whova_form.xlsx")
    page = open_page("lead1", path)
    page.wait_for_selector(READY)
    n_before = contents(page)
    page.click("#close-contents")
    for path, answer in (("Id10007", None), ("Id10013", 0)):
        question = page.locator(f"[data-path$='/{path}']")
        while not question.is_visible():
            page.click("#next")
        if answer is None:
            question.locator("input").fill("A. Respondent")
        else:
            question.locator(".option").nth(answer).click()
    assert contents(page) > n_before


NAMES_OF_PROTOTYPES = """
| survey | | | | | |
| | type | name | label | relevant | calculation |
| | text | __proto__ | P | | |
| | integer | constructor | C | | |
| | text | toString | T | ${__proto__} != '' | |
| | begin_repeat | hasOwnProperty | H | | |
| | text | valueOf | V | | |
| | end_repeat | | | | |
| | calculate | sum | | | ${constructor} + 1 |
| settings | | | | | |
| | form_title | form_id | version | | |
| | Names | names_of_prototypes | 1 | | |
"""


def test_questions__named_as_what_every_object_has__are_answered_and_change_nothing_else(
    open_page: Callable[..., Page], session: Session
) -> None:
    version = add_form(session, NAMES_OF_PROTOTYPES, "names.md")
    add_pair(session, add_visit(session, forms=[version]))
    page = open_page("lead1", "/tablet/forms/names_of_prototypes/1#new=1")
    page.wait_for_selector(READY)
    before = page.evaluate("Object.getOwnPropertyNames(Object.prototype).sort().join()")
    page.locator("[data-path$='/__proto__'] input, [data-path$='/__proto__'] textarea").first.fill("polluted")
    page.locator("[data-path$='/constructor'] input").fill("4")
    page.locator("[data-path$='/toString'] input, [data-path$='/toString'] textarea").first.fill("shown")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    assert page.evaluate("Object.getOwnPropertyNames(Object.prototype).sort().join()") == before
    assert page.evaluate("({}).polluted === undefined && String({}) === '[object Object]'")
    [submission] = stored(session)
    assert {name: submission.answers[name] for name in ("__proto__", "constructor", "toString")} == {
        "__proto__": "polluted",
        "constructor": 4,
        "toString": "shown",
    }
