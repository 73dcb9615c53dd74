"""Remakes the README's pictures: `python -m docs.pictures` drives Chromium over the demonstration and writes `docs/pictures/*.png`.

Uses a copy of the demonstration in the folder that SURVEY_DATA names (data/demo by default), which `make demo` builds.
The pages of the Word draft are drawn by LibreOffice and Poppler (Debian's libreoffice-writer-nogui and poppler-utils).
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from analysis.report.kinds.records import About
from survey import create_app
from survey.config import read_settings
from survey.db import reading_scope
from survey.reports.operations import make_draft
from survey.revisions import check_schema
from survey.server import DEFAULT_THREADS
from survey.serving.plain import PlainServer
from tests.browser.field import enter_tablet

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "demo-visit-2018"
DESKTOP, TABLET = (1440, 900), (800, 1280)
TABLET_APP = "/tablet/"
"""The page that asks for a PIN before it shows anything."""
DRAFT = ("2017-04-lueyang", "610727", date(2017, 4, 28))
"""The visit, the county and the day of the Word draft whose pages are shown."""
DRAFT_PAGES = {"report_first": 1, "report_tables": 5}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file's name, who looks, at which page, on which screen; `click` is what is pressed before it is taken."""

    name: str
    username: str
    path: str
    size: tuple[int, int] = DESKTOP
    click: tuple[str, ...] = ()


PICTURES = (
    Picture("start", "coordinator", "/"),
    Picture("households", "lead1", TABLET_APP, TABLET, ("#download",)),
    Picture("interview", "coordinator", "/tablet/forms/household/2018.5", TABLET),
    Picture("review", "coordinator", "/review"),
    Picture("submission", "coordinator", "/review", click=("main table tbody a",)),
    Picture("candidates", "coordinator", "/issues/candidates"),
    Picture("ledger", "coordinator", "/ledger"),
    Picture("look_back", "coordinator", "/visits/2017-08-lueyang-huitoukan/look-back"),
    Picture("visit", "coordinator", "/visits/2018-04-hanzhong"),
    Picture("questionnaire", "coordinator", "/instruments/household/2018.5"),
)


def main() -> int:
    """0 once every picture is written; 1 with the name of a page that did not open."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # A tablet makes itself known and its person chooses a PIN, which a picture is no reason to keep.
        copy = shutil.copytree(os.environ.get("SURVEY_DATA", "data/demo"), Path(folder) / "demo")
        os.environ["SURVEY_DATA"] = str(copy)
        return take_all()


def take_all() -> int:
    """The result of `main`, with the pictures taken of the installation that SURVEY_DATA names."""
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            try:
                take(browser, address, picture)
            except AssertionError as error:
                print(f"{picture.name}: {error}", file=sys.stderr)
                return 1
            print(FOLDER / f"{picture.name}.png")
        browser.close()
    take_draft_pages()
    return 0


def take_draft_pages() -> None:
    """Write the pictures of `DRAFT_PAGES` of a county's Word draft; raises CalledProcessError where a program is missing or fails."""
    visit_id, county_code, today = DRAFT
    app = create_app(read_settings(demo=True))
    with reading_scope(app) as session:
        drafted = make_draft(session, "county", About(visit_id=visit_id, county_code=county_code), language="zh", today=today)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.docx"
        path.write_bytes(drafted.content)
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, path], check=True, stdout=subprocess.DEVNULL)
        for name, page in DRAFT_PAGES.items():
            target = FOLDER / name
            where = ["-f", str(page), "-l", str(page), "-singlefile"]
            subprocess.run(["pdftoppm", "-png", "-r", "80", *where, path.with_suffix(".pdf"), target], check=True)
            print(f"{target}.png")


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Write one picture, in Chinese, as the person sees the page."""
    width, height = picture.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    sign_in(page, address, picture.username)
    response = page.goto(address + picture.path)
    if response is None or response.status != 200:
        raise AssertionError(f"{picture.path} answered {response.status if response else 'nothing'}")
    if picture.path == TABLET_APP:
        enter_tablet(page)
    for selector in picture.click:
        page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def sign_in(page: Page, address: str, username: str) -> None:
    """Sign in on the page with the password of the demonstration."""
    page.goto(f"{address}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")


@contextmanager
def serving() -> Iterator[str]:
    """The address at which the demonstration answers while the block runs."""
    app = create_app(read_settings(demo=True, sign_in_limit="1000 per minute"))
    check_schema(app.extensions["survey.engine"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(app, listener, threads=DEFAULT_THREADS)
        answering = threading.Thread(target=server.run, daemon=True)
        answering.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.stop()
        answering.join()


if __name__ == "__main__":
    sys.exit(main())
