"""The number of each request, which goes with it through every log, and the line that is written of it."""

import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from survey.config import Settings
from survey.health.metrics import EXTENSION, Metrics, count_request

HEADER = "X-Request-ID"
REFUSED = frozenset((403, 429))
"""Answers to whoever may not open something, or tries too often: in the log of every installation, with who it was and from where."""
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = logging.getLogger("survey.requests")


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


class JsonLines(logging.Formatter):
    """Each record as one line of JSON, with the number of the request that it was written in."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        line |= getattr(record, "told", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def write_logs(settings: Settings) -> None:
    """Let this process write its log to standard error: warnings as text, or with every request as lines of JSON."""
    if settings.log_format != "json":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)
