"""Remakes the guide's pictures: `python -m docs.guide_pictures [NAME …]` drives Chromium over the demonstration, in both languages.

They are written to `docs/pictures/guide/NAME.zh.png` and `NAME.en.png`, with few colours so that they stay small. Uses a copy of the
demonstration in the folder that SURVEY_DATA names (data/demo by default). A test holds the table against the pages that show them.
"""

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from docs.pictures import CHROMIUM, PASSWORD, TABLET, TABLET_APP, serving
from tests.browser.field import enter_tablet
from tests.browser.test_household import ANSWER_PAGE

FOLDER = Path(__file__).parent / "pictures" / "guide"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
WIDE = (1280, 800)
COLOURS = 128
PATIENCE_MS = 90_000
MOST_PAGES = 60
SECOND = "second1"
"""Who countersigns for the first lead, and needs a PIN for that."""


@dataclass(frozen=True, slots=True)
class GuidePicture:
    """One picture: its name, who looks, at which page, on which screen; `prepare` is what is done there before it is taken."""

    name: str
    username: str
    path: str
    size: tuple[int, int] = WIDE
    prepare: Callable[[Page], None] = lambda page: None


def follow_first(selector: str) -> Callable[[Page], None]:
    """What follows the first link of this kind on a page."""

    def prepare(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return prepare


def show_list(page: Page) -> None:
    """Fetch the package, so that the list of households is complete."""
    page.click("#download")
    page.wait_for_selector("#package .badge, #package .is-complete, .task-open")


def open_form(page: Page) -> None:
    """Open the first household's interview, and go past its first pages."""
    page.locator(".task-open").first.click()
    page.wait_for_selector("body[data-ready=form]")
    for _ in range(2):
        page.evaluate(ANSWER_PAGE)
        page.click("#next")


def fill_in(page: Page) -> None:
    """Fill in an interview, and finish it, so that the second interviewer is asked to sign."""
    show_list(page)
    page.locator(".task-open").first.click()
    page.wait_for_selector("body[data-ready=form]")
    for _ in range(MOST_PAGES):
        page.evaluate(ANSWER_PAGE)
        page.click("#next")
        if page.locator("#summary").is_visible():
            break
    page.click("#finish")
    page.wait_for_selector("#summary[data-outcome=awaiting]")


PICTURES = (
    GuidePicture("tablet_list", "lead1", TABLET_APP, TABLET, show_list),
    GuidePicture("tablet_form", "lead1", TABLET_APP, TABLET, open_form),
    GuidePicture("tablet_sign", "lead1", TABLET_APP, TABLET, fill_in),
    GuidePicture("start", "coordinator", "/"),
    GuidePicture("draw", "coordinator", "/visits/2018-04-hanzhong/draw"),
    GuidePicture("board", "coordinator", "/visits/2018-04-hanzhong/board"),
    GuidePicture("review", "coordinator", "/review?state=received&flag=any", WIDE, follow_first("main table tbody a")),
    GuidePicture("issue", "coordinator", "/issues", WIDE, follow_first("main table tbody a")),
    GuidePicture("responsible", "county", "/responsible", WIDE, follow_first("main table tbody a")),
    GuidePicture("reports", "author", "/reports"),
    GuidePicture("people", "admin", "/admin/people"),
)


def main(names: list[str]) -> int:
    """0 once the pictures of these names, or all, are written; 1 with the name of one whose page did not open."""
    FOLDER.mkdir(exist_ok=True)
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    with tempfile.TemporaryDirectory() as folder:
        # Tablets make themselves known and people choose PINs, which pictures are no reason to keep.
        copy = shutil.copytree(os.environ.get("SURVEY_DATA", "data/demo"), Path(folder) / "demo")
        os.environ["SURVEY_DATA"] = str(copy)
        with serving() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            enter(browser, address, SECOND, "zh", TABLET_APP, TABLET)
            for picture in wanted:
                for language in LANGUAGES:
                    try:
                        path = take(browser, address, picture, language)
                    except AssertionError as error:
                        print(f"{picture.name}: {error}", file=sys.stderr)
                        return 1
                    print(f"{path} {path.stat().st_size // 1000} kB")
            browser.close()
    return 0


def take(browser: Browser, address: str, picture: GuidePicture, language: str) -> Path:
    """Write one picture in one language, as the person sees the page; the path of the file."""
    page = enter(browser, address, picture.username, language, picture.path, picture.size)
    picture.prepare(page)
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{picture.name}.{language}.png"
    path.write_bytes(with_few_colours(page.screenshot()))
    page.context.close()
    return path


def enter(browser: Browser, address: str, username: str, language: str, path: str, size: tuple[int, int]) -> Page:
    """The page at `path` for a person of the demonstration, on a tablet behind their PIN; raises AssertionError where it does not open."""
    viewport = ViewportSize(width=size[0], height=size[1])
    page = browser.new_context(viewport=viewport, locale=LANGUAGES[language], timezone_id="Asia/Shanghai", base_url=address).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/sign-in")
    page.locator(f".language-switch button[lang={language}]").click()
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    response = page.goto(path)
    if response is None or response.status != 200:
        raise AssertionError(f"{path} answered {response.status if response else 'nothing'}")
    if path == TABLET_APP:
        enter_tablet(page)
        page.wait_for_selector("body[data-ready=home]")
        if page.evaluate("document.documentElement.lang").partition("-")[0] != language:
            page.click("#switch-language")
    return page


def with_few_colours(png: bytes) -> bytes:
    """The picture with a palette, a fraction of its size."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
