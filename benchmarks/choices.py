"""A cascade of 20,000 places on the tablet page: from a tap or a key to the picture of its consequence, on a processor six times slower.

The times are the browser's own (Event Timing: from the input to the next frame), the inputs are real ones.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figure import Figure, print_figure
from survey import create_app
from survey.config import Settings
from survey.db import session_scope, utc_now
from survey.instruments.operations import Beside, publish_questionnaire
from survey.schema import upgrade_schema
from tests.browser.conftest import find_chromium, serving, signed_in_cookie
from tests.browser.field import READY, question
from tests.builders import add_person
from tests.conftest import SECRET_KEY

SLOWER = 6
LIMIT_MS = 100
N_ROUNDS = 8
PROVINCES, COUNTIES, TOWNSHIPS, VILLAGES = 4, 10, 20, 25
"""How many there are in each place of the level above: 20,000 villages in 800 townships of 40 counties."""
FORM = """
| survey |                                    |          |          |                       |
|        | type                               | name     | label    | choice_filter         |
|        | select_one_from_file provinces.csv | province | Province |                       |
|        | select_one_from_file counties.csv  | county   | County   | above = ${province}   |
|        | select_one_from_file townships.csv | township | Township | above = ${county}     |
|        | select_one_from_file villages.csv  | village  | Village  | above = ${township}   |
|        | text                               | remark   | Remark   |                       |
| settings |                                  |          |          |                       |
|        | form_id                            | version  |          |                       |
|        | places                             | 1        |          |                       |
"""
OBSERVE = """() => {
  window.timings = [];
  new PerformanceObserver((list) => list.getEntries().forEach((each) => {
    if (each.interactionId) window.timings.push(each.duration);
  })).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""
WORST = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
  return Math.max(0, ...window.timings.splice(0));
}"""


def data_files() -> dict[str, bytes]:
    """The four levels as CSV files; each place names the one above it."""
    levels = {"provinces": [("p", "")], "counties": [], "townships": [], "villages": []}
    levels["provinces"] = [(f"p{number}", "") for number in range(PROVINCES)]
    for above, level, count in (
        ("provinces", "counties", COUNTIES),
        ("counties", "townships", TOWNSHIPS),
        ("townships", "villages", VILLAGES),
    ):
        levels[level] = [(f"{name}-{number}", name) for name, _ in levels[above] for number in range(count)]
    return {
        f"{level}.csv": "\n".join(["name,label,above", *(f"{name},{level} {name},{above}" for name, above in rows)]).encode()
        for level, rows in levels.items()
    }


@contextmanager
def installation(folder: Path) -> Iterator[Flask]:
    """An application with the form published and one interviewer."""
    app = create_app(Settings(data=str(folder), secret_key=SECRET_KEY))
    upgrade_schema(app.extensions["survey.engine"])
    with app.app_context(), session_scope(app) as session:
        beside = Beside(app.extensions["survey.storage"], data_files())
        publish_questionnaire(session, None, FORM.encode(), "places.md", utc_now(), beside)
        person = add_person(session, "lead1", "interviewer")
    app.config["BENCHMARK_COOKIE"] = signed_in_cookie(app, person)
    yield app
    app.extensions["survey.engine"].dispose()


def open_form(browser: Browser, address: str, cookie: str) -> Page:
    """The form, ready, on a slow processor."""
    context = browser.new_context(base_url=address, viewport={"width": 800, "height": 1280})
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto("/tablet/forms/places/1")
    page.wait_for_selector(READY)
    page.evaluate(OBSERVE)
    return page


def answer(page: Page, name: str, typed: str) -> list[float]:
    """Searches for a place and taps it: the milliseconds of each key and of the tap."""
    box = question(page, name)
    times = []
    if box.locator("input[role=combobox]").count():
        box.locator("input[role=combobox]").click()
        times.append(float(page.evaluate(WORST)))
        for key in typed:
            page.keyboard.press(key)
            times.append(float(page.evaluate(WORST)))
        box.locator("[role=option]").first.click()
    elif box.locator("select").count():
        box.locator("select").select_option(typed)
    else:
        box.locator(f"input[value='{typed}']").locator("xpath=..").click()
    times.append(float(page.evaluate(WORST)))
    return times


def main() -> None:
    """Answers the cascade over and over and prints the median of the slowest reaction of each round."""
    worst = []
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder)) as app,
        serving(app) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = open_form(browser, address, app.config["BENCHMARK_COOKIE"])
        for number in range(N_ROUNDS):
            path = [f"p{number % PROVINCES}"]
            times = answer(page, "province", path[0])
            for name, count in (("county", COUNTIES), ("township", TOWNSHIPS), ("village", VILLAGES)):
                path.append(f"{path[-1]}-{number % count}")
                times += answer(page, name, path[-1])
            worst.append(max(times))
        browser.close()
    detail = f"{PROVINCES * COUNTIES * TOWNSHIPS * VILLAGES} villages, CPU throttled {SLOWER} times, worst of all {max(worst):.0f} ms"
    print_figure(Figure("tap or key to its consequence in a cascade", LIMIT_MS, median(worst), "ms", detail))


if __name__ == "__main__":
    main()
