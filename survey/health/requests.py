"""The number of each request, which goes with it through every log (`logs.py`), and the line that is written of it."""

import logging
import re
import time
import uuid
from functools import partial

from flask import Flask, Response, g, request

from survey.health.logs import REQUESTS
from survey.health.metrics import EXTENSION, Metrics, count_request

HEADER = "X-Request-ID"
REFUSED = frozenset((403, 429))
"""Answers to whoever may not open something, or tries too often: in the log of every installation, with who it was and from where."""
ASKS_WHAT_IS_THERE = frozenset(("static", "uploads.receipt", "uploads.offset", "uploads.piece"))
"""Views for which 404 is an answer like others: a tablet asks what of an interview is here before it sends it."""
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = logging.getLogger(REQUESTS)


def observe_requests(app: Flask) -> None:
    """Let every request have a number, be counted, and be logged once it is answered."""
    app.extensions[EXTENSION] = Metrics(app)
    app.before_request(_begin)
    app.after_request(partial(_end, app))


def place_of_request() -> str:
    """Which page was asked for, without what stands in its address: tokens of calendars and names may."""
    return request.url_rule.rule if request.url_rule else "(no such page)"


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
    g.survey_began = time.perf_counter()


def _end(app: Flask, response: Response) -> Response:
    response.headers.setdefault(HEADER, g.get("request_id", ""))
    count_request(app, response)
    milliseconds = round((time.perf_counter() - g.get("survey_began", time.perf_counter())) * 1000, 1)
    told = {"method": request.method, "page": place_of_request(), "status": response.status_code, "ms": milliseconds}
    why = _why_suspect(response.status_code)
    if not why:
        log.info("%s %s %s", request.method, told["page"], response.status_code, extra={"told": told})
        return response
    told |= {"why": why, "person": g.get("survey_person", ""), "address": request.remote_addr or ""}
    who = f"by {told['person'] or 'nobody known'} from {told['address']}"
    log.warning("%s %s %s: %s, %s", request.method, told["page"], response.status_code, why, who, extra={"told": told})
    return response


def _why_suspect(status: int) -> str:
    """What in the answer somebody who looks after the server should know of; "" for an answer like others."""
    if status in REFUSED:
        return "not allowed" if status != 429 else "too often"
    if "survey_forged" in g:
        return "form without its token"
    if status == 401 and "Authorization" in request.headers:
        return "wrong token or password"
    if status == 404 and request.url_rule is not None and request.endpoint not in ASKS_WHAT_IS_THERE:
        return "hidden, or nothing there"
    return ""
