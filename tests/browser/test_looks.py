"""How pages look in a real browser: their theme before any script, long lists, paper, and that nothing moves while a page is read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.pages.navigation import entries_for
from tests.browser.test_layout import width_beyond_the_screen
from tests.builders import add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.survey.looks.test_tokens import theme

UPRIGHT, LYING = (800, 1280), (1280, 800)
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) window.shifts.push([entry.value, ...entry.sources.map((each) => each.node?.outerHTML?.slice(0, 80))]);
})).observe({ type: "layout-shift", buffered: true });
"""
MARGINS_OF_PAPER = """[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSPageRule).flatMap((rule) => [...rule.cssRules].map((margin) => margin.cssText))"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
ROWS = 40


@pytest.fixture
def forty_interviews(session: Session) -> None:
    """A visit with as many interviews as a list shows on one page."""
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    for number in range(1, ROWS + 1):
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}"))
        add_submission(session, version, f"uuid:{number:03}", assignment=assignment, flags=["too_short"])
    session.commit()


def painted(colour: str) -> str:
    """The colour of a token as a browser says it."""
    red, green, blue = (int(colour.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4))
    return f"rgb({red}, {green}, {blue})"


def test_theme__chosen_in_the_header__is_kept_and_paper_stays_white(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/visits", LYING)
    assert page.evaluate(GROUND) == painted(theme("light")["ground"])
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) == painted(theme("dark")["ground"]), "a device that is dark needs no choice"
    for name in ("light", "dark"):
        page.locator(".theme-menu summary").press("Enter")
        page.locator(f"form[action='/theme/{name}'] button").click()
        expect(page.locator("html")).to_have_attribute("data-theme", name)
        expect(page.locator("html")).to_have_css("background-color", painted(theme(name)["ground"]))
        expect(page).to_have_url(re.compile("/visits$"))
    page.emulate_media(color_scheme="light")
    assert page.evaluate(GROUND) == painted(theme("dark")["ground"]), "the choice goes before the device"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == painted(theme("light")["ink"])
    expect(page.locator(".site-header")).to_be_hidden()
    (number,) = page.evaluate(MARGINS_OF_PAPER)
    assert 'counter(page) " / " counter(pages)' in number


@pytest.mark.soak
@pytest.mark.usefixtures("forty_interviews")
def test_list__longer_than_the_screen__keeps_its_heads_and_scrolls_in_its_own_box(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/review", UPRIGHT)
    box, head = page.locator(".table-wrap"), page.locator(".table-wrap thead th").first
    assert page.locator(".table-wrap tbody tr").count() >= 20
    box.evaluate("box => box.scrollIntoView({ block: 'end' })")
    above = head.bounding_box()
    box.evaluate("box => box.scrollTo(0, box.scrollHeight)")
    assert head.bounding_box() == above
    for row in (page.locator(".table-wrap tbody tr").last, head):
        expect(row).to_be_in_viewport()
    assert width_beyond_the_screen(page) <= 0
    page.emulate_media(media="print")
    assert box.evaluate("box => box.scrollHeight === box.clientHeight"), "paper has no box to scroll in"


@pytest.mark.soak
@pytest.mark.usefixtures("forty_interviews")
@pytest.mark.parametrize("size", [UPRIGHT, LYING])
def test_pages__of_the_header__do_not_shift_while_they_load(
    open_page: Callable[..., Page], session: Session, size: tuple[int, int]
) -> None:
    roles = "admin", "coordinator", "author"
    add_person(session, "all", *roles)
    page = open_page("all", "/", size)
    page.add_init_script(WATCH)
    paths = [entry.path for entry in entries_for(set(roles)) if entry.path != "/tablet/"]
    for path in (*paths, "/review/uuid:001", "/visits/2018-04-test"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shifts = page.evaluate("window.shifts")
        assert sum(shift[0] for shift in shifts) < 0.02, (path, shifts)
