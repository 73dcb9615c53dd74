"""Days and instants as pages write them: in Chinese as everywhere, in English the day before the month and by a clock of 24 hours.

The functions stand in the place of those of Flask-Babel, whose English is American: there the 4th of May and the 5th of April look alike.
"""

from datetime import date, datetime, time

import flask_babel
from babel import Locale, dates
from flask import Flask
from flask_babel import get_locale, get_timezone, to_user_timezone

BRITISH = Locale("en", "GB")
SHORT_INSTANT = "d MMM y, HH:mm"
"""A short instant in English: its month is a word, so that nobody takes it for the day."""


def reading_locale() -> Locale | None:
    """The conventions that days are written by; None outside of the application."""
    locale = get_locale()
    return BRITISH if locale is not None and locale.language == "en" else locale


def format_date(day: date | None = None, format: str | None = None, rebase: bool = True) -> str:
    """A day in words; of an instant the day where people are."""
    if reading_locale() is not BRITISH:
        return flask_babel.format_date(day, format, rebase)
    if isinstance(day, datetime) and rebase:
        day = to_user_timezone(day)
    return dates.format_date(day, format or "medium", locale=BRITISH)


def format_datetime(at: datetime | None = None, format: str | None = None, rebase: bool = True) -> str:
    """An instant in words, by the clock where people are; short ones are without seconds."""
    if reading_locale() is not BRITISH:
        return flask_babel.format_datetime(at, format, rebase)
    pattern = SHORT_INSTANT if format == "short" else format or "medium"
    return dates.format_datetime(at, pattern, tzinfo=get_timezone() if rebase else None, locale=BRITISH)


def format_time(at: datetime | time | None = None, format: str | None = None, rebase: bool = True) -> str:
    """The time of an instant, by the clock where people are."""
    if reading_locale() is not BRITISH:
        return flask_babel.format_time(at, format, rebase)
    return dates.format_time(at, format or "medium", tzinfo=get_timezone() if rebase else None, locale=BRITISH)


def install_dates(app: Flask) -> None:
    """Let templates write days and instants so; after Flask-Babel, whose filters have these names."""
    app.add_template_filter(format_date, "dateformat")
    app.add_template_filter(format_datetime, "datetimeformat")
    app.add_template_filter(format_time, "timeformat")
