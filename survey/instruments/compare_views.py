"""The page that sets two published versions of one form side by side."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from questionnaires.compare import compare_questionnaires
from survey.accounts.access import requires
from survey.db import current_session
from survey.instruments.queries import list_versions_of
from survey.instruments.registry import find_version, load_questionnaire
from survey.instruments.views import READERS
from survey.instruments.words import WEIGHT_LABELS, WEIGHT_TONES

blueprint = Blueprint("comparisons", __name__, url_prefix="/instruments")


@blueprint.get("/<form_id>/compare")
@requires(*READERS)
def compare(form_id: str) -> str:
    """What changed between two versions of a form, and what that does to data; without a choice, between the two newest."""
    session = current_session()
    newest = find_version(session, form_id)
    versions = list_versions_of(session, form_id)
    earlier = versions[1] if len(versions) > 1 else newest
    before = find_version(session, form_id, request.args.get("from", "") or earlier.version)
    after = find_version(session, form_id, request.args.get("to", "") or newest.version)
    changes = compare_questionnaires(load_questionnaire(before), load_questionnaire(after))
    return render_template(
        "instruments/compare.html",
        form_id=form_id,
        title=newest.title_in(str(get_locale())),
        versions=versions,
        before=before,
        after=after,
        changes=changes,
        weight_labels=WEIGHT_LABELS,
        weight_tones=WEIGHT_TONES,
    )
