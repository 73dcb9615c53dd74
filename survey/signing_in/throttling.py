"""How long nobody may try after how many wrong passwords for one user name. Pure."""

from datetime import datetime, timedelta

FIRST_COSTLY = 5
"""From this one on in a row wrong ones cost something: people mistype, and forget which of their passwords it was."""
PAUSES = (timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""What that one and each after it costs; the last holds from then on. No account is shut for good, or anybody could shut everybody out."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Wrong ones of a day ago count no more."""


def pause_after(n_failed: int) -> timedelta | None:
    """How long nobody may try after the `n_failed`-th wrong password in a row; None while it costs nothing."""
    n_costly = n_failed - FIRST_COSTLY
    return None if n_costly < 0 else PAUSES[min(n_costly, len(PAUSES) - 1)]


def is_forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether wrong passwords of then count no more now."""
    return now - last_failed_at >= FORGOTTEN_AFTER


def is_paused(until: datetime, now: datetime) -> bool:
    """Whether a pause until then holds now. One longer than any there is was begun by a clock that has been set back since, and is over."""
    return now < until <= now + PAUSES[-1]
