"""Requests that this server sends to others: to the address that was given and nowhere else."""

import ssl
import urllib.request
from typing import Any


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows nobody: what is sent, and the token with it, is for the address that somebody chose, not for where that one points."""

    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        """None; the answer that points elsewhere is then an error like any other status that is no success."""


def opener(context: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """What opens an address, certificates checked as `context` says; HTTPError for every answer that redirects."""
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _StayThere)
