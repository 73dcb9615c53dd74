"""The whole guide as it is built: every link leads somewhere, browsers run it under our policy, and its search needs no server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from survey.guide.sources import LANGUAGES
from survey.visits.models import Assignment
from tests.browser.conftest import TABLET, WIDE
from tests.browser.field import PATIENCE_MS

pytestmark = pytest.mark.soak

MOST_PAGE_BYTES = 100_000
HEAD_LINK = re.compile(r'class="headerlink"[^>]* title="([^"]*)"')
HEAD_LINKS = {"zh": "链接到此标题。", "en": "Link to this heading"}
"""What Sphinx itself says on a page, in its language."""
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:")
SHEET = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")
A4_POINTS = (595, 842)
SEARCHES = (
    ("zh", "密封抽样", "密封抽样"),
    ("zh", "calibration", "calibrat"),
    ("en", "calibrations", "calibrat"),
    ("en", "悬崖效应", "悬崖效应"),
)
"""The language, what is typed, and what stands in what is found."""
CONTRAST = """() => {
  const luminance = (colour) => {
    const shares = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const parts = shares.map((share) => (share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = luminance(getComputedStyle(document.querySelector("main")).backgroundColor);
  return ["main p", "main h1", "main a", "main td"].map((selector) => {
    const ink = luminance(getComputedStyle(document.querySelector(selector)).color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  });
}"""


@pytest.fixture
def reader(browser: Browser, address: str, shown: Path) -> Iterator[Page]:
    """The page of somebody who is not signed in and prefers dark pages; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    context = browser.new_context(base_url=address, viewport={"width": WIDE[0], "height": WIDE[1]}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def pages_of(guide: Path, language: str) -> list[str]:
    """The names of all pages of a language."""
    return sorted(path.relative_to(guide / language).as_posix() for path in (guide / language).rglob("*.html"))


def test_guide__in_both_languages__has_the_same_pages_and_each_leads_to_the_other(guide: Path) -> None:
    assert pages_of(guide, "zh") == pages_of(guide, "en")
    for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
        for name in pages_of(guide, language):
            text = (guide / language / name).read_text(encoding="utf-8")
            assert f"../{other}/{name}" in text, (language, name)
            told = set(HEAD_LINK.findall(text))
            assert told <= {HEAD_LINKS[language]}, (language, name)
        assert told, language


def test_guide__every_page__has_no_inline_script_or_style_and_is_small(guide: Path) -> None:
    for path in guide.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert INLINE.findall(text) == [], path
        assert len(text.encode()) < 2 * MOST_PAGE_BYTES, path


def test_guide__every_link__leads_to_a_page_and_a_place_on_it(guide: Path) -> None:
    parsed = {path.relative_to(guide).as_posix(): html.fromstring(path.read_bytes()) for path in guide.rglob("*.html")}
    places = {name: {*page.xpath("//@id"), ""} for name, page in parsed.items()}
    lost = []
    for name, page in parsed.items():
        for link in page.xpath("//a/@href | //link/@href | //img/@src | //script/@src"):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, place = link.partition("#")
            target = normpath(f"{dirname(name)}/{file.partition('?')[0]}") if file else name
            if target == ".." or target == ".":
                continue  # the program, which lies above the guide
            if not (guide / target).is_file() or (target in places and place not in places[target]):
                lost.append((name, link))
    assert lost == []


@pytest.mark.parametrize(("language", "typed", "found"), SEARCHES)
def test_search__for_a_word_of_either_language__finds_it_with_no_server(reader: Page, language: str, typed: str, found: str) -> None:
    reader.goto(f"/guide/{language}/index.html")
    reader.get_by_role("searchbox").fill(typed)
    reader.get_by_role("searchbox").press("Enter")
    first = reader.locator("#search-results li").first
    expect(first.locator(".context")).to_contain_text(re.compile(found, re.IGNORECASE))
    first.get_by_role("link").click()
    expect(reader.locator("main")).to_contain_text(re.compile(found, re.IGNORECASE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_interviewers_chapter__on_paper__is_two_a4_pages_with_its_pictures(reader: Page, language: str) -> None:
    reader.goto(f"/guide/{language}/interviewer.html")
    # A browser that prints fetches what it has not yet shown; here it is told to beforehand, so that the sheet is surely whole.
    reader.evaluate("Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); }))")
    printed = reader.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    assert {(round(float(width)), round(float(height))) for width, height in SHEET.findall(printed)} == {A4_POINTS}


def test_interviewers_chapter__on_a_tablet_without_a_network__opens_with_its_pictures(
    shown: Path, open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto("/tablet/guide/zh/interviewer.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("访谈员")
    page.evaluate("Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); }))")
    assert page.evaluate("getComputedStyle(document.querySelector('.guide-header')).display") == "flex"
    page.get_by_role("link", name="回到程序").click()
    expect(page).to_have_url(re.compile("/tablet/$"))


def test_pages__in_the_dark_and_on_every_screen__are_readable_and_as_wide_as_the_screen(reader: Page, guide: Path) -> None:
    for language in LANGUAGES:
        for name in ("index.html", "statistics.html", "glossary.html", "reference/rights.html"):
            reader.goto(f"/guide/{language}/{name}")
            for width, height in (TABLET, WIDE, (1440, 900), (360, 800)):
                reader.set_viewport_size({"width": width, "height": height})
                assert reader.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    reader.goto("/guide/zh/statistics.html")
    assert min(reader.evaluate(CONTRAST)) >= 4.5
    assert reader.locator("math").count() > 20
