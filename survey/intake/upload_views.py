"""The addresses at which tablets send the files of an interview piece by piece, and ask what has been kept of it.

`HEAD` tells in `Upload-Offset` how many bytes of a file are here, and by `Upload-Complete: ?1` that it belongs to its interview; `PATCH`
brings the next bytes, with `Upload-Offset`, `Upload-Length` and, as RFC 9530 writes it, `Repr-Digest: sha-256=:…:` of the whole file. The
file is known by that digest, so it comes with every request. A file that is here whole but not complete, because the interview that is
corrected has it, is made complete by a `PATCH` without bytes.
"""

import base64
import binascii
import re

from flask import Blueprint, Response, g, jsonify, make_response, request
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale
from flask_babel import gettext as _

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.config import current_settings
from survey.db import current_session, end_reading, only_reads, utc_now
from survey.errors import error_response, handle_survey_error
from survey.intake.authenticate import authenticate
from survey.intake.partials import PartialKey, Partials
from survey.intake.receipts import find_kept, receipt_of
from survey.intake.together import files_writer_of
from survey.intake.upload_operations import Arrived, Piece, Whole, read_offset, take_piece
from survey.pages.language import choose_locale
from survey.storage import current_storage
from survey.this_app import this_app

OFFSET, LENGTH, COMPLETE, DIGEST = "Upload-Offset", "Upload-Length", "Upload-Complete", "Repr-Digest"
SHA256 = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")

blueprint = Blueprint("uploads", __name__, url_prefix="/tablet")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    # As for the OpenRosa addresses: `authenticate` asks signed-in browsers for the token.
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(SurveyError)
def _answer_survey_error(error: SurveyError) -> Response:
    with force_locale(g.get("sender_locale") or choose_locale()):
        return handle_survey_error(error)


@blueprint.route("/uploads/<instance_id>/<name>", methods=["HEAD"])
def offset(instance_id: str, name: str) -> Response:
    """How many bytes of the file have arrived."""
    return _told(make_response("", 204), read_offset(current_session(), _sender(), _key(instance_id, name), _partials()))


@blueprint.patch("/uploads/<instance_id>/<name>")
@only_reads
def piece(instance_id: str, name: str) -> Response:
    """204 with the new offset, or 409 with the right one when the piece did not begin there."""
    # All of it is read before the database is asked, so that a slow network keeps nobody else waiting.
    data = request.get_data()
    sender, key = _sender(), _key(instance_id, name)
    n_bytes_in_all, limit_mb = _number(LENGTH), current_settings().max_upload_mb
    if n_bytes_in_all > limit_mb * 1_000_000:
        raise SurveyError(ErrorCode.UPLOAD_TOO_LARGE, limit_mb=limit_mb)
    given = Piece(key, _number(OFFSET), n_bytes_in_all, data)
    arrived = take_piece(current_session(), sender, given, _partials(), current_storage(), utc_now())
    if isinstance(arrived, Whole):
        end_reading()
        app = this_app()
        arrived = files_writer_of(app).write(app, arrived)
        _partials().remove(key)
    elif given.offset == 0 and not (arrived.is_refused or arrived.is_complete):
        # The same piece, sent before, may have led on to the whole file while this one was under way: then it began the file anew.
        end_reading()
        arrived = read_offset(current_session(), sender, key, _partials())
    if arrived.is_refused:
        return _told(error_response(409, "OTHER_OFFSET", _("Another piece of this file is due. Go on from where it ends here.")), arrived)
    return _told(make_response("", 204), arrived)


@blueprint.get("/receipts/<instance_id>.json")
def receipt(instance_id: str) -> Response:
    """What is kept of an interview, with the hash of every part, and which files are still to come."""
    return make_response(jsonify(receipt_of(find_kept(current_session(), _sender(), instance_id)).facts()))


def _sender() -> User:
    user = authenticate(request, current_session(), utc_now())
    g.sender_locale = choose_locale() if request.authorization is None else user.locale
    return user


def _partials() -> Partials:
    return Partials(current_settings().uploads_path)


def _told(response: Response, arrived: Arrived) -> Response:
    response.headers[OFFSET] = str(arrived.offset)
    response.headers[COMPLETE] = "?1" if arrived.is_complete else "?0"
    return response


def _key(instance_id: str, name: str) -> PartialKey:
    found = SHA256.search(request.headers.get(DIGEST, ""))
    try:
        sha256 = base64.b64decode(found.group(1), validate=True).hex() if found else ""
    except binascii.Error:
        sha256 = ""
    if not sha256:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=DIGEST, detail="the SHA-256 of the whole file is needed, as sha-256=:…:")
    return PartialKey(instance_id, name, sha256)


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=header, detail="a whole number of bytes is needed")
    return int(text)
