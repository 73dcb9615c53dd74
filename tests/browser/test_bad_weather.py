"""What can happen to a tablet besides its network: a browser that is killed, two windows, a new form, a wrong clock, another server.

After each the counts on both sides are compared: nothing is lost, and nothing is there twice.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey import create_app
from survey.accounts.models import ApiToken
from survey.config import Settings
from survey.db import session_scope
from survey.intake.models import Flag, QuarantinedSubmission
from survey.visits.models import Assignment
from tests.browser.conftest import TABLET, browser_path, session_cookie, signed_in_cookie
from tests.browser.device import until_kept
from tests.browser.field import (
    OUTCOME,
    PATIENCE_MS,
    READY,
    answer_both_pages,
    answer_first_page,
    answer_member,
    begin,
    drafts,
    enter_tablet,
    fill,
    finish,
    go_to_summary,
    open_assignment,
    open_tablet,
    question,
    stored,
)
from tests.browser.pins import give_pin
from tests.browser.test_hotspot import key_hash
from tests.builders import add_form
from tests.conftest import PATIENCE_SECONDS, hasten
from tests.survey.hotspots import running
from tests.survey.tablet.forms import FIELD_FORM

pytestmark = pytest.mark.soak

OpenPage = Callable[..., Page]
OUTCOME_TIMEOUT_MS = PATIENCE_MS


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of the test's own, because some of these tests change what it does."""
    hasten(own_app.extensions["survey.engine"])
    return own_app


@contextmanager
def tablet(browser: Browser, profile: Path, address: str, cookie: str, *args: str) -> Iterator[Page]:
    """A browser of its own that keeps everything in `profile`, as a tablet's does, with the tablet's page unlocked."""
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=browser_path(),
        args=["--no-sandbox", *args],
        base_url=address,
        viewport={"width": TABLET[0], "height": TABLET[1]},
        locale="zh-CN",
        service_workers="allow" if args else "block",
    )
    context.add_cookies([session_cookie(cookie, address)])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    open_tablet(page)
    yield page
    # One that was killed is closed already.
    with suppress(Error):
        context.close()


def kill(profile: Path) -> None:
    """Ends every process of the browser that uses `profile` at once, as a pulled-out battery does, and waits until they are gone."""
    gone = [each for each in psutil.process_iter(["cmdline"]) if any(str(profile) in part for part in each.info["cmdline"] or ())]
    for each in gone:
        each.kill()
    _, still_there = psutil.wait_procs(gone, timeout=PATIENCE_SECONDS)
    assert still_there == []


def go_on_to_finish(page: Page) -> bool:
    """Finishes without a network what lies on the tablet, up to the last tap; False when it was finished already."""
    [kept] = drafts(page)
    assert kept["state"] in ("draft", "awaiting", "finished", "sent")
    if kept["state"] in ("finished", "sent"):
        return False
    begin(page)
    page.context.set_offline(True)
    go_to_summary(page)
    if page.locator("#finish:visible").count():
        page.click("#finish")
    page.locator("#without-second summary").click()
    page.fill("#second-reason", "副访在另一户")
    page.locator("#finish-alone").evaluate("button => button.click()")
    return True


def test_browser__killed_between_answers_and_while_finishing__loses_and_doubles_nothing(
    browser: Browser, app: Flask, address: str, session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    give_pin(app, session, assignment.pair.lead)
    cookie = signed_in_cookie(app, assignment.pair.lead)
    with tablet(browser, profile, address, cookie) as page:
        begin(page)
        answer_first_page(page)
        page.click("#next")
        page.locator("[data-path$='/m_name'] input").type("王大")
        until_kept(page, "/m_name", "王大")
        page.locator("[data-path$='/m_age'] input").type("4")
        kill(profile)
    with tablet(browser, profile, address, cookie) as page:
        assert [each["state"] for each in drafts(page)] == ["draft"]
        begin(page)
        expect(page.locator("[data-path$='/m_name'] input")).to_have_value("王大")
        page.locator("[data-path$='/m_age'] input").fill("41")
        page.context.set_offline(True)
        go_to_summary(page)
        page.locator("#finish").evaluate("button => button.click()")
        kill(profile)
    for _ in range(2):
        with tablet(browser, profile, address, cookie) as page:
            if go_on_to_finish(page):
                kill(profile)
    with tablet(browser, profile, address, cookie) as page:
        if go_on_to_finish(page):
            page.wait_for_selector(f"{OUTCOME}:not([data-outcome=awaiting])")
            page.context.set_offline(False)
            open_tablet(page)
        expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "received", timeout=OUTCOME_TIMEOUT_MS)
        assert [each["state"] for each in drafts(page)] == ["sent"]
    [submission] = stored(session)
    assert submission.answers["home"]["n_members"] == 3
    assert [(each["m_name"], each["m_age"]) for each in submission.answers["members"]] == [("王大", 41)]
    assert session.scalars(select(QuarantinedSubmission)).all() == []


