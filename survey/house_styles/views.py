"""The page of house styles: which reference document drafts are written in, what it lacks, and another one."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.house_styles.operations import add_style, put_aside
from survey.house_styles.queries import find_used, read_used
from survey.pages.choices import choices_of
from survey.pages.downloads import DOCX, download
from survey.pages.fields import sent_file
from survey.pages.language import LANGUAGES
from survey.storage import current_storage

READERS, KEEPERS = ("admin", "coordinator", "author"), ("admin", "coordinator")
blueprint = Blueprint("house_styles", __name__, url_prefix="/reports/styles")


class StyleForm(FlaskForm):
    """A reference document and the language of the drafts that it is for."""

    file = FileField(_l("Reference document (.docx or .dotx)"), [FileRequired(_l("Choose a file first."))])
    language = SelectField(_l("For drafts in"), choices=choices_of(LANGUAGES))


@blueprint.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> Any:
    """What is used for each language, with what it lacks; a document handed in is used from then on."""
    form = StyleForm()
    if form.is_submitted():
        return _add(form)
    return _page(form)


@requires(*KEEPERS)
def _add(form: StyleForm) -> Any:
    if not form.validate():
        return make_response(_page(form), 422)
    name, data = sent_file(form.file)
    add_style(current_session(), actor(), data, name or "reference.docx", form.language.data, current_storage(), utc_now())
    flash(_("Drafts from now on are written in it. Look below at what it lacks."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<language>/aside")
@requires(*KEEPERS)
def aside(language: str) -> Any:
    """Write drafts in the program's own format again; the documents are kept."""
    if language not in LANGUAGES:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Language", key=language, remedy="There are: {choices}.", choices=", ".join(LANGUAGES))
    if put_aside(current_session(), actor(), language, utc_now()) is not None:
        flash(_("Drafts from now on are in the program's own format."), "success")
    return redirect(url_for(".index"))


@blueprint.get("/<language>/file")
@requires(*READERS)
def file(language: str) -> Response:
    """The reference document that is used for a language."""
    used = find_used(current_session(), language)
    if used is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Reference document", key=language, remedy="None is used for this language.")
    return download(current_storage().get(used.sha256), used.name, DOCX)


def _page(form: StyleForm) -> str:
    session, storage = current_session(), current_storage()
    used = {language: find_used(session, language) for language in LANGUAGES}
    read = {language: read_used(session, language, storage) if used[language] else None for language in LANGUAGES}
    return render_template("house_styles/index.html", form=form, used=used, read=read, language_code=str(get_locale())[:2])
