"""Chinese by default, English complete: which language a request is answered in, and how the catalogues are remade."""

from typing import Any

from flask import request, session
from flask_babel import Babel, get_locale
from flask_security import current_user

from survey.config import current_settings

LANGUAGES = {"zh": "中文", "en": "English"}

babel = Babel()


def choose_locale() -> str:
    """The language that the visitor chose, else the signed-in person's, else Chinese."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    return "zh"


def template_context() -> dict[str, Any]:
    """What every page may use: the language, the other languages, and whether the data are invented."""
    return {
        "language": str(get_locale()),
        "languages": LANGUAGES,
        "is_demo": current_settings().demo,
        "here": request.full_path.rstrip("?"),
    }
