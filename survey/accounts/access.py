"""Who may open what: the decorator that every view names its roles with; and who is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, redirect, request, url_for
from flask_security import UserMixin, current_user

from survey.accounts.models import User
from survey.errors import wants_json


def requires(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: anybody signed in when no role is named, else people with at least one of `roles`.

    Others are led to the sign-in page (JSON: 401), or get 403.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                if wants_json() or request.method != "GET":
                    abort(401)
                return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
            if roles and not any(current_user.has_role(role) for role in roles):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def local_path(target: str) -> str:
    """The way on that somebody asked for, if it is a path of ours; else the start page. Browsers leave tabs and line breaks out."""
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and not any(ord(sign) < 33 for sign in target)
    return target if is_local else "/"


def as_user(user: UserMixin) -> User:
    """The person, who is one of ours: Flask-Security, which knows of no others either, only says that it has a user's traits."""
    assert isinstance(user, User)
    return user


def actor() -> User:
    """The person who is signed in, as operations take them."""
    user: User = current_user._get_current_object()
    return user
