"""The page that runs a questionnaire, as HTML; where it fetches and sends things is up to who shows it."""

from collections.abc import Mapping

from flask import render_template

from questionnaires.model import Questionnaire
from survey.tablet.builder import build_form
from survey.tablet.layout import lay_out
from survey.tablet.texts import plain_output, rich_text


def draw_form_page(questionnaire: Questionnaire, addresses: Mapping[str, str], *, is_preview: bool = False) -> str:
    """The page of a questionnaire in its default language; `addresses` are by the names that the page's script knows.

    A preview runs as practice does, whatever its address says, and touches nothing that is kept on the device.
    """
    language = questionnaire.default_language
    return render_template(
        "tablet/form.html",
        questionnaire=questionnaire,
        pages=lay_out(build_form(questionnaire)()),
        code=next((each.code for each in questionnaire.languages if each.name == language), ""),
        rich=lambda text: rich_text(text, language, plain_output),
        addresses=addresses,
        is_preview=is_preview,
    )
