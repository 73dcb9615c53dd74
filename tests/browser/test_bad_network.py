"""Sending over networks that are missing, break, or lose answers: afterwards both sides have the same, once."""

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.accounts.token_operations import revoke_keys_of_device
from survey.config import Settings
from survey.db import session_scope, utc_now
from survey.devices.models import Device
from survey.intake.models import Attachment, AwaitedFile, QuarantinedSubmission, Submission
from survey.signing_in.operations import end_sign_ins
from survey.storage import Storage
from survey.visits.models import Assignment
from tests.browser.conftest import serving, session_cookie, signed_in_cookie
from tests.browser.field import (
    PATIENCE_MS,
    answer_both_pages,
    begin,
    enter_tablet,
    finish,
    open_tablet,
    question,
    sign,
)
from tests.browser.pins import give_pin
from tests.browser.weather import Storm
from tests.builders import add_assignment, add_household, find_or_add_person
from tests.conftest import SECRET_KEY, hasten

pytestmark = pytest.mark.soak

QUEUE = "(await import('/static/bundles/list.js')).$device_queue.queue"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of the test's own, because some of these tests change what it does."""
    hasten(own_app.extensions["survey.engine"])
    return own_app


def noise(path: Path) -> Path:
    """A picture that does not get small when it is compressed."""
    Image.frombytes("RGB", (2000, 1500), Random(7).randbytes(2000 * 1500 * 3)).save(path)
    return path


def fill_in(page: Page, number: int, picture: Path) -> None:
    """Fills in the form of one household with a picture and a signature, and finishes it."""
    begin(page, number)
    answer_both_pages(page)
    page.click("#next")
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    sign(page, question(page, "record/signature").locator("canvas"))
    finish(page)


def send_until_done(page: Page, tries: int = 2000) -> None:
    """Taps on "Send now" until nothing waits any more; on a slow machine pieces get small, and two of three are lost."""
    script = f"async () => {{ const queue = {QUEUE}; await queue.sendNow(); return queue.overview().waiting.length; }}"
    for _ in range(tries):
        if page.evaluate(script) == 0:
            return
    raise AssertionError(page.evaluate(f"async () => {QUEUE}.overview()"))


def on_tablet(page: Page) -> list[dict[str, Any]]:
    """The interviews on the tablet with the hashes of their files, computed anew from what lies there."""
    script = """async () => {
        const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
        const { hashFile } = (await import('/static/bundles/list.js')).$device_hashing;
        const cards = await store.interviews();
        return Promise.all(cards.map(async (card) => {
            const files = {};
            for (const { name, n_bytes } of await store.fileFacts(card.id)) {
                if (card.sending.done.includes(name)) files[name] = await hashFile(store.files.pieces(card.id, name), n_bytes);
            }
            return { instance_id: card.instance_id, state: card.state, files, receipt: card.receipt || null };
        }));
    }"""
    found: list[dict[str, Any]] = page.evaluate(script)
    return found


def compare_both_sides(page: Page, session: Session, storage: Storage, n_interviews: int) -> None:
    """Both sides have the same interviews with the same files, each once, and nothing is in quarantine or still to come."""
    session.expire_all()
    session.rollback()
    tablet = on_tablet(page)
    assert [each["state"] for each in tablet] == ["sent"] * n_interviews
    submissions = session.scalars(select(Submission)).all()
    assert sorted(each["instance_id"] for each in tablet) == sorted(each.instance_id for each in submissions)
    for each in tablet:
        kept = session.scalars(select(Attachment).where(Attachment.instance_id == each["instance_id"])).all()
        assert each["files"] == {file.name: file.sha256 for file in kept}
        assert len(kept) >= 2
        assert all(hashlib.sha256(storage.get(file.sha256)).hexdigest() == file.sha256 for file in kept)
        assert sorted(file["sha256"] for file in each["receipt"]["files"]) == sorted(file.sha256 for file in kept)
    assert session.scalars(select(AwaitedFile)).all() == []
    assert session.scalars(select(QuarantinedSubmission)).all() == []


