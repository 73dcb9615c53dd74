"""Handing work to workers where the settings name a Redis; only there its client is imported, which takes 6 MB."""

from importlib import import_module

from flask import Flask

from survey.background import QUEUE
from survey.config import Settings


def install_queue(app: Flask) -> None:
    """Nothing; the application hands work to workers, if the settings name a Redis."""
    settings: Settings = app.extensions["survey.settings"]
    if settings.redis_url:
        app.extensions[QUEUE] = import_module("survey.worker.queue").RedisQueue(app, settings.redis_url, settings.secret_key)