def test_interview__in_two_windows__is_written_by_one_and_taken_over_whole(
    open_page: OpenPage, session: Session, assignment: Assignment
) -> None:
    first = open_page("lead1", "/tablet/")
    open_assignment(first)
    fill(first, "home/n_members", "3")
    second = first.context.new_page()
    second.set_default_timeout(PATIENCE_MS)
    second.goto(first.url)
    enter_tablet(second)
    expect(second.locator("#opening")).to_contain_text("这份答卷正在另一个窗口中填写")
    fill(first, "home/n_members", "2")
    second.get_by_role("button", name="改在此窗口填写").click()
    second.wait_for_selector(READY)
    expect(question(second, "home/n_members").locator("input.control")).to_have_value("2")
    expect(first.locator("#opening")).to_contain_text("已改在另一个窗口中填写")
    question(second, "home/water_safe").locator(".option").first.click()
    until_kept(second, "/water_safe")
    first.get_by_role("button", name="改在此窗口填写").click()
    first.wait_for_selector(READY)
    expect(question(first, "home/water_safe").locator("input:checked")).to_have_count(1)
    first.click("#next")
    answer_member(first, 0, "王大", "41")
    answer_member(first, 1, "李二", "38") if first.locator(".instance").count() > 1 else None
    finish(first)
    expect(first.locator("#summary")).to_have_attribute("data-outcome", "sent")
    open_tablet(second)
    assert [each["state"] for each in drafts(second)] == ["sent"]
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [2]


def test_draft__with_a_new_form_a_wrong_clock_and_another_server_at_the_address__is_finished_as_it_was_begun(
    open_page: OpenPage, app: Flask, session: Session, settings: Settings, assignment: Assignment, tmp_path: Path
) -> None:
    page = open_page("lead1", "/sign-in")
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=26))
    open_assignment(page)
    answer_first_page(page)
    until_kept(page, "/water_safe")
    newer = add_form(session, FIELD_FORM.replace("2018.1 ", "2018.2 ").replace("您家有几口人？  ", "您家共有几口人？"))
    assignment.visit.forms = [newer]
    session.commit()
    open_assignment(page)
    expect(question(page, "home/n_members")).to_contain_text("您家有几口人？")
    assert "/field_form/2018.1?" in page.url
    folder = tmp_path / "other"
    shutil.copytree(settings.data, folder)
    other = create_app(replace(settings, data=str(folder), secret_key=f"{settings.secret_key}-of-another-server"))
    with session_scope(other) as elsewhere:
        elsewhere.execute(delete(ApiToken))
    own = app.wsgi_app
    app.wsgi_app = other.wsgi_app  # type: ignore[method-assign]
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
    app.wsgi_app = own  # type: ignore[method-assign]
    other.extensions["survey.engine"].dispose()
    assert stored(session) == []
    page.locator("#summary").get_by_role("button", name="重新上报").click()
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent", timeout=OUTCOME_TIMEOUT_MS)
    [submission] = stored(session)
    assert (submission.form_version, submission.answers["home"]["n_members"]) == ("2018.1", 3)
    assert "clock_wrong" in session.scalars(select(Flag.check)).all()
    assert [each["state"] for each in drafts(page)] == ["sent"]


# A connection that the browser still holds as the first server is stopped is collected later, with a warning of its own.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_certificate__changed_while_something_waits__keeps_it_until_the_right_server_is_back(
    browser: Browser, https_app: Flask, session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    give_pin(https_app, session, assignment.pair.lead)
    cookie = signed_in_cookie(https_app, assignment.pair.lead)
    with running(https_app, tmp_path / "https", []) as hotspot:
        address = hotspot.app_address
        port = int(address.rsplit(":", 1)[1])
        trust = f"--ignore-certificate-errors-spki-list={key_hash(hotspot.authority)}"
        started = tablet(browser, tmp_path / "profile", address, cookie, trust)
        page = started.__enter__()
        page.evaluate("navigator.serviceWorker.ready")
        open_assignment(page)
        answer_both_pages(page)
    with running(https_app, tmp_path / "https-of-another", [], port):
        finish(page)
        expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
        time.sleep(1)
        assert stored(session) == []
    with running(https_app, tmp_path / "https", [], port):
        page.locator("#summary").get_by_role("button", name="重新上报").click()
        expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent", timeout=OUTCOME_TIMEOUT_MS)
        assert [each["state"] for each in drafts(page)] == ["sent"]
        started.__exit__(None, None, None)
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [3]
