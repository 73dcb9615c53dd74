"""The page over plain http that walks a tablet through trusting this installation's root, and from there into the application.

It is an application of its own, without sign-in, session or database, so that nothing of anybody can be had over plain http. What it
hands out is public by nature: the root's certificate. The person compares its fingerprint with the one in the terminal.
"""

import plistlib
import uuid
from pathlib import Path

from flask import Flask, Response, redirect, render_template, request, url_for
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response as BaseResponse

from survey.pages.language import LANGUAGES
from survey.serving.authority import Authority

FOLDER = Path(__file__).parents[1]
CRT_MEDIA_TYPE = "application/x-x509-ca-cert"
PROFILE_MEDIA_TYPE = "application/x-apple-aspen-config"
DEVICES = ("android", "apple", "harmony", "windows")
PROFILE_NAMESPACE = uuid.UUID("8f0f6c1e-4c5b-5f0c-9a55-0d6e2b1f7c11")
"""Any fixed identifier: those of a profile are made from it and the root, so that installing it again replaces it."""


def create_trust_app(authority: Authority, app_address: str) -> Flask:
    """The application of the page; `app_address` is where the tablets will find ours, without a slash at its end."""
    app = Flask("survey.serving.trust_app", root_path=str(FOLDER), template_folder="../templates", static_folder="static")
    Babel(app, locale_selector=_chosen_language, default_locale="zh", default_translation_directories=str(FOLDER / "translations"))
    policy = (
        f"default-src 'self'; connect-src {app_address}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        """The response with the headers that let a browser run only what this page brings, and ask again for it."""
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    @app.get("/")
    def page() -> str:
        """The steps, those of the device that asks first."""
        return render_template(
            "serving/trust.html",
            language=str(get_locale()),
            languages=LANGUAGES,
            device=guess_device(request.user_agent.string),
            fingerprint=authority.fingerprint.split(" "),
            root_name=authority.name,
            app_address=app_address,
        )

    @app.get("/supervision-survey-root.crt")
    def certificate() -> Response:
        """The root as Android, HarmonyOS and Windows take it."""
        return _download(authority.root_der, CRT_MEDIA_TYPE, "supervision-survey-root.crt")

    @app.get("/supervision-survey.mobileconfig")
    def profile() -> Response:
        """The root as a configuration profile, the only form in which Safari hands it to the settings of an iPad."""
        return _download(configuration_profile(authority), PROFILE_MEDIA_TYPE, "supervision-survey.mobileconfig")

    @app.errorhandler(404)
    def elsewhere(_error: Exception) -> BaseResponse:
        """Whatever else is asked for here leads to the page: people type addresses from memory."""
        return redirect(url_for("page"))

    return app


def guess_device(user_agent: str) -> str:
    """One of `DEVICES`; an iPad that poses as a Mac counts as one of Apple's, everything unknown as Android."""
    text = user_agent.lower()
    if "harmony" in text or "openharmony" in text or "huawei" in text:
        return "harmony"
    if any(word in text for word in ("iphone", "ipad", "macintosh")):
        return "apple"
    return "windows" if "windows" in text else "android"


def configuration_profile(authority: Authority) -> bytes:
    """The root as an Apple configuration profile.

    Source: Apple, "Configuration Profile Reference", payload com.apple.security.root.
    """
    inner, outer = (str(uuid.uuid5(PROFILE_NAMESPACE, f"{authority.fingerprint} {part}")).upper() for part in ("root", "profile"))
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"supervision-survey.root.{inner}",
        "PayloadUUID": inner,
        "PayloadDisplayName": authority.name,
        "PayloadContent": authority.root_der,
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": f"supervision-survey.{outer}",
            "PayloadUUID": outer,
            "PayloadDisplayName": authority.name,
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [payload],
        }
    )


def _chosen_language() -> str:
    chosen = request.args.get("lang", "")
    return chosen if chosen in LANGUAGES else "zh"


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