@pytest.mark.parametrize("has_key", [True, False])
def test_day_without_network__then_one_that_breaks_and_loses_answers_and_a_sign_in_that_ends__loses_and_doubles_nothing(
    has_key: bool, open_page: Callable[..., Page], session: Session, app: Flask, assignment: Assignment, tmp_path: Path
) -> None:
    """The tablet sends by its key, or once its person has signed in again."""
    storm = Storm(app.wsgi_app)
    app.wsgi_app = storm  # type: ignore[method-assign]
    add_assignment(session, assignment.pair, add_household(session, "002"), "field_form")
    session.commit()
    picture = noise(tmp_path / "house.png")
    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_selector("body[data-ready=home]")
    page.click("#download")
    expect(page.locator("#package")).to_have_attribute("data-state", "complete")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    for number in (0, 1):
        open_tablet(page)
        fill_in(page, number, picture)
        expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
    open_tablet(page)
    expect(page.locator("#outbox-state")).to_contain_text("2 份答卷等待上报")
    assert storm.counts == {"lost": 0, "dies": 0, "calm": 0}

    # Ended on the server, as for a tablet that somebody has left lying about signed in.
    with session_scope(app) as writing:
        coordinator, lead = find_or_add_person(writing, "coordinator"), writing.get_one(User, assignment.pair.lead_id)
        assert end_sign_ins(writing, coordinator, lead, utc_now()) > 0
        if not has_key:
            revoke_keys_of_device(writing, lead, writing.scalars(select(Device.id)).one(), utc_now())
    page.context.set_offline(False)
    if not has_key:
        expect(page.locator("#outbox")).to_contain_text("登录已过期")
        assert session.scalars(select(Submission)).all() == []
        again = signed_in_cookie(app, assignment.pair.lead)
        page.context.add_cookies([session_cookie(again, page.evaluate("window.location.origin"))])
    send_until_done(page)
    assert storm.counts["dies"] > 3
    assert storm.counts["lost"] > 2
    compare_both_sides(page, session, app.extensions["survey.storage"], 2)

    expect(page.locator("#outbox")).to_contain_text("服务器已确认收到 2 份答卷")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#clear-copies")
    expect(page.locator("#clear-copies")).to_have_count(0)
    assert [each["files"] for each in on_tablet(page)] == [{}, {}]
    page.click("#open-receipts")
    page.locator("#receipts .receipt summary").first.click()
    hashes = {each.xml_sha256 for each in session.scalars(select(Submission))}
    expect(page.locator("#receipts .receipt").first).to_contain_text(re.compile("|".join(hashes)))


@contextmanager
def dying_server(settings: Settings, port: int, n_pieces: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own on this data, ready to answer, which dies at the nth piece of a file; killed whatever happened."""
    environment = {**os.environ, "SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": SECRET_KEY}
    command = [sys.executable, "-m", "tests.browser.dying_server", str(port), str(n_pieces)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(PATIENCE_MS * 3 // 100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process
        finally:
            process.kill()


def test_server__killed_in_the_middle_of_a_file_and_started_again__has_everything_once(
    browser: Browser, session: Session, app: Flask, settings: Settings, assignment: Assignment, tmp_path: Path
) -> None:
    picture = noise(tmp_path / "house.png")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    give_pin(app, session, assignment.pair.lead)
    context = browser.new_context(base_url=address, viewport={"width": 800, "height": 1280}, locale="zh-CN", service_workers="block")
    context.add_cookies([session_cookie(signed_in_cookie(app, assignment.pair.lead), address)])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    # The log and the signature go first, in a piece each; the picture takes several.
    with dying_server(settings, port, 4) as server:
        page.goto("/tablet/")
        enter_tablet(page)
        page.wait_for_selector("body[data-ready=home]")
        fill_in(page, 0, picture)
        # The browser stands still when nobody listens to what it tells.
        for _ in range(PATIENCE_MS // 50):
            if server.poll() is not None:
                break
            page.wait_for_timeout(50)
    assert server.returncode == -signal.SIGKILL
    page.wait_for_function(f"async () => {QUEUE}.problem !== null")
    assert session.scalars(select(Submission)).one().instance_id
    assert [path.stat().st_size > 0 for path in settings.uploads_path.glob("*.part")] == [True]
    with serving(app, port):
        send_until_done(page)
        compare_both_sides(page, session, app.extensions["survey.storage"], 1)
        expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    assert list(settings.uploads_path.iterdir()) == []
    context.close()
