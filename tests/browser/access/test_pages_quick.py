"""A handful of pages looked through in the quick suite: before signing in, lists, one interview, and a form that was refused."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.access.checks import axe_findings, name_findings, room_findings
from tests.browser.conftest import WIDE
from tests.browser.looking import theme_findings
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit


def findings(page: Page) -> list[str]:
    """Everything that is found on a Chinese page."""
    page.emulate_media(reduced_motion="reduce")
    return [*axe_findings(page), *name_findings(page, "zh"), *theme_findings(page), *room_findings(page)]


def test_pages__of_each_kind__serve_everybody(open_page: Callable[..., Page], session: Session) -> None:
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session))
    add_submission(session, version, "uuid:001", assignment=assignment, answers={"n_members": 3, "water_safe": "no"}, flags=("short",))
    page = open_page("coordinator", "/", WIDE)
    found = {}
    for path in ("/", "/review", "/review/uuid:001", "/visits/2018-04-test"):
        page.goto(path)
        found[path] = findings(page)
    page.goto("/visits/new")
    page.locator("main button.primary").first.click()
    expect(page.locator(".error-summary")).to_be_focused()
    found["refused"] = findings(page)
    page.context.clear_cookies()
    page.goto("/sign-in")
    found["sign-in"] = findings(page)
    assert {path: each for path, each in found.items() if each} == {}


def test_findings__of_a_page_with_faults__tell_each(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/reminders", WIDE)
    page.locator("main").evaluate(
        """main => { main.innerHTML = '<h1>提醒</h1><button></button><a href="/">Show everything</a><img src="/x.svg">'
          + '<p>暗处看不见</p><button>无框</button><div>1</div>';
          main.querySelector("p").style.color = "#222";
          main.querySelectorAll("button")[1].style.outline = "none";
          main.lastChild.style.width = "90rem"; }"""
    )
    told = "\n".join(findings(page))
    for expected in (
        "button without a name",
        "English name: Show everything",
        "image-alt",
        "button-name",
        "wider than the window",
        "dark: faint",
        "light: the focus, or what has it, is not seen: main.page > button 无框",
        "contrast: the focus, or what has it, is not seen: main.page > button 无框",
    ):
        assert expected in told, expected
