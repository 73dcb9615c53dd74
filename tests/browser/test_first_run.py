"""From an installation with nobody in it to the first interview sent, by somebody who follows what the pages say; clicks are counted.

Whoever sits in the office has no mouse: Enter counts as a click, and the focus is seen wherever Tab leads it. Sample files are what is
imported: a team fills in its own, which takes time but no other click.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.first_run.announcing import announce_first_run
from survey.first_run.first_administrator import first_code
from survey.intake.models import Submission
from survey.visits.models import Visit
from tests.browser.access.keyboard import attach, catch_choosers, press, write
from tests.browser.conftest import TABLET, WIDE
from tests.browser.field import HOME_READY, PATIENCE_MS, enter_tablet
from tests.browser.test_household import fill_in
from tests.conftest import SECRET_KEY

pytestmark = pytest.mark.soak

PASSWORD = "a long enough sentence 9"
OWN_PASSWORD = "quite another sentence 7"
STEPS = {"places": "places", "roster": "places", "people": "people"}


@dataclass
class Person:
    """Somebody at a page, whose clicks and written fields are counted."""

    page: Page
    counts: dict[str, int] = field(default_factory=lambda: {"pages": 0, "clicks": 0, "fields": 0, "files": 0})

    def click(self, selector: str) -> None:
        """Presses what the selector finds."""
        self.page.locator(selector).first.click()
        self.counts["clicks"] += 1

    def write(self, **fields: str) -> None:
        """Fills fields in by their names."""
        for name, text in fields.items():
            self.page.fill(f"main [name={name}]", text)
            self.counts["fields"] += 1

    def hand_in(self, selector: str, file: Path) -> None:
        """Chooses a file."""
        self.page.set_input_files(selector, file)
        self.counts["files"] += 1

    def go_on(self, selector: str, path: str) -> None:
        """Presses what leads to another page, and waits for that."""
        self.click(selector)
        self.page.wait_for_url(f"**{path}")
        self.counts["pages"] += 1

    def take_in(self, kind: str, folder: Path) -> None:
        """Downloads the sample of a list, chooses it, looks at what it would do, and imports it."""
        with self.page.expect_download() as download:
            self.click(f"#{kind} a[href$='sample.xlsx']")
        file = folder / f"{kind}.xlsx"
        download.value.save_as(file)
        self.hand_in(f"#file-{kind}", file)
        self.click(f"#{kind} button.primary")
        expect(self.page.locator(f"#{kind} .stats")).to_be_visible()
        expect(self.page.locator(f"#{kind} table")).to_have_count(0)
        self.click(f"#{kind} button.primary")
        self.page.wait_for_selector(".password-strips" if kind == "people" else f"#file-{kind}")
        self.counts["pages"] += 1


class PersonAtKeys(Person):
    """Somebody who has no mouse."""

    def click(self, selector: str) -> None:
        press(self.page.locator(selector).first)
        self.counts["clicks"] += 1

    def write(self, **fields: str) -> None:
        for name, text in fields.items():
            write(self.page.locator(f"main [name={name}]"), text)
            self.counts["fields"] += 1

    def hand_in(self, selector: str, file: Path) -> None:
        attach(self.page.locator(selector), file)
        self.counts["files"] += 1


@pytest.fixture
def somebody(browser: Browser, address: str) -> Iterator[Callable[[type[Person], tuple[int, int]], Person]]:
    """A function that gives a person of this kind at a browser that was never here, on a screen of this size."""
    contexts = []

    def somebody(kind: type[Person], size: tuple[int, int]) -> Person:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            geolocation={"latitude": 33.33191, "longitude": 106.15283, "accuracy": 5},
            permissions=["geolocation", "microphone", "camera"],
            locale="zh-CN",
            service_workers="block",
            accept_downloads=True,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        catch_choosers(page)
        return kind(page)

    yield somebody
    for context in contexts:
        context.close()


def first_password(page: Page, username: str) -> str:
    """What stands on the strip of this person."""
    strip = page.locator(".password-strips dl", has=page.locator("code", has_text=username))
    return strip.locator("code").last.inner_text()


def test_first_run__from_nobody_to_the_first_interview__is_a_morning_of_few_clicks(
    app: Flask,
    session: Session,
    somebody: Callable[[type[Person], tuple[int, int]], Person],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    announce_first_run(app)
    code = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert code == first_code(SECRET_KEY)
    office = somebody(PersonAtKeys, WIDE)
    office.page.goto("/")
    office.go_on("a[href='/first-run/administrator']", "/first-run/administrator")
    office.write(code=code, name="周管理", username="zhou", password=PASSWORD, again=PASSWORD)
    office.go_on("main form button[type=submit]", "/sign-in?next=/first-run")
    office.write(username="zhou", password=PASSWORD)
    office.go_on("main form button[type=submit]", "/first-run/organisation")
    office.write(organisation="示例县委会（虚构）")
    office.go_on("main button.primary", "/first-run/places")
    office.take_in("places", tmp_path)
    office.take_in("roster", tmp_path)
    office.go_on("main p.row a.primary", "/first-run/people")
    office.take_in("people", tmp_path)
    password = first_password(office.page, "li")
    office.go_on("main p.row a.primary", "/first-run/people")
    office.go_on("main p.row a.primary", "/first-run/visit")
    office.write(title="首次调研（虚构）")
    office.go_on("main button.primary", "/first-run/next")
    office.go_on("main .next-steps button.primary", "/visits/*")

    pair = somebody(Person, TABLET)
    pair.page.goto("/tablet/")
    pair.write(username="li", password=password)
    pair.go_on("main form button[type=submit]", "/password**")
    pair.write(current=password, password=OWN_PASSWORD, again=OWN_PASSWORD)
    pair.go_on("main form [type=submit]", "/tablet/")
    enter_tablet(pair.page)
    pair.page.wait_for_selector(HOME_READY)
    pair.click(".task-open")
    fill_in(pair.page)
    expect(pair.page.locator("#summary")).to_have_attribute("data-outcome", "sent")

    [submission] = session.scalars(select(Submission)).all()
    [visit] = session.scalars(select(Visit)).all()
    assert (submission.visit_id, submission.form_id, submission.household is not None) == (visit.id, "household", True)
    for name, n in office.counts.items():
        record_property(f"office {name}", n)
    for name, n in pair.counts.items():
        record_property(f"tablet {name} before the questions", n)
    assert office.counts["clicks"] <= 20
    assert office.counts["fields"] <= 10
