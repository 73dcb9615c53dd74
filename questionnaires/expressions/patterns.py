"""Patterns of `regex()`: Python's, searched for within a limit of time.

The limit is what Python's own module lacks: a pattern such as `(a+)+$` takes longer than anybody lives on forty characters that somebody
typed, and nothing else would be received meanwhile.
"""

import re
from functools import lru_cache
from typing import Any

import regex

MOST_SIGNS = 10_000
"""A longer text is not searched through, here as on a tablet, which has no limit of time; an answer has a few dozen signs."""
TIME_LIMIT_S = 0.25
"""So long is searched; a pattern for an answer takes microseconds."""
_BRACE = re.compile(r"(\\N\{[^}]*\}|\\.)|\{(?![0-9]+(?:,[0-9]*)?\}|,[0-9]+\})", re.DOTALL)
"""What is escaped already, or a brace that repeats nothing: itself in Python's patterns, and nearly right answers in those of `regex`."""


def is_found(pattern: str, text: str) -> bool:
    """Whether the pattern is somewhere in the text; never where it is none, in a text without end, or after the limit of time."""
    made = _made(pattern)
    if made is None or len(text) > MOST_SIGNS:
        return False
    try:
        return made.search(text, timeout=TIME_LIMIT_S) is not None
    except TimeoutError:
        return False


@lru_cache(maxsize=512)
def _made(pattern: str) -> Any:
    """The pattern, ready to be searched for; None where it is none, which Python's own module decides."""
    try:
        re.compile(pattern)
        return regex.compile(_BRACE.sub(lambda found: found[1] or r"\{", pattern))
    except (re.error, regex.error, RecursionError, OverflowError):
        return None
