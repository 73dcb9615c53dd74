"""The headers every answer carries, so that a browser runs only what this server sent."""

from urllib.parse import urlsplit

from flask import Response, request

from survey.config import Settings, current_settings

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

SIGNING_OUT = "security.logout"


def policy_for(settings: Settings) -> str:
    """The content security policy; pictures may come from the map service too, where one is set."""
    parts = urlsplit(settings.map_tiles)
    if not parts.netloc:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {parts.scheme}://{parts.netloc}")


def add_security_headers(response: Response) -> Response:
    """The response with the security headers set, where the view has not set stricter ones."""
    settings = current_settings()
    response.headers.setdefault("Content-Security-Policy", policy_for(settings))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    # The page of trust comes without TLS and so from another origin; by a picture of ours it finds out whether our certificate is trusted.
    response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if request.endpoint == "static" else "same-origin")
    if request.endpoint != "static":
        # What people said lies in no browser's cache, but where a view decides otherwise.
        response.headers.setdefault("Cache-Control", "no-store")
    if request.endpoint == SIGNING_OUT:
        # No page that was open comes back by the browser's own button. What a tablet keeps sealed is storage, and stays.
        response.headers.setdefault("Clear-Site-Data", '"cache"')
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self)")
    # A name of a local network may belong to another machine tomorrow, and a browser that insists offers no way past a certificate it
    # does not know: with a certificate of our own nobody is locked out for a year.
    if settings.https and not settings.own_certificate:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
