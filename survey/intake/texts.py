"""Questionnaire texts as they are stored and sent: by language code ("zh", "en") rather than by the language names of one form."""

import re
from collections.abc import Mapping

from questionnaires.model import Questionnaire, Text

DEFAULT_CODE = "default"
_QUOTED = re.compile(r"\$\{[^}]*\}")


def texts_by_code(questionnaire: Questionnaire, text: Text) -> dict[str, str]:
    """The text by language code; a language without a code, and the form's unnamed language, are filed under "default"."""
    codes = {language.name: language.code for language in questionnaire.languages}
    return {codes.get(name) or DEFAULT_CODE: value for name, value in text.items() if value}


def text_for(texts: Mapping[str, str], locale: str) -> str:
    """The text for a reader of `locale`, else the default one, else any there is, else ""."""
    return texts.get(locale) or texts.get(DEFAULT_CODE) or next(iter(texts.values()), "")


def without_quotes(text: str) -> str:
    """The text with "…" where it quotes an answer, for whoever reads it outside an interview."""
    return _QUOTED.sub("…", text)
