"""What of a screen of the tablet has no room once its settings ask for the largest type."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.access.checks import AXE, BEYOND, CUT_OFF, NARROW, told
from tests.browser.conftest import TABLET

SHOW_LARGEST = "isLargest => document.documentElement.classList.toggle('type-largest', isLargest)"
"""As the settings of the tablet do."""
SIZES = {
    "runOnly": {"type": "rule", "values": ("target-size", "scrollable-region-focusable")},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
"""The rules of axe-core that the size of type can change."""


def largest_type_findings(page: Page) -> Iterator[str]:
    """What is too wide, cut off or too near to something else in the largest type; the page is left as it was."""
    size = page.viewport_size
    assert size is not None
    before = set(page.evaluate(CUT_OFF))
    page.evaluate(SHOW_LARGEST, True)
    found = AXE.run(page, options=SIZES).response["violations"]
    yield from (told(violation["id"], node) for violation in found for node in violation["nodes"])
    for width in (*TABLET, NARROW["twice as large"]):
        page.set_viewport_size({"width": width, "height": size["height"]})
        beyond = page.evaluate(BEYOND)
        if beyond > 0:
            yield f"{width}: {beyond} pixels wider than the window"
        yield from (f"{width}: cut off: {each}" for each in page.evaluate(CUT_OFF) if each not in before)
    page.evaluate(SHOW_LARGEST, False)
    page.set_viewport_size(size)
