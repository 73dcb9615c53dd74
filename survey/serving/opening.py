"""Answering from the moment that the port is taken: whether the process works is said at once, everything else as soon as it is loaded.

To load everything that pages, figures and documents need takes seconds. Whoever comes meanwhile waits for it instead of being refused, so
that a restart costs nobody an interview or a page.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ServiceUnavailable

from survey.config import Settings
from survey.db import close_request, create_engine_for
from survey.failures import RETRY_AFTER_S
from survey.health.alive import ADDRESS, alive
from survey.pages.headers import add_security_headers
from survey.serving.away import Away

LOADING_S = 10.0
"""Whoever asks the server to end while the program is loaded waits no longer than this: a database may never answer."""


class Opening:
    """A WSGI application that is the whole program once `load` has brought it."""

    def __init__(self, settings: Settings, load: Callable[[], Flask]) -> None:
        self._first = create_first_app(settings)
        self._load = load
        self._whole: Flask | None = None
        self._failure: BaseException | None = None
        self._is_over = Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer of the whole program, or of its first page while that is loaded."""
        if not self._is_over.is_set():
            if environ.get("PATH_INFO") == ADDRESS:
                return self._first(environ, start_response)
            self._is_over.wait()
        if self._whole is None:
            return Away("the program could not be loaded; the log tells why")(environ, start_response)
        return self._whole(environ, start_response)

    @contextmanager
    def loading(self, stop: Callable[[], None], loaded: Callable[[Flask], None]) -> Iterator[None]:
        """While the block serves, the program is loaded beside it, and `loaded` is called; should it fail, `stop` is called, and what
        happened is raised when the block ends."""
        thread = Thread(target=self._bring, args=(stop, loaded), name="loading", daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join(LOADING_S)
        if self._failure is not None:
            raise self._failure

    def _bring(self, stop: Callable[[], None], loaded: Callable[[Flask], None]) -> None:
        try:
            with quietly():
                whole = self._load()
            loaded(whole)
            self._whole = whole
        except BaseException as error:
            self._failure = error
            stop()
        finally:
            self._is_over.set()
            self._first.extensions["survey.engine"].dispose()


@contextmanager
def quietly() -> Iterator[None]:
    """While the block loads modules nobody looks for garbage among them, and afterwards nobody looks at what it left: it stays for good."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


def create_first_app(settings: Settings) -> Flask:
    """An application with the one page that says whether the process works."""
    app = Flask("survey", static_folder=None)
    app.extensions["survey.settings"] = settings
    app.extensions["survey.engine"] = create_engine_for(settings.sqlalchemy_url)
    app.before_request(_only_read)
    app.after_request(add_security_headers)
    app.teardown_appcontext(close_request)
    app.register_error_handler(SQLAlchemyError, lambda _error: ServiceUnavailable(retry_after=RETRY_AFTER_S))
    app.add_url_rule(ADDRESS, "health.alive", alive)
    return app


def _only_read() -> None:
    g.survey_writes = False
