"""The application: accounts, places, visits, tablets, intake, review, issues and reports.

`create_app` is in `application.py` and is fetched from there by whoever asks for it: to import one slice is not to import them all.
"""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """`create_app` and `open_installation`."""
    if name in ("create_app", "open_installation"):
        return getattr(import_module("survey.application"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
