"""The page of a report's versions, and the page that compares two of them."""

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request

from analysis.report.comparing import compare_documents
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session
from survey.report_versions.queries import Version, list_versions
from survey.reports.draft_views import READERS
from survey.reports.queries import content_of, find_report
from survey.reports.words import AUDIENCE_LABELS, KIND_LABELS
from survey.storage import current_storage

blueprint = Blueprint("report_versions", __name__, url_prefix="/reports/<report_id>/versions")


@blueprint.get("")
@requires(*READERS)
def index(report_id: str) -> str:
    """All drafts on the same subject: who made them when, of which dataset; two of them can be compared."""
    report = find_report(current_session(), report_id)
    versions = list_versions(current_session(), report)
    return render_template(
        "report_versions/index.html",
        report=report,
        versions=versions,
        kind_labels=KIND_LABELS,
        audience_labels=AUDIENCE_LABELS,
        can_compare=sum(each.report.sha256 is not None for each in versions) > 1,
    )


@blueprint.get("/compared")
@requires(*READERS)
def compared(report_id: str) -> Any:
    """What differs between two versions, passage by passage; without a choice, between the newest and the one before."""
    report = find_report(current_session(), report_id)
    drafted = [each for each in list_versions(current_session(), report) if each.report.sha256]
    newer = _chosen(drafted, "newer", 0)
    older = _chosen(drafted, "older", min(drafted.index(newer) + 1, len(drafted) - 1))
    storage = current_storage()
    comparison = compare_documents(content_of(older.report, storage), content_of(newer.report, storage))
    return render_template(
        "report_versions/compared.html",
        report=report,
        versions=drafted,
        older=older,
        newer=newer,
        comparison=comparison,
        parts=[(heading, list(found)) for heading, found in groupby(comparison.differences, key=lambda each: each.heading)],
    )


def _chosen(versions: list[Version], name: str, place: int) -> Version:
    """The version that the address names, otherwise the one at this place. NOT_FOUND."""
    asked = request.args.get(name, "")
    found = next((each for each in versions if each.report.id == asked), None) if asked else (versions[place] if versions else None)
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Version of the report", key=asked, remedy="Choose two of the versions on its page.")
    return found
