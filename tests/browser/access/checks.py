"""What a page is looked through for: rules of axe-core, room on narrow screens and for wider letters, names for screen readers."""

import re
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import WIDE

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
THEMES = ("contrast", "dark")
COLOURS = {"runOnly": {"type": "rule", "values": ("color-contrast", "link-in-text-block")}, "resultTypes": ["violations"]}
"""The themes that a page is looked at in beside the one that it was loaded in, and the rules that a theme can change."""
SHOW_THEME = "theme => { const { dataset } = document.documentElement; theme ? (dataset.theme = theme) : delete dataset.theme; }"
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
UNSEEN_FOCUS = """() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const ground = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const luminance = (colour) => colour.slice(0, 3)
    .map((part) => part / 255)
    .map((share) => (share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, number) => sum + part * [0.2126, 0.7152, 0.0722][number], 0);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const before = document.activeElement;
  const kinds = new Map();
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']"))
    if (!each.disabled && each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length)
      kinds.set(`${each.tagName} ${each.className} ${each.type} ${each.parentElement.className}`, each);
  const unseen = [...kinds.values()].filter((each) => {
    each.focus({ preventScroll: true, focusVisible: true });
    const ring = [each, each.parentElement, ...(each.labels || [])].find((at) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    return !ring || contrast(channels(getComputedStyle(ring).outlineColor), ground(ring.parentElement)) < 3;
  });
  before?.focus({ preventScroll: true });
  return unseen.map((each) => each.outerHTML.slice(0, 160));
}"""
"""One of each kind of element that takes the focus and then has no ring around it of a contrast of three (WCAG 1.4.11, 2.4.7)."""
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
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Z]?[a-z]{2,}(?: [a-z]+)*")
NOT_TRANSLATED = frozenset(("English", "Word", "Excel", "Stata", "SPSS", "Parquet", "OData", "Power BI", "Collect"))
"""What is called so in Chinese, too: the other language, and names of formats and programs."""


def axe_findings(page: Page, options: dict[str, Any] = OPTIONS) -> list[str]:
    """What breaks a rule of WCAG 2.2 AA, or one of axe-core's of good practice, on the page as it is shown: rule, element, and why."""
    found = AXE.run(page, options=options).response["violations"]
    return [told(violation["id"], node) for violation in found for node in violation["nodes"]]


def colour_findings(page: Page) -> Iterator[str]:
    """What breaks a rule of colours in another theme; the page is left in the last of them."""
    for theme in THEMES:
        page.evaluate(SHOW_THEME, theme)
        yield from (f"{theme}: {each}" for each in axe_findings(page, COLOURS))


def theme_findings(page: Page) -> Iterator[str]:
    """What breaks a rule of colours in another theme or on paper, and where the focus is not seen; the page is left in its own theme."""
    before = page.evaluate("document.documentElement.dataset.theme ?? null")
    yield from (f"the focus is not seen: {each}" for each in page.evaluate(UNSEEN_FOCUS))
    yield from colour_findings(page)
    for theme in THEMES:
        page.evaluate(SHOW_THEME, theme)
        yield from (f"{theme}: the focus is not seen: {each}" for each in page.evaluate(UNSEEN_FOCUS))
    page.emulate_media(media="print")
    yield from (f"on paper: {each}" for each in axe_findings(page, COLOURS))
    page.emulate_media(media="screen")
    page.evaluate(SHOW_THEME, before)


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
