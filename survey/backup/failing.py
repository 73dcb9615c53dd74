"""Backups that fail: noted in the log of events, and told."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import DBAPIError

from questionnaires.errors import SurveyError
from survey.backup.operations import record_failure
from survey.db import session_scope, utc_now
from survey.failures import passing_failure
from survey.revisions import check_schema

FORESEEN = (SurveyError, DBAPIError, OSError)

BackUp = Callable[[datetime], None]


def back_up_once(app: Flask, back_up: BackUp) -> None:
    """Nothing; one backup was made, which is given the present moment. A failure that was foreseen is in the log of events before it is
    raised, where the database can be written to."""
    now = utc_now()
    try:
        back_up(now)
    except FORESEEN as error:
        reason = _reason(error)
        if reason:
            _note(app, reason, now)
        raise


def _reason(error: Exception) -> str:
    """Why the backup was not made, as one sentence; "" for a failure that nobody foresaw."""
    if isinstance(error, SurveyError):
        return str(error)
    code = passing_failure(error)
    if code is not None:
        return str(SurveyError(code))
    return f"{error.strerror or error} ({error.filename})" if isinstance(error, OSError) else ""


def _note(app: Flask, reason: str, now: datetime) -> None:
    """Nothing; the log tells the reason, unless the database is what cannot be used: then only whoever runs the command is told."""
    try:
        check_schema(app.extensions["survey.engine"])
        with session_scope(app) as session:
            record_failure(session, reason, now)
    except SurveyError:
        return
    except DBAPIError as error:
        if passing_failure(error) is None:
            raise
