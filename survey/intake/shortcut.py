"""The way of an interview in which nothing is unusual, taken before Flask is asked; it is the way of nearly all that arrive.

Around every request the framework does what this one has no use for: it looks for a session, for limits, for a language, for a handler of
errors, and that costs as much as the validation. A sender whose password was right a moment ago, one XML part, a form that is known and
answers that are in order are received here, by the same functions. Everything else, and whatever ends otherwise than stored, goes
the ordinary way as though nothing had been tried; so no refusal and no error is worded or decided here. The answer is that which
the ordinary way gave before, with the moment and the number of this request.
"""

import logging
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from io import BytesIO
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import HTTPException

from questionnaires.errors import SurveyError
from survey.db import utc_now
from survey.health.metrics import EXTENSION as METRICS
from survey.health.metrics import Metrics
from survey.health.requests import GIVEN, HEADER
from survey.intake.ahead import forms_of
from survey.intake.arrivals import Received, read_arrival
from survey.intake.senders import Sender, Sent, recall_sender
from survey.intake.together import writer_of

PATH, VIEW = "/openrosa/submission", "openrosa.submission"
LARGEST_BYTES = 256_000
"""Larger uploads have files, or should be looked at by somebody with more patience."""
KEPT_ANSWERS = 64
PART = re.compile(rb'content-disposition: form-data; name="xml_submission_file"; filename="[^"\r\n\\]*"(\r\ncontent-type: text/xml)?', re.I)
BOUNDARY = re.compile(r'multipart/form-data; boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?')
OF_EACH = frozenset(("date", HEADER.lower()))
"""The headers that are not the same in any two answers."""
ASKED_BY = ("HTTP_HOST", "SCRIPT_NAME", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")
"""What of a request an answer may depend on."""

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger("survey.requests")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the ordinary way answered somebody whose interview was stored."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Shortcut:
    """A WSGI application that receives what is in order, in front of the one that receives everything."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._ordinary: Application = app.wsgi_app
        self._lock = Lock()
        self._answers: OrderedDict[tuple[Any, ...], _Answer] = OrderedDict()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer, from here or from behind."""
        if not _is_plain(environ):
            return self._ordinary(environ, start_response)
        began = time.perf_counter()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        answer = self._receive(environ, body)
        if answer is None:
            return self._ask_ordinary(environ, start_response)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        number = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        self._observe(number, time.perf_counter() - began)
        start_response(answer.status, [*answer.headers, ("Date", format_datetime(utc_now(), usegmt=True)), (HEADER, number)])
        return (answer.body,)

    def _receive(self, environ: Environ, body: bytes) -> _Answer | None:
        """The answer once the interview is stored; None where the ordinary way is to be asked."""
        now = utc_now()
        sender = self._recall(environ)
        answer = self._answers.get(_key(self._app, environ, sender)) if sender is not None else None
        xml = xml_of(environ.get("CONTENT_TYPE", ""), body)
        if sender is None or answer is None or xml is None:
            return None
        received = Received(xml, device_id=parse_qs(environ.get("QUERY_STRING", "")).get("deviceID", [""])[0].strip())
        try:
            arrival = read_arrival(None, received, now)
            checked = forms_of(self._app).check_known(arrival)
            if checked is None or checked.check.findings:
                return None
            receipt = writer_of(self._app).write(self._app, Sent(replace(arrival, checked=checked), sender))
        except (SurveyError, HTTPException):
            return None
        except Exception:
            log.warning("an interview could not be written, and is tried once more", exc_info=True)
            return None
        return answer if receipt.outcome == "stored" else None

    def _recall(self, environ: Environ) -> Sender | None:
        return recall_sender(self._app, Authorization.from_header(environ["HTTP_AUTHORIZATION"]), environ.get("REMOTE_ADDR", ""), utc_now())

    def _ask_ordinary(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """What the ordinary way answers, remembered if it is that an interview was stored."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            told.append((status, headers))
            return start_response(status, headers, *more)

        chunks = self._ordinary(environ, note)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, headers = told[-1]
        names = {name.lower() for name, _ in headers}
        sender = self._recall(environ) if status.startswith("201") and "location" in names and "set-cookie" not in names else None
        if sender is not None:
            same = tuple((name, value) for name, value in headers if name.lower() not in OF_EACH)
            with self._lock:
                self._answers[_key(self._app, environ, sender)] = _Answer(status, same, body)
                while len(self._answers) > KEPT_ANSWERS:
                    self._answers.popitem(last=False)
        return (body,)

    def _observe(self, number: str, seconds: float) -> None:
        metrics: Metrics = self._app.extensions[METRICS]
        metrics.requests.labels(VIEW, "POST", 201).inc()
        metrics.seconds.labels(VIEW).observe(seconds)
        told = {"method": "POST", "page": PATH, "status": 201, "ms": round(seconds * 1000, 1), "request_id": number}
        log.info("POST %s 201", PATH, extra={"told": told})


def install_shortcut(app: Flask) -> None:
    """Nothing; uploads in order take the shortcut. To be called before proxies are trusted, so that it is told true addresses."""
    app.wsgi_app = Shortcut(app)  # type: ignore[method-assign]


def _is_plain(environ: Environ) -> bool:
    """Whether it looks like what ODK Collect sends of an interview without files."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ.get("PATH_INFO") == PATH
        and environ.get("REQUEST_METHOD") == "POST"
        and environ.get("HTTP_AUTHORIZATION", "")[:6].lower() == "basic "
        and environ["HTTP_AUTHORIZATION"].isascii()  # the library that takes it apart fails at anything else
        and "HTTP_COOKIE" not in environ
        and "application" not in environ.get("HTTP_ACCEPT", "")  # whoever may be told in JSON
        and length.isascii()
        and length.isdigit()
        and int(length) <= LARGEST_BYTES
    )


def xml_of(content_type: str, body: bytes) -> bytes | None:
    """The XML of an upload of this part alone, written as clients write it; None for any other."""
    boundary = BOUNDARY.fullmatch(content_type or "")
    if boundary is None:
        return None
    line = b"--" + boundary[1].encode()
    head, _, content = body.removesuffix(b"\r\n").partition(b"\r\n\r\n")
    is_whole = head.startswith(line + b"\r\n") and content.endswith(b"\r\n" + line + b"--")
    if not is_whole or PART.fullmatch(head[len(line) + 2 :]) is None:
        return None
    xml = content[: -len(line) - 4]
    return None if b"\n" + line in xml else xml


def _key(app: Flask, environ: Environ, sender: Sender) -> tuple[Any, ...]:
    """What an answer depends on: the settings, where it was asked, for it names that place, what the client takes, and a language."""
    asked = (environ.get(name, "") for name in ASKED_BY)
    return (app.extensions["survey.settings"], environ["wsgi.url_scheme"], *asked, sender.locale)
