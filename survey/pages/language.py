"""Chinese by default, English complete: which language a request is answered in, and what every page knows of itself."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import g, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_security import current_user
from markupsafe import Markup, escape

from survey.config import current_settings

LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
"""The languages as pages name them."""
CHINESE, LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]")

babel = Babel()


def choose_locale() -> str:
    """The language that the visitor chose, else the signed-in person's, else Chinese, as for whatever no request asks for."""
    if not has_request_context():
        return "zh"
    if session.get("language") in LANGUAGES:
        return chosen_language()
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    return "zh"


def chosen_language() -> str:
    """The language that the visitor chose on this device, else that of the person already known, else Chinese; no database is asked."""
    chosen = session.get("language")
    return str(chosen) if chosen in LANGUAGES else str(g.get("survey_language", "zh"))


def page_language() -> str:
    """The language that this request is answered in, one of LANGUAGES."""
    return str(get_locale())[:2]


def marked(text: str) -> Markup:
    """A text that somebody wrote, as one of its own language where that is not the page's: so screen readers say it and fonts set it."""
    language = "zh" if CHINESE.search(text) else "en" if LATIN.search(text) else page_language()
    known = escape(text)
    return known if language == page_language() else Markup('<span lang="{}">{}</span>').format(TAGS[language], known)


def template_context() -> dict[str, Any]:
    """What every page may use: the language, the other languages, where it is, who reads it, and whether the data are invented."""
    return {
        "language": str(get_locale()),
        "languages": LANGUAGES,
        "is_demo": current_settings().demo,
        "here": address_to_return_to(),
    }


def address_to_return_to() -> str:
    """The address of this page without the host; for the answer to a form, of the page that the form was on."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return "/"
    return f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path
