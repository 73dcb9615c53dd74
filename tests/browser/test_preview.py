"""A form is looked at in the browser before it is published: at the size of a device, in its languages, and nothing remains."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from tests.browser.field import READY, drafts, stored
from tests.builders import FORM

DESKTOP = (1440, 900)
NUMBER = "[data-path='/data/n_members'] input.control"


def test_preview__of_a_checked_file__is_filled_in_and_forgotten(open_page: Callable[..., Page], session: Session) -> None:
    page = open_page("coordinator", "/instruments/check", DESKTOP)
    page.set_input_files("input[name=file]", {"name": "form.md", "mimeType": "text/markdown", "buffer": FORM.encode()})
    page.click("input[name=submit], button[name=submit]")
    page.click("a[href$='/preview']")
    frame = page.frame_locator("#preview")
    expect(frame.locator(READY)).to_be_visible()
    frame.locator(NUMBER).fill("3")
    for size, width in (("lying", 1280), ("desktop", 1440), ("upright", 800)):
        page.click(f"[data-size={size}]:not(iframe)")
        expect(page.locator("#preview")).to_have_css("width", f"{width}px")
        assert frame.locator(NUMBER).input_value() == "3"
    frame.locator("#language").select_option("English (en)")
    expect(frame.get_by_text("How many members?")).to_be_visible()
    frame.locator("#open-contents").click()
    frame.locator(".contents-entry").last.click()
    frame.locator("#finish").click()
    expect(frame.locator("#summary[data-outcome=trial]")).to_be_visible()
    page.click("[data-restart]")
    expect(frame.locator(READY)).to_be_visible()
    expect(frame.locator(NUMBER)).to_have_value("")
    assert drafts(page) == []
    assert stored(session) == []
    assert session.query(QuestionnaireVersion).count() == 0


def test_preview__asked_to_begin_an_interview__stays_practice(open_page: Callable[..., Page], session: Session) -> None:
    page = open_page("coordinator", "/instruments/check", DESKTOP)
    page.set_input_files("input[name=file]", {"name": "form.md", "mimeType": "text/markdown", "buffer": FORM.encode()})
    page.click("input[name=submit], button[name=submit]")
    address = page.locator("a[href$='/preview']").get_attribute("href")
    page.goto(f"{address}/form#new=1")
    page.wait_for_selector(READY)
    page.fill(NUMBER, "3")
    page.locator(NUMBER).blur()
    assert drafts(page) == []


def test_preview__with_a_long_list__finds_its_choices(open_page: Callable[..., Page]) -> None:
    rows = "".join(f"| | towns | t{number} | Town {number} | |\n" for number in range(600))
    source = "| survey |\n| | type | name | label | appearance |\n| | select_one towns | town | Town? | autocomplete |\n| choices |\n"
    page = open_page("coordinator", "/instruments/check", DESKTOP)
    form = f"{source}| | list_name | name | label | |\n{rows}".encode()
    page.set_input_files("input[name=file]", {"name": "towns.md", "mimeType": "text/markdown", "buffer": form})
    page.click("input[name=submit], button[name=submit]")
    page.click("a[href$='/preview']")
    frame = page.frame_locator("#preview")
    expect(frame.locator(READY)).to_be_visible()
    frame.locator("[data-path='/data/town'] input").first.fill("Town 599")
    expect(frame.get_by_text("Town 599", exact=True)).to_be_visible()
