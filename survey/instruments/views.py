"""The pages of questionnaires: what is published, checking a file and publishing it, and one version in full."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

import questionnaires
from questionnaires.compare import compare_questionnaires
from questionnaires.convert import convert_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from questionnaires.lint.check import Problem
from questionnaires.lint.grouping import group_problems
from questionnaires.model import Questionnaire, text_in
from questionnaires.reader import read_questionnaire
from survey.accounts.access import requires
from survey.comparison.words import SOURCE_LABELS
from survey.db import current_session, utc_now
from survey.instruments import operations
from survey.instruments.draft_operations import keep_draft
from survey.instruments.earlier_files import earlier_files
from survey.instruments.files import collect_files
from survey.instruments.forms import CheckForm, PublishForm
from survey.instruments.household_file import lint_with_households, with_households
from survey.instruments.outline import outline_of, summary_of
from survey.instruments.queries import count_submissions, find_publisher, list_versions, list_versions_of, list_visits_using
from survey.instruments.registry import find_file, find_version, load_questionnaire
from survey.instruments.sheet_rows import checked_sheets
from survey.instruments.words import GOOD_LABELS, INDICATOR_KIND_LABELS, KIND_LABELS, PROBLEM_LABELS, WEIGHT_LABELS, WEIGHT_TONES
from survey.issues.words import AREA_LABELS, LEVEL_LABELS, SEVERITY_LABELS
from survey.pages.downloads import download
from survey.pages.fields import given, sent_file
from survey.storage import current_storage

READERS = ("admin", "coordinator", "author")
PUBLISHERS = ("admin", "coordinator")
TEMPLATE = "template.md"
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}

blueprint = Blueprint("instruments", __name__, url_prefix="/instruments")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "kind_labels": KIND_LABELS,
        "indicator_kind_labels": INDICATOR_KIND_LABELS,
        "figure_functions": FIGURE_FUNCTIONS,
        "good_labels": GOOD_LABELS,
        "problem_labels": PROBLEM_LABELS,
        "weight_labels": WEIGHT_LABELS,
        "weight_tones": WEIGHT_TONES,
        "area_labels": AREA_LABELS,
        "source_labels": SOURCE_LABELS,
        "level_labels": LEVEL_LABELS,
        "severity_labels": SEVERITY_LABELS,
        "may_publish": any(current_user.has_role(role) for role in PUBLISHERS),
    }


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Every form with its versions, the newest first."""
    versions = list_versions(current_session())
    forms = [tuple(group) for _form_id, group in groupby(versions, key=lambda version: version.form_id)]
    return render_template("instruments/list.html", forms=forms, counts=count_submissions(current_session()))


@blueprint.get("/template.xlsx")
@requires(*PUBLISHERS)
def sample() -> Response:
    """The workbook to begin a questionnaire of one's own with."""
    source = (Path(questionnaires.__file__).parent / TEMPLATE).read_bytes()
    return download(convert_file(source, TEMPLATE, ".xlsx"), "questionnaire-template.xlsx", MEDIA_TYPES["xlsx"])


@blueprint.route("/check", methods=["GET", "POST"])
@requires(*PUBLISHERS)
def check() -> Any:
    """Check a file: every problem beside its sheet and row, and what the file asks; from there it can be published."""
    form = CheckForm()
    if not form.validate_on_submit():
        return make_response(render_template("instruments/check.html", form=form), 422 if form.is_submitted() else 200)
    chosen = sent_file(form.file)
    source, name = chosen.data, chosen.name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    files = {**_read_list(form.kept.data), **collect_files((each.filename or "", each.read()) for each in form.files.data or () if each)}
    taken_over = earlier_files(current_session(), current_storage(), source, name, files)
    files = {**taken_over, **files}
    form.kept.data = _write_list(files)
    problems = lint_with_households(source, name, files)
    n_errors = sum(problem.severity == "error" for problem in problems)
    sheets = checked_sheets(source, name, problems, str(get_locale()))
    if n_errors:
        return _checked(form, name, problems, None, files=files, taken_over=taken_over, sheets=sheets)
    questionnaire = with_households(read_questionnaire(source, name, files), files)
    used = operations.used_files(questionnaire, files)
    publish_form = PublishForm(formdata=None, sha256=current_storage().put(source), name=name, files=_write_list(used))
    draft = keep_draft(current_session(), current_user, source, name, used, current_storage(), utc_now())
    known = list_versions_of(current_session(), questionnaire.form_id)
    taken = next((version for version in known if version.version == questionnaire.version), None)
    return _checked(
        form,
        name,
        problems,
        questionnaire,
        publish_form=publish_form,
        files=files,
        taken_over=taken_over,
        draft=draft,
        sheets=sheets,
        newest=known[0] if known else None,
        changes=compare_questionnaires(load_questionnaire(known[0]), questionnaire) if known else (),
        is_taken=taken is not None and load_questionnaire(taken) != questionnaire,
    )


