"""Bad networks for tests, made of real ones: requests that never arrive, and answers that never come back."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

SENDING = ("/openrosa/submission", "/tablet/uploads/", "/tablet/receipts/")


@dataclass
class Storm:
    """A WSGI application in front of another that breaks connections of sending tablets, the same ones in every run.

    "lost" breaks the connection before the request is looked at; "dies" after everything was done for it and before a word of the answer
    is sent, as a server does that accepts and dies; "calm" leaves it alone. `counts` says how often each happened.
    """

    application: Any
    counts: dict[str, int] = field(default_factory=lambda: {"lost": 0, "dies": 0, "calm": 0})

    def __post_init__(self) -> None:
        self._random = Random(20180420)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer, unless the weather is against it."""
        if not environ["PATH_INFO"].startswith(SENDING):
            return self.application(environ, start_response)  # type: ignore[no-any-return]
        weather = self._random.choice(("dies", "lost", "calm"))
        self.counts[weather] += 1
        if weather == "lost":
            return self._broken(environ, start_response)
        if weather == "dies":
            b"".join(self.application(environ, lambda *_args: None))
            return self._broken(environ, start_response)
        return self.application(environ, start_response)  # type: ignore[no-any-return]

    def _broken(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start_response("200 OK", [])
        return []
