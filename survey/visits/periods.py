"""Spans of days that work is counted in: from any day to any day, a year, a quarter, a month. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from survey.field_time import FIELD_ZONE

MONTHS_PER_QUARTER, MONTHS_PER_YEAR = 3, 12
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `since` to `until`, both included; None means without limit."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """The instant at which the period begins where interviews are held, and the first one after it; None without limit."""
        begin = None if self.since is None else _midnight(self.since)
        return begin, None if self.until is None or self.until == date.max else _midnight(self.until + timedelta(days=1))


EVER = Period()


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A year, or a quarter or a month of it (0 for none)."""

    year: int
    quarter: int = 0
    month: int = 0

    @property
    def period(self) -> Period:
        """Its days."""
        n_months = 1 if self.month else MONTHS_PER_QUARTER if self.quarter else MONTHS_PER_YEAR
        first_month = self.month or MONTHS_PER_QUARTER * ((self.quarter or 1) - 1) + 1
        years, months = divmod(first_month - 1 + n_months, MONTHS_PER_YEAR)
        return Period(date(self.year, first_month, 1), date(self.year + years, months + 1, 1) - timedelta(days=1))


def named_periods(first: date, last: date, *, by_quarter: bool) -> Iterator[NamedPeriod]:
    """Every year from the first day's to the last day's, or every quarter, in order."""
    for year in range(first.year, last.year + 1):
        if not by_quarter:
            yield NamedPeriod(year)
            continue
        for quarter in QUARTERS:
            named = NamedPeriod(year, quarter)
            begin, end = named.period.since, named.period.until
            if begin is not None and end is not None and begin <= last and first <= end:
                yield named


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), FIELD_ZONE).astimezone(UTC)
