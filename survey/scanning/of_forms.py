"""Files of forms are looked at before a view is asked: one with a virus is refused, and that is on record."""

import hashlib

from flask import request
from flask_security import current_user

from questionnaires.errors import ErrorCode, SurveyError
from survey.db import rollback_request, session_scope, utc_now
from survey.events import log_event
from survey.storage import current_storage
from survey.this_app import this_app

OF_PROGRAMS = frozenset(("openrosa",))
"""Where programs send forms with files, and nobody is there who could choose another: what they send is kept and handed to nobody."""


def refuse_infected_files() -> None:
    """Nothing; raises INFECTED_FILE where the virus scanner finds something in a file of the form, and SCANNER_AWAY.

    To be called when it is known that whoever sent it may ask for the view; views for nobody in particular take no files.
    """
    storage = current_storage()
    if storage.scanner is None or request.mimetype != "multipart/form-data" or request.blueprint in OF_PROGRAMS:
        return
    if not current_user.is_authenticated:
        return
    for name, file in request.files.items(multi=True):
        data = file.stream.read()
        file.stream.seek(0)
        if found := storage.find_virus(data):
            _log_refused(current_user.id, data, found)
            raise SurveyError(ErrorCode.INFECTED_FILE, file=file.filename or name, found=found)


def _log_refused(person_id: str, data: bytes, found: str) -> None:
    """Nothing; it is on record, whatever else the request wrote."""
    rollback_request()
    sha256, page = hashlib.sha256(data).hexdigest(), request.endpoint or ""
    with session_scope(this_app()) as session:
        log_event(session, person_id, "file.refused", "file", sha256, utc_now(), found=found, page=page)
