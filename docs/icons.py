"""Draws the pictures of the installed tablet app from the project's mark: `python -m docs.icons`. Needs Chromium."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import find_chromium

FOLDER = Path(__file__).parents[1] / "survey" / "static" / "img"
ICONS = (("app-192.png", 192, 1.0), ("app-512.png", 512, 1.0), ("app-maskable-512.png", 512, 0.72))
"""Name, side in pixels, and how much of it the mark fills: a device may cut a maskable picture down to its inner four fifths."""
GROUND = "#17466f"


def main() -> None:
    """Write every picture anew."""
    mark = (FOLDER / "mark.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for name, side, share in ICONS:
            page = browser.new_page(viewport={"width": side, "height": side})
            ground = GROUND if share < 1 else "transparent"
            margin = round(side * (1 - share) / 2)
            page.set_content(
                f"<style>html, body {{ margin: 0; background: {ground} }} svg {{ display: block; width: {side - 2 * margin}px;"
                f" margin: {margin}px }}</style>{mark}"
            )
            page.screenshot(path=FOLDER / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
