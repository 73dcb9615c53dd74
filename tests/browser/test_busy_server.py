"""A tablet that is told when to come again waits as long as it was told, and sends everything then."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.field import (
    answer_both_pages,
    files_still_to_come,
    finish,
    open_assignment,
    open_tablet,
    stored,
)

pytestmark = pytest.mark.soak
QUEUE = "(await import('/static/bundles/list.js')).$device_queue.queue"
TOLD_S = 200
"""Far longer than the tablet waits by itself after a first failure."""


class Busy:
    """A WSGI application that asks whoever sends to come again, in front of the one that takes what they send once it is not busy."""

    def __init__(self, application: Any) -> None:
        self._application, self.is_busy = application, True

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("POST", "PATCH") or not self.is_busy:
            answer: Iterable[bytes] = self._application(environ, start_response)
            return answer
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("503 Service Unavailable", [("Retry-After", str(TOLD_S)), ("Content-Length", "0")])
        return ()


def test_sending__server_that_is_busy__is_tried_again_when_it_said_and_not_before(
    open_page: Callable[..., Page], session: Session, app: Flask, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    busy = Busy(app.wsgi_app)
    app.wsgi_app = busy  # type: ignore[method-assign]
    began = page.evaluate("Date.now()")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
    open_tablet(page)
    # The queue begins once the list is shown.
    page.wait_for_function(f"async () => {QUEUE}.overview().waiting.length === 1")
    send_now = f"async () => {{ const queue = {QUEUE}; await queue.sendNow(); return queue.overview().waiting.length; }}"
    assert page.evaluate(send_now) == 1
    due = page.evaluate(f"async () => {QUEUE}.overview().dueAt")
    assert began + TOLD_S * 1000 <= due <= page.evaluate("Date.now()") + 1.5 * TOLD_S * 1000
    busy.is_busy = False
    assert page.evaluate(send_now) == 0
    assert len(stored(session)) == 1
    assert files_still_to_come(session) == []


def test_wait__told_in_seconds_or_as_a_date_or_not_to_be_read__is_that_up_to_the_longest_wait(open_page: Callable[..., Page]) -> None:
    page = open_page("lead1", "/tablet/")
    script = """async (all) => {
        const { waitTold } = (await import('/static/bundles/lock.js')).$device_patience;
        const now = Date.parse("2026-01-01T00:00:00Z");
        return all.map((told) => waitTold(new Response(null, { headers: told === null ? {} : { "Retry-After": told } }), now));
    }"""
    told = ["10", "0", "Thu, 01 Jan 2026 00:00:20 GMT", "Wed, 31 Dec 2025 00:00:00 GMT", "soon", "-5", "86400", "", None]
    assert page.evaluate(script, told) == [10_000, 0, 20_000, 0, 0, 0, 300_000, 0, 0]
