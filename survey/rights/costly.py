"""Pages that take seconds of the server or carry whole visits away, and how often one person opens them.

The limit keeps one person, or whoever sits at their device, from taking everything out in one go or slowing the server down for all.
"""

import gc

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import current_user

from survey.config import current_settings
from survey.serving.heap import return_heap

COSTLY = (
    "agreement.workbook",
    "answer_words.workbook",
    "coding.results_file",
    "comparison.workbook",
    "datasets.fetch",
    "datasets.make",
    "drafts.draft",
    "figures.file",
    "gaps.workbook",
    "issue_figures.flow_file",
    "issue_ledger.workbook",
    "ledger.document",
    "ledger.items_file",
    "ledger.workbook",
    "look_back.export",
    "personal_data.file",
    "quality.workbook",
    "register_figures.workbook",
    "wall_charts.file",
)
NEEDING_MUCH = frozenset((*COSTLY, "answer_words.index", "report_files.evidence", "report_files.index", "report_versions.compared"))
"""Pages that need tens of megabytes for a moment: besides those, the ones that read whole Word files, or the dictionary of words."""


def limit_costly_pages(app: Flask, limiter: Limiter) -> None:
    """Nothing; each person opens these pages only so often, all of them together, and what one of them needed is given back afterwards."""
    limited = limiter.shared_limit(lambda: current_settings().export_limit, scope="costly", key_func=_who)
    for view in COSTLY:
        app.view_functions[view] = limited(app.view_functions[view])  # type: ignore[assignment]
    app.teardown_request(_give_back)


def _give_back(_error: BaseException | None) -> None:
    """Nothing; pages that needed much memory leave none of it between what stays, where the C library would keep it for good."""
    if request.endpoint in NEEDING_MUCH:
        gc.collect(1)  # Word documents hold themselves, with their pictures, until Python looks for such
        return_heap()


def _who() -> str:
    return str(current_user.id) if current_user.is_authenticated else get_remote_address()
