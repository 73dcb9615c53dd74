"""The app on the device: it starts without a network, takes a package along, and is renewed without disturbing anybody."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response, abort, request
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import store_files
from survey.storage import Storage
from survey.visits.models import Assignment
from tests.browser.conftest import session_cookie, signed_in_cookie
from tests.browser.device import until_kept
from tests.browser.field import HOME_READY, READY, answer_first_page, begin, enter_tablet, question, reload_tablet, until_up_to_date
from tests.builders import (
    add_assignment,
    add_form,
    add_household,
    add_pair,
    add_submission,
    add_visit,
    find_or_add_person,
)
from tests.conftest import hasten
from tests.survey.tablet.forms import FIELD_FORM

PACKAGE_COMPLETE = "#package[data-state=complete]"
SIGN_IN = "/sign-in?next=%2Ftablet%2F"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of the test's own, because some of these tests change what it does."""
    hasten(own_app.extensions["survey.engine"])
    return own_app


class Traffic:
    """The paths that the server was asked for, and those it refuses to give."""

    def __init__(self, app: Flask) -> None:
        self.paths: list[str] = []
        self.refused = ""
        app.before_request(self._note)

    def _note(self) -> Response | None:
        if self.refused and request.path.endswith(self.refused):
            abort(503)
        self.paths.append(request.path)
        return None

    def of_package(self) -> list[str]:
        """What was fetched of the package since the last time this was asked."""
        names = ("/tablet/package.json", "/tablet/tasks.json", "/tablet/background/", "/tablet/forms/")
        found = [path.removeprefix("/tablet/") for path in self.paths if path.startswith(names)]
        self.paths.clear()
        return found


@pytest.fixture
def traffic(app: Flask) -> Traffic:
    """The traffic of this test's server."""
    return Traffic(app)


def download(page: Page) -> None:
    """Presses the button of the package and waits until everything is there."""
    page.click("#download")
    page.wait_for_selector(PACKAGE_COMPLETE)


ANSWERED_BY = """() => ["resource", "navigation"]
  .flatMap((kind) => performance.getEntriesByType(kind))
  .filter(({ name }) => /bundles|tablet[/]$/.test(name))
  .map((each) => each.workerFinalSourceType ?? each.workerFinalRouterSource)"""


