"""Tablets whose person's sign-in has ended: they send what they hold by the key that they were given when they registered.

The key opens what sends, and nothing else: lists, downloads and everything of other pages need the person.
"""

from flask import Blueprint, current_app, g, request
from flask.blueprints import BlueprintSetupState

from survey.db import current_session, utc_now
from survey.intake.authenticate import authenticate


def open_to_tablets(blueprint: Blueprint, *views: str) -> None:
    """Nothing; these views of the blueprint are opened by a tablet's key, too. Browsers need the token of their page, as everywhere."""

    def exempt(state: BlueprintSetupState) -> None:
        for view in views:
            state.app.extensions["csrf"].exempt(f"{blueprint.import_name}.{view}")

    def enter() -> None:
        if (request.endpoint or "").rpartition(".")[2] not in views:
            return
        # Passwords are not taken here: a browser keeps them and would send them along for any page that asks it to.
        if request.authorization is not None and request.authorization.type == "bearer":
            person = authenticate(request, current_session(), utc_now())
            g._login_user, g.survey_person = person, person.id
        elif request.method == "POST" and current_app.config["WTF_CSRF_ENABLED"]:
            current_app.extensions["csrf"].protect()

    blueprint.record_once(exempt)
    blueprint.before_request(enter)