def _checked(form: CheckForm, name: str, problems: Sequence[Problem], questionnaire: Questionnaire | None, **values: Any) -> str:
    shown = {"problems": problems, "groups": group_problems(problems), **(_shown(questionnaire) if questionnaire else {})}
    return render_template("instruments/check.html", form=form, name=name, is_checked=True, **shown, **values)


@blueprint.post("/publish")
@requires(*PUBLISHERS)
def publish() -> Any:
    """Publish the file that was just checked."""
    form = PublishForm()
    if not form.validate_on_submit() or not current_storage().exists(form.sha256.data or ""):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Checked file", key=form.name.data, remedy="Check the file again, then publish it.")
    source = current_storage().get(given(form.sha256.data))
    user = current_user._get_current_object()
    beside = operations.Beside(current_storage(), _read_list(form.files.data))
    version = operations.publish_questionnaire(current_session(), user, source, given(form.name.data), utc_now(), beside)
    flash(
        _("Version %(version)s of %(title)s is published.", version=version.version, title=version.title_in(str(get_locale()))), "success"
    )
    return redirect(url_for(".version", form_id=version.form_id, version=version.version))


def _write_list(files: Mapping[str, bytes]) -> str:
    """The files as lines of hash and name, once their bytes are in storage."""
    return "\n".join(f"{current_storage().put(data)} {name}" for name, data in files.items())


def _read_list(lines: str | None) -> dict[str, bytes]:
    """The files of such lines; raises NOT_FOUND when one is not in storage any more."""
    found = {}
    for sha256, name in (line.split(" ", 1) for line in (lines or "").splitlines() if line):
        if not current_storage().exists(sha256):
            raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=name, remedy="Check the questionnaire again with all its files.")
        found[name] = current_storage().get(sha256)
    return found


@blueprint.get("/<form_id>/<version>")
@requires(*READERS)
def version(form_id: str, version: str) -> str:
    """One version in full: its questions, indicators and rules, and the visits that use it."""
    session = current_session()
    found = find_version(session, form_id, version)
    return render_template(
        "instruments/version.html",
        version=found,
        publisher=find_publisher(session, found),
        visits=list_visits_using(session, found),
        n_submissions=count_submissions(session).get(found.id, 0),
        **_shown(load_questionnaire(found)),
    )


@blueprint.get("/<form_id>/<version>/source")
@requires(*READERS)
def source(form_id: str, version: str) -> Response:
    """The file as the author gave it."""
    found = find_version(current_session(), form_id, version)
    media_type = MEDIA_TYPES.get(found.source_name.rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return download(found.source, found.source_name, media_type)


@blueprint.get("/<form_id>/<version>/files/<name>")
@requires(*READERS)
def file(form_id: str, version: str, name: str) -> Response:
    """A file that was published with the version, to save."""
    found = find_file(find_version(current_session(), form_id, version), name)
    return download(current_storage().get(found.sha256), found.name, found.media_type)


@blueprint.get("/<form_id>/<version>/xform")
@requires(*READERS)
def xform(form_id: str, version: str) -> Response:
    """The XForm that ODK clients receive."""
    found = find_version(current_session(), form_id, version)
    return download(found.xform.encode(), f"{found.form_id}-{found.version}.xml", "application/xml")


def _shown(questionnaire: Questionnaire) -> dict[str, Any]:
    """What a page shows of a questionnaire, in the reader's language where the questionnaire has it."""
    language = questionnaire.language(str(get_locale()))
    return {
        "questionnaire": questionnaire,
        "title": text_in(questionnaire.title, language),
        "lines": outline_of(questionnaire, language),
        "summary": summary_of(questionnaire),
        "text": lambda texts: text_in(texts, language),
    }
