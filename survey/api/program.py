"""Who asks: a program with a token for reading, or a signed-in browser; then cut to the person's places as pages are.

Also what every answer of the interface has: a tag by which a program finds out that nothing changed, and when to come again.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from flask_babel import refresh
from flask_security import current_user
from werkzeug.exceptions import Forbidden

from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.intake.authenticate import REALM, authenticate_program, challenge
from survey.problems import in_language_asked
from survey.rights.guard import keep_to_places

SCOPE = "read"
RETRY_AFTER_S = 60


def open_to_programs(blueprint: Blueprint) -> None:
    """Nothing; requests of the blueprint come from programs with a token, or from a browser that is signed in."""
    blueprint.before_request(enter)
    blueprint.after_request(finish)


def enter() -> Any:
    """A refusal for somebody who may not come in here; None for others, who are then the person of the request."""
    with in_language_asked():
        if request.authorization is None:
            if not current_user.is_authenticated:
                raise challenge()
            return None
        person = authenticate_program(request, current_session(), utc_now(), SCOPE)
    # Everything that asks who is reading asks Flask-Login: names, places, language, the record of readings.
    g._login_user, g.survey_person = person, person.id
    g.pop("survey_sees_names", None)
    refresh()
    with in_language_asked():
        if person.must_change_password:
            raise Forbidden(_("Choose a password of your own first: open the program in a browser and sign in."))
        return keep_to_places()


def finish(response: Response) -> Response:
    """The answer, or 304 when the program has it already; refusals say how to come in, or when to come again."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}", charset="UTF-8"'
    elif response.status_code == 429:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    elif response.status_code == 200 and request.method == "GET" and not response.direct_passthrough:
        response.add_etag()
        response.make_conditional(request)
    response.headers.add("Vary", "Authorization, Cookie, Accept-Language")
    return response


def whose_rate() -> str:
    """What the requests of one program are counted by: its token, which is kept nowhere, or the browser's person, or the address."""
    given = request.headers.get("Authorization", "")
    if given:
        return hashlib.sha256(given.encode()).hexdigest()
    return str(current_user.id) if current_user.is_authenticated else request.remote_addr or ""


def rate() -> str:
    """How often one program may ask."""
    return current_settings().api_limit
