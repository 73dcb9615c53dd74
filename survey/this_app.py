"""The application itself, for work that goes on beyond the request or opens a session of its own."""

from flask import Flask, current_app


def this_app() -> Flask:
    """The application of the current request or command; `current_app` is only a stand-in for it, and ends with the context."""
    found = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, Flask)
    return found
