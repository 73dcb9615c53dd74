"""What is wrong with a page as it lies before its reader: at every size and theme that people have, and in the words of its language."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

SIZES = {"upright": (800, 1280), "lying": (1280, 800), "desk": (1440, 900)}
THEMES = ("dark", "contrast", "light")
PAINT = "theme => looking.paint(theme)"
SCRIPT = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) window.shifts.push([entry.value, ...entry.sources.map((each) => each.node?.outerHTML?.slice(0, 80))]);
})).observe({ type: "layout-shift", buffered: true });
"""
"""Before the page's own scripts: keeps what moves without anybody having pressed anything."""
MOST_SHIFT = 0.01
CATALOGUE = Path(__file__).parents[2] / "survey" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
NOT_TRANSLATED = frozenset(("n", "English", "Word", "Excel", "Stata", "SPSS", "Parquet", "OData", "Power BI", "Collect"))
"""What is called so in Chinese, too: the sign for a number of observations, the other language, and names of formats and programs."""
SENTENCE = re.compile(r"[A-Za-z]{2,}(?:,? [A-Za-z]{2,}){2,}")
"""Three English words one after another: names of files, formats and programs have fewer."""


@cache
def catalogue() -> dict[str, str]:
    """The Chinese of every text of ours that is another one there and holds nothing to be filled in, by its English."""
    with CATALOGUE.open("rb") as file:
        messages = [each for each in read_po(file) if each.id]
    pairs = [(each.id, each.string) if isinstance(each.id, str) else (each.id[0], each.string[0]) for each in messages]
    return {english: chinese for english, chinese in pairs if CHINESE.search(chinese) and "%(" not in english}


def shift_findings(page: Page) -> list[str]:
    """What has moved since the page was loaded."""
    shifts = page.evaluate("window.shifts")
    return [f"moves by itself: {shifts}"] if sum(each[0] for each in shifts) > MOST_SHIFT else []


def look_findings(page: Page, drawn: set[str]) -> Iterator[str]:
    """What does not fit, is covered or small at every size, and what no font draws; leaves the page upright.

    `drawn` are the signs that are known to be in a font; the page's are added.
    """
    page.evaluate(SCRIPT)
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        yield from (f"{name}: {each}" for each in page.evaluate("looking.layout()"))
    seen, missing = page.evaluate("known => looking.missing(known)", "".join(drawn))
    drawn.update(seen)
    yield from (f"no font has {sign!r}" for sign in missing)
    upright, tall = SIZES["upright"]
    page.set_viewport_size({"width": upright, "height": tall})


def theme_findings(page: Page) -> Iterator[str]:
    """What is faint, and where the focus is not seen, in every theme, and what is faint on paper; leaves the page in its own theme."""
    page.evaluate(SCRIPT)
    before = page.evaluate("document.documentElement.dataset.theme ?? null")
    for theme in THEMES:
        page.evaluate(PAINT, theme)
        yield from (f"{theme}: {each}" for each in page.evaluate("[...looking.faint(), ...looking.unseenFocus()]"))
    page.evaluate(PAINT, before)
    page.emulate_media(media="print")
    yield from (f"on paper: {each}" for each in page.evaluate("looking.faint()"))
    page.emulate_media(media="screen")


def language_findings(page: Page, language: str) -> Iterator[str]:
    """Texts of ours in the language that the page is not in; parts that say that they are in another one are left out.

    What people wrote may be in any language; so only whole texts of the catalogue count in English, and in Chinese whole sentences, too.
    """
    ours = catalogue()
    english, chinese = frozenset(ours), frozenset(ours.values())
    for text, marked in page.evaluate("looking.texts()"):
        if not marked.startswith(language):
            continue
        if language == "en" and text in chinese:
            yield f"Chinese on an English page: {text}"
        if language == "zh" and (text in english - NOT_TRANSLATED or SENTENCE.search(text)) and not CHINESE.search(text):
            yield f"English on a Chinese page: {text}"
