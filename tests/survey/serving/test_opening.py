"""A server that listens before its program is loaded: what it answers at once, what waits, and a program that does not come."""

from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from werkzeug.test import Client

from survey.config import Settings
from survey.serving.opening import Opening
from tests.conftest import SECRET_KEY

PATIENCE_SECONDS = 60


def whole_program() -> Flask:
    """Something that answers other pages, too."""
    app = Flask("whole")
    app.add_url_rule("/page", "page", lambda: "the page")
    return app


def test_opening__program_still_loading__says_that_it_works_and_lets_pages_wait(tmp_path: Path) -> None:
    may_load, asked, answers = Event(), Event(), []

    def load() -> Flask:
        assert may_load.wait(PATIENCE_SECONDS)
        return whole_program()

    def ask() -> None:
        asked.set()
        answers.append(Client(opening).get("/page").text)

    opening = Opening(Settings(data=str(tmp_path), secret_key=SECRET_KEY), load)
    came: list[Flask] = []
    with opening.loading(lambda: None, came.append):
        visitor = Thread(target=ask)
        visitor.start()
        assert asked.wait(PATIENCE_SECONDS)
        first = Client(opening).get("/healthz")
        assert (first.status_code, first.json, first.headers["X-Content-Type-Options"]) == (200, {"demo": False, "status": "ok"}, "nosniff")
        assert (answers, came) == ([], [])
        may_load.set()
        visitor.join()
    assert (answers, len(came)) == (["the page"], 1)
    assert Client(opening).get("/healthz").status_code == 404, "from now on the whole program answers"


def test_opening__program_that_cannot_be_loaded__stops_the_server_and_is_told(tmp_path: Path) -> None:
    stopped: list[bool] = []

    def load() -> Flask:
        raise OSError("no such database")

    opening = Opening(Settings(data=str(tmp_path), secret_key=SECRET_KEY), load)
    with pytest.raises(OSError, match="no such database"), opening.loading(lambda: stopped.append(True), lambda _app: None):
        pass
    assert stopped == [True]
    answer = Client(opening).get("/page")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
