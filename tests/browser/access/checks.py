"""What a page is looked through for: rules of axe-core, room on narrow screens and for wider letters, names for screen readers."""

import re
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import WIDE
from tests.browser.looking import CHINESE, NOT_TRANSLATED

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
COLOURS = ("color-contrast", "link-in-text-block")
AXE = Axe()
N_CHARACTERS = 200
NARROW = {"twice as large": 640, "four times as large": 320}
"""Widths in CSS pixels of a window of 1280 that shows everything so much larger (WCAG 1.4.10)."""
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
"""The spacing that a reader may ask for (WCAG 1.4.12), as a sheet that the page's own policy lets in."""
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const { overflowX, overflowY, display } = getComputedStyle(each);
  if (display === "inline" || each.clientWidth < 5 || each.clientHeight < 5 || !each.textContent.trim()) return false;
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  return (hides(overflowX) && each.scrollWidth > each.clientWidth + 1) || (hides(overflowY) && each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.outerHTML.slice(0, 160))"""
NODE = re.compile(
    r"^\s*- (button|link|textbox|combobox|listbox|checkbox|radio|switch|slider|spinbutton|searchbox|tab|menuitem|heading)"
    r'\b(?: "((?:[^"\\]|\\.)*)")?',
    re.MULTILINE,
)
ENGLISH = re.compile(r"[A-Z]?[a-z]{2,}(?: [a-z]+)*")


def axe_findings(page: Page, *, without_colours: bool = False) -> list[str]:
    """What breaks a rule of WCAG 2.2 AA, or one of axe-core's of good practice, on the page as it is shown: rule, element, and why.

    Colours take half of the time; where the same page was looked at in the other language, they need not be looked at again.
    """
    rules = {**OPTIONS["rules"], **(dict.fromkeys(COLOURS, {"enabled": False}) if without_colours else {})}
    found = AXE.run(page, options={**OPTIONS, "rules": rules}).response["violations"]
    return [told(violation["id"], node) for violation in found for node in violation["nodes"]]


def told(rule: str, node: dict[str, Any]) -> str:
    """One finding in a line."""
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{rule}: {node['html'][:N_CHARACTERS]} ({why[:N_CHARACTERS]})"


def room_findings(page: Page) -> Iterator[str]:
    """Where a page has to be moved sideways on a narrow screen, and where text with wider spacing is cut off; leaves the page so spaced."""
    for name, width in NARROW.items():
        page.set_viewport_size({"width": width, "height": WIDE[1]})
        beyond = page.evaluate(BEYOND)
        if beyond > 0:
            yield f"{name}: {beyond} pixels wider than the window"
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    before = set(page.evaluate(CUT_OFF))
    page.evaluate(SPACED)
    if page.evaluate(BEYOND) > 0:
        yield "wider spacing: wider than the window"
    yield from (f"wider spacing cuts off {each}" for each in page.evaluate(CUT_OFF) if each not in before)


def name_findings(page: Page, language: str, told_by_data: frozenset[str] = frozenset()) -> Iterator[str]:
    """What of a page has no name for a screen reader, and on Chinese pages what has an English one that no data tells."""
    for role, name in NODE.findall(page.locator("body").aria_snapshot()):
        if not name:
            yield f"{role} without a name"
        elif language == "zh" and not CHINESE.search(name) and name not in NOT_TRANSLATED | told_by_data and ENGLISH.fullmatch(name):
            yield f"{role} with an English name: {name}"
