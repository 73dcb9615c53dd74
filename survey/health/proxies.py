"""Whose word is taken on where a request comes from."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.config import Settings


def trust_proxies(app: Flask) -> None:
    """Nothing; the address of a visitor is the one that the proxies of our own tell, as many as the settings say stand in front."""
    settings: Settings = app.extensions["survey.settings"]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
