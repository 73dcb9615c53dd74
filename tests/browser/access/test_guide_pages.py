"""Every page of the guide, in both languages: rules of axe-core and room; chapters in every theme and on paper, too.

Colours have no language, so they are looked at on the Chinese pages only.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from survey.guide.sources import CHAPTERS, LANGUAGES, REFERENCE
from tests.browser.access.checks import axe_findings, name_findings, room_findings
from tests.browser.conftest import WIDE
from tests.browser.field import PATIENCE_MS
from tests.browser.looking import theme_findings

pytestmark = pytest.mark.soak

IN_EVERY_THEME = frozenset(f"{name}.html" for name in ("index", "glossary", "search", f"{REFERENCE}/settings", *CHAPTERS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_guide__every_page__serves_everybody(
    browser: Browser, address: str, shown: Path, language: str, record_property: Callable[[str, object], None]
) -> None:
    found: dict[str, list[str]] = {}
    with browser.new_context(base_url=address, viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        for path in sorted((shown / language).rglob("*.html")):
            name = path.relative_to(shown / language).as_posix()
            page.goto(f"/guide/{language}/{name}")
            found[name] = axe_findings(page, without_colours=language != "zh")
            if name in IN_EVERY_THEME:
                found[name] += name_findings(page, language)
            if name in IN_EVERY_THEME and language == "zh":
                found[name] += theme_findings(page)
            found[name] += room_findings(page)
    assert found.keys() > IN_EVERY_THEME
    record_property("pages", len(found))
    assert {name: each for name, each in found.items() if each} == {}