def test_app__after_one_visit__starts_works_and_changes_language_without_a_network(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/", keeps_app=True)
    expect(page.locator("#package")).to_contain_text("待下载 2 个文件")
    download(page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expect(page.locator("#package .task-reason")).to_have_count(0)
    page.context.set_offline(True)
    reload_tablet(page)
    expect(page.locator("#connection")).to_have_attribute("data-state", "offline")
    assert set(page.evaluate(ANSWERED_BY)) == {"cache"}, "a start does not wait for the worker"
    expect(page.locator("#package")).to_contain_text("资料完整")
    begin(page)
    expect(page.locator("#interview-title")).to_have_text("001 户主001")
    answer_first_page(page)
    until_kept(page, "/water_safe")
    page.click("#leave")
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "draft")
    page.click("#switch-language")
    expect(page.locator("h1[data-say]")).to_have_text("My households")
    expect(page.locator(".task-open")).to_have_text("Go on")
    reload_tablet(page)
    expect(page.locator("h1[data-say]")).to_have_text("My households")
    # Practice, and a page of the form by itself, come from the device as well.
    page.locator("#practice a.button").click()
    page.wait_for_selector(READY)
    page.goto("/tablet/forms/field_form/2018.1")
    page.wait_for_selector(READY)
    expect(question(page, "home/n_members")).to_be_visible()


@pytest.mark.soak
def test_package__interrupted__goes_on_where_it_stopped_and_updates_bring_only_what_changed(
    traffic: Traffic, open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    traffic.refused = "plan.json"
    page = open_page("lead1", "/tablet/")
    until_up_to_date(page)
    page.click("#download")
    expect(page.locator("#package .task-reason")).to_contain_text("503")
    expect(page.locator("#package")).to_have_attribute("data-state", "partial")
    assert "forms/field_form/2018.1" in traffic.of_package()
    traffic.refused = ""
    expect(page.locator("#download")).to_have_text("继续下载")
    download(page)
    assert traffic.of_package() == ["package.json", "forms/field_form/2018.1/plan.json"]
    # One answer of the server about one household: the list comes again, no form does.
    submission = add_submission(session, add_form(session, FIELD_FORM), "uuid:one", assignment=assignment, state="returned")
    submission.review_reason = "人口数不对"
    session.commit()
    with page.expect_response("**/tasks.json"):
        page.click("#download")
    expect(page.locator("[data-assignment] .task-reason")).to_have_text("退回原因：人口数不对")
    assert traffic.of_package() == ["package.json", "tasks.json"]
    with page.expect_response("**/package.json"):
        page.click("#download")
    page.wait_for_selector(PACKAGE_COMPLETE)
    assert traffic.of_package() == ["package.json"]


@pytest.mark.soak
def test_package__interrupted_while_the_list_is_brought_up_to_date__says_why_until_it_is_tried_again(
    traffic: Traffic, open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(HOME_READY)
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/package.json*", lambda route: route.continue_() if held else held.append(route))
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_attribute("data-state", "offline")
    with page.expect_request("**/package.json*"):
        page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_attribute("data-state", "online")
    traffic.refused = "plan.json"
    page.click("#download")
    expect(page.locator("#package .task-reason")).to_contain_text("503")
    with page.expect_response("**/package.json*"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    expect(page.locator("#package .task-reason")).to_contain_text("503")


@pytest.mark.soak
def test_package__interrupted_inside_a_large_file__goes_on_inside_it(
    open_page: Callable[..., Page], session: Session, storage: Storage
) -> None:
    version = add_form(session, FIELD_FORM.replace("2018.1", "2018.film"))
    version.files = store_files(storage, {"film.mp4": bytes(range(256)) * 10_000})
    add_assignment(session, add_pair(session, add_visit(session, forms=[version])), add_household(session), "field_form")
    page = open_page("lead1", "/tablet/")
    asked: list[str] = []

    def drop_the_second(route: Route) -> None:
        asked.append(route.request.headers["range"])
        return route.abort() if len(asked) == 2 else route.continue_()

    page.route("**/files/film.mp4*", drop_the_second)
    page.click("#download")
    expect(page.locator("#package")).to_have_attribute("data-state", "partial")
    download(page)
    first, second, third = "bytes=0-1048575", "bytes=1048576-2097151", "bytes=2097152-2559999"
    assert asked == [first, second, second, third]
    kept = """async () => {
        const cache = await caches.open('survey-package');
        const [film] = (await cache.keys()).filter(({ url }) => url.includes('film.mp4'));
        const bytes = [...new Uint8Array(await (await cache.match(film)).arrayBuffer())];
        return [bytes.length, bytes.every((byte, number) => byte === number % 256), await caches.keys()];
    }"""
    assert page.evaluate(kept) == [2_560_000, True, ["survey-package"]]


@pytest.mark.soak
def test_package__paused_or_signed_out__keeps_what_arrived(
    app: Flask, open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.route("**/plan.json*", lambda route: None)
    page.click("#download")
    expect(page.locator("#package-progress")).to_contain_text("%")
    page.locator("#package .button", has_text="暂停").click()
    expect(page.locator("#package .task-reason")).to_contain_text("已暂停")
    page.unroute("**/plan.json*")
    download(page)
    # A sign-in that has ended keeps the list on the screen and says what to do.
    page.context.clear_cookies()
    page.click("#download")
    expect(page.locator("#package .task-reason", has_text="登录已过期").locator("a")).to_have_attribute("href", SIGN_IN)
    expect(page.locator("[data-assignment]")).to_have_count(1)
    # Nor does the list of somebody else who has signed in meanwhile come among this person's.
    other = find_or_add_person(session, "lead2")
    session.commit()
    page.context.add_cookies([session_cookie(signed_in_cookie(app, other), page.url)])
    page.click("#download")
    expect(page.locator("#package .task-reason", has_text="现在登录的是另一个账号")).to_be_visible()
    expect(page.locator("[data-assignment]")).to_have_count(1)


@pytest.fixture
def own_static(app: Flask, tmp_path: Path) -> Path:
    """A copy of the static files that this test's server serves, so that a file of the app can change."""
    copy = tmp_path / "static"
    shutil.copytree(str(app.static_folder), copy)
    app.static_folder = str(copy)
    return copy


REQUESTS_WITHOUT_END = """() => {
  const go = () => { fetch("/tablet/session.json").catch(() => null); setTimeout(go, 10); };
  go();
}"""


@pytest.mark.soak
def test_new_version__ready_while_a_form_is_open__waits_and_takes_over_when_asked(
    own_static: Path, open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    begin(page)
    answer_first_page(page)
    style = own_static / "css" / "tablet_home.css"
    style.write_text(style.read_text(encoding="utf-8") + "\n.home { --is-newer: yes; }\n", encoding="utf-8")
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    page.wait_for_function("() => navigator.serviceWorker.getRegistration().then((found) => Boolean(found.waiting))")
    newer = "getComputedStyle(document.getElementById('home')).getPropertyValue('--is-newer')"
    assert page.evaluate(newer) == ""
    expect(question(page, "home/n_members").locator("input")).to_have_value("3")
    until_kept(page, "/n_members", "3")
    page.click("#leave")
    expect(page.locator("#new-version")).to_contain_text("新版本已备好")
    # A request that comes while the older version is being stopped starts it once more; the newer one must not wait for its idleness.
    page.evaluate(REQUESTS_WITHOUT_END)
    with page.expect_navigation():
        page.click("#new-version .button")
    enter_tablet(page)
    page.wait_for_function(f"() => {newer} === 'yes'")
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "draft")
    # The page begins anew as soon as the version has changed, which the worker deletes the old one's files after.
    page.wait_for_function("async () => (await caches.keys()).filter((name) => name.startsWith('survey-shell')).length === 1")
