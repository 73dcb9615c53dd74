"""The pages of text blocks: all of them, one in one language with its history and how it reads in a report, and the way back."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from analysis.report.kinds.blocks import BLOCKS, TextBlock, block_text, find_block
from analysis.report.kinds.names import KIND_OF_NAME
from analysis.report.kinds.preview import kind_of_preview, preview_block
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, reading_scope, rollback_request, utc_now
from survey.errors import spoken
from survey.field_time import field_date
from survey.pages.buttons import EmptyForm
from survey.pages.language import LANGUAGES
from survey.report_texts.forms import TextForm
from survey.report_texts.operations import save_text, tidied, use_default
from survey.report_texts.queries import current_texts, list_versions, newest_texts
from survey.report_texts.words import PLACEHOLDER_LABELS, block_label
from survey.reports.about_form import AboutForm, about_form
from survey.reports.sources import read_sources
from survey.reports.within import is_within
from survey.this_app import this_app

READERS = EDITORS = ("admin", "coordinator", "author")
PREVIEW = "preview"

blueprint = Blueprint("report_texts", __name__, url_prefix="/reports/texts")


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Every block with the languages it has, and whose words they are."""
    return render_template(
        "report_texts/index.html",
        blocks=[(block, block_label(block)) for block in BLOCKS],
        newest=newest_texts(current_session()),
    )


@blueprint.route("/<block>/<language>", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(block: str, language: str) -> Any:
    """Change a block in one language: look at how it reads in a report, or save it."""
    found = _find(block, language)
    about = about_form(current_session(), KIND_OF_NAME[kind_of_preview(found)], request.args, field_date(utc_now()).year, is_asked=True)
    form = TextForm(found, _offered(found, language))
    if not form.is_submitted():
        return _page(found, language, about, form)
    if not form.validate():
        return make_response(_page(found, language, about, form), 422)
    if request.form.get("action") == PREVIEW:
        return _page(found, language, about, form, is_previewed=True)
    save_text(current_session(), actor(), found.name, language, form.body.data or "", utc_now())
    flash(_("Saved. Drafts from now on have this text."), "success")
    return redirect(url_for(".edit", block=found.name, language=language, **about.parameters()))


@blueprint.route("/<block>/<language>/default", methods=["GET", "POST"])
@requires(*EDITORS)
def default(block: str, language: str) -> Any:
    """Ask whether a block shall have the words of the program again, then do so."""
    found = _find(block, language)
    if request.method == "GET" or not EmptyForm().validate_on_submit():
        words = {"label": block_label(found), "words": found.default(language)}
        return render_template("report_texts/default.html", block=found, text_language=language, form=EmptyForm(), **words)
    use_default(current_session(), actor(), found.name, language, utc_now())
    flash(_("The words of the program are used again. Your versions stay in the history."), "success")
    return redirect(url_for(".edit", block=found.name, language=language))


def _find(block: str, language: str) -> TextBlock:
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise SurveyError(ErrorCode.NOT_FOUND, what="Language of a text block", key=language, remedy="There are: {known}.", known=known)
    return find_block(block)


def _offered(block: TextBlock, language: str) -> str:
    """The text to begin with: the version that the address names, else the one that counts."""
    session, wanted = current_session(), request.args.get("version", 0, int)
    for version in list_versions(session, block.name, language) if wanted else ():
        if version.version == wanted:
            return version.body or block.default(language)
    return block_text(block, current_texts(session, language), language)


def _page(block: TextBlock, language: str, about: AboutForm, form: TextForm, *, is_previewed: bool = False) -> str:
    versions = list_versions(current_session(), block.name, language)
    shown: dict[str, Any] = {
        "block": block,
        "label": block_label(block),
        "text_language": language,
        "about": about,
        "form": form,
        "versions": versions,
        "is_own": bool(versions) and versions[0].body is not None,
        "placeholders": [(name, PLACEHOLDER_LABELS[name]) for name in block.names],
        "words": block.default(language),
        "is_previewed": is_previewed,
        "preview_failure": "",
        "preview": None,
        "may_preview": any(current_user.has_role(role) for role in KIND_OF_NAME[kind_of_preview(block)].roles),
    }
    if is_previewed and shown["may_preview"]:
        shown |= _previewed(block, language, about, tidied(form.body.data or ""))
    return render_template("report_texts/edit.html", **shown)


def _previewed(block: TextBlock, language: str, about: AboutForm, text: str) -> dict[str, Any]:
    """How the text reads in the report that is chosen, or why it cannot be shown there."""
    today, wanted = field_date(utc_now()), about.about()
    kind = kind_of_preview(block)
    if not is_within(current_session(), KIND_OF_NAME[kind], wanted.visit_id):
        return {"preview_failure": _("This report also tells of places that your account is not for.")}
    # Reading a report's sources takes a while; nobody else's writing waits for it.
    rollback_request()
    try:
        with reading_scope(this_app()) as session:
            sources = read_sources(session, kind, wanted, language=language, today=today)
        return {"preview": preview_block(block, text, sources)}
    except SurveyError as error:
        return {"preview_failure": spoken(error)}
