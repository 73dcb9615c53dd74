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
    if response.status_code in REFUSED:
        told |= {"person": g.get("survey_person", ""), "address": request.remote_addr or ""}
    level = logging.WARNING if response.status_code in REFUSED else logging.INFO
    log.log(level, "%s %s %s", request.method, told["page"], response.status_code, extra={"told": told})
    return response
