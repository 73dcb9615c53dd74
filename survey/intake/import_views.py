"""The coordinator's page for the encrypted file of a tablet that cannot send any more."""

from flask import Blueprint, Response, make_response, render_template
from flask_security import current_user

from questionnaires.errors import SurveyError
from survey.accounts.access import requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.errors import spoken
from survey.household_outcomes.words import FATE_LABELS
from survey.intake.forms import ImportForm
from survey.intake.sealed_operations import import_sealed
from survey.intake.words import IMPORT_LABELS, IMPORT_TONES
from survey.pages.fields import given
from survey.storage import current_storage

IMPORTERS = ("admin", "coordinator")

blueprint = Blueprint("imports", __name__, url_prefix="/tablets/import")


@blueprint.route("", methods=["GET", "POST"])
@requires(*IMPORTERS)
def index() -> Response:
    """Choose the file; then what came in with it, interview by interview."""
    form, imported = ImportForm(), None
    if form.validate_on_submit():
        upload, actor = given(form.file.data), current_user._get_current_object()
        try:
            imported = import_sealed(current_session(), actor, upload.stream, upload.filename or "", current_storage(), utc_now())
        except SurveyError as error:
            form.file.errors = [spoken(error)]
    page = render_template(
        "intake/import.html",
        form=form,
        imported=imported,
        labels=IMPORT_LABELS,
        tones=IMPORT_TONES,
        fate_labels=FATE_LABELS,
        limit_mb=current_settings().max_upload_mb,
    )
    return make_response(page, 422 if form.errors or form.file.errors else 200)
