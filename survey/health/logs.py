"""The log of a process: warnings as text, or every record as a line of JSON with the number of the request that it was written in."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context

from survey.config import Settings

REQUESTS = "survey.requests"
"""The logger with a line for every request that is answered."""
STEERING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")


class PlainLines(logging.Formatter):
    """Each record as one line of text; only what a bug tells of its place has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is that of the standard library
        """The line, in which signs that begin another one or steer a terminal are written out."""
        return STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), super().formatMessage(record))


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
    is_json = settings.log_format == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if is_json else PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(REQUESTS).setLevel(logging.INFO if is_json else logging.WARNING)
