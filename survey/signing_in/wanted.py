"""The page that somebody wanted before a second factor had to be set up, kept in the cookie until it is opened."""

from flask import request
from flask import session as cookie

from survey.accounts.access import local_path

_WANTED = "wanted"
MAX_LENGTH = 500
"""Longer addresses are not kept: a cookie has little room."""


def keep_wanted(path: str | None) -> None:
    """Nothing; this page of ours is what the person wanted, and none of before. The start page needs no keeping."""
    found = local_path(path or "/")
    forget_wanted()
    if found != "/" and len(found) <= MAX_LENGTH:
        cookie[_WANTED] = found


def wanted() -> str | None:
    """The page that is still wanted; None without one."""
    return cookie.get(_WANTED)


def note_opened() -> None:
    """Nothing; the page of this request is no longer wanted if it was."""
    if _WANTED in cookie and cookie[_WANTED] == request.full_path.rstrip("?"):
        forget_wanted()


def forget_wanted() -> None:
    """Nothing; whoever comes next on this device wants something else."""
    cookie.pop(_WANTED, None)
