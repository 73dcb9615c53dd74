"""How long an issue has been in its state: the one place where that is worked out. Pure but for the words of the reader's language.

An issue keeps since when it is in its state beside it; the same step that is written into the history sets it, and nothing else does. A
step that leaves the state as it was lets the days run on.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _

AGES = (7, 30, 90, 180)
"""The groups of ages: up to so many whole days in a state, and longer than the last."""
LONG_DAYS = 90
"""After more days than these an issue that has not ended is marked: a quarter went by, and with it a joint meeting."""


def days_between(since: datetime, until: datetime) -> float:
    """The days of 24 hours between two instants."""
    return (until - since) / timedelta(days=1)


def days_in_state(since: datetime, now: datetime) -> int:
    """The whole days that an issue has been in its state."""
    return max(0, int(days_between(since, now)))


def age_bounds(now: datetime) -> tuple[datetime, ...]:
    """For each group but the last, the instant after which an issue must have come into its state to belong to it or a younger one."""
    return tuple(now - timedelta(days=limit + 1) for limit in AGES)


def age_labels() -> tuple[str, ...]:
    """What the groups are called, the youngest first."""
    lowest = (0, *(limit + 1 for limit in AGES[:-1]))
    spans = (_("%(first)s–%(last)s days", first=first, last=last) for first, last in zip(lowest, AGES, strict=True))
    return (*spans, _("more than %(n)s days", n=AGES[-1]))
